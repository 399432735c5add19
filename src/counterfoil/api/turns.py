"""Turns: a few large requests at a time, a bounded queue behind them, the rest told at once.

Owns the waiting. Leaves what is done in a turn to http.py. Next: handing.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from counterfoil.api.receiving import NoRoom

WAIT_S = 30
"""How long a large request waits for its turn."""


class Turns:
    """So many at a time, so many more that wait."""

    def __init__(self, at_once: int, waiting_max: int) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._waiting_max = waiting_max
        self._waiting = 0

    def locked(self) -> bool:
        """Whether the next one has to wait."""
        return self._turns.locked()

    def refuse_if_full(self) -> None:
        """Raises NoRoom when nobody more may wait."""
        if self._turns.locked() and self._waiting >= self._waiting_max:
            raise NoRoom

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A turn. Raises NoRoom when too many wait for one, or this one does for too long."""
        self.refuse_if_full()
        self._waiting += 1
        try:
            async with asyncio.timeout(WAIT_S):
                await self._turns.acquire()
        except TimeoutError:
            raise NoRoom from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turns.release()
