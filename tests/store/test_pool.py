"""The pool: what is broken or unclean is not handed on, and nobody waits for longer than they said."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, Thread

import psycopg
import pytest
from psycopg import Connection

from counterfoil.store.pool import Pool, PoolBusy
from tests.desk import Desk


@pytest.fixture
def pool(desk: Desk) -> Iterator[Pool]:
    """A pool of one connection."""
    opened = Pool(desk.urls.server, name="pooled", size_max=1)
    yield opened
    opened.close()


def _session(connection: Connection) -> int:
    return connection.info.backend_pid


def test_a_connection_is_used_again(pool: Pool) -> None:
    """Two callers, one after the other, have the same session."""
    with pool.connection() as connection:
        first = _session(connection)
    with pool.connection() as connection:
        assert first == _session(connection)


def test_a_session_that_the_database_ended_is_not_handed_on(desk: Desk, pool: Pool) -> None:
    """The next caller gets another at once, and its first question is answered."""
    with pool.connection() as connection:
        ended = _session(connection)
    desk.connection.execute("SELECT pg_terminate_backend(%s, 5000)", (ended,))

    with pool.connection() as connection:
        assert ended != _session(connection)
        assert (1,) == connection.execute("SELECT 1").fetchone()


def test_what_one_caller_left_open_is_not_the_next_ones(pool: Pool) -> None:
    """A session in the middle of a transaction is closed, and what it did is undone."""
    with pool.connection() as connection:
        left = _session(connection)
        connection.execute("BEGIN")
        connection.execute("CREATE TEMPORARY TABLE left_open ()")

    with pool.connection() as connection:
        assert left != _session(connection)
        assert (None,) == connection.execute("SELECT to_regclass('left_open')").fetchone()


def test_who_finds_every_connection_in_use_is_told_so(pool: Pool) -> None:
    """After the time that the caller gave, and not later; the place is free again afterwards."""
    is_held, let_go = Event(), Event()

    def hold() -> None:
        with pool.connection():
            is_held.set()
            let_go.wait()

    holder = Thread(target=hold)
    holder.start()
    try:
        is_held.wait()
        with pytest.raises(PoolBusy), pool.connection(wait_s=0.05):
            pass
    finally:
        let_go.set()
        holder.join()
    with pool.connection(wait_s=0.05) as connection:
        assert (1,) == connection.execute("SELECT 1").fetchone()


def test_a_database_that_is_away_is_told_at_once_and_costs_no_place(desk: Desk) -> None:
    """As often as somebody asks: no try keeps the next one waiting."""
    nowhere = Pool(desk.urls.server.replace("5432", "5433"), name="nowhere", size_max=1)
    for _ in range(3):
        with pytest.raises(psycopg.OperationalError) as away, nowhere.connection(wait_s=0):
            pass
        assert not isinstance(away.value, PoolBusy)


def test_a_closed_pool_keeps_nothing(desk: Desk, pool: Pool) -> None:
    """What comes back after the end is closed as well."""
    with pool.connection() as connection:
        pool.close()

    assert connection.closed
