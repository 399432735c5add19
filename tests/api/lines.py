"""Lines: connections without a network, for tests of what stands between bytes and answers.

Owns the caller's side and the long way behind it. Next: api/passing.py.
"""

from __future__ import annotations

import asyncio
from typing import Any


def post(body: bytes, path: str = "/graphql", more: str = "") -> bytes:
    """A request."""
    return f"POST {path} HTTP/1.1\r\nHost: a\r\n{more}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Line(asyncio.Transport):
    """A caller's side of a connection: what was sent to it, and whether the connection stands."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 4711), "sockname": ("127.0.0.1", 8080)})
        self.sent = b""
        self.is_cut = False
        self._is_read = True

    def write(self, piece: Any) -> None:
        self.sent += piece

    def is_closing(self) -> bool:
        return self.is_cut

    def close(self) -> None:
        self.is_cut = True

    abort = close

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        self._is_read = False

    def resume_reading(self) -> None:
        self._is_read = True

    def is_reading(self) -> bool:
        return self._is_read


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """The long way: says what it was sent."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message["body"], message["more_body"]
    length = str(len(body) + 5).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": b"long " + body})
