"""The judge: compares what clients were told with what the database kept.

Owns the three sentences of the journal's contract. Knows no fault and no process: it reads a history and asks
a database, whichever it is. Next: rounds.py.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from psycopg import Connection

from counterfoil import verification
from tests.crash.journal import History, Operation, State

HANGS_S = 30
"""No request may wait longer than this for any answer."""
REFUSALS = frozenset({"502", "503", "504", "ConnectionRefusedError"})
COMMISSION_RATE = Decimal("0.06")

Ask = Callable[..., Sequence[tuple[Any, ...]]]


class Logged(NamedTuple):
    """A submission in the log, with its outcome: `pending` as long as there is none."""

    kind: str
    amount: str
    outcome: str


class Lines(NamedTuple):
    """The records of an order: how many, and their sums in USD."""

    records: int
    sale: Decimal
    commission: Decimal


def faults_in(history: History, ask: Ask, *, prefix: str, copies: int = 1) -> list[str]:
    """Every sentence of the contract that does not hold, for the orders that begin with `prefix`.

    `copies` is how often the way to the server delivered each request.
    """
    log, records = _log(ask, prefix), _records(ask, prefix)
    orders = history.by_order()
    found = [*_unanswered(history), *_lost(history, ask)]
    found += [
        f"{order_id} is kept, and nobody sent it" for order_id in (log | records) if order_id not in orders
    ]
    for order_id, operations in orders.items():
        found += _of_order(history, order_id, operations, log[order_id], records.get(order_id), copies)
    return found


def violations(connection: Connection) -> list[str]:
    """What `ledger verify` finds, in full."""
    report = verification.verify(connection)
    return [
        f"{finding.id} {finding.state}: {finding.rows} rows, first {finding.first[:2]} {finding.reason or ''}"
        for finding in report.findings
        if not finding.is_clean
    ]


def judged_otherwise(ask: Ask) -> Sequence[tuple[Any, ...]]:
    """Changes that were posted after their order's lock instant, or refused as locked before it."""
    return ask(
        "SELECT made.order_id, made.outcome, made.code, request.received_at, state.locks_at"
        " FROM submission_outcome AS made JOIN intake_request AS request USING (position)"
        " JOIN action ON (action.enterprise_id, action.action_tracker_id, action.order_id)"
        " = (made.enterprise_id, made.action_tracker_id, made.order_id)"
        " JOIN action_current AS state ON state.original_action_id = action.original_action_id"
        " WHERE made.kind <> 'create' AND (made.outcome = 'posted' AND request.received_at >= state.locks_at"
        " OR made.code = 'ORDER_LOCKED' AND request.received_at < state.locks_at)"
    )


def _unanswered(history: History) -> list[str]:
    late = [attempt for attempt in history.attempts if attempt.took_s > HANGS_S]
    odd = {attempt.told for attempt in history.attempts if attempt.state is State.REFUSED} - REFUSALS
    return [f"request {attempt.number} waited {attempt.took_s} s" for attempt in late] + [
        f"a request in order was answered with {told}" for told in sorted(odd)
    ]


def _lost(history: History, ask: Ask) -> list[str]:
    """Acknowledged: exactly one outcome."""
    accepted = history.acknowledged_ids()
    rows = ask(
        "SELECT submission_id::text FROM submission_outcome WHERE submission_id = ANY(%s::uuid[])", accepted
    )
    outcomes = Counter(row[0] for row in rows)
    return [
        f"submission {each} was accepted and has {outcomes[each]} outcomes"
        for each in accepted
        if outcomes[each] != 1
    ]


