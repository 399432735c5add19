"""Acts: who did what, and what it changed; added to, never changed.

Owns the rows and the names of deeds. Whoever carries an act out notes it in the same transaction, so that
there is neither an act without a note nor a note without an act. Next: sql/acts.sql.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
from psycopg import Connection
from psycopg.rows import class_row

from counterfoil.store.queries import sql


class Deed(StrEnum):
    """What can be done. A new deed is added here, and in docs/how-to/operate.md."""

    NETWORK_APPLIED = "network applied"
    RATES_IMPORTED = "rates imported"
    SETTINGS_NOTED = "settings of deciding noted"
    TOKEN_CREATED = "token created"  # noqa: S105 - a deed, no token
    TOKEN_REVOKED = "token revoked"  # noqa: S105 - a deed, no token
    CLOCK_MOVED = "clock moved"
    ORDER_EXTENDED = "order extended"
    SUBMISSION_RELEASED = "submission released"
    MONTH_CLOSED = "month closed"
    BONUS_ADDED = "bonus added"
    STATEMENT_PAID = "statement paid"
    RECORDS_READ = "records read"
    BACKUP_TAKEN = "backup taken"
    BACKUP_RESTORED = "backup restored"


SINCE_SCHEMA = 6
"""The migration with which acts came: what is older cannot note one."""


class Act(NamedTuple):
    """One act as it was noted."""

    act_id: int
    acted_at: datetime
    actor: str
    deed: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str | None


def note(
    connection: Connection,
    actor: str,
    deed: Deed,
    subject: str,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    request_id: str | None = None,
) -> None:
    """Notes an act within the caller's transaction. `subject` is what it was done to."""
    values = {
        "actor": actor,
        "deed": str(deed),
        "subject": subject,
        "before": None if before is None else msgspec.json.encode(before).decode(),
        "after": None if after is None else msgspec.json.encode(after).decode(),
        "request_id": request_id,
    }
    connection.execute(sql("acts", "note"), values)


def acts(
    connection: Connection,
    *,
    since: datetime | None = None,
    actor: str | None = None,
    deed: Deed | None = None,
) -> list[Act]:
    """Acts in order, those asked for."""
    cursor = connection.cursor(row_factory=class_row(Act))
    cursor.execute(sql("acts", "list"), {"since": since, "actor": actor, "deed": deed and str(deed)})
    return cursor.fetchall()
