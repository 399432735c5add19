"""Health: what the database says of itself, of its clock, and of what waits.

Owns the questions. Changes nothing, and judges nothing: that is health.py's, one floor up. Next:
sql/health.sql.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from counterfoil.store.queries import sql


class Durability(NamedTuple):
    """The settings that "accepted" hangs on, on the connection that was asked."""

    version: str
    version_number: int
    fsync: str
    full_page_writes: str
    synchronous_commit: str
    has_standby: bool
    data_checksums: str
    role: str
    is_superuser: bool


class Lowered(NamedTuple):
    """A place outside our connections that lowers synchronous_commit."""

    role: str
    database: str
    value: str


class Changeable(NamedTuple):
    """An append-only table that the role may change, or that no trigger guards."""

    name: str
    is_permitted: bool
    is_guarded: bool


class Clocks(NamedTuple):
    """The server's time, the business time, and the last time of receipt, if anything was received."""

    server_now: datetime
    business_now: datetime
    is_sandbox: bool
    last_receipt: datetime | None


class Backlog(NamedTuple):
    """Submissions that wait to be decided; `since` is the machine time of the oldest batch."""

    submissions: int
    since: datetime | None


class HeldOne(NamedTuple):
    """A held submission: its id, its order's key, why, and since when in business time."""

    submission_id: UUID
    mode: str
    enterprise_id: int
    action_tracker_id: int
    order_id: str
    code: str
    since: datetime


def durability(connection: Connection) -> Durability:
    """The settings on this very connection."""
    return Durability(*_one(connection, "durability"))


def lowered_commit(connection: Connection) -> list[Lowered]:
    """Where synchronous_commit is lowered for the role, the database or both."""
    return [Lowered(*row) for row in connection.execute(sql("health", "lowered_commit"))]


def changeable_history(connection: Connection) -> list[Changeable]:
    """Append-only tables that are not as they should be for this role."""
    return [Changeable(*row) for row in connection.execute(sql("health", "changeable_history"))]


def clocks(connection: Connection) -> Clocks:
    """All clocks at one moment."""
    return Clocks(*_one(connection, "clocks"))


def backlog(connection: Connection) -> Backlog:
    """What waits to be decided."""
    submissions, batch_id = _one(connection, "backlog")
    return Backlog(submissions, made_at(batch_id) if batch_id is not None else None)


def held(connection: Connection) -> dict[str, int]:
    """How many submissions are held, by code."""
    return dict(connection.execute(sql("health", "held")).fetchall())


def oldest_held(connection: Connection) -> HeldOne | None:
    """The submission that is held longest, those that wait behind another left out."""
    row = connection.execute(sql("health", "oldest_held")).fetchone()
    return HeldOne(*row) if row is not None else None


def lock_due_since(connection: Connection) -> datetime | None:
    """The business time since when a lock is due that is not noted, `None` without one."""
    moment: datetime | None = _one(connection, "locks_due")[0]
    return moment


def last_verification(connection: Connection) -> tuple[int, datetime] | None:
    """Rows that violate an invariant, as the last run saw them, and when it ran; `None` before the first."""
    return connection.execute(sql("health", "last_verification")).fetchone()


def sessions(connection: Connection) -> dict[str, int]:
    """How many connections our processes have, by purpose."""
    return dict(connection.execute(sql("health", "sessions"), {}).fetchall())


def made_at(batch_id: UUID) -> datetime:
    """The machine time at which a batch was accepted: the first 48 bits of its id are milliseconds."""
    return datetime.fromtimestamp((batch_id.int >> 80) / 1000, UTC)


def _one(connection: Connection, name: str) -> tuple[Any, ...]:
    row = connection.execute(sql("health", name)).fetchone()
    assert row is not None
    return row
