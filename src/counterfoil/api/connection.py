"""Connections: the head of a request under its limits, before anything of ours sees it.

Owns the deadline and the size of headers, which the HTTP server leaves open, and the answer to what is no
HTTP. Leaves bodies to receiving.py. Next: service.py, which hands it to the server.
"""

from __future__ import annotations

import re
from asyncio import TimerHandle, Transport

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_S = 10.0
"""How long a caller may take for the first line and the headers."""

HEAD_BYTES_MAX = 16 * 1024
"""Size of the first line and the headers together."""

LINGER_S = 30.0
"""How long a body that nobody reads any more may go on, so that its sender gets to see the answer."""

# The parser ends a request at an offer to speak another protocol, and loses its body. Such an offer may be
# ignored, and some clients make it with every first request (D16): so the parser is not shown it.
_UPGRADE = re.compile(rb"(?<=\r\n)upgrade(?=[ \t]*:)", re.IGNORECASE)
_IGNORED = b"x-upgrade"

_REASONS = {400: "Bad Request", 431: "Request Header Fields Too Large"}


class GuardedProtocol(HttpToolsProtocol):
    """The HTTP server's connection, which gives up on a head that is too long in coming or too large."""

    _deadline: TimerHandle | None = None
    _head_bytes = 0
    _in_head = True
    _in_body = False

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """A caller is there; it has to say something."""
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """The caller is gone."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes of a head or of a body."""
        if self._in_head:
            self._head_bytes += len(data)
            head, end, rest = data.partition(b"\r\n\r\n")
            data = _UPGRADE.sub(_IGNORED, head) + end + rest
        super().data_received(data)
        if self._in_head and self._head_bytes > HEAD_BYTES_MAX and not self.transport.is_closing():
            self._refuse(431)

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._in_head = True
        if self._deadline is None:
            self._expect_head()

    def on_headers_complete(self) -> None:
        """The head is there: whole, and not too large."""
        self._stop_waiting()
        self._in_head = False
        self._in_body = True
        self._head_bytes = 0
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > HEAD_BYTES_MAX:
            self._refuse(431)
            return
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Bytes of a body, if anyone is there to read it."""
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is complete; another may follow."""
        self._in_head = True
        self._in_body = False
        self._stop_waiting()
        if not self.transport.is_closing():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is out, perhaps before the whole request was in."""
        super().on_response_complete()
        if self._in_body and not self.transport.is_closing():
            self._stop_waiting()
            self._deadline = self.loop.call_later(LINGER_S, self._give_up)

    def send_400_response(self, _msg: str) -> None:
        """What is no HTTP is told in the envelope as well (D19)."""
        if not self.transport.is_closing():
            self._refuse(400)

    def _expect_head(self) -> None:
        self._deadline = self.loop.call_later(HEAD_S, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self.transport.close()

    def _refuse(self, status: int) -> None:
        body = b'{"errors":[{"message":"%d"}],"data":null}' % status
        head = (
            f"HTTP/1.1 {status} {_REASONS[status]}\r\n"
            "content-type: application/json;charset=utf-8\r\n"
            "cache-control: no-cache\r\n"
            "access-control-allow-origin: *\r\n"
            f"content-length: {len(body)}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
