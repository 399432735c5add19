"""The log: appends what was accepted, durably and in order.

Owns the accepting transaction: rows are copied first, then one small flush takes the intake lock, gives
places and commits, so that log order is commit order. Next: intake.py above, lanes.py for what follows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection, Cursor
from psycopg.rows import tuple_row

from counterfoil.crashpoint import crashpoint
from counterfoil.model.orders import Channel, Kind, Mode, Receipt
from counterfoil.store.queries import sql

LogRow = tuple[UUID, int, int, int, int, str, str, bool, bytes, bytes]
_LOG_TYPES = ("uuid", "int2", "int4", "int8", "int8", "text", "text", "bool", "bytea", "bytea")
PersonalRow = tuple[UUID, int, bytes, bytes]
_PERSONAL_TYPES = ("uuid", "int8", "bytea", "bytea")


class Entry(NamedTuple):
    """One batch, or one event without orders, to be appended. `lanes` counts its submissions by lane."""

    batch_id: UUID
    mode: Mode
    channel: Channel
    kind: Kind | None
    sender: str
    rows: Sequence[LogRow] = ()
    personal: Sequence[PersonalRow] = ()
    lanes: Mapping[int, int] = {}
    about: str | None = None


class Head(NamedTuple):
    """The end of the log."""

    position: int
    submission_number: int
    received_at: datetime | None


def append(connection: Connection, entries: Sequence[Entry]) -> list[Receipt]:
    """Appends the entries in one transaction and answers their receipts, in order.

    When it returns the rows are flushed to disk. When it raises nothing of them was kept, unless the
    connection was lost during the commit: then nobody knows.
    """
    crashpoint("intake.before_append")
    with connection.cursor(row_factory=tuple_row) as cursor:
        _copy(cursor, "copy_log", _LOG_TYPES, [row for entry in entries for row in entry.rows])
        _copy(cursor, "copy_personal", _PERSONAL_TYPES, [row for entry in entries for row in entry.personal])
    crashpoint("intake.log_inserted")
    crashpoint("intake.before_flush")
    with connection.pipeline():
        requests = flush(connection, entries)
        connection.commit()
    return requests()


def insert(connection: Connection, entry: Entry) -> Receipt:
    """Appends one entry within a transaction of the caller's."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        _copy(cursor, "copy_log", _LOG_TYPES, entry.rows)
    return flush(connection, [entry])()[0]


def flush(connection: Connection, entries: Sequence[Entry]) -> Callable[[], list[Receipt]]:
    """Sends the statements that take the intake lock and give places; the caller commits.

    Answers a function that reads the receipts, in the order of the entries, once they are there.
    """
    counts = [len(entry.rows) for entry in entries]
    lanes = [(lane, entry.batch_id, count) for entry in entries for lane, count in entry.lanes.items()]
    batch_ids = [entry.batch_id for entry in entries]
    values = {
        "requests": len(entries),
        "submissions": sum(counts),
        "batch_ids": batch_ids,
        "modes": [str(entry.mode) for entry in entries],
        "channels": [str(entry.channel) for entry in entries],
        "kinds": [entry.kind and str(entry.kind) for entry in entries],
        "senders": [entry.sender for entry in entries],
        "counts": counts,
        "befores": [0, *accumulate(counts)][:-1],
        "abouts": [entry.about for entry in entries],
        "lanes": [lane for lane, _, _ in lanes],
        "lane_batch_ids": [batch_id for _, batch_id, _ in lanes],
        "lane_counts": [count for _, _, count in lanes],
    }
    connection.execute(sql("log", "take_intake_lock"))
    connection.execute(sql("log", "advance_head"), values)
    requests = connection.cursor(row_factory=tuple_row)
    requests.execute(sql("log", "insert_requests"), values)
    if lanes:
        connection.execute(sql("log", "insert_pending"), values)
        connection.execute(sql("log", "wake_processors"))

    def receipts() -> list[Receipt]:
        found = {
            batch_id: Receipt(
                batch_id=batch_id, position=position, received_at=received_at, first_number=first_number
            )
            for batch_id, position, received_at, first_number in requests
        }
        return [found[batch_id] for batch_id in batch_ids]

    return receipts


def settled(connection: Connection, batch_ids: Sequence[UUID], *, lost_pid: int) -> dict[UUID, Receipt]:
    """Which of the batches did reach the log, after a commit whose answer was lost; it is final.

    Ends the lost session first, which may still have statements before it that it has not read, and waits for
    the intake lock: whoever held it has then committed or gone.
    """
    connection.execute(sql("log", "end_session"), {"pid": lost_pid})
    connection.commit()
    with connection.transaction():
        connection.execute(sql("log", "take_intake_lock"))
        rows = connection.execute(sql("log", "find_requests"), {"batch_ids": list(batch_ids)}).fetchall()
    return {
        row[0]: Receipt(batch_id=row[0], position=row[1], received_at=row[2], first_number=row[3])
        for row in rows
    }


def head(connection: Connection) -> Head:
    """Where the log ends now; before the first entry there is no time of receipt."""
    row = connection.execute(sql("log", "read_head")).fetchone()
    assert row is not None
    return Head(*row)


def _copy(cursor: Cursor[Any], name: str, types: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    with cursor.copy(sql("log", name)) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)
