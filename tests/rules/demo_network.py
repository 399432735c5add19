"""The demo network of spec/demo-network.md, written out, with short ways to price and judge orders in it.

Owns what the tests of the rules share. Leaves every expectation to them. Next: test_commission.py.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from counterfoil.model.ledger import Click, Credit, Money3, Pricing, Rate, Rates, Stated
from counterfoil.model.orders import BypassChannel, NameValuePair, OrderItem
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
    ItemList,
    Locking,
    LockingMethod,
    Network,
    Percent,
    Property,
    Publisher,
    Situation,
    Terms,
)
from counterfoil.rules.commission import Priced, RateMissing, price

NORTHWIND, ALPINE = 5500001, 5500002
VINYL_DIGEST, SPARFUCHS, LONELY_BLOG = 7700001, 7700002, 7700009
NORTHWIND_AD, ALPINE_AD = 12000001, 12000002

LONG_AGO = datetime(1997, 1, 1, tzinfo=UTC)
EVENT_TIME = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CLICKED_AT = datetime(2026, 3, 1, 11, 0, tzinfo=UTC)


def percent(value: str) -> Percent:
    """A percentage."""
    return Percent(value=Decimal(value))


def flat(value: str, currency: str) -> Flat:
    """A flat amount."""
    return Flat(value=Decimal(value), currency=currency)


FEE = percent("10")

LOCKING = {
    401: Locking(method=LockingMethod.FIXED_DATE),
    402: Locking(method=LockingMethod.FIXED_DATE),
    403: Locking(method=LockingMethod.IMMEDIATE),
    404: Locking(method=LockingMethod.FIXED_DURATION, days=30),
    405: Locking(method=LockingMethod.OPEN_ENDED),
    451: Locking(method=LockingMethod.OPEN_ENDED),
}


def action(tracker: int, *rules: CommissionRule, occurrences: int | None = None) -> ActionTerms:
    """An action's terms with 120 days of referral."""
    return ActionTerms(
        action_tracker=tracker,
        locking=LOCKING[tracker],
        rules=rules,
        referral_days=120,
        referral_occurrences=occurrences,
    )


def always(rate: Percent | Flat) -> CommissionRule:
    """The only rule, without conditions."""
    return CommissionRule(rank=1, rate=rate)


VINYL_ITEM_RULES = (
    CommissionRule(rank=1, rate=percent("12"), situation=31, item_list=77),
    CommissionRule(rank=2, rate=percent("9"), item_list=77),
    CommissionRule(rank=3, rate=percent("6"), situation=31),
    CommissionRule(rank=4, rate=percent("5")),
)


def terms(contract: int, *actions: ActionTerms, fee: Fee | None = FEE) -> Terms:
    """A contract's terms since 1997."""
    return Terms(id=contract, contract=contract, name="Terms", valid_from=LONG_AGO, actions=actions, fee=fee)


VINYL_TERMS = terms(
    1,
    action(401, always(percent("8"))),
    action(402, *VINYL_ITEM_RULES),
    action(403, always(flat("3.00", "USD"))),
    action(404, *VINYL_ITEM_RULES),
    action(405, always(percent("7"))),
)
SPARFUCHS_TERMS = terms(
    2,
    action(401, always(percent("6"))),
    action(402, always(percent("4"))),
    action(403, always(flat("2.00", "EUR"))),
    action(404, always(percent("4"))),
    action(405, always(percent("5"))),
)
STAY_TERMS = terms(
    3,
    action(
        451,
        CommissionRule(rank=1, rate=percent("6"), situation=32),
        CommissionRule(rank=2, rate=percent("4")),
    ),
)

TRACKERS = {
    tracker: ActionTracker(id=tracker, enterprise=enterprise, name=name, type=kind)
    for tracker, enterprise, name, kind in (
        (401, 1500001, "Record order (simple)", ActionType.SIM_SALE),
        (402, 1500001, "Record order (items)", ActionType.ITEM_SALE),
        (403, 1500001, "Newsletter sign-up", ActionType.SIM_LEAD),
        (404, 1500001, "Pre-order", ActionType.ITEM_SALE),
        (405, 1500001, "Reservation", ActionType.SIM_SALE),
        (451, 1500002, "Stay", ActionType.SIM_SALE),
    )
}

