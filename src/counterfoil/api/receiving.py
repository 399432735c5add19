"""Receiving: a body as it comes in, inflated, under its limits and not for ever.

Owns size before and after decompression, patience with slow senders, and the room that all bodies of a
process share. Refuses before memory grows. Next: http.py, which answers what is refused here.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from types import TracebackType
from typing import Any, Self

from counterfoil.clock import monotonic

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

IDLE_S = 10.0
"""How long a sender may send nothing."""

AVERAGE_FROM_S = 20.0
AVERAGE_BYTES_MIN = 1024
"""From the twentieth second on a body has to come with so many bytes a second on average."""

RATIO_MAX = 100
RATIO_FROM_BYTES = 1024 * 1024
"""From this size on an inflated body may be so many times as large as it came."""

_GZIP_BITS = 31


class TooLarge(Exception):
    """The body is larger than the limit, as it is or inflated."""


class Unreadable(Exception):
    """The body's compression cannot be undone."""


class TooSlow(Exception):
    """The sender made the server wait too long."""


class NoRoom(Exception):
    """Too much is being read already."""


class ClientGone(Exception):
    """The caller went away before its request was complete."""


class Room:
    """How many bytes of bodies a process holds at the same time."""

    def __init__(self, bytes_max: int) -> None:
        self.free = bytes_max

    def take(self, size: int) -> None:
        """Raises NoRoom when there is not that much left."""
        if size > self.free:
            raise NoRoom
        self.free -= size

    def give_back(self, size: int) -> None:
        """Lets others have it."""
        self.free += size


class Body:
    """One body: read once, held in the room for as long as the `with` lasts."""

    def __init__(self, room: Room, bytes_max: int) -> None:
        """`bytes_max` bounds the body as it comes and as it is inflated."""
        self._room = room
        self._bytes_max = bytes_max
        self._arrived = self._size = 0
        self._inflater: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._room.give_back(self._size)

    async def read(
        self, declared: str, encoding: str, receive: Receive, deadline_s: float | None = None
    ) -> bytes:
        """The whole body, inflated; `declared` and `encoding` are what its headers say of it.

        Raises TooLarge, Unreadable, TooSlow, NoRoom or ClientGone as soon as it is one of them. `deadline_s`
        bounds the whole time; without it only silence and a crawl are refused. Silence before the first piece
        is the connection's to refuse: most bodies come with their head, and need no timer here.
        """
        if declared.isdigit() and int(declared) > self._bytes_max:
            raise TooLarge
        self._inflater = _inflater(encoding)
        begin = monotonic()
        pieces: list[bytes] = []
        more = True
        while more:
            is_first = not pieces and deadline_s is None
            message = await receive() if is_first else await self._next(receive, begin, deadline_s)
            if message["type"] == "http.disconnect":
                raise ClientGone
            pieces.append(self._taken(message.get("body", b"")))
            more = message.get("more_body", False)
        if self._inflater is not None and not self._inflater.eof:
            raise Unreadable
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def _next(
        self, receive: Receive, begin: float, deadline_s: float | None
    ) -> MutableMapping[str, Any]:
        waited = monotonic() - begin
        if waited > AVERAGE_FROM_S and self._arrived < AVERAGE_BYTES_MIN * waited:
            raise TooSlow
        patience = IDLE_S if deadline_s is None else min(IDLE_S, deadline_s - waited)
        try:
            async with asyncio.timeout(patience):
                return await receive()
        except TimeoutError:
            raise TooSlow from None

    def _taken(self, piece: bytes) -> bytes:
        self._arrived += len(piece)
        if self._arrived > self._bytes_max:
            raise TooLarge
        if self._inflater is not None:
            piece = self._inflated(piece)
        if self._size + len(piece) > self._bytes_max:
            raise TooLarge
        self._room.take(len(piece))
        self._size += len(piece)
        return piece

    def _inflated(self, piece: bytes) -> bytes:
        """What a piece inflates to; a body may have several compressed members, one after the other."""
        room = self._bytes_max - self._size
        parts: list[bytes] = []
        size = 0
        while piece:
            if self._inflater.eof:
                self._inflater = zlib.decompressobj(wbits=_GZIP_BITS)
            try:
                part = self._inflater.decompress(piece, max(1, room - size + 1))
            except zlib.error as error:
                raise Unreadable from error
            size += len(part)
            if self._inflater.unconsumed_tail or self._is_a_bomb(self._size + size):
                raise TooLarge
            parts.append(part)
            piece = self._inflater.unused_data
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _is_a_bomb(self, size: int) -> bool:
        return size > RATIO_FROM_BYTES and size > RATIO_MAX * self._arrived


def _inflater(encoding: str) -> Any:
    match encoding.strip().lower():
        case "" | "identity":
            return None
        case "gzip" | "x-gzip":
            return zlib.decompressobj(wbits=_GZIP_BITS)
        case _:
            raise Unreadable
