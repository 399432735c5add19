"""Running: the loop of a processor, under `serve` and `worker`.

Owns waiting for work, and going on after the database was away. Next: worker.py for what a processor does,
supervision.py for who starts it.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import psycopg
import structlog
from psycopg import Connection

from counterfoil.clock import monotonic
from counterfoil.scheduler import Scheduler
from counterfoil.store import lanes
from counterfoil.worker import Worker

POLL_S = 0.25
CALENDAR_S = 1.0
AWAY_S = 0.5

BREATH_S = 0.05
SMALL = 500
"""After a chunk of fewer submissions the next begins no sooner: with more in it, it costs little more."""

_log = structlog.get_logger("counterfoil")


def process_until(
    stop: Event, worker: Worker, scheduler: Scheduler, connect: Callable[[], Connection]
) -> None:
    """Decides and posts whatever comes, and does what falls due, until `stop` is set.

    Waits for the database when it is away.
    """
    looked_at = 0.0
    bell: Connection | None = None
    while not stop.is_set():
        try:
            if bell is None:
                bell = connect()
                lanes.listen(bell)
            begun = monotonic()
            taken = worker.process()
            if 0 < taken < SMALL:
                # What comes first is decided at once, what follows on its heels in one go.
                stop.wait(max(0.0, begun + BREATH_S - monotonic()))
            if monotonic() - looked_at > CALENDAR_S:
                scheduler.do_what_is_due()
                looked_at = monotonic()
            if not taken and not stop.is_set():
                for _ in bell.notifies(timeout=POLL_S, stop_after=1):
                    pass
        except psycopg.OperationalError as away:
            _log.warning("database_away", error=str(away).strip())
            worker.close()
            scheduler.close()
            if bell is not None:
                bell.close()
                bell = None
            stop.wait(AWAY_S)
    worker.close()
    scheduler.close()
    if bell is not None:
        bell.close()
