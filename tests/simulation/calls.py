"""Calls: a connection that asks before every call to the database whether this one is to fail.

Owns the three ways a call can fail, and the end of a process in the middle of one. Chooses nothing: whoever
opens the connection does. Next: turns.py, and operations.py, which counts calls.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from types import TracebackType
from typing import Any

import psycopg
from psycopg import Connection, Cursor
from psycopg.pq import TransactionStatus

from counterfoil.store.connection import _with_session

GONE_S = 20.0
REFUSING = b"DO $$ BEGIN RAISE EXCEPTION 'simulated: no space left' USING ERRCODE = 'disk_full'; END $$"
SIMULATED = b"SET idle_in_transaction_session_timeout = 0; SET lock_timeout = '100ms'"
"""What stands still is taken up again, however slow the machine is; what waits for it gives up."""


class Fault(StrEnum):
    """What becomes of one call."""

    ERROR = "the database refuses"
    LOST_BEFORE = "connection lost before"
    LOST_AFTER = "connection lost after"
    CRASH_BEFORE = "process ends before"
    CRASH_AFTER = "process ends after"

    @property
    def is_before(self) -> bool:
        """Whether the call is never made."""
        return self in (Fault.LOST_BEFORE, Fault.CRASH_BEFORE)

    @property
    def is_after(self) -> bool:
        """Whether the call is made, and its answer is lost."""
        return self in (Fault.LOST_AFTER, Fault.CRASH_AFTER)


class Lost(psycopg.OperationalError):
    """The connection is gone."""


class Crash(BaseException):
    """The process is gone: nothing of it may run any more, so nobody catches this but the scheduler."""


Ask = Callable[[str], Fault | None]
"""Told what is about to be called: `execute`, `copy`, `commit`, or `flush`, within which locks are held that
others wait for; answers whether and how it fails."""


class WatchedCursor(Cursor[Any]):
    """Asks before `execute` and `copy`."""

    def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
        """The statement, unless it is to fail."""
        connection = watched(self.connection)
        fault = connection.ask("flush" if connection.is_flushing else "execute")
        if fault is Fault.ERROR:
            return super().execute(REFUSING)
        connection.fail(fault, is_before=True)
        answered = super().execute(query, params, **more)
        connection.fail(fault, is_before=False)
        return answered

    @contextmanager
    def copy(self, statement: Any, params: Any = None, **more: Any) -> Iterator[Any]:
        """The rows, unless they are to fail."""
        connection = watched(self.connection)
        fault = connection.ask("copy")
        if fault is Fault.ERROR:
            super().execute(REFUSING)
        connection.fail(fault, is_before=True)
        with super().copy(statement, params, **more) as copy:
            yield copy
        connection.fail(fault, is_before=False)


class Watched(Connection[Any]):
    """Asks before `commit` too."""

    ask: Ask = staticmethod(lambda _call: None)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes, also where the last commit of a `with` block fails."""
        try:
            super().__exit__(kind, error, trace)
        finally:
            self.close()

    def commit(self) -> None:
        """The commit, unless it is to fail."""
        if not self.is_flushing and self.info.transaction_status is TransactionStatus.IDLE:
            # There is nothing to commit, and psycopg says nothing to the database.
            return
        fault = self.ask("flush" if self.is_flushing else "commit")
        if fault is Fault.ERROR:
            Cursor(self).execute(REFUSING)
        self.fail(fault, is_before=True)
        super().commit()
        self.fail(fault, is_before=False)

    @contextmanager
    def transaction(self, *given: Any, **more: Any) -> Iterator[Any]:
        """A block whose commit may fail."""
        with super().transaction(*given, **more) as block:
            yield block
            fault = self.ask("commit")
            if fault is Fault.ERROR:
                Cursor(self).execute(REFUSING)
            self.fail(fault, is_before=True)
        self.fail(fault, is_before=False)

    @property
    def is_flushing(self) -> bool:
        """Whether statements are sent together."""
        return self._pipeline is not None

    def fail(self, fault: Fault | None, *, is_before: bool) -> None:
        """Ends the connection; when this returns the database has noticed, and the next step finds it so."""
        if fault is None or not (fault.is_before if is_before else fault.is_after):
            return
        self.cut()
        if fault in (Fault.CRASH_BEFORE, Fault.CRASH_AFTER):
            raise Crash
        raise Lost(str(fault))

    def cut(self) -> None:
        """Closes; the session of the database is over when this returns."""
        if self.closed:
            return
        pid, address = self.info.backend_pid, self.info.dsn
        password = self.info.password
        self.close()
        until_gone(psycopg.conninfo.make_conninfo(address, password=password), pid)


def watched(connection: object) -> Watched:
    """The connection of a cursor, as what it is."""
    assert isinstance(connection, Watched)
    return connection


def opened(url: str, name: str, ask: Ask) -> Watched:
    """A connection of the product's own making, which asks."""
    connection = Watched.connect(_with_session(url, name))
    connection.execute(SIMULATED)
    connection.commit()
    connection.cursor_factory = WatchedCursor
    connection.ask = ask
    return connection


def until_gone(url: str, pid: int) -> None:
    """Returns when the database has no session of this number."""
    deadline = time.monotonic() + GONE_S
    with psycopg.connect(url, autocommit=True) as asking:
        while asking.execute("SELECT FROM pg_stat_activity WHERE pid = %s", (pid,)).fetchone() is not None:
            assert time.monotonic() < deadline, f"session {pid} does not end"
            time.sleep(0.001)
