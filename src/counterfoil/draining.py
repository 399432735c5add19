"""Draining: waits until everything up to a place in the log is decided or held, and helps with it.

Owns the waiting of those who must not run ahead of the log: the clock, closing. Next: worker.py.
"""

from __future__ import annotations

from collections.abc import Callable

from psycopg import Connection

from counterfoil.administration import Refused
from counterfoil.clock import monotonic, sleep
from counterfoil.store import lanes
from counterfoil.worker import Worker

DRAIN_S = 600
LOOK_S = 0.02


def drain(connect: Callable[[str], Connection], make_worker: Callable[[], Worker], position: int) -> None:
    """Returns when nothing up to `position` is undecided; works beside processors and without any.

    Raises Refused when that takes longer than ten minutes.
    """
    worker = make_worker()
    deadline = monotonic() + DRAIN_S
    try:
        with connect("drain") as connection:
            connection.autocommit = True
            while lanes.undecided_before(connection, position):
                if worker.process() == 0:
                    # Another processor has the rest.
                    sleep(LOOK_S)
                if monotonic() > deadline:
                    raise Refused("Orders are still being decided.", "Try again in a moment.")
    finally:
        worker.close()
