"""Increments: the checks of the ledger over what was touched lately, and what the runs found.

Owns the narrowed tables: for one transaction they stand before the real ones, so that the same queries see
only the orders that some events tell of. Next: sql/increments.sql, then invariants.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from psycopg import Connection
from psycopg.pq import TransactionStatus

from counterfoil.store.queries import queries, sql


class Runs(NamedTuple):
    """Up to which event everything was clean, and when the last run was, if there was one."""

    clean_until: int
    verified_at: datetime | None


@contextmanager
def narrowed(connection: Connection, from_event: int, to_event: int) -> Iterator[None]:
    """Everything asked inside sees the orders that these events tell of, at one moment; undone at its end.

    The connection must not be in a transaction.
    """
    assert connection.info.transaction_status == TransactionStatus.IDLE, "an increment begins a transaction"
    values = {"from_event": from_event, "to_event": to_event}
    with connection.transaction(force_rollback=True):
        connection.execute(sql("increments", "open_increment"))
        connection.execute(sql("increments", "bound"))
        for name in queries("increments"):
            if name == "touch" or name.startswith("narrow_"):
                # Values cannot be parameters of a statement that makes a table.
                connection.execute(_with_numbers(name, values))
        connection.execute(sql("increments", "count_rows"))
        yield


def last_event(connection: Connection) -> int:
    """The number of the last event, 0 before the first."""
    row = connection.execute(sql("increments", "last_event")).fetchone()
    assert row is not None
    return int(row[0])


def runs(connection: Connection) -> Runs:
    """What was verified so far."""
    row = connection.execute(sql("increments", "verified_until")).fetchone()
    assert row is not None
    return Runs(*row)


def try_lead(connection: Connection) -> bool:
    """Whether this session is the one that checks; it is until it ends."""
    return connection.execute(sql("increments", "try_lead")).fetchone() == (True,)


def note_run(
    connection: Connection,
    *,
    is_full: bool,
    from_event: int,
    to_event: int,
    violated: Sequence[str],
    violating_rows: int,
    milliseconds: int,
) -> None:
    """Keeps what a run found, for metrics and for the next run."""
    connection.execute(
        sql("increments", "insert_run"),
        {
            "is_full": is_full,
            "from_event": from_event,
            "to_event": to_event,
            "violated": list(violated),
            "violating_rows": violating_rows,
            "milliseconds": milliseconds,
        },
    )


def _with_numbers(name: str, values: dict[str, int]) -> bytes:
    statement = sql("increments", name)
    for each, number in values.items():
        statement = statement.replace(f"%({each})s".encode(), str(number).encode())
    return statement
