"""Turns: work that stands still where it is told to, and goes on when it is its turn again.

Owns the baton, and which processor is at what: of all turns and their scheduler one runs at a time, so that a
seed decides everything. Next: store_world.py, which gives the turns.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Semaphore, Thread

from counterfoil.worker import Worker
from tests.simulation.calls import Watched


class Turn:
    """One piece of work, in a thread that only ever runs between `go` and the next `stand_still`."""

    def __init__(self, name: str, work: Callable[[], object]) -> None:
        """Nothing of `work` runs before the first `go`."""
        self.error: BaseException | None = None
        self.is_over = False
        self._work = work
        self._go, self._back = Semaphore(0), Semaphore(0)
        Thread(target=self._run, name=name, daemon=True).start()

    def go(self) -> None:
        """Runs until it stands still or is over."""
        assert not self.is_over
        self._go.release()
        self._back.acquire()

    def stand_still(self) -> None:
        """Called by the work: returns when it is its turn again."""
        self._back.release()
        self._go.acquire()

    def _run(self) -> None:
        self._go.acquire()
        try:
            self._work()
        except BaseException as error:
            self.error = error
        self.is_over = True
        self._back.release()


class Processor:
    """One worker, and the piece of work it is at."""

    worker: Worker

    def __init__(self) -> None:
        """Is at nothing; its worker comes with connections that know it."""
        self.turn: Turn | None = None
        self.connection: Watched | None = None
        self.has_crashed = False
