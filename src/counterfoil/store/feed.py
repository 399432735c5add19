"""The feed: what happens to orders, in commit order.

Owns reading events; writes nothing. Next: demo.py, which prints them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from psycopg import Connection
from psycopg.rows import class_row

from counterfoil.store.queries import sql


class Happened(NamedTuple):
    """One event, and what the publisher earns by the order now; no commission where none was posted."""

    event_id: int
    mode: str
    kind: str
    code: str | None
    order_id: str
    commission_usd: Decimal | None


def latest(connection: Connection) -> int:
    """The number of the newest event."""
    row = connection.execute(sql("feed", "latest_event")).fetchone()
    assert row is not None
    return int(row[0])


def after(connection: Connection, event_id: int, *, rows_max: int = 100) -> list[Happened]:
    """The events that followed, oldest first."""
    cursor = connection.cursor(row_factory=class_row(Happened))
    return cursor.execute(sql("feed", "events_after"), {"after": event_id, "rows": rows_max}).fetchall()
