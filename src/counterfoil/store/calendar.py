"""The calendar: notes lock instants that have passed, so that history and events tell of them.

Owns the transaction of one step. Whether an order is locked never depends on it: that is reckoned from the
lock instant. Next: scheduler.py above.
"""

from __future__ import annotations

from datetime import datetime

from psycopg import Connection

from counterfoil.store.queries import sql

LOCKS_A_STEP_MAX = 5_000


def note_locks(connection: Connection) -> int:
    """Notes locks that passed before everything undecided was received; answers how many.

    0 means that none is due, or that another process does it. The connection has its drafts.
    """
    until = _received_until(connection)
    if connection.execute(sql("calendar", "lead")).fetchone() != (True,):
        connection.rollback()
        return 0
    row = connection.execute(sql("calendar", "decided_until"), {"until": until}).fetchone()
    assert row is not None
    values = {"until": row[0], "rows": LOCKS_A_STEP_MAX}
    noted = connection.execute(sql("calendar", "note_locks"), values).rowcount
    if noted:
        connection.execute(sql("posting", "take_posting_lock"))
        connection.execute(sql("posting", "insert_events"))
    connection.commit()
    return noted


def _received_until(connection: Connection) -> datetime:
    """A time before which nothing can still be received: in a transaction of its own, over at once."""
    connection.execute(sql("log", "take_intake_lock"))
    row = connection.execute(sql("calendar", "received_until")).fetchone()
    connection.commit()
    assert row is not None
    moment: datetime = row[0]
    return moment
