"""The sandbox: a business clock that people move, forward only.

Owns the order of moving: what was received before is decided first, then the time moves, then what falls due
happens. Next: scheduler.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

import psycopg
from psycopg import Connection

from counterfoil.administration import Refused
from counterfoil.draining import drain
from counterfoil.intake import event
from counterfoil.model.orders import Channel
from counterfoil.scheduler import Scheduler
from counterfoil.store import acts, log, reference
from counterfoil.store.acts import Deed
from counterfoil.worker import Worker

_DURATION = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,6})h)?(?:(\d{1,7})m)?(?:(\d{1,9})s)?", re.ASCII)


def duration(text: str) -> timedelta:
    """The time that `10d`, `36h`, `1d12h` or `90s` means. Raises Refused for anything else."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        raise Refused(f"{text!r} is not a duration.", "Write it as 10d, 36h, 1d12h or 90s.")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


class KeptClock:
    """Reads a sandbox's time over a connection that it keeps."""

    def __init__(self, connect: Callable[[str], Connection]) -> None:
        """`connect` opens a connection of the serving role under a name."""
        self._connect = connect
        self._connection: Connection | None = None
        self._lock = Lock()

    def now(self) -> datetime:
        """The sandbox's time."""
        with self._lock:
            try:
                return self._read()
            except psycopg.OperationalError:
                # The database may have been started again since; then a fresh connection does.
                self._drop()
                return self._read()

    def _read(self) -> datetime:
        if self._connection is None:
            self._connection = self._connect("clock")
            self._connection.autocommit = True
        return reference.read_clock(self._connection)[0]

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class SandboxTime:
    """Moves the clock of a sandbox."""

    def __init__(self, connect: Callable[[str], Connection], worker: Callable[[], Worker]) -> None:
        """`connect` opens a connection of the serving role under a name, `worker` makes a processor."""
        self._connect = connect
        self._worker = worker

    def now(self) -> datetime:
        """The sandbox's time. Raises Refused where there is no sandbox."""
        with self._connect("clock") as connection:
            now, is_sandbox = reference.read_clock(connection)
        _refuse_unless(is_sandbox)
        return now

    def advance(self, by: timedelta, moved_by: str) -> datetime:
        """Moves the clock on by a duration; answers the new time."""
        return self._move(lambda now: now + by, moved_by)

    def set(self, to: datetime, moved_by: str) -> datetime:
        """Moves the clock forward to a time; answers it. Raises Refused for a time that has passed."""
        return self._move(lambda _: to, moved_by)

    def _move(self, target: Callable[[datetime], datetime], moved_by: str) -> datetime:
        self.now()
        with self._connect("clock") as connection:
            position = log.head(connection).position
        drain(self._connect, self._worker, position)
        with self._connect("clock") as connection:
            reference.lock_log(connection)
            now, _ = reference.read_clock(connection)
            try:
                wanted = target(now)
            except OverflowError as error:
                raise Refused("That is later than the calendar goes.", "Choose an earlier time.") from error
            if not reference.move_clock(connection, wanted):
                raise Refused(
                    f"The clock stands at {now:%Y-%m-%dT%H:%M:%SZ} and only moves forward.",
                    "Choose a later time.",
                )
            log.flush(connection, [event(Channel.CLOCK, moved_by, f"clock at {wanted.isoformat()}")])
            acts.note(
                connection, moved_by, Deed.CLOCK_MOVED, "clock", before={"at": now}, after={"at": wanted}
            )
            connection.commit()
        scheduler = Scheduler(lambda: self._connect("scheduler"))
        try:
            scheduler.do_what_is_due()
        finally:
            scheduler.close()
        return wanted


def _refuse_unless(is_sandbox: bool) -> None:
    if not is_sandbox:
        raise Refused(
            "This data directory is no sandbox: its clock is the system's.",
            "Start with a new one: counterfoil serve --data-dir DIR --clock 2026-03-01T10:00:00Z",
        )
