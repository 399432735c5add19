"""Connections: how many there are, how their heads come in and how their answers are taken.

Owns what the HTTP server leaves open: deadline and size of headers, patience with readers, the answer to what
is no HTTP. Leaves bodies to receiving.py. Next: passing.py, which lets small requests by.
"""

from __future__ import annotations

import re
from asyncio import TimerHandle, Transport
from collections import Counter
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from counterfoil.api.leaving import Leaving
from counterfoil.clock import monotonic

HEAD_S = 10.0
"""How long a caller may take for the first line and the headers, and again for the first of the body."""

HEAD_BYTES_MAX = 16 * 1024
"""Size of the first line and the headers together."""

LINGER_S = 30.0
"""How long a body that nobody reads any more may go on, so that its sender gets to see the answer."""

TAKE_S = 15.0
TAKE_BYTES_MIN = 15 * 1024
"""While an answer waits for its reader, so much of it has to be taken in so many seconds."""

PIECE_BYTES_MAX = 1024 * 1024
PIECE_PATIENCE = 4
"""Of a file that is made while it is read, no more than this waits: its reader gets so many times as long."""

# The parser ends a request at an offer to speak another protocol, and loses its body. Such an offer may be
# ignored, and some clients make it with every first request (D16): so the parser is not shown it.
_UPGRADE = re.compile(rb"(?<=\r\n)upgrade(?=[ \t]*:)", re.IGNORECASE)
_IGNORED = b"x-upgrade"

ARRIVED = "arrived"
"""Under this name a request's state has the moment at which its head was complete."""

BREAK_OFF = "break_off"
"""Under this name it has what ends its connection at once."""

BACKLOG_S = 1.0
"""So long a request may stand before anyone looks at it; later the answer is 504."""

_REASONS = {400: "Bad Request", 431: "Request Header Fields Too Large", 504: "Gateway Timeout"}


class Crowd:
    """The connections of a process: how many it has, and from where."""

    def __init__(self, connections_max: int, address_max: int) -> None:
        self._max = connections_max
        self.address_max = address_max
        self.here = 0
        self._by_address: Counter[str] = Counter()

    def enter(self, address: str) -> None:
        """Counts one more."""
        self.here += 1
        self._by_address[address] += 1

    def leave(self, address: str) -> None:
        """Counts one less."""
        self.here -= 1
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    def count(self, address: str) -> int:
        """How many are from there."""
        return self._by_address[address]

    def is_over(self, address: str) -> bool:
        """Whether there are more than may be, in all or from this address."""
        return self.here > self._max or self._by_address[address] > self.address_max

    def is_far_over(self, address: str) -> bool:
        """Whether there are so many more that even saying so costs too much."""
        return self.here > 2 * self._max or self._by_address[address] > 2 * self.address_max


class GuardedProtocol(HttpToolsProtocol):
    """The HTTP server's connection, which gives up on slow heads and on answers that nobody takes."""

    crowd: ClassVar[Crowd] = Crowd(4_000, 4_000)
    leaving: ClassVar[Leaving] = Leaving()

    address = ""
    """Where the caller is."""

    _is_one_too_many = False
    _taking: TimerHandle | None = None
    _untaken = 0
    _stalled = 0
    _deadline: TimerHandle | None = None
    _head_bytes = 0
    _in_head = True
    _in_body = False
    _awaits_body = False
    _is_between = True
    _arrived: float | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """A caller is there; it has to say something."""
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        self.crowd.enter(self.address)
        if self.crowd.is_far_over(self.address):
            transport.abort()
            return
        self._is_one_too_many = self.crowd.is_over(self.address)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """The caller is gone."""
        self._stop_waiting()
        self._stop_looking()
        self.crowd.leave(self.address)
        if self._in_body and exc is None:
            self.leaving.keep(self.transport, self.loop)
        super().connection_lost(exc)

    def eof_received(self) -> None:
        """The caller has said all that it says: nothing more of a body comes."""
        self._in_body = False

    def pause_writing(self) -> None:
        """An answer waits for its reader."""
        super().pause_writing()
        self._stalled = 0
        self._untaken = self.transport.get_write_buffer_size()
        self._taking = self.loop.call_later(TAKE_S, self._look_at_reader)

    def resume_writing(self) -> None:
        """The reader has nearly all of it."""
        self._stop_looking()
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        """Bytes of a head or of a body."""
        if self._in_head:
            self._head_bytes += len(data)
            if b"pgrade" in data or b"PGRADE" in data:
                head, end, rest = data.partition(b"\r\n\r\n")
                data = _UPGRADE.sub(_IGNORED, head) + end + rest
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_head and self._head_bytes > HEAD_BYTES_MAX:
            self._refuse(431)
        elif self._deadline is None and (self._awaits_body or (self._in_head and self._head_bytes)):
            self._expect_head()

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._in_head = True
        self._is_between = False

    def on_headers_complete(self) -> None:
        """The head is there: whole, and not too large."""
        self._stop_waiting()
        self._in_head = False
        self._in_body = self._awaits_body = True
        self._head_bytes = 0
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > HEAD_BYTES_MAX:
            self._refuse(431)
            return
        if self._is_one_too_many:
            self._refuse(504)
            return
        super().on_headers_complete()
        self.scope["state"][BREAK_OFF] = self.transport.abort
        if not self.pipeline:
            # What stands behind another request waits for that one, not for the process.
            self.scope["state"][ARRIVED] = self._arrived or monotonic()

    def on_body(self, body: bytes) -> None:
        """Bytes of a body, if anyone is there to read it."""
        if self._awaits_body:
            self._awaits_body = False
            self._stop_waiting()
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is complete; another may follow."""
        self._in_head = self._is_between = True
        self._in_body = self._awaits_body = False
        self._stop_waiting()
        if not self.transport.is_closing():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is out, perhaps before the whole request was in."""
        super().on_response_complete()
        if self._in_body and not self.transport.is_closing():
            self._awaits_body = False
            self._stop_waiting()
            self._deadline = self.loop.call_later(LINGER_S, self._give_up)

    def shutdown(self) -> None:
        """The process stops: a body that is still on its way is not waited for, nothing of it is kept."""
        if self._in_body and not self.transport.is_closing() and not self.cycle.response_started:
            self._refuse(504)
            return
        super().shutdown()

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
        if self._awaits_body:
            self._refuse(504)
        self.transport.close()

    def _look_at_reader(self) -> None:
        left = self.transport.get_write_buffer_size()
        self._stalled = self._stalled + 1 if self._untaken - left < TAKE_BYTES_MIN else 0
        if self._stalled and (left > PIECE_BYTES_MAX or self._stalled >= PIECE_PATIENCE):
            # What it did not take is thrown away; closing would wait for it.
            self.transport.abort()
            return
        self._untaken = left
        self._taking = self.loop.call_later(TAKE_S, self._look_at_reader)

    def _stop_looking(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None

    def _refuse(self, status: int) -> None:
        body = b'{"errors":[{"message":"%d"}],"data":null}' % status
        head = (
            f"HTTP/1.1 {status} {_REASONS[status]}\r\n"
            "content-type: application/json;charset=utf-8\r\n"
            "cache-control: no-cache\r\n"
            "access-control-allow-origin: *\r\n"
            "x-content-type-options: nosniff\r\n"
            f"content-length: {len(body)}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
