"""Translating: between the judge's words and the product's.

Owns the shapes on both sides of the comparison, for either adapter. Next: pure.py and stored.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from counterfoil.model.ledger import Line, Money3, OrderVersion, PricedItem, Standing, VersionState
from counterfoil.model.orders import (
    BypassChannel,
    Cancellation,
    CancellationStatus,
    CorrectionReason,
    Extension,
    NewOrder,
    Order,
    OrderItem,
    OrderKey,
    OrderStatus,
    Restatement,
)
from counterfoil.model.programme import Network
from counterfoil.processing import Options
from counterfoil.rules.incentives import MonthBrought, rewards
from tests.properties.generations import Settings
from tests.properties.judging import Key, LineView, View, is_item_action
from tests.properties.reckoning import Figure
from tests.properties.sent import Sent


def rewarded(
    known: Network,
    advertiser: int,
    publisher: int,
    tracker: int,
    versions: Sequence[OrderVersion],
    before: datetime,
) -> Decimal | None:
    """What the product's rule gives for a month, asked as the closing job asks it."""
    end = before - timedelta(microseconds=1)
    contract = known.contract_at(advertiser, publisher, end)
    terms = known.terms_at(contract.id, end) if contract is not None else None
    paid = [each for each in terms.actions if each.action_tracker == tracker] if terms is not None else []
    month = MonthBrought(
        sum(each.state is VersionState.STANDING for each in versions),
        sum((each.pricing.amounts.sale.adv for each in versions), Decimal(0)),
        sum((each.pricing.amounts.commission.adv for each in versions), Decimal(0)),
    )
    given = rewards(paid[0].incentives, month) if paid else ()
    return sum((each.amount for each in given), Decimal(0)) if given else None


def options_of(settings: Settings) -> Options:
    """The judge's settings as the product knows them."""
    return Options(
        items_max=settings.items_max,
        rejects_stale_changes=settings.rejects_stale,
        ignores_declined=settings.ignores_declined,
        accepted_locks_at_once=settings.locks_at_once,
    )


def written_instant(at: datetime) -> str:
    """An instant as it stands in the log."""
    return at.isoformat().replace("+00:00", "Z")


def order_of(sent: Sent) -> Order:
    """The order as the product's intake takes it."""
    keys: dict[str, Any] = {
        "enterprise_id": str(sent.enterprise),
        "action_tracker_id": sent.tracker,
        "order_id": sent.order_id,
    }
    reason = CorrectionReason(sent.reason) if sent.reason else None
    update = written_instant(sent.update) if sent.update else ""
    if sent.kind == "extend":
        return Extension(**keys)
    if sent.kind == "cancel":
        ended = CancellationStatus(sent.status) if sent.status else None
        return Cancellation(**keys, update_time=update, status=ended, correction_reason=reason)
    stated: dict[str, Any] = {
        "cj_event": sent.click,
        "amount": sent.amount,
        "discount": sent.discount,
        "vertical_parameters": dict(sent.vertical) or None,
        "items": tuple(
            OrderItem(sku=i.sku, quantity=i.quantity, unit_price=i.price, discount=i.discount)
            for i in sent.items
        )
        or None,
        "coupon": sent.coupon,
        "currency": sent.currency,
        "bypass_channel": sent.bypass and BypassChannel(name=sent.bypass, timestamp="2026-03-01T00:00:00Z"),
    }
    if sent.kind == "restate":
        status = OrderStatus(sent.status) if sent.status else None
        return Restatement(**keys, **stated, update_time=update, status=status, correction_reason=reason)
    return NewOrder(
        **keys,
        **stated,
        ad_id=sent.ad,
        promotional_property_id=sent.property,
        sid=sent.sid,
        event_time=written_instant(sent.event) if sent.event else None,
    )


def figure(money: Money3, sign: int = 1) -> Figure:
    """The product's figure in the judge's words; exact, since neither side rounds here."""
    return (sign * Fraction(money.adv), sign * Fraction(money.pub), sign * Fraction(money.usd))


def _item(item: PricedItem) -> tuple[object, ...]:
    return (item.sku, item.quantity, figure(item.per_item), figure(item.commission), figure(item.discount))


def standing_view(standing: Standing, key: Key) -> View:
    """The product's order as it is compared."""
    action, version, status = standing.action, standing.version, standing.status
    if version is None:
        return View(f"recorded {action.code}", action.generation, action.event_time)
    assert action.credit is not None
    assert status is not None
    amounts = version.pricing.amounts
    return View(
        "cancelled" if version.state is VersionState.CANCELLED else "standing",
        action.generation,
        action.event_time,
        version.version,
        action.credit.publisher_id,
        version.currency,
        tuple(
            figure(each) for each in (amounts.sale, amounts.commission, amounts.fee, amounts.order_discount)
        ),
        tuple(_item(item) for item in version.pricing.items) if is_item_action(key) else (),
        str(status.validation),
        status.locking_date,
        status.locks_at,
        status.extended,
    )


def line_view(line: Line, generation: int, key: OrderKey) -> LineView:
    """The product's record as it is compared."""
    amounts, sign = line.version.pricing.amounts, line.sign
    quantity = sum(item.quantity for item in line.version.pricing.items) if key[2] in (402, 404) else 0
    return LineView(
        str(line.kind),
        generation,
        line.correction_reason and str(line.correction_reason),
        tuple(
            figure(each, sign)
            for each in (amounts.sale, amounts.commission, amounts.fee, amounts.order_discount)
        ),
        sign * quantity,
    )
