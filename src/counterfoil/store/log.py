"""The log: appends what was accepted, durably and in order.

Owns the accepting transaction: rows go in first, then one call takes the intake lock, gives places and
commits, so that log order is commit order. Next: intake.py above, lanes.py for what follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection, Cursor

from counterfoil.crashpoint import crashpoint
from counterfoil.model.orders import Channel, Kind, Mode, Receipt
from counterfoil.store.queries import sql

LogRow = tuple[UUID, int, int, int, int, str, str, bool, bytes, bytes]
_LOG_TYPES = ("uuid", "int2", "int4", "int8", "int8", "text", "text", "bool", "bytea", "bytea")
PersonalRow = tuple[UUID, int, bytes, bytes]
_PERSONAL_TYPES = ("uuid", "int8", "bytea", "bytea")

FEW, FEW_BYTES = 64, 64 * 1024
"""Rows, and bytes of orders, that go in by one statement. From there on COPY is quicker for the database."""


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

    `connection` commits each statement by itself (autocommit). When it returns the rows are flushed to disk.
    When it raises nothing of them was kept, unless the connection was lost during the commit: then nobody
    knows.
    """
    crashpoint("intake.before_append")
    rows = [row for entry in entries for row in entry.rows]
    personal = [row for entry in entries for row in entry.personal]
    if len(rows) <= FEW and sum([len(row[-1]) for row in rows]) <= FEW_BYTES:
        crashpoint("intake.before_flush")
        values = _places(entries) | _row_values(rows) | _personal_values(personal)
        return _receipts(entries, connection.execute(sql("log", "append_few"), values, prepare=True))
    connection.execute("BEGIN")
    with connection.cursor() as cursor:
        _copy(cursor, "copy_log", _LOG_TYPES, rows)
        _copy(cursor, "copy_personal", _PERSONAL_TYPES, personal)
    crashpoint("intake.log_inserted")
    crashpoint("intake.before_flush")
    with connection.pipeline():
        receipts = flush(connection, entries)
        connection.commit()
    return receipts()


def insert(connection: Connection, entry: Entry) -> Receipt:
    """Appends one entry within a transaction of the caller's."""
    with connection.cursor() as cursor:
        _copy(cursor, "copy_log", _LOG_TYPES, entry.rows)
    return flush(connection, [entry])()[0]


def flush(connection: Connection, entries: Sequence[Entry]) -> Callable[[], list[Receipt]]:
    """Sends the statement that takes the intake lock and gives places; the caller commits.

    Answers a function that reads the receipts, in the order of the entries, once they are there.
    """
    places = connection.execute(sql("log", "take_places"), _places(entries))
    return lambda: _receipts(entries, places)


def _receipts(entries: Sequence[Entry], places: Cursor[Any]) -> list[Receipt]:
    first = places.fetchone()
    assert first is not None, "a function without rows gives one"
    position, number, received_at = first
    return [
        Receipt(
            batch_id=entry.batch_id,
            position=position + place,
            received_at=received_at,
            first_number=number + before,
        )
        for place, (entry, before) in enumerate(zip(entries, _befores(entries), strict=True))
    ]


def _befores(entries: Sequence[Entry]) -> list[int]:
    """How many submissions stand before those of each entry."""
    return list(accumulate([len(entry.rows) for entry in entries], initial=0))[:-1]


def _places(entries: Sequence[Entry]) -> dict[str, Any]:
    lanes = [
        (lane, ordinal, count)
        for ordinal, entry in enumerate(entries, 1)
        for lane, count in entry.lanes.items()
    ]
    return {
        "requests": len(entries),
        "submissions": sum([len(entry.rows) for entry in entries]),
        "batch_ids": _array([entry.batch_id.hex for entry in entries]),
        "modes": _array([entry.mode for entry in entries]),
        "channels": _array([entry.channel for entry in entries]),
        "kinds": _array([entry.kind or "NULL" for entry in entries]),
        "senders": _texts([entry.sender for entry in entries]),
        "abouts": _texts([entry.about for entry in entries]),
        "counts": _array([str(len(entry.rows)) for entry in entries]),
        "befores": _array(map(str, _befores(entries))),
        "lanes": _array([str(lane) for lane, _, _ in lanes]),
        "lane_ordinals": _array([str(ordinal) for _, ordinal, _ in lanes]),
        "lane_counts": _array([str(count) for _, _, count in lanes]),
    }


def _row_values(rows: Sequence[LogRow]) -> dict[str, Any]:
    """Rows of the log as columns; what is binary stands one after the other, and is cut there."""
    batch_ids, lanes, ns, enterprises, trackers, order_ids, kinds, cleaned, digests, bodies = (
        zip(*rows, strict=True) if rows else [()] * len(_LOG_TYPES)
    )
    at, sizes = _cuts(bodies)
    return {
        "row_batch_ids": _array([batch_id.hex for batch_id in batch_ids]),
        "row_lanes": _array(map(str, lanes)),
        "ns": _array(map(str, ns)),
        "enterprise_ids": _array(map(str, enterprises)),
        "trackers": _array(map(str, trackers)),
        "order_ids": _texts(order_ids),
        "row_kinds": _array(kinds),
        "cleaned": _array(["t" if each else "f" for each in cleaned]),
        "digests": b"".join(digests),
        "bodies": b"".join(bodies),
        "bodies_at": at,
        "body_sizes": sizes,
    }


def _personal_values(rows: Sequence[PersonalRow]) -> dict[str, Any]:
    submission_ids, enterprises, salts, ids = zip(*rows, strict=True) if rows else [()] * len(_PERSONAL_TYPES)
    at, sizes = _cuts(ids)
    return {
        "submission_ids": _array([submission_id.hex for submission_id in submission_ids]),
        "personal_enterprise_ids": _array(map(str, enterprises)),
        "salts": b"".join(salts),
        "ids": b"".join(ids),
        "ids_at": at,
        "ids_sizes": sizes,
    }


def _cuts(parts: Sequence[bytes]) -> tuple[str, str]:
    """Where each part begins when they stand one after the other, counted from 1, and its size."""
    sizes = list(map(len, parts))
    return _array(map(str, list(accumulate(sizes, initial=1))[:-1])), _array(map(str, sizes))


def _array(values: Iterable[str]) -> str:
    """An array as the database reads it, of texts that need no quotes."""
    # The driver looks at every value of a list several times: more work than all else of a small group.
    return "{" + ",".join(values) + "}"


def _texts(values: Iterable[str | None]) -> str:
    """An array of any texts."""
    return _array(
        [
            "NULL" if value is None else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
            for value in values
        ]
    )


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
