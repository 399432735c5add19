"""Posting: writes what a decided chunk adds to both ledgers, in one transaction with its queue.

Owns the posting lock and the order of writing: wide rows first, then one small flush that draws commission
ids, so that they ascend in commit order and a reader by id never misses one. Next: worker.py above.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from decimal import Decimal, localcontext
from typing import Any

from psycopg import Connection
from psycopg.errors import ForeignKeyViolation

from counterfoil.crashpoint import crashpoint
from counterfoil.model.ledger import Action, Decided, Line, OutcomeKind, RecordKind, ReferralUse
from counterfoil.model.orders import Kind, Mode
from counterfoil.money import EXACT
from counterfoil.store import rows
from counterfoil.store.queries import sql

_OUTCOME_TYPES = (
    "int8", "uuid", "int8", "text", "int8", "text", "text", "text", "text", "text[]", "text[]",
    "int8", "int4", "uuid", "int4", "int8", "text[]",
)  # fmt: skip
_RECORD_TYPES = (
    "text", "int8", "text", "int8", "int8", "int4", "int2", "uuid", "timestamptz", "int8", "int8",
    "int8", "int8", "int8", "text",
)  # fmt: skip
_EVENT_TYPES = ("int8", "text", "int8", "text", "uuid", "int8", "int4", "text")
_EVENT_OF = {
    Kind.CREATE: "posted",
    Kind.RESTATE: "restated",
    Kind.CANCEL: "cancelled",
    Kind.EXTEND: "extended",
}


_Row = tuple[Any, ...]
_Use = tuple[ReferralUse, int]
"""The use of a click, and the action that it is."""

# Named once: to ask an enumeration for a member takes longer than to compare with it.
_DUPLICATE = OutcomeKind.DUPLICATE
_WITH_EFFECT = (OutcomeKind.POSTED, OutcomeKind.APPLIED)
_ORIGINAL = RecordKind.ORIGINAL


def prepare(connection: Connection) -> None:
    """Makes the connection's drafts; once, before its first chunk."""
    connection.execute(sql("posting", "make_drafts"))
    connection.commit()


class Gathered:
    """What decisions add, as rows of each table, in the order of adding.

    A chunk is gathered piece by piece, so that what was decided can go before the next piece is.
    """

    def __init__(self) -> None:
        self.actions: list[_Row] = []
        self.versions: list[_Row] = []
        self.statuses: list[_Row] = []
        self.outcomes: list[_Row] = []
        self.records: list[_Row] = []
        self.events: list[_Row] = []
        self.opened: set[int] = set()
        self.current: dict[int, _Row] = {}
        """What each action is now, by its id."""
        self.taken: dict[_Use, int] = {}
        """Uses of clicks that are new, with their enterprise."""
        self.freed: list[_Use] = []
        """Uses that end, without those that also began here."""
        self.counts: dict[Mode, int] = {}
        """Lines of each ledger."""
        self.sums: dict[tuple[Any, ...], list[Any]] = {}

    def add(self, decisions: Iterable[Decided]) -> None:
        """Adds what the decisions add, in the order given."""
        # Prices times quantities of many items have more digits than Decimal's own context keeps.
        with localcontext(EXACT):
            for decided in decisions:
                self._add(decided)

    def _add(self, decided: Decided) -> None:
        action, standing = decided.action, decided.standing
        if action is not None:
            self.actions.append(rows.action_row(action))
            self.opened.add(action.original_action_id)
        for version in decided.versions:
            assert standing is not None
            self.versions.append(rows.version_row(standing.action, version, rows.packed))
        if decided.status is not None:
            assert standing is not None
            self.statuses.append(
                rows.status_row(standing.action, decided.status, decided.submission.submission_id)
            )
        self.outcomes.append(_outcome_row(decided))
        if standing is not None and (action or decided.versions or decided.status):
            self.current[standing.action.original_action_id] = rows.current_row(standing)
        if decided.frees is not None:
            assert standing is not None
            ended = (decided.frees, standing.action.original_action_id)
            # In log order: within one chunk a use can be taken, freed and taken by another.
            if self.taken.pop(ended, None) is None:
                self.freed.append(ended)
        if decided.uses is not None:
            assert action is not None
            self.taken[decided.uses, action.original_action_id] = action.key.enterprise_id
        for line in decided.lines:
            assert standing is not None
            ordinal = self.counts.get(standing.action.key.mode, 0)
            self.counts[standing.action.key.mode] = ordinal + 1
            self.records.append(_record_row(decided, standing.action, line, ordinal))
            _sum_up(self.sums, standing.action, line)
        if decided.outcome.kind is not _DUPLICATE:
            self.events.append(_event_row(decided, len(self.events) + 1))


