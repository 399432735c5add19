"""Stepped: the product's intake without its thread, and machine time that nobody's clock moves.

Owns the seams of a simulated run: who calls intake's loop, ids by seed, deadlines by steps. Everything that
intake decides is the product's own. Next: store_world.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from logging import CRITICAL, getLogger
from random import Random
from uuid import UUID

import pytest
import structlog

from counterfoil import draining, intake, worker


class SteppedIntake(intake.Intake):
    """Takes its steps when it is told to, in the thread of whoever tells it."""

    def _run(self) -> None:
        """The thread that the product would run in has nothing to do here."""

    def step(self) -> bool:
        """One turn of the product's loop: a group, its transaction, its promises. False if nobody waits."""
        if not self._queue:
            return False
        group = self._next_group()
        if group:
            self._append(group)
        return True

    def let_go(self) -> None:
        """As the end of the process would."""
        self._closing = True
        self._drop()


class MachineTime:
    """Seconds that pass only where somebody sleeps."""

    def __init__(self) -> None:
        """Begins at nothing."""
        self.seconds = 0.0
        self.slept: Callable[[], None] = lambda: None

    def monotonic(self) -> float:
        """The seconds so far."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Passes the time, and lets others have their turn."""
        self.seconds += seconds
        self.slept()


def ids_of(random: Random) -> Callable[[], UUID]:
    """Batch ids in the product's form, by seed: ascending, the low 24 bits zero."""
    numbers = count(1)

    def drawn() -> UUID:
        return UUID(
            int=next(numbers) << 80 | 0x7 << 76 | 0b10 << 62 | random.getrandbits(38) << 24,
        )

    return drawn


@contextmanager
def standing(random: Random) -> Iterator[MachineTime]:
    """While it lasts no deadline, pause or id of the product depends on the machine."""
    machine = MachineTime()
    with pytest.MonkeyPatch.context() as patch:
        for module in (intake, draining):
            patch.setattr(module, "monotonic", machine.monotonic)
            patch.setattr(module, "sleep", machine.sleep)
        patch.setattr(worker, "monotonic", machine.monotonic)
        patch.setattr(intake, "new_batch_id", ids_of(random))
        # What is told of every simulated fault would fill pages, with every local variable.
        known = structlog.get_config()
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(CRITICAL))
        patch.setattr(getLogger("psycopg"), "disabled", True)
        try:
            yield machine
        finally:
            structlog.configure(**known)
