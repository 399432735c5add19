"""Posting: writes what a decided chunk adds to both ledgers, in one transaction with its queue.

Owns the posting lock and the order of writing: wide rows first, then one small flush that draws commission
ids, so that they ascend in commit order and a reader by id never misses one. Next: worker.py above.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from psycopg import Connection
from psycopg.errors import ForeignKeyViolation

from counterfoil.crashpoint import crashpoint
from counterfoil.model.ledger import Decided, Line, OutcomeKind, RecordKind, Standing
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


def prepare(connection: Connection) -> None:
    """Makes the connection's drafts; once, before its first chunk."""
    connection.execute(sql("posting", "make_drafts"))
    connection.commit()


def write(connection: Connection, decisions: Sequence[Decided], finish: Callable[[], None]) -> None:
    """Adds the decisions, in the order given, and commits; `finish` takes their work out of the queue."""
    write_wide(connection, decisions)
    finish()
    crashpoint("pending.deleted")
    lines = [(decided, line) for decided in decisions for line in decided.lines]
    counts = _copy_records(connection, lines)
    _copy(connection, "copy_event_draft", _EVENT_TYPES, _events(decisions))
    if counts:
        _refuse_strangers(connection)
    crashpoint("drafts.copied")
    crashpoint("post.before_flush")
    _flush(connection, counts, _totals(lines))
    crashpoint("post.committed")


def write_wide(connection: Connection, decisions: Sequence[Decided]) -> None:
    """Adds the rows that need no lock: actions, versions, statuses, outcomes, the projection."""
    _copy(
        connection,
        "copy_action",
        rows.ACTION_TYPES,
        [rows.action_row(d.action) for d in decisions if d.action],
    )
    _copy(connection, "copy_version", rows.PACKED_VERSION_TYPES, _versions(decisions))
    _copy(connection, "copy_status", rows.STATUS_TYPES, _statuses(decisions))
    crashpoint("versions.inserted")
    _copy(connection, "copy_outcome", _OUTCOME_TYPES, [_outcome_row(decided) for decided in decisions])
    crashpoint("outcomes.inserted")
    _write_current(connection, decisions)
    _write_uses(connection, decisions)


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


def _copy(
    connection: Connection, name: str, types: Sequence[str], content: Iterable[tuple[Any, ...]]
) -> None:
    """Copies the rows as they are made, so that the session is never silent for long."""
    rows_to_come = iter(content)
    first = next(rows_to_come, None)
    if first is None:
        return
    with connection.cursor() as cursor, cursor.copy(sql("posting", name)) as copy:
        copy.set_types(types)
        write_row = copy.write_row
        write_row(first)
        for row in rows_to_come:
            write_row(row)


def _versions(decisions: Iterable[Decided]) -> Iterable[tuple[Any, ...]]:
    for decided in decisions:
        for version in decided.versions:
            assert decided.standing is not None
            yield rows.version_row(decided.standing.action, version, rows.packed)


def _statuses(decisions: Iterable[Decided]) -> Iterable[tuple[Any, ...]]:
    for decided in decisions:
        if decided.status is not None:
            assert decided.standing is not None
            yield rows.status_row(decided.standing.action, decided.status, decided.submission.submission_id)


