"""The assembly: settings become a database, a clock, and the parts that a process needs.

Nothing else wires. Next: serving.py for the processes, api/http.py for what is served, running.py for the
processors.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import structlog
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict

from counterfoil.clock import Clock, SandboxClock, SystemClock, monotonic
from counterfoil.draining import drain
from counterfoil.logs import start_logs
from counterfoil.model.ledger import Decision
from counterfoil.processing import Options
from counterfoil.sandbox import KeptClock, SandboxTime
from counterfoil.settings import SettingError, Settings
from counterfoil.store import log, reference
from counterfoil.store.connection import DatabaseUrls, connect
from counterfoil.store.embedded import Lease, StoreUnavailable, Watch, acquire, is_running
from counterfoil.store.migrate import Migration, migrate
from counterfoil.supervision import only_server_of
from counterfoil.worker import Worker

if TYPE_CHECKING:
    from counterfoil.statements import Books
    from counterfoil.verification import Progress, Report

Say = Callable[[str], None]
START_AGAIN_S = 2.0
METRICS = "metrics"
"""Folder in the data directory in which processes count."""

_log = structlog.get_logger("counterfoil")


def say_on_stderr(sentence: str) -> None:
    """Tells the person at the terminal."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def silently(_sentence: str) -> None:
    """A process that serves says nothing to the terminal; its supervisor does."""


class Database:
    """The database of a process: the operator's own, or the embedded one for as long as it is used."""

    def __init__(self, settings: Settings, *, purpose: str, say: Say = say_on_stderr) -> None:
        """Starts the embedded database if there is no other. Raises StoreUnavailable."""
        self._settings = settings
        self._purpose = purpose
        self._say = say
        self._lease: Lease | None = None
        self._again_at = 0.0
        self._watch = Watch(settings.data_dir)
        self.urls = self._reach()

    def _reach(self) -> DatabaseUrls:
        settings = self._settings
        if settings.database_url:
            owner = settings.database_owner_url or settings.database_url
            _refuse_unreadable(settings.database_url, "COUNTERFOIL_DATABASE_URL")
            _refuse_unreadable(owner, "COUNTERFOIL_DATABASE_OWNER_URL")
            return DatabaseUrls(settings.database_url, owner)
        self._lease = acquire(
            settings.data_dir, purpose=self._purpose, say=self._say, account=settings.database_account
        )
        return DatabaseUrls(self._lease.urls.server, self._lease.urls.owner)

    def keep_alive(self) -> None:
        """Starts the embedded database again if it died or stands still; when that fails, after a pause."""
        if self._lease is None or monotonic() < self._again_at:
            return
        if self._watch.ended_standstill():
            _log.error("database_stood_still")
        if is_running(self._settings.data_dir):
            return
        before = self._lease
        _log.error("database_died")
        try:
            self._reach()
        except StoreUnavailable as error:
            self._again_at = monotonic() + START_AGAIN_S
            _log.error("database_not_started", error=error.sentence, fix=error.fix)
            return
        before.release()

    def connect(self, name: str) -> Connection:
        """A connection of the serving role."""
        return connect(self.urls.server, name=name)

    def migrate(self) -> tuple[Migration, ...]:
        """Brings the schema up to date; answers the steps it took. Raises SchemaError, StoreUnavailable.

        With an address of the serving role alone, as on further machines, the schema must be up to date.
        """
        try:
            return migrate(self.urls.owner, self.urls.server_role)
        except psycopg.OperationalError as error:
            raise StoreUnavailable(
                f"The database cannot be reached: {str(error).strip()}.",
                "Check COUNTERFOIL_DATABASE_URL, or leave it unset for the embedded database.",
            ) from error

    def release(self) -> None:
        """Gives the database back; the last who leaves stops the embedded one."""
        if self._lease is not None:
            self._lease.release()


def _refuse_unreadable(url: str, name: str) -> None:
    try:
        conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise SettingError(
            f"{name} cannot be read: {str(error).strip()}.",
            "Write it as postgresql://user:password@host/database.",
        ) from error


@contextmanager
def database(settings: Settings, *, purpose: str, say: Say = say_on_stderr) -> Iterator[Database]:
    """The database of a command, with the schema up to date."""
    start_logs(settings)
    reached = Database(settings, purpose=purpose, say=say)
    try:
        reached.migrate()
        yield reached
    finally:
        reached.release()


