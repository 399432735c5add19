"""Part d: from accepted to visible, at a tenth, a half and nine tenths of the sustained rate.

Owns the watching: every record is looked for as a reader by id does. The time of receipt is the log's, taken
just before the commit; so a figure here is never too good. Next: backlog.py.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from threading import Event, Thread

import psycopg

from benchmarks import load
from benchmarks.figures import Part, Target
from benchmarks.orders import Order
from benchmarks.server import Server
from benchmarks.singles import Bodies, bodies_of

LOOK_S = 0.01
SHARES = (0.1, 0.5, 0.9)
P99_S = Target(0.5)
# Records after the last that was seen, with the time at which their request was received.
_NEW = b"""
SELECT record.commission_id, request.received_at
FROM commission_record AS record
    JOIN order_version AS version USING (enterprise_id, original_action_id, version)
    JOIN intake_request AS request ON request.position = version.position
WHERE record.commission_id > %s
ORDER BY record.commission_id
"""


class Watch:
    """Notes when each new record is first seen, from a thread and a connection of its own."""

    def __init__(self, server: Server) -> None:
        self._url = server.owner_url
        self._stop = Event()
        self.took: list[float] = []
        self._thread = Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            found = connection.execute(
                b"SELECT coalesce(max(commission_id), 0) FROM commission_record"
            ).fetchone()
            last = found[0] if found else 0
            while not self._stop.wait(LOOK_S):
                rows: list[tuple[int, datetime]] = connection.execute(_NEW, (last,)).fetchall()
                now = time.time()
                self.took += [now - received.timestamp() for _, received in rows]
                last = rows[-1][0] if rows else last

    def seen(self) -> list[float]:
        """Seconds of all records, in ascending order; ends the watch."""
        self._stop.set()
        self._thread.join()
        return sorted(self.took)


def measure(part: Part, made: Sequence[Order], sustained: float, *, is_full: bool) -> None:
    """The slowest hundredth and the median at each share of the rate."""
    seconds = 10.0 if is_full else 2.0
    with bodies_of(made) as bodies:
        for share in SHARES:
            watch = Watch(part.server)
            # A process that has just sat idle is part of what is measured; one that has just started is not.
            time.sleep(0.3)
            run = _sent(part, bodies, seconds, sustained * share)
            part.server.wait_decided()
            time.sleep(5 * LOOK_S)
            took = watch.seen()
            if len(took) != run.accepted:
                part.fault(f"{run.accepted} were accepted, and {len(took)} seen")
            _tell(part, share, sustained, took, run)


def _sent(part: Part, bodies: Bodies, seconds: float, rate: float) -> load.Outcome:
    return bodies.sent(part, seconds=seconds, rate=rate)


def _tell(part: Part, share: float, sustained: float, took: list[float], run: load.Outcome) -> None:
    told = f"accepted to visible at {share:.0%} of the sustained rate"
    behind = f", {run.never_sent} late requests left out" if run.never_sent else ""
    note = f"{sustained * share:,.0f}/s wanted, {run.accepted_a_second:,.0f}/s sent{behind}"
    part.found(f"{told}: p50", _at(took, 0.5), "s")
    part.found(f"{told}: p99", _at(took, 0.99), "s", P99_S if share == 0.5 else None, note)


def _at(took: list[float], share: float) -> float | None:
    return took[min(len(took) - 1, int(share * len(took)))] if took else None