def write(connection: Connection, gathered: Gathered, finish: Callable[[], None]) -> None:
    """Adds what was gathered, and commits; `finish` takes the work out of the queue."""
    write_wide(connection, gathered)
    finish()
    crashpoint("pending.deleted")
    _copy(connection, "copy_record_draft", _RECORD_TYPES, gathered.records)
    _copy(connection, "copy_event_draft", _EVENT_TYPES, gathered.events)
    if gathered.counts:
        _refuse_strangers(connection)
    crashpoint("drafts.copied")
    crashpoint("post.before_flush")
    _flush(connection, gathered.counts, _totals(gathered.sums))
    crashpoint("post.committed")


def write_wide(connection: Connection, gathered: Gathered) -> None:
    """Adds the rows that need no lock: actions, versions, statuses, outcomes, the projection."""
    _copy(connection, "copy_action", rows.ACTION_TYPES, gathered.actions)
    _copy(connection, "copy_version", rows.PACKED_VERSION_TYPES, gathered.versions)
    _copy(connection, "copy_status", rows.STATUS_TYPES, gathered.statuses)
    crashpoint("versions.inserted")
    _copy(connection, "copy_outcome", _OUTCOME_TYPES, gathered.outcomes)
    crashpoint("outcomes.inserted")
    _write_current(connection, gathered)
    _write_uses(connection, gathered)


def _flush(connection: Connection, counts: dict[Mode, int], totals: dict[str, list[Any]]) -> None:
    with connection.pipeline():
        connection.execute(sql("posting", "take_posting_lock"))
        for mode, records in counts.items():
            connection.execute(sql("posting", "insert_posting"), {"mode": str(mode), "records": records})
            connection.execute(sql("posting", "insert_records"), {"mode": str(mode)})
        if counts:
            connection.execute(sql("posting", "upsert_totals"), totals)
        connection.execute(sql("posting", "insert_events"))
        connection.commit()


def _refuse_strangers(connection: Connection) -> None:
    """Asked once a chunk: a line without its version and its tenant's action is refused with all others."""
    found = connection.execute(sql("posting", "strangers")).fetchone()
    if found is not None:
        raise ForeignKeyViolation(f"a line of no version and action of its tenant: {found}")


def _copy(connection: Connection, name: str, types: Sequence[str], content: Sequence[_Row]) -> None:
    if not content:
        return
    with connection.cursor() as cursor, cursor.copy(sql("posting", name)) as copy:
        copy.set_types(types)
        write_row = copy.write_row
        for row in content:
            write_row(row)


def _outcome_row(decided: Decided) -> _Row:
    submission, outcome = decided.submission, decided.outcome
    return (
        submission.key.enterprise_id,
        submission.submission_id,
        submission.position,
        submission.key.mode,
        submission.key.action_tracker_id,
        submission.key.order_id,
        submission.kind,
        outcome.kind,
        outcome.code,
        list(outcome.warnings),
        list(outcome.skipped),
        outcome.original_action_id,
        outcome.version,
        outcome.winner,
        decided.network_version,
        decided.rates_position,
        list(outcome.removed),
    )