def _outcome_row(decided: Decided) -> tuple[Any, ...]:
    submission, outcome = decided.submission, decided.outcome
    return (
        submission.key.enterprise_id,
        submission.submission_id,
        submission.position,
        str(submission.key.mode),
        submission.key.action_tracker_id,
        submission.key.order_id,
        str(submission.kind),
        str(outcome.kind),
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


def _write_current(connection: Connection, decisions: Sequence[Decided]) -> None:
    latest: dict[int, Standing] = {}
    for decided in decisions:
        if decided.standing is not None and (decided.action or decided.versions or decided.status):
            latest[decided.standing.action.original_action_id] = decided.standing
    if not latest:
        return
    # A row that cannot be there yet goes straight in; the others follow what they were.
    opened = {decided.action.original_action_id for decided in decisions if decided.action is not None}
    new = [rows.current_row(standing) for action, standing in latest.items() if action in opened]
    moved = [rows.current_row(standing) for action, standing in latest.items() if action not in opened]
    _copy(connection, "copy_current", rows.CURRENT_TYPES, new)
    if moved:
        _copy(connection, "copy_current_draft", rows.CURRENT_TYPES, moved)
        connection.execute(sql("posting", "upsert_current"))


def _write_uses(connection: Connection, decisions: Iterable[Decided]) -> None:
    # In log order: within one chunk a use can be freed and drawn again.
    for decided in decisions:
        if decided.frees is not None:
            connection.execute(sql("posting", "delete_uses"), _use_columns([decided.frees]))
        if decided.uses is not None:
            assert decided.action is not None
            columns = _use_columns([decided.uses])
            columns["enterprises"] = [decided.action.key.enterprise_id]
            columns["actions"] = [decided.action.original_action_id]
            connection.execute(sql("posting", "insert_uses"), columns)


def _use_columns(uses: Sequence[Any]) -> dict[str, list[Any]]:
    return {
        "modes": [str(use.mode) for use in uses],
        "click_ids": [use.click_id for use in uses],
        "trackers": [use.action_tracker_id for use in uses],
        "ordinals": [use.ordinal for use in uses],
    }


def _copy_records(connection: Connection, lines: Sequence[tuple[Decided, Line]]) -> dict[Mode, int]:
    counts: dict[Mode, int] = {}
    content = []
    for decided, line in lines:
        assert decided.standing is not None
        action = decided.standing.action
        credit = action.credit
        assert credit is not None
        ordinal = counts.get(action.key.mode, 0)
        counts[action.key.mode] = ordinal + 1
        content.append(
            (
                str(action.key.mode),
                ordinal,
                str(line.kind),
                action.key.enterprise_id,
                action.original_action_id,
                line.version.version,
                line.sign,
                decided.submission.submission_id,
                action.event_time,
                action.advertiser_id,
                credit.publisher_id,
                credit.property_id,
                credit.ad_id,
                action.key.action_tracker_id,
                line.correction_reason and str(line.correction_reason),
            )
        )
    _copy(connection, "copy_record_draft", _RECORD_TYPES, content)
    return counts


def _totals(lines: Iterable[tuple[Decided, Line]]) -> dict[str, list[Any]]:
    sums: dict[tuple[Any, ...], list[Decimal | int]] = {}
    for decided, line in lines:
        assert decided.standing is not None
        action = decided.standing.action
        assert action.credit is not None
        group = (
            str(action.key.mode),
            action.advertiser_id,
            action.credit.publisher_id,
            action.key.action_tracker_id,
            line.version.currency,
        )
        amounts = line.version.pricing.amounts
        figures = (
            *(amounts.sale.adv, amounts.sale.pub, amounts.sale.usd),
            *(amounts.commission.adv, amounts.commission.pub, amounts.commission.usd),
            *(amounts.fee.adv, amounts.fee.usd),
        )
        total = sums.get(group)
        if total is None:
            total = sums[group] = [0, 0, *([Decimal(0)] * len(figures))]
        # Prices times quantities of many items have more digits than Decimal's own context keeps.
        added = figures if line.sign > 0 else [figure.copy_negate() for figure in figures]
        total[0] += 1
        total[1] += line.kind is RecordKind.ORIGINAL
        total[2:] = map(EXACT.add, total[2:], added)
    names = (
        "modes", "advertisers", "publishers", "trackers", "currencies", "records", "originals", "sale_adv",
        "sale_pub", "sale_usd", "commission_adv", "commission_pub", "commission_usd", "fee_adv", "fee_usd",
    )  # fmt: skip
    full = [(*group, *total) for group, total in sums.items()]
    return {name: [row[at] for row in full] for at, name in enumerate(names)}


def _events(decisions: Iterable[Decided]) -> Iterable[tuple[Any, ...]]:
    ordinal = 0
    for decided in decisions:
        outcome, submission = decided.outcome, decided.submission
        if outcome.kind is OutcomeKind.DUPLICATE:
            continue
        ordinal += 1
        has_effect = outcome.kind in (OutcomeKind.POSTED, OutcomeKind.APPLIED)
        kind = _EVENT_OF[submission.kind] if has_effect else str(outcome.kind)
        yield (
            ordinal,
            str(submission.key.mode),
            submission.key.enterprise_id,
            kind,
            submission.submission_id,
            outcome.original_action_id,
            outcome.version,
            outcome.code,
        )
