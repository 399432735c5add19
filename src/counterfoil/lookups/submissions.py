"""Submissions: what became of each, or where it waits, with the sentence and the remedy of its code.

Owns the state of a submission (spec/processing.md, section 1) and the release of a held one. Next: orders.py.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from counterfoil.errors import CATALOGUE, Code
from counterfoil.model.orders import Channel, Kind, Mode
from counterfoil.store import lookups
from counterfoil.store.lookups import SubmissionRow, Visible

PENDING, HELD = "pending", "held"


class Note(Struct, frozen=True):
    """A code with what it says and what to do."""

    code: str
    sentence: str
    remedy: str


class Held(Struct, frozen=True, kw_only=True):
    """Where a submission waits: since when, how often it was tried, and behind which other one.

    `detail` names what is missing, such as the currency and day of a rate. `released_at` tells that it is to
    be tried again.
    """

    since: datetime
    tries: int
    detail: str | None
    waiting_behind: UUID | None
    released_at: datetime | None


class Submission(Struct, frozen=True, kw_only=True):
    """One submission and what became of it.

    `state` is pending, held, or the outcome. `note` has the code of the outcome or of the place where it
    waits. `skipped_checks` are those of production that the test ledger leaves out and that would have
    failed (D112). `removed_fields` are those that a restatement left out, as requests name them. `winner` is
    the submission that a duplicate met.
    """

    submission_id: UUID
    batch_id: UUID
    state: str
    note: Note | None
    warnings: tuple[Note, ...]
    skipped_checks: tuple[Note, ...]
    removed_fields: tuple[str, ...]
    received_at: datetime
    position: int
    kind: Kind
    channel: Channel
    mode: Mode
    enterprise_id: int
    action_tracker_id: int
    order_id: str
    original_action_id: int | None
    version: int | None
    winner: UUID | None
    held: Held | None


def submission(connection: Connection, submission_id: UUID, visible: Visible) -> Submission | None:
    """One submission by its id; `None` if there is none that is visible."""
    rows = lookups.submissions(connection, [submission_id], visible)
    return _submission(rows[0], visible.modes) if rows else None


def submissions_of_batch(connection: Connection, batch_id: UUID, visible: Visible) -> list[Submission]:
    """The submissions of a batch in the order sent; none if it does not exist or is not visible."""
    return seen(lookups.submissions_of_batch(connection, batch_id, visible), visible.modes)


def seen(rows: Sequence[SubmissionRow], modes: Collection[Mode]) -> list[Submission]:
    """The submissions as they are shown to someone who may look at these ledgers."""
    return [_submission(row, modes) for row in rows]


def note(code: str) -> Note:
    """What the catalogue says of a code."""
    entry = CATALOGUE[Code(code)]
    return Note(code, entry.sentence, entry.remedy)


def _submission(row: SubmissionRow, modes: Collection[Mode]) -> Submission:
    code = row.held_code or row.code
    return Submission(
        submission_id=UUID(int=row.batch_id.int + row.n),
        batch_id=row.batch_id,
        state=row.outcome or (HELD if row.held_code else PENDING),
        note=note(code) if code else None,
        warnings=tuple(note(warning) for warning in row.warnings or ()),
        skipped_checks=tuple(note(skipped) for skipped in row.skipped or ()),
        removed_fields=tuple(row.removed or ()),
        received_at=row.received_at,
        position=row.position,
        kind=Kind(row.kind),
        channel=Channel(row.channel),
        mode=Mode(row.mode),
        enterprise_id=row.enterprise_id,
        action_tracker_id=row.action_tracker_id,
        order_id=row.order_id,
        original_action_id=row.original_action_id,
        version=row.version,
        winner=row.winner,
        held=_held(row, modes),
    )


def _held(row: SubmissionRow, modes: Collection[Mode]) -> Held | None:
    if row.held_code is None or row.since is None or row.tries is None:
        return None
    # A test submission can wait behind a live one, which a caller of the test ledger may not see (D147).
    shows_behind = row.behind_mode is not None and row.behind_mode in modes
    return Held(
        since=row.since,
        tries=row.tries,
        detail=row.detail or None,
        waiting_behind=row.behind if shows_behind else None,
        released_at=row.released_at,
    )
