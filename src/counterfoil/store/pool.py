"""A pool: connections that the threads of a process share, made when they are needed.

Owns how many there are and when one is given up. It never waits for the database: whoever asks while it is
away is told at once, and whoever asks when it is back is served. Next: connection.py.
"""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

import psycopg
from psycopg import Connection
from psycopg.pq import TransactionStatus

from counterfoil.clock import monotonic
from counterfoil.store.connection import connect

WAIT_S = 5.0
AGE_MAX_S = 3600.0
"""A session keeps what it once learned of every table and plan; after this time another takes its place."""


class PoolBusy(psycopg.OperationalError):
    """Every connection was in use for as long as the caller would wait."""


class Pool:
    """At most so many autocommit connections of one role."""

    def __init__(self, url: str, *, name: str, size_max: int) -> None:
        """`name` shows in the database's list of sessions. None is opened yet."""
        self._url = url
        self._name = name
        self._places = BoundedSemaphore(size_max)
        # The one used last is used next, so that those of a busy hour are left alone and grow old.
        self._idle: deque[tuple[Connection, float]] = deque()
        self._is_closed = False

    @contextmanager
    def connection(self, *, wait_s: float = WAIT_S) -> Iterator[Connection]:
        """A connection for the caller alone. Raises PoolBusy, and what `connect` raises."""
        if not self._places.acquire(timeout=wait_s):
            raise PoolBusy(f"No connection was free for {wait_s:.0f} s.")
        try:
            connection, made_at = self._kept() or self._made()
            try:
                yield connection
            finally:
                self._take_back(connection, made_at)
        finally:
            self._places.release()

    def close(self) -> None:
        """Closes what is idle now, and what is in use when it comes back."""
        self._is_closed = True
        while self._idle:
            self._idle.pop()[0].close()

    def _made(self) -> tuple[Connection, float]:
        return connect(self._url, name=self._name, autocommit=True), monotonic()

    def _kept(self) -> tuple[Connection, float] | None:
        while self._idle:
            connection, made_at = self._idle.pop()
            if monotonic() - made_at < AGE_MAX_S and _is_alive(connection):
                return connection, made_at
            connection.close()
        return None

    def _take_back(self, connection: Connection, made_at: float) -> None:
        is_clean = connection.pgconn.transaction_status == TransactionStatus.IDLE
        if not is_clean or self._is_closed:
            connection.close()
            return
        self._idle.append((connection, made_at))


def _is_alive(connection: Connection) -> bool:
    """Whether the database is still there, without a question: to an idle connection it says no word."""
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)
