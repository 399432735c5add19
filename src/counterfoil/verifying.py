"""Verifying: the checks that run by themselves, beside the processors.

Owns when they run, the alarm in the log, and what is noted for metrics; one process at a time, any processor
may be it. Leaves the checks to verification.py and health.py. Next: those.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread

import psycopg
import structlog
from psycopg import Connection

from counterfoil import clock, health, verification
from counterfoil.store import increments
from counterfoil.verification import EVENTS_MAX, Progress, Report

FIRST_LOOK_S = 30.0
"""A start has better things to do."""

LOOK_S = 60.0
SAFETY_EVERY_S = 3600.0

_log = structlog.get_logger("counterfoil")


class Verifier:
    """Looks whether a check is due, on one connection."""

    def __init__(self, connect: Callable[[], Connection], every: timedelta) -> None:
        """`connect` opens a connection of the serving role.

        `every` is the pause between two runs, 0 for none at all.
        """
        self._connect = connect
        self._every = every
        self._connection: Connection | None = None
        self._leads = False
        self._safe_from = clock.monotonic()

    def look(self) -> Report | None:
        """Runs what is due; answers the report of a run over the ledger. Raises psycopg.OperationalError."""
        connection = self._open()
        self._leads = self._leads or increments.try_lead(connection)
        if not self._leads:
            return None
        if clock.monotonic() >= self._safe_from:
            self._safe_from = clock.monotonic() + SAFETY_EVERY_S
            watch_promises(connection)
        found = increments.runs(connection)
        last = increments.last_event(connection)
        is_behind = last - found.clean_until > EVENTS_MAX
        # A clock that was set back leaves runs in the future; they count as far away as they seem.
        rested = found.verified_at is None or abs(clock.machine_now() - found.verified_at) >= self._every
        if not self._every or not (rested or is_behind):
            return None
        return verify_since(connection, found.clean_until, min(last, found.clean_until + EVENTS_MAX))

    def close(self) -> None:
        """Lets go of the connection, and of the lead."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._leads = False

    def run_until(self, stop: Event) -> None:
        """Looks every minute until `stop` is set; waits for the database when it is away."""
        pause = FIRST_LOOK_S
        while not stop.wait(pause):
            pause = LOOK_S
            try:
                self.look()
            except psycopg.OperationalError as away:
                _log.warning("verification_broken_off", sqlstate=away.sqlstate)
                self.close()
        self.close()

    def _open(self) -> Connection:
        if self._connection is None or self._connection.closed or self._connection.broken:
            self.close()
            self._connection = self._connect()
            self._connection.autocommit = True
        return self._connection


def begin(connect: Callable[[], Connection], every_minutes: int, stop: Event) -> None:
    """Looks in a thread of its own, so that no order waits for it."""
    verifier = Verifier(connect, timedelta(minutes=every_minutes))
    Thread(target=verifier.run_until, args=(stop,), name="verifier", daemon=True).start()


def watch_promises(connection: Connection) -> None:
    """Raises an alarm in the log for every check of C10 that fails."""
    for check in health.promises(connection):
        if check.state is health.State.FAIL:
            _log.error("unsafe", check=check.name, says=check.says, fix=check.fix)


def verify_all(connection: Connection, progress: Progress | None = None) -> Report:
    """One run over everything, noted as the hourly ones are: where it is clean, they go on from there."""
    last = increments.last_event(connection)
    begun = clock.monotonic()
    report = verification.verify(connection, None, progress)
    _note(connection, report, 0, last, begun, is_full=True)
    return report


def verify_since(connection: Connection, from_event: int, to_event: int) -> Report:
    """One run over the orders of these events: noted, told in the log, an alarm where a promise is broken."""
    begun = clock.monotonic()
    report = verification.verify_part(connection, from_event, to_event)
    _note(connection, report, from_event, to_event, begun, is_full=False)
    return report


def _note(
    connection: Connection, report: Report, from_event: int, to_event: int, begun: float, *, is_full: bool
) -> None:
    milliseconds = round((clock.monotonic() - begun) * 1000)
    violated = [finding.id for finding in report.findings if not finding.is_clean]
    rows = sum(max(finding.rows, 1) for finding in report.findings if not finding.is_clean)
    increments.note_run(
        connection,
        is_full=is_full,
        from_event=from_event,
        to_event=to_event,
        violated=violated,
        violating_rows=rows,
        milliseconds=milliseconds,
    )
    if is_full:
        # A person asked for it, and reads the report.
        return
    told = _log.bind(from_event=from_event, to_event=to_event, ms=milliseconds)
    if violated:
        told.error("ledger_violated", invariants=violated, rows=rows, next="counterfoil ledger verify")
    else:
        told.info("ledger_verified")
