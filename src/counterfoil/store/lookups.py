"""Look-ups: reads what became of submissions, orders and records, in a constant number of queries.

Owns the shapes of what is found and the limits of how much. Judges nobody's rights and finds no words. Next:
lookups/ above.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from counterfoil.model.ledger import Action, OrderVersion, Rates, RecordKind, Status
from counterfoil.model.orders import LANES, CorrectionReason, Mode, OrderKey, lane_of
from counterfoil.store import rows
from counterfoil.store.queries import sql

ROWS_MAX = 1000
"""Submissions, generations, versions, statuses and records of one order that are read, the latest of each."""

NAMED_MAX = 100
"""Orders with one order id that are read."""

ORDINAL_BITS = 24
"""The low bits of a submission id, which count the orders of its batch."""

_ORDINALS = (1 << ORDINAL_BITS) - 1


class SubmissionRow(NamedTuple):
    """One submission: what the log says of it, and its outcome, or the place where it waits."""

    batch_id: UUID
    n: int
    position: int
    received_at: datetime
    mode: str
    channel: str
    kind: str
    enterprise_id: int
    action_tracker_id: int
    order_id: str
    outcome: str | None
    code: str | None
    warnings: list[str] | None
    skipped: list[str] | None
    removed: list[str] | None
    original_action_id: int | None
    version: int | None
    winner: UUID | None
    network_version: int | None
    held_code: str | None
    detail: str | None
    since: datetime | None
    tries: int | None
    released_at: datetime | None
    behind: UUID | None
    behind_mode: str | None


class RecordRow(NamedTuple):
    """One line of the ledger with its figures, signed, each in the three reporting currencies."""

    original_action_id: int
    commission_id: int
    kind: RecordKind
    version: int
    sign: int
    submission_id: UUID
    posted_at: datetime
    correction_reason: CorrectionReason | None
    sale: tuple[Decimal, ...]
    commission: tuple[Decimal, ...]
    fee: tuple[Decimal, ...]


class Ledger(NamedTuple):
    """What the ledger has about some actions. `is_whole` tells that nothing was left out.

    Actions ascend by generation; of each the latest version, status and record comes first.
    """

    actions: Sequence[Action]
    versions: Sequence[tuple[int, OrderVersion]]
    statuses: Sequence[tuple[int, Status]]
    records: Sequence[RecordRow]
    is_whole: bool


class RecordPlace(NamedTuple):
    """What a commission id is a line of; a period record belongs to no action."""

    enterprise_id: int
    original_action_id: int | None
    version: int | None


class PeriodRow(NamedTuple):
    """A bonus or an incentive: its figures, its reason, and the job that posted it."""

    enterprise_id: int
    kind: RecordKind
    posted_at: datetime
    advertiser_id: int
    publisher_id: int
    action_tracker_id: int
    month: date
    job_id: int
    received_at: datetime
    sender: str
    reason: str
    currency: str
    rates: Rates
    commission: tuple[Decimal, ...]


class Visible(NamedTuple):
    """Whose submissions are looked at: of these enterprises (`None`: of all), in these ledgers."""

    enterprises: Collection[int] | None
    modes: Collection[Mode]


EVERYTHING = Visible(None, tuple(Mode))


def submissions(connection: Connection, ids: Iterable[UUID], visible: Visible) -> list[SubmissionRow]:
    """The submissions with these ids, as far as they exist and are visible, in log order."""
    # An id does not tell its lane; to ask in all of them is cheaper than an index over the whole log.
    places = [(batch, lane, n, n) for batch, n in map(_place, ids) for lane in range(LANES)]
    return _submissions(connection, places, visible)


def submissions_of_batch(connection: Connection, batch_id: UUID, visible: Visible) -> list[SubmissionRow]:
    """All submissions of a batch that are visible, in the order sent."""
    return _submissions(connection, [(batch_id, lane, 1, _ORDINALS) for lane in range(LANES)], visible)


def submissions_of_order(connection: Connection, key: OrderKey) -> list[SubmissionRow]:
    """The latest ROWS_MAX submissions of an order, in log order, and one more if there are more."""
    lane = lane_of(*key[1:])
    found = connection.execute(sql("lookups", "submissions_of_order"), {**_of_key(key), "lane": lane})
    places = [_place(submission_id) for (submission_id,) in found]
    return _submissions(connection, [(batch, lane, n, n) for batch, n in places], EVERYTHING)


def orders_named(connection: Connection, order_id: str) -> list[OrderKey]:
    """The orders of any enterprise, action and ledger that have this order id; NAMED_MAX at most."""
    found = connection.execute(sql("lookups", "orders_named"), {"order_id": order_id, "rows": NAMED_MAX})
    return [OrderKey(Mode(mode), *rest) for mode, *rest in found]


def is_known(connection: Connection, key: OrderKey) -> bool:
    """Whether anything was ever sent about an order."""
    asked = {**_of_key(key), "lane": lane_of(*key[1:]), "rows": 1}
    return connection.execute(sql("lookups", "submissions_of_order"), asked).fetchone() is not None


def waiting_behind(connection: Connection, submission_id: UUID) -> list[UUID]:
    """The submissions that wait behind a held one, in log order."""
    found = connection.execute(sql("lookups", "waiting_behind"), {"submission_id": submission_id})
    return [waiting for (waiting,) in found]


def place_of_record(connection: Connection, commission_id: int) -> RecordPlace | None:
    """What a commission id is a line of, in either ledger; `None` if there is no such record."""
    cursor = connection.cursor(row_factory=class_row(RecordPlace))
    return cursor.execute(sql("lookups", "place_of_record"), {"commission_id": commission_id}).fetchone()


def period_of_record(connection: Connection, commission_id: int) -> PeriodRow | None:
    """The bonus or incentive that a commission id is the line of; `None` if it is none."""
    row = connection.execute(sql("lookups", "period_of_record"), {"commission_id": commission_id}).fetchone()
    if row is None:
        return None
    enterprise_id, kind, *rest, rates, adv, pub, usd = row
    found = (enterprise_id, RecordKind(kind), *rest, rows.read_rates(rates), (adv, pub, usd))
    return PeriodRow._make(found)


def ledger_of_order(connection: Connection, key: OrderKey) -> Ledger:
    """What the ledger has about all generations of an order: the latest ROWS_MAX of each kind."""
    found = connection.execute(sql("lookups", "actions_of_order"), _of_key(key)).fetchall()
    return ledger_of_actions(connection, key.enterprise_id, [action for (action,) in found])


def ledger_of_actions(
    connection: Connection, enterprise_id: int, actions: Sequence[int], *, version: int | None = None
) -> Ledger:
    """What the ledger has about some actions; with a `version`, of versions and records only that one's."""
    if not actions:
        return Ledger((), (), (), (), True)
    wanted = {
        "enterprise": enterprise_id,
        "actions": actions[:ROWS_MAX],
        "version": version,
        "rows": ROWS_MAX + 1,
    }
    found = [
        connection.execute(sql("lookups", name), wanted).fetchall()
        for name in ("actions", "versions", "statuses", "records")
    ]
    its_actions, versions, statuses, records = (each[:ROWS_MAX] for each in found)
    return Ledger(
        actions=[rows.read_action(OrderKey(Mode(row[0]), *row[1:4]), row[4:]) for row in its_actions],
        versions=[(row[0], rows.read_version(row[1:])) for row in versions],
        statuses=[(row[0], rows.read_status(row[1:])) for row in statuses],
        records=[_record(*row[:8], figures=row[8:]) for row in records],
        is_whole=len(actions) <= ROWS_MAX and all(len(each) <= ROWS_MAX for each in found),
    )