def _of_order(
    history: History,
    order_id: str,
    operations: list[Operation],
    logged: list[Logged],
    lines: Lines | None,
    copies: int,
) -> list[str]:
    found: list[str] = []
    last: Operation | None = None
    for operation in operations:
        ends = Counter(history.ends_of(operation))
        kept = sum((row.kind, row.amount) == (operation.kind, operation.amount) for row in logged)
        least = ends[State.ACKNOWLEDGED]
        most = copies * (least + ends[State.UNKNOWN])
        if not least <= kept <= most:
            found.append(
                f"{order_id}: {operation.kind} {operation.amount} is in the log {kept} times: {dict(ends)}"
            )
        if kept:
            last = operation
    posted = Counter(row.kind for row in logged if row.outcome == "posted")
    if last is not None and posted["create"] != 1:
        found.append(f"{order_id} was posted {posted['create']} times: {logged}")
    expected = _expected(last, 1 + 2 * (posted["restate"] + posted["cancel"]))
    if lines != expected:
        found.append(f"{order_id} has {lines}, not {expected}: {logged}")
    return found


def _expected(last: Operation | None, records: int) -> Lines | None:
    """The state of exactly one send of each: that of the last operation that the log has."""
    if last is None:
        return None
    sale = Decimal(last.amount or 0)
    return Lines(records, sale, sale * COMMISSION_RATE)


def _log(ask: Ask, prefix: str) -> defaultdict[str, list[Logged]]:
    rows = ask(
        "SELECT log.order_id, log.kind, coalesce(convert_from(log.body, 'UTF8')::json ->> 'amount', ''),"
        " coalesce(made.code, made.outcome, 'pending')"
        " FROM intake_log AS log JOIN intake_request AS request USING (batch_id)"
        " LEFT JOIN submission_outcome AS made USING (enterprise_id, action_tracker_id, order_id, position)"
        " WHERE starts_with(log.order_id, %s) ORDER BY request.position, log.n",
        prefix,
    )
    found: defaultdict[str, list[Logged]] = defaultdict(list)
    for order_id, *row in rows:
        found[order_id].append(Logged(*row))
    return found


def _records(ask: Ask, prefix: str) -> dict[str, Lines]:
    rows = ask(
        "SELECT action.order_id, count(*), sum(record.sign * version.sale_usd),"
        " sum(record.sign * version.commission_usd) FROM commission_record AS record"
        " JOIN action USING (enterprise_id, original_action_id)"
        " JOIN order_version AS version USING (enterprise_id, original_action_id, version)"
        " WHERE starts_with(action.order_id, %s) GROUP BY action.order_id",
        prefix,
    )
    return {order_id: Lines(*row) for order_id, *row in rows}


def faults_by_log(history: History, ask: Ask, *, prefix: str) -> list[str]:
    """The same where many clients change one order: what counts then is the order of the log.

    Every accepted submission has one outcome, the first create is posted, a change is posted until the order
    is cancelled, and the sum is that of the last one posted.
    """
    found = [*_unanswered(history), *_lost(history, ask)]
    records = _records(ask, prefix)
    for order_id, logged in _log(ask, prefix).items():
        expected, sale = _folded(logged)
        outcomes = [row.outcome for row in logged]
        # The statuses of an open-ended order have rules of their own; what was posted counts there.
        if "-open-" in order_id:
            sale = next((row.amount for row in reversed(logged) if row.outcome == "posted"), "")
        elif outcomes != expected:
            found.append(f"{order_id} has outcomes {outcomes}, not {expected}")
        lines = 2 * outcomes.count("posted") - 1
        if order_id not in records:
            found.append(f"{order_id} has no record: {logged}")
        elif records[order_id][:2] != (lines, Decimal(sale or 0)):
            found.append(f"{order_id} has {records[order_id]}, not {lines} records of {sale}")
    return found


def _folded(logged: Sequence[Logged]) -> tuple[list[str], str]:
    """The outcomes of one simple order's log, and what it stands at in the end."""
    outcomes: list[str] = []
    sale, is_cancelled = "", False
    for row in logged:
        if row.kind == "create":
            outcomes.append("DUPLICATE_ORDER" if outcomes else "posted")
        elif is_cancelled:
            outcomes.append("ORDER_CANCELLED")
            continue
        else:
            outcomes.append("posted")
        is_cancelled = row.kind == "cancel"
        sale = row.amount
    return outcomes, sale
