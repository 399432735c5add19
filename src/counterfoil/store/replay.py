"""Replay: reads the whole log lane by lane, and what was made of each lane.

Owns the reading, in one snapshot; compares nothing. Next: replaying.py above.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection, IsolationLevel

from counterfoil.model.orders import Submission
from counterfoil.store.lanes import submission_of
from counterfoil.store.queries import sql

FETCH_ROWS = 5_000


class Kept(NamedTuple):
    """What the ledger has of a lane's submissions: outcomes by id, rows as the writers write them,
    and the place of the closing that took each action."""

    outcomes: dict[UUID, tuple[Any, ...]]
    actions: list[tuple[Any, ...]]
    versions: list[tuple[Any, ...]]
    statuses: list[tuple[Any, ...]]
    lines: list[tuple[Any, ...]]
    closings: dict[int, int]


def begin(connection: Connection) -> None:
    """Begins a transaction that sees one moment and writes nothing."""
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    # It holds no lock, so nobody waits for it however long it decides.
    connection.execute(sql("replay", "be_patient"))


def lanes_in_order(connection: Connection) -> Iterator[list[Submission]]:
    """The submissions of each lane that has any, in log order; one lane in memory at a time."""
    with connection.cursor(name="whole_log") as cursor:
        cursor.itersize = FETCH_ROWS
        cursor.execute(sql("replay", "whole_log"))
        submissions = (submission_of(row) for row in cursor)
        for _, lane in groupby(submissions, key=lambda submission: submission.lane):
            yield list(lane)


def kept(connection: Connection, submission_ids: Sequence[UUID]) -> Kept:
    """What the ledger has of these submissions."""
    values = {"submission_ids": list(submission_ids)}

    def rows(name: str) -> list[tuple[Any, ...]]:
        return connection.execute(sql("replay", name), values).fetchall()

    return Kept(
        {row[0]: row[1:] for row in rows("outcomes")},
        rows("actions"),
        rows("versions"),
        rows("statuses"),
        rows("lines"),
        dict(rows("closings")),
    )