def options_of(settings: Settings) -> Options:
    """The settings that deciding asks for; serve and worker give them a place in the log as they start."""
    return Options(
        items_max=settings.items_max,
        rate_age_days_max=settings.rate_age_days_max,
        rejects_stale_changes=settings.update_time_behind == "reject",
        ignores_declined=settings.declined_not_open_ended == "ignore",
        accepted_locks_at_once=settings.accepted_lock == "immediate",
    )


def clock_of(reached: Database) -> Clock:
    """The system's clock, or the sandbox's, which the database keeps."""
    with reached.connect("clock") as connection:
        _, is_sandbox = reference.read_clock(connection)
    if not is_sandbox:
        return SystemClock()
    return SandboxClock(KeptClock(reached.connect).now)


@contextmanager
def owning(settings: Settings) -> Iterator[tuple[Connection, Database]]:
    """A free connection of the owner's, for a copy of everything; the schema is left as it is."""
    reached = Database(settings, purpose="copy")
    try:
        with connect(reached.urls.owner, name="copy", autocommit=True) as connection:
            yield connection, reached
    finally:
        reached.release()


def restore(
    settings: Settings, source: Path, restored_by: str, heard: Callable[[str], None], checked: Progress
) -> Report:
    """What `counterfoil restore` does: loads a backup, brings its schema up to date, verifies everything.

    Raises BackupRefused, CopyFailed.
    """
    from counterfoil import backups  # noqa: PLC0415 - what serves has no use for it

    slip = backups.read_slip(source)
    with only_server_of(settings.data_dir), owning(settings) as (connection, reached):
        backups.load(connection, reached.urls.owner, source, slip)
        heard(f"Loaded {slip.extent.submissions:,} submissions and {slip.extent.records:,} records.")
        reached.migrate()
        return backups.accept(connection, restored_by, checked)


def verify_restored(settings: Settings, verified_by: str, checked: Progress) -> Report:
    """What `counterfoil restore --verify` does: verifies what was loaded before; clean, it may be served."""
    from counterfoil import backups  # noqa: PLC0415 - as in restore

    with owning(settings) as (connection, reached):
        backups.refuse_unrestored(connection)
        reached.migrate()
        return backups.accept(connection, verified_by, checked)


@contextmanager
def deciding(settings: Settings) -> Iterator[tuple[Connection, Callable[[], None]]]:
    """A connection, and a way to have everything decided that was received so far."""
    with database(settings, purpose="administration") as reached, reached.connect("orders") as connection:
        connection.autocommit = True

        def decide() -> None:
            position = log.head(connection).position
            drain(reached.connect, lambda: new_worker(settings, reached), position)

        yield connection, decide


@contextmanager
def reading(settings: Settings) -> Iterator[Connection]:
    """A connection for a command that reads in a transaction of its own."""
    with database(settings, purpose="reading") as reached, reached.connect("reading") as connection:
        yield connection


@contextmanager
def sandbox_time(settings: Settings) -> Iterator[SandboxTime]:
    """The clock of a sandbox, to be moved beside a running server or without one."""
    with database(settings, purpose="clock") as reached:
        yield SandboxTime(reached.connect, lambda: new_worker(settings, reached))


@contextmanager
def books(settings: Settings) -> Iterator[Books]:
    """Closing and what follows, beside a running server or without one."""
    from counterfoil.statements import Books  # noqa: PLC0415 - as in restore

    with database(settings, purpose="books") as reached:
        yield Books(
            reached.connect,
            lambda: new_worker(settings, reached),
            minimum_payment=settings.minimum_payment_amount(),
            rate_age_days_max=settings.rate_age_days_max,
        )


def new_worker(
    settings: Settings,
    reached: Database,
    report: Callable[[Sequence[Decision], Mapping[str, float]], None] | None = None,
) -> Worker:
    """A processor; `report` hears of every chunk that it has committed."""
    return Worker(
        lambda: reached.connect("processor"), chunk_max=settings.chunk_submissions_max, report=report
    )


def migrate_only(settings: Settings, say: Say = say_on_stderr) -> list[str]:
    """What `counterfoil migrate` does: number and title of the steps it took."""
    reached = Database(settings, purpose="migrate", say=say)
    try:
        return [f"{step.number:04} {step.title}" for step in reached.migrate()]
    finally:
        reached.release()


@contextmanager
def administering(settings: Settings) -> Iterator[Connection]:
    """A connection for a command that sets or asks something, beside a running server or without one."""
    with (
        database(settings, purpose="administration") as reached,
        reached.connect("administration") as connection,
    ):
        connection.autocommit = True
        yield connection