NETWORK = Network(
    version=1,
    position=1,
    advertisers={
        NORTHWIND: Advertiser(id=NORTHWIND, name="Northwind Records", currency="USD"),
        ALPINE: Advertiser(id=ALPINE, name="Alpine Stays", currency="EUR"),
    },
    enterprises={
        1500001: Enterprise(id=1500001, advertiser=NORTHWIND, name="Northwind Records"),
        1500002: Enterprise(id=1500002, advertiser=ALPINE, name="Alpine Stays"),
    },
    publishers={
        VINYL_DIGEST: Publisher(id=VINYL_DIGEST, name="Vinyl Digest", currency="USD"),
        SPARFUCHS: Publisher(id=SPARFUCHS, name="Sparfuchs", currency="EUR"),
        LONELY_BLOG: Publisher(id=LONELY_BLOG, name="Lonely Blog", currency="USD"),
    },
    properties={
        9900001: Property(id=9900001, publisher=VINYL_DIGEST, name="vinyldigest.example"),
        9900002: Property(id=9900002, publisher=SPARFUCHS, name="sparfuchs.example"),
        9900003: Property(id=9900003, publisher=SPARFUCHS, name="sparfuchs app"),
        9900009: Property(id=9900009, publisher=LONELY_BLOG, name="lonely.example"),
    },
    ads={
        NORTHWIND_AD: Ad(
            id=NORTHWIND_AD, advertiser=NORTHWIND, destination="https://shop.northwind.example/"
        ),
        ALPINE_AD: Ad(id=ALPINE_AD, advertiser=ALPINE, destination="https://stays.alpine.example/"),
    },
    action_trackers=TRACKERS,
    contracts={
        (each.advertiser, each.publisher): (each,)
        for each in (
            Contract(id=1, advertiser=NORTHWIND, publisher=VINYL_DIGEST, start=LONG_AGO),
            Contract(id=2, advertiser=NORTHWIND, publisher=SPARFUCHS, start=LONG_AGO),
            Contract(id=3, advertiser=ALPINE, publisher=SPARFUCHS, start=LONG_AGO),
        )
    },
    terms={1: (VINYL_TERMS,), 2: (SPARFUCHS_TERMS,), 3: (STAY_TERMS,)},
    situations={
        31: Situation(
            id=31,
            advertiser=NORTHWIND,
            name="New customer",
            conditions=(Condition(subject="vertical", name="customerStatus", equals=("New",)),),
        ),
        32: Situation(
            id=32,
            advertiser=ALPINE,
            name="Long stay",
            conditions=(Condition(subject="vertical", name="duration", at_least=Decimal(7)),),
        ),
    },
    item_lists={
        77: (
            ItemList(
                id=77,
                advertiser=NORTHWIND,
                valid_from=LONG_AGO,
                skus=frozenset({"LP-1001", "LP-1002", "BOX-9"}),
            ),
        )
    },
    coupons={
        (NORTHWIND, "vinyl10"): (
            Coupon(code="VINYL10", advertiser=NORTHWIND, valid_from=LONG_AGO, publisher=VINYL_DIGEST),
        ),
        (NORTHWIND, "staff50"): (
            Coupon(code="STAFF50", advertiser=NORTHWIND, valid_from=LONG_AGO, excluded=True),
        ),
    },
)


def rates(adv: str = "1", pub: str = "1", usd: str = "1") -> Rates:
    """The three rates of an order."""
    return Rates(adv=Rate(value=Decimal(adv)), pub=Rate(value=Decimal(pub)), usd=Rate(value=Decimal(usd)))


def money(adv: str, pub: str | None = None, usd: str | None = None) -> Money3:
    """One figure in the three currencies; given once it is the same in all."""
    return Money3(adv=Decimal(adv), pub=Decimal(pub or adv), usd=Decimal(usd or adv))


def click(
    publisher: int = VINYL_DIGEST,
    property_id: int = 9900001,
    *,
    advertiser: int = NORTHWIND,
    ad: int = NORTHWIND_AD,
    sid: str | None = None,
    device_type: str | None = "Desktop",
) -> Click:
    """A click, an hour before the event."""
    return Click(
        click_id="ev-1",
        clicked_at=CLICKED_AT,
        publisher_id=publisher,
        property_id=property_id,
        advertiser_id=advertiser,
        ad_id=ad,
        sid=sid,
        device_type=device_type,
    )


def credited(clicked: Click | None = None) -> Credit:
    """The credit that a click gives; Vinyl Digest's by default."""
    by = clicked or click()
    return Credit(publisher_id=by.publisher_id, property_id=by.property_id, ad_id=by.ad_id, click=by)


def item(sku: str, price_each: str, quantity: int = 1, discount: str | None = None) -> OrderItem:
    """One line of an order."""
    return OrderItem(sku=sku, unit_price=price_each, quantity=quantity, discount=discount)


def stated(
    *items: OrderItem,
    amount: str | None = None,
    discount: str | None = None,
    coupon: str | None = None,
    vertical: dict[str, str] | None = None,
    custom: dict[str, str] | None = None,
    channel: str | None = None,
) -> Stated:
    """What an advertiser said about an order."""
    return Stated(
        items=items,
        amount=amount,
        discount=discount,
        coupon=coupon,
        vertical_parameters=vertical or {},
        custom_parameters=tuple(NameValuePair(name=n, value=v) for n, v in (custom or {}).items()),
        bypass_channel=None
        if channel is None
        else BypassChannel(name=channel, timestamp="2026-03-01T11:30:00Z"),
    )


def priced_or_missing(
    order: Stated,
    *rules: CommissionRule,
    tracker: int = 402,
    fee: Fee | None = None,
    currency: str = "USD",
    at: Rates | None = None,
    network: Network = NETWORK,
    flat_rates: dict[str, Rates] | None = None,
    credit: Credit | None = None,
) -> Priced | RateMissing:
    """An order under these rules and this fee, everything else as in the demo network."""
    action_terms = action(tracker, *rules)
    return price(
        order,
        tracker=TRACKERS[tracker],
        terms=terms(9, action_terms, fee=fee),
        action_terms=action_terms,
        network=network,
        event_time=EVENT_TIME,
        currency=currency,
        rates=at or rates(),
        credit=credit or credited(),
        flat_rates=flat_rates or {},
    )


def priced(
    order: Stated,
    *rules: CommissionRule,
    tracker: int = 402,
    fee: Fee | None = None,
    currency: str = "USD",
    at: Rates | None = None,
    network: Network = NETWORK,
    flat_rates: dict[str, Rates] | None = None,
    credit: Credit | None = None,
) -> Priced:
    """The same, of an order for which all rates are known."""
    result = priced_or_missing(
        order,
        *rules,
        tracker=tracker,
        fee=fee,
        currency=currency,
        at=at,
        network=network,
        flat_rates=flat_rates,
        credit=credit,
    )
    assert isinstance(result, Priced)
    return result


def pricing(order: Stated, *rules: CommissionRule, tracker: int = 402, fee: Fee | None = None) -> Pricing:
    """The figures alone, in USD."""
    return priced(order, *rules, tracker=tracker, fee=fee).pricing
