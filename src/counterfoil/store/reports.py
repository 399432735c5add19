"""Reports: reads the lines of the live ledger, and of each line no more than is asked for.

Owns the columns a line has and the narrow decoding of the wide ones. Judges nobody's rights and knows no
defaults. Next: reporting/ above.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from psycopg import Connection

from counterfoil.store.queries import sql

COLUMNS = frozenset(
    {
        "commission_id", "kind", "is_original", "sign", "original_action_id", "action_tracker_id",
        "advertiser_id", "publisher_id", "ad_id", "property_id", "correction_reason", "posting_date",
        "event_date", "locking_date", "locking_method", "validation", "action_status", "order_id", "source",
        "credit", "stated", "priced", "sale_adv", "sale_pub", "sale_usd", "commission_pub", "commission_usd",
        "fee_adv", "fee_usd", "cost_adv", "cost_usd", "discount_adv", "discount_pub", "discount_usd",
        "discount_original",
    }
)  # fmt: skip
"""Ids, instants and figures come as the text that is printed; `credit`, `stated` and `priced` as JSON."""

BATCH_LINES = 2_000
"""Lines that are fetched at once where all are wanted."""

_BEYOND_ALL = 2**63 - 1
"""No id is larger."""


class Conditions(Struct, frozen=True, kw_only=True):
    """Which lines: all conditions hold; one that is `None` says nothing, an empty list matches nothing.

    The windows are from `since_…` on and before `before_…`. `companies` are publishers if `is_publisher`,
    else advertisers. `trackers` and `period_kinds` together are the types of action: lines of orders under
    one of the trackers, and period records of one of the kinds; both or neither are given. `updated_since`
    are lines whose status, lock date or validation became another after they had been posted.
    """

    is_publisher: bool
    companies: Sequence[int]
    since_id: int | None = None
    commission_ids: Sequence[int] | None = None
    since_posting: datetime | None = None
    before_posting: datetime | None = None
    since_event: datetime | None = None
    before_event: datetime | None = None
    since_locking: datetime | None = None
    before_locking: datetime | None = None
    advertiser_ids: Sequence[int] | None = None
    publisher_ids: Sequence[int] | None = None
    ad_ids: Sequence[int] | None = None
    property_ids: Sequence[int] | None = None
    trackers: Sequence[int] | None = None
    period_kinds: Sequence[str] | None = None
    locking_methods: Sequence[str] | None = None
    validations: Sequence[str] | None = None
    statuses: Sequence[str] | None = None
    order_ids: Sequence[str] | None = None
    updated_since: datetime | None = None

    @property
    def by_action(self) -> bool:
        """Whether the lines are looked for by their actions: where that is sure to be the narrowest way.

        Statuses narrow only where most actions, which are closed or were never validated, are left out.
        """
        actions = (
            *(self.since_event, self.before_event, self.since_locking, self.before_locking, self.order_ids),
        )
        if any(each is not None for each in actions):
            return True
        if any(each is not None for each in (self.since_posting, self.before_posting, self.commission_ids)):
            return False
        return (
            (self.statuses is not None and "closed" not in self.statuses)
            or (self.validations is not None and "AUTOMATED" not in self.validations)
            or self.locking_methods == ["OPEN_ENDED"]
        )


def statement(columns: Sequence[str]) -> bytes:
    """The query of these columns, ascending by id; `values` are its parameters."""
    assert COLUMNS.issuperset(columns), "a report asks for a column that lines do not have"
    return b"SELECT %s FROM (\n%s\n) AS line ORDER BY number" % (
        ", ".join(columns).encode(),
        sql("reports", "lines"),
    )


def values(
    connection: Connection, conditions: Conditions, now: datetime, lines_max: int | None
) -> dict[str, Any]:
    """The parameters of `statement`: statuses are those at `now`; without a maximum all lines are meant."""
    first_id, last_id = _window_ids(connection, conditions.since_posting, conditions.before_posting)
    return {
        **msgspec.structs.asdict(conditions),
        "by_action": conditions.by_action,
        "first_id": first_id,
        "last_id": last_id,
        "now": now,
        "lines": lines_max,
    }


def _window_ids(
    connection: Connection, since: datetime | None, before: datetime | None
) -> tuple[int | None, int | None]:
    # Asked before the lines are, so that the planner knows how many ids the window has.
    if since is None and before is None:
        return None, None
    row = connection.execute(sql("reports", "window_ids"), {"since": since, "before": before}).fetchone()
    assert row is not None
    first_id = None if since is None else row[0] or _BEYOND_ALL
    last_id = None if before is None else row[1] or 0
    return first_id, last_id


def lines(
    connection: Connection, conditions: Conditions, columns: Sequence[str], now: datetime, lines_max: int
) -> list[tuple[Any, ...]]:
    """These columns of the first `lines_max` lines, ascending by id; statuses are those at `now`.

    The connection is in no transaction.
    """
    # Never prepared: each page is planned for the conditions it has, the others are gone before planning.
    with connection.transaction(), connection.cursor(binary=True) as cursor:
        cursor.execute(sql("reports", "plan_by_key"))
        wanted = values(connection, conditions, now, lines_max)
        return cursor.execute(statement(columns), wanted, prepare=False).fetchall()


def all_lines(
    connection: Connection, conditions: Conditions, columns: Sequence[str], now: datetime, *, pause_s: int
) -> Iterator[list[tuple[Any, ...]]]:
    """These columns of all lines as they are at this moment, ascending by id, batch by batch.

    The database keeps the rest. Whoever asks for no batch in `pause_s` seconds gets an OperationalError. The
    connection is in no transaction.
    """
    with connection.transaction():
        connection.execute(sql("reports", "plan_by_key"))
        connection.execute(sql("reports", "plan_for_all"), {"pause_ms": str(pause_s * 1000)})
        with connection.cursor("all_lines", binary=True) as cursor:
            cursor.execute(statement(columns), values(connection, conditions, now, None))
            while batch := cursor.fetchmany(BATCH_LINES):
                yield batch


def settled_at(connection: Connection) -> datetime:
    """The business time, once everything that was posted before it can be read.

    The connection is in no transaction.
    """
    with connection.transaction():
        connection.execute(sql("reports", "wait_for_postings"))
        # A statement of its own: it sees the time at which the last of them was done.
        row = connection.execute(sql("reports", "now")).fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment


# ── the wide columns ─────────────────────────────────────────────────────────────────────────────────
# Only the members that reports show are decoded; amounts stay text, for they are only printed.


class ClickShown(Struct, frozen=True):
    """What reports show of a click."""

    clicked_at: datetime
    referring_url: str | None = None
    browser: str | None = None
    device_type: str | None = None
    device_name: str | None = None
    country: str | None = None


class CreditShown(Struct, frozen=True):
    """What reports show of who was credited."""

    sid: str | None = None
    click: ClickShown | None = None


class StatedShown(Struct, frozen=True):
    """What reports show of what the advertiser said."""

    coupon: str | None = None
    vertical_parameters: dict[str, str] = {}


class AmountShown(Struct, frozen=True):
    """One figure in the three reporting currencies, in plain notation with trailing zeros."""

    adv: str
    pub: str
    usd: str


class ItemShown(Struct, frozen=True):
    """What reports show of an item."""

    sku: str
    quantity: int
    per_item: AmountShown
    commission: AmountShown
    discount: AmountShown
    item_list: int | None = None
    situation: int | None = None


class PricedShown(Struct, frozen=True, array_like=True):
    """What reports show of a pricing besides its figures; situations are (id, name)."""

    items: tuple[ItemShown, ...] = ()
    situations: tuple[tuple[int, str], ...] = ()


_Shown = TypeVar("_Shown", CreditShown, StatedShown, PricedShown)

_CREDIT = msgspec.json.Decoder(CreditShown)
_STATED = msgspec.json.Decoder(StatedShown)
_PRICED = msgspec.json.Decoder(PricedShown)


def credits_of(bodies: Collection[bytes | None]) -> list[CreditShown]:
    """The column `credit`, decoded; what belongs to no order has nothing to show."""
    return _decoded(bodies, _CREDIT, CreditShown())


def stated_of(bodies: Collection[bytes | None]) -> list[StatedShown]:
    """The column `stated`, decoded; what belongs to no order has nothing to show."""
    return _decoded(bodies, _STATED, StatedShown())


def priced_of(bodies: Collection[bytes | None]) -> list[PricedShown]:
    """The column `priced`, decoded; what belongs to no order has nothing to show."""
    return _decoded(bodies, _PRICED, PricedShown())


def _decoded(
    bodies: Collection[bytes | None], decoder: msgspec.json.Decoder[_Shown], nothing: _Shown
) -> list[_Shown]:
    decode = decoder.decode
    return [nothing if body is None else decode(body) for body in bodies]
