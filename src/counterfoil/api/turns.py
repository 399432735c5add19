"""Turns: a few large requests at a time, a bounded queue behind them, the rest told at once.

Owns the waiting. Leaves what is done in a turn to http.py. Next: handing.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from counterfoil.api.receiving import NoRoom
from counterfoil.clock import monotonic

WAIT_S = 30
"""How long a large request waits for its turn."""

COMING_S = 1.0
"""So long a request whose body is on its way has a place; a slower one takes nobody else's."""


class Turns:
    """So many at a time, so many more that wait."""

    def __init__(self, at_once: int, waiting_max: int) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._places = at_once + waiting_max
        self._here = 0
        self._coming: dict[object, float] = {}

    def locked(self) -> bool:
        """Whether the next one has to wait."""
        return self._turns.locked()

    def free(self) -> int:
        """How many places are left. Those whose bodies come in now count: they will want theirs soon."""
        latest = monotonic() - COMING_S
        taken = self._here
        for since in reversed(self._coming.values()):
            if since < latest or taken == self._places:
                break
            taken += 1
        return self._places - taken

    @contextmanager
    def coming(self) -> Iterator[None]:
        """While the body of a large request comes in. Raises NoRoom when there is no place for it."""
        if not self.free():
            raise NoRoom
        mine = object()
        self._coming[mine] = monotonic()
        try:
            yield
        finally:
            del self._coming[mine]

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A turn. Raises NoRoom when too many wait for one, or this one does for too long."""
        if self._here == self._places:
            raise NoRoom
        self._here += 1
        try:
            try:
                async with asyncio.timeout(WAIT_S):
                    await self._turns.acquire()
            except TimeoutError:
                raise NoRoom from None
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._here -= 1
