"""The shape of a network file: every section, every key, and what is built of them.

Owns the words of the file; docs/reference/network-file.md explains them to people. What must fit together
between sections is in checks.py. Next: checks.py.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from counterfoil.model.programme import (
    ActionTerms,
    ActionTracker,
    ActionType,
    Ad,
    Advertiser,
    CommissionRule,
    Condition,
    Contract,
    Coupon,
    Enterprise,
    Fee,
    Flat,
    Incentive,
    ItemList,
    Locking,
    LockingMethod,
    Percent,
    PercentOfSale,
    Property,
    Publisher,
    RateQuote,
    Situation,
    Terms,
)
from counterfoil.network import values
from counterfoil.network.tables import Each, Key, Refers, Table
from counterfoil.network.values import BIGGEST_ID, BIGGEST_ORDER_ID, Wrong

ORDER_FACTS = ("coupon", "device", "channel", "property", "new_to_file", "amount")
"""What a condition can look at besides vertical and custom parameters (spec/processing.md, section 9)."""

_company_id = values.whole_number(1, BIGGEST_ID)
_order_id = values.whole_number(1, BIGGEST_ORDER_ID)
_END = Key("end", values.instant, None)


def _exactly_one(given: dict[str, Any], choice: str) -> str:
    """The one key among `given` that has a value."""
    named = [key for key, value in given.items() if value is not None]
    listed = ", ".join(f"`{key}`" for key in given)
    if not named:
        raise Wrong(f"needs one of {listed}", f"add the {choice}")
    if len(named) > 1:
        raise Wrong(f"has {' and '.join(f'`{key}`' for key in named)}", f"keep one of {listed}")
    return named[0]


def _money(currency: str | None, **amounts: Decimal | None) -> Fee:
    chosen = _exactly_one(amounts, "amount")
    value = amounts[chosen]
    assert value is not None
    if chosen != "flat" and currency is not None:
        raise Wrong("has no meaning beside a percentage", "remove it", "currency")
    if chosen == "percent":
        return Percent(value=value)
    if chosen == "percent_of_sale":
        return PercentOfSale(value=value)
    if currency is None:
        raise Wrong("is missing", 'add the currency of the flat amount: currency = "USD"', "currency")
    return Flat(value=value, currency=currency)


def _locking(method: str, days: int | None) -> Locking:
    chosen = LockingMethod(method)
    if chosen is LockingMethod.FIXED_DURATION and days is None:
        raise Wrong("is missing", "say after how many days FIXED_DURATION locks: days = 30", "days")
    if days is not None and chosen in (LockingMethod.IMMEDIATE, LockingMethod.FIXED_DATE):
        raise Wrong(f"has no meaning with {method}", "remove it", "days")
    return Locking(method=chosen, days=days)


def _threshold(orders: int | None, sales: Decimal | None, commission: Decimal | None) -> tuple[str, Decimal]:
    given: dict[str, Any] = {"orders": orders, "sales": sales, "commission": commission}
    kind = _exactly_one(given, "threshold")
    return kind, Decimal(given[kind])


def _incentive(threshold: tuple[str, Decimal], reward: PercentOfSale | Flat) -> Incentive:
    return Incentive(threshold_kind=threshold[0], threshold=threshold[1], reward=reward)


def _condition(
    vertical: str | None,
    custom: str | None,
    order: str | None,
    equals: tuple[str | int | bool, ...],
    present: bool | None,
    at_least: Decimal | None,
    below: Decimal | None,
) -> Condition:
    looked_at = _exactly_one({"vertical": vertical, "custom": custom, "order": order}, "fact it looks at")
    subject = order or looked_at
    if not equals and present is None and at_least is None and below is None:
        raise Wrong("asks nothing", "add `equals`, `present`, `at_least` or `below`")
    if present is False and (equals or at_least is not None or below is not None):
        raise Wrong(
            "is false beside a question about the value, which can never hold", "remove one", "present"
        )
    if subject in ("amount", "new_to_file") and present is not None:
        raise Wrong(f"has no meaning for {subject}", "remove it", "present")
    if subject == "amount" and equals:
        raise Wrong("has no meaning for amount", "use `at_least` and `below`", "equals")
    for key, bound in (("at_least", at_least), ("below", below)):
        if bound is not None and subject not in ("vertical", "custom", "amount"):
            raise Wrong(f"has no meaning for {subject}", "use `equals` or `present`", key)
    if at_least is not None and below is not None and at_least >= below:
        raise Wrong("is not above `at_least`", "write a larger number", "below")
    return Condition(
        subject=subject,
        name=vertical or custom or "",
        equals=tuple(_alternative(each, subject) for each in equals),
        present=present,
        at_least=at_least,
        below=below,
    )


def _alternative(value: str | int | bool, subject: str) -> str:
    if isinstance(value, bool) != (subject == "new_to_file"):
        raise Wrong(
            f"is {values.shown(value)}, which {subject} never is",
            "write `true` or `false`" if subject == "new_to_file" else "write the value in double quotes",
            "equals",
        )
    if subject == "property" and not isinstance(value, int):
        raise Wrong(f"is {values.shown(value)}, which is no property", "write the property's id", "equals")
    return values.shown(value) if isinstance(value, bool) else str(value)


def _coupon(*, excluded: bool, publisher: int | None, **fields: Any) -> Coupon:
    if excluded and publisher is not None:
        raise Wrong("has `excluded` and `exclusive_to`", "keep one of them")
    if not excluded and publisher is None:
        raise Wrong(
            "is neither excluded nor exclusive", "add `excluded = true`, or `exclusive_to` a publisher"
        )
    _ends_after_start(fields["valid_from"], fields["valid_until"], "valid_until", "valid_from")
    return Coupon(excluded=excluded, publisher=publisher, **fields)


def _contract(**fields: Any) -> Contract:
    _ends_after_start(fields["start"], fields["end"], "end", "start")
    return Contract(**fields)


def _ends_after_start(start: Any, end: Any, end_key: str, start_key: str) -> None:
    if end is not None and end <= start:
        raise Wrong(f"is not after `{start_key}`", "write a later date", end_key)


def _tracker(type: str, **fields: Any) -> ActionTracker:  # noqa: A002 - the key's name
    return ActionTracker(type=ActionType(type), **fields)


def _item_list(skus: tuple[str, ...], **fields: Any) -> ItemList:
    return ItemList(skus=frozenset(skus), **fields)


def _quotes(source: str, kind: str, valid_from: Any, per_euro: dict[str, Decimal]) -> tuple[RateQuote, ...]:
    return tuple(
        RateQuote(currency=code, day=valid_from, source=source, per_euro=rate, is_fixed=kind == "fixed")
        for code, rate in per_euro.items()
    )


_FLAT_KEYS = (Key("flat", values.amount, None), Key("currency", values.currency, None))
_OF_SALE = Key("percent_of_sale", values.amount, None)

RATE = Table("a rate", (Key("percent", values.amount, None), *_FLAT_KEYS), _money)
FEE = Table("a fee", (Key("percent", values.amount, None), _OF_SALE, *_FLAT_KEYS), _money)
REWARD = Table("a reward", (_OF_SALE, *_FLAT_KEYS), _money)
THRESHOLD = Table(
    "a threshold",
    (
        Key("orders", values.whole_number(1, BIGGEST_ORDER_ID), None),
        Key("sales", values.amount_above_zero, None),
        Key("commission", values.amount_above_zero, None),
    ),
    _threshold,
)
LOCKING = Table(
    "a way of locking",
    (
        Key("method", values.one_of([each.value for each in LockingMethod])),
        Key("days", values.whole_number(1, 3650), None),
    ),
    _locking,
)
RULE = Table(
    "a commission rule",
    (
        Key("rank", values.whole_number(1, 1000)),
        Key("rate", RATE),
        Key("situation", Refers("situations"), None),
        Key("item_list", Refers("item_lists"), None),
        Key("properties", Refers("properties", many=True), ()),
    ),
    CommissionRule,
)
INCENTIVE = Table("an incentive", (Key("threshold", THRESHOLD), Key("reward", REWARD)), _incentive)
ACTION_TERMS = Table(
    "an action of terms",
    (
        Key("tracker", Refers("action_trackers"), field="action_tracker"),
        Key("locking", LOCKING),
        Key("referral_days", values.whole_number(1, 120), 30),
        Key("referral_occurrences", values.count_or_unlimited, None),
        Key("rules", Each(RULE)),
        Key("excluded_channels", values.list_of(values.name), ()),
        Key("incentives", Each(INCENTIVE, may_be_empty=True), ()),
    ),
    ActionTerms,
)
CONDITION = Table(
    "a condition",
    (
        Key("vertical", values.name, None),
        Key("custom", values.name, None),
        Key("order", values.one_of(ORDER_FACTS), None),
        Key("equals", values.alternatives, ()),
        Key("present", values.yes_or_no, None),
        Key("at_least", values.amount, None),
        Key("below", values.amount, None),
    ),
    _condition,
)

SECTIONS: dict[str, Table] = {
    "advertisers": Table(
        "an advertiser",
        (
            Key("id", _company_id),
            Key("name", values.name),
            Key("currency", values.currency),
            Key("hosts", values.list_of(values.host), ()),
            _END,
        ),
        Advertiser,
    ),
    "enterprises": Table(
        "an enterprise",
        (Key("id", _company_id), Key("advertiser", Refers("advertisers")), Key("name", values.name), _END),
        Enterprise,
    ),
    "publishers": Table(
        "a publisher",
        (Key("id", _company_id), Key("name", values.name), Key("currency", values.currency), _END),
        Publisher,
    ),
    "properties": Table(
        "a property",
        (Key("id", _order_id), Key("publisher", Refers("publishers")), Key("name", values.name), _END),
        Property,
    ),
    "ads": Table(
        "an ad",
        (
            Key("id", _order_id),
            Key("advertiser", Refers("advertisers")),
            Key("destination", values.web_address),
            Key("deep_links", values.yes_or_no, True),
            _END,
        ),
        Ad,
    ),
    "action_trackers": Table(
        "an action tracker",
        (
            Key("id", _order_id),
            Key("enterprise", Refers("enterprises")),
            Key("name", values.name),
            Key("type", values.one_of([each.value for each in ActionType])),
            Key("description", values.description, ""),
            _END,
        ),
        _tracker,
    ),
    "situations": Table(
        "a situation",
        (
            Key("id", _company_id),
            Key("advertiser", Refers("advertisers")),
            Key("name", values.name),
            Key("conditions", Each(CONDITION)),
        ),
        Situation,
    ),
    "item_lists": Table(
        "an item list",
        (
            Key("id", _company_id),
            Key("advertiser", Refers("advertisers")),
            Key("valid_from", values.instant),
            Key("skus", values.list_of(values.sku)),
        ),
        _item_list,
    ),
    "coupons": Table(
        "a coupon",
        (
            Key("code", values.coupon_code),
            Key("advertiser", Refers("advertisers")),
            Key("valid_from", values.instant),
            Key("valid_until", values.instant, None),
            Key("excluded", values.yes_or_no, False),
            Key("exclusive_to", Refers("publishers"), None, field="publisher"),
        ),
        _coupon,
    ),
    "contracts": Table(
        "a contract",
        (
            Key("id", _company_id),
            Key("advertiser", Refers("advertisers")),
            Key("publisher", Refers("publishers")),
            Key("start", values.instant),
            _END,
        ),
        _contract,
    ),
    "terms": Table(
        "terms",
        (
            Key("id", _company_id),
            Key("contract", Refers("contracts")),
            Key("name", values.name),
            Key("valid_from", values.instant),
            Key("fee", FEE, None),
            Key("actions", Each(ACTION_TERMS)),
        ),
        Terms,
    ),
    "rates": Table(
        "rates",
        (
            Key("source", values.name),
            Key("kind", values.one_of(["fixed"])),
            Key("valid_from", values.day),
            Key("per_euro", values.rates_per_euro),
        ),
        _quotes,
    ),
}
"""Each section of the file, in the order in which it is written and read by people."""

FILE = Table(
    "a network file",
    (
        Key("format", values.whole_number(1, 1)),
        Key("based_on", values.whole_number(0, BIGGEST_ORDER_ID)),
        *(Key(section, Each(table, may_be_empty=True), ()) for section, table in SECTIONS.items()),
    ),
    dict,
)