def _submissions(
    connection: Connection, places: Sequence[tuple[UUID, int, int, int]], visible: Visible
) -> list[SubmissionRow]:
    if not places:
        return []
    batch_ids, lanes, firsts, lasts = zip(*places, strict=True)
    # In binary: a batch has ten thousand rows with ids and times in them.
    cursor = connection.cursor(binary=True, row_factory=class_row(SubmissionRow))
    wanted = {
        "batch_ids": list(batch_ids),
        "lanes": list(lanes),
        "firsts": list(firsts),
        "lasts": list(lasts),
        "enterprises": None if visible.enterprises is None else list(visible.enterprises),
        "modes": [str(mode) for mode in visible.modes],
    }
    return cursor.execute(sql("lookups", "submissions"), wanted).fetchall()


def _place(submission_id: UUID) -> tuple[UUID, int]:
    """The batch of a submission, and which of its orders it is."""
    n = submission_id.int & _ORDINALS
    return UUID(int=submission_id.int - n), n


def _of_key(key: OrderKey) -> dict[str, object]:
    return {
        "mode": str(key.mode),
        "enterprise": key.enterprise_id,
        "tracker": key.action_tracker_id,
        "order_id": key.order_id,
        "rows": ROWS_MAX + 1,
    }


def _record(
    action: int,
    commission_id: int,
    kind: str,
    version: int,
    sign: int,
    submission_id: UUID,
    posted_at: datetime,
    reason: str | None,
    *,
    figures: Sequence[Decimal],
) -> RecordRow:
    signed = tuple(figure if sign > 0 else figure.copy_negate() for figure in figures)
    return RecordRow(
        original_action_id=action,
        commission_id=commission_id,
        kind=RecordKind(kind),
        version=version,
        sign=sign,
        submission_id=submission_id,
        posted_at=posted_at,
        correction_reason=CorrectionReason(reason) if reason else None,
        sale=signed[0:3],
        commission=signed[3:6],
        fee=signed[6:9],
    )
