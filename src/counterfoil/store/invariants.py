"""Invariants: asks the tables for rows that must not be there.

Owns the one snapshot that all checks of a run see, and how offending rows are read. What each check promises,
and what to do when it fails, is said in verification.py. Next: sql/invariants.sql.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row

from counterfoil.money import plain
from counterfoil.store.queries import queries, sql

SHOWN_MAX = 5
_FIRST = (
    b"SELECT offending.*, count(*) OVER () AS rows_in_all FROM (%b) AS offending ORDER BY offending LIMIT %d"
)
_SET_UP = frozenset({"open_snapshot", "set_up"})


class Offending(NamedTuple):
    """What a check found: how many rows, the first of them, or why it could not be asked."""

    rows: int
    first: tuple[dict[str, Any], ...]
    error: str | None = None


def names() -> frozenset[str]:
    """The ids of all checks that are a query."""
    return frozenset(queries("invariants").keys() - _SET_UP)


@contextmanager
def snapshot(connection: Connection) -> Iterator[None]:
    """Everything asked inside sees the database as it was at one moment, and nothing is written.

    The connection must not be in a transaction.
    """
    assert connection.info.transaction_status == TransactionStatus.IDLE, "a snapshot begins a transaction"
    with connection.transaction():
        connection.execute(sql("invariants", "open_snapshot"))
        connection.execute(sql("invariants", "set_up"))
        yield


def offending(connection: Connection, name: str, values: Mapping[str, Any]) -> Offending:
    """The rows that break one invariant: their number and the first, in a fixed order, ready for JSON.

    A row that cannot be read, say JSON that is none, is an error of the check, and the others go on.
    """
    query = _FIRST % (sql("invariants", name), SHOWN_MAX)
    try:
        with connection.transaction():
            found = connection.cursor(row_factory=dict_row).execute(query, values).fetchall()
    except psycopg.DataError as unreadable:
        return Offending(0, (), str(unreadable.diag.message_primary or unreadable))
    rows = found[0]["rows_in_all"] if found else 0
    return Offending(rows, tuple(_plain_row(row) for row in found))


def _plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in row.items() if name != "rows_in_all"}


def _plain_value(value: Any) -> Any:
    match value:
        case Decimal():
            return plain(value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date() | UUID():
            return str(value)
        case _:
            return value
