"""The scheduler: what happens because time passes.

Owns the noting of locks, and the second look at what waits for a rate; one leader at a time, any processor
may be it. Whatever it does can be done late without changing any amount. Next: store/calendar.py.
"""

from __future__ import annotations

from collections.abc import Callable

from psycopg import Connection

from counterfoil.store import calendar, lanes, posting


class Scheduler:
    """Does what is due, on one connection."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        """`connect` opens a connection of the serving role."""
        self._connect = connect
        self._connection: Connection | None = None

    def do_what_is_due(self) -> int:
        """Notes every lock that is due; answers how many. Raises psycopg.OperationalError while away.

        Rates that came in while a processor was deciding let its held submissions go on.
        """
        if self._connection is None or self._connection.closed or self._connection.broken:
            self._connection = self._connect()
            posting.prepare(self._connection)
        lanes.release_for_rates(self._connection)
        self._connection.commit()
        total = 0
        while noted := calendar.note_locks(self._connection):
            total += noted
        return total

    def close(self) -> None:
        """Lets go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