def _write_current(connection: Connection, gathered: Gathered) -> None:
    # A row that cannot be there yet goes straight in; the others follow what they were.
    new = [row for action, row in gathered.current.items() if action in gathered.opened]
    moved = [row for action, row in gathered.current.items() if action not in gathered.opened]
    _copy(connection, "copy_current", rows.CURRENT_TYPES, new)
    if moved:
        _copy(connection, "copy_current_draft", rows.CURRENT_TYPES, moved)
        connection.execute(sql("posting", "upsert_current"))


def _write_uses(connection: Connection, gathered: Gathered) -> None:
    if gathered.freed:
        connection.execute(sql("posting", "delete_uses"), _use_columns(gathered.freed))
    if gathered.taken:
        columns = _use_columns(gathered.taken)
        columns["enterprises"] = list(gathered.taken.values())
        connection.execute(sql("posting", "insert_uses"), columns)


def _use_columns(uses: Collection[_Use]) -> dict[str, list[Any]]:
    return {
        "modes": [str(use.mode) for use, _ in uses],
        "click_ids": [use.click_id for use, _ in uses],
        "trackers": [use.action_tracker_id for use, _ in uses],
        "ordinals": [use.ordinal for use, _ in uses],
        "actions": [action for _, action in uses],
    }


def _record_row(decided: Decided, action: Action, line: Line, ordinal: int) -> _Row:
    credit = action.credit
    assert credit is not None
    key = action.key
    return (
        key.mode,
        ordinal,
        line.kind,
        key.enterprise_id,
        action.original_action_id,
        line.version.version,
        line.sign,
        decided.submission.submission_id,
        action.event_time,
        action.advertiser_id,
        credit.publisher_id,
        credit.property_id,
        credit.ad_id,
        key.action_tracker_id,
        line.correction_reason,
    )


def _sum_up(sums: dict[tuple[Any, ...], list[Any]], action: Action, line: Line) -> None:
    """Adds a line to the sums of its group; in `EXACT`."""
    assert action.credit is not None
    key, version = action.key, line.version
    group = (
        key.mode,
        action.advertiser_id,
        action.credit.publisher_id,
        key.action_tracker_id,
        version.currency,
    )
    total = sums.get(group)
    if total is None:
        total = sums[group] = [0, 0, *([Decimal(0)] * 8)]
    amounts = version.pricing.amounts
    sale, commission, fee = amounts.sale, amounts.commission, amounts.fee
    total[0] += 1
    if line.kind is _ORIGINAL:
        total[1] += 1
    if line.sign > 0:
        total[2] += sale.adv
        total[3] += sale.pub
        total[4] += sale.usd
        total[5] += commission.adv
        total[6] += commission.pub
        total[7] += commission.usd
        total[8] += fee.adv
        total[9] += fee.usd
        return
    total[2] -= sale.adv
    total[3] -= sale.pub
    total[4] -= sale.usd
    total[5] -= commission.adv
    total[6] -= commission.pub
    total[7] -= commission.usd
    total[8] -= fee.adv
    total[9] -= fee.usd


def _totals(sums: dict[tuple[Any, ...], list[Any]]) -> dict[str, list[Any]]:
    names = (
        "modes", "advertisers", "publishers", "trackers", "currencies", "records", "originals", "sale_adv",
        "sale_pub", "sale_usd", "commission_adv", "commission_pub", "commission_usd", "fee_adv", "fee_usd",
    )  # fmt: skip
    full = [(str(mode), *group, *total) for (mode, *group), total in sums.items()]
    return {name: [row[at] for row in full] for at, name in enumerate(names)}


def _event_row(decided: Decided, ordinal: int) -> _Row:
    outcome, submission = decided.outcome, decided.submission
    return (
        ordinal,
        submission.key.mode,
        submission.key.enterprise_id,
        _EVENT_OF[submission.kind] if outcome.kind in _WITH_EFFECT else outcome.kind,
        submission.submission_id,
        outcome.original_action_id,
        outcome.version,
        outcome.code,
    )
