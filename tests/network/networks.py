"""Networks drawn by Hypothesis: everything a network file can say, as the things it becomes.

Owns what may be drawn. Leaves what must hold to the tests. Next: test_printing.py.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

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
from counterfoil.network.entries import EntryKey, Thing, body, entry_key

ADVERTISER, ENTERPRISE, PUBLISHER = 1, 2, 3

names = (
    st.text(st.characters(exclude_categories=("C", "Z"), include_characters=' "\\'), min_size=1, max_size=20)
    .map(str.strip)
    .filter(bool)
)
moments = st.datetimes(datetime(1970, 1, 2), datetime(9998, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ends = st.none() | moments
numbers = st.integers(0, 10**35 - 1).map(lambda digits: _number(str(digits).zfill(21)))
amounts = st.sampled_from([Decimal(8), Decimal("8.5"), Decimal("0.00000000000000000001")]) | numbers
currencies = st.sampled_from(["USD", "EUR", "GBP", "JPY"])
percents = amounts.map(lambda value: Percent(value=value))
sale_percents = amounts.map(lambda value: PercentOfSale(value=value))
flats = st.builds(Flat, value=amounts, currency=currencies)


def _number(digits: str) -> Decimal:
    """The number in the one spelling that is kept."""
    before, after = digits[:-20], digits[-20:].rstrip("0")
    return Decimal(f"{int(before)}.{after}" if after else str(int(before)))


def _hosts() -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(["a.example", "*.b.example", "c"]), unique=True).map(tuple)


def _conditions() -> st.SearchStrategy[Condition]:
    bounds = st.none() | st.just(Decimal(7))
    named = st.builds(
        Condition,
        subject=st.sampled_from(["vertical", "custom"]),
        name=names,
        equals=st.lists(names, min_size=1, max_size=2, unique=True).map(tuple),
        present=st.sampled_from([None, True]),
        at_least=bounds,
        below=st.none() | st.just(Decimal("7.5")),
    )
    plain = st.builds(
        Condition,
        subject=st.sampled_from(["coupon", "device", "channel"]),
        equals=st.just(()),
        present=st.booleans(),
    )
    return st.one_of(
        named,
        plain,
        st.just(Condition(subject="property", equals=("11",))),
        st.just(Condition(subject="new_to_file", equals=("false",))),
        st.builds(Condition, subject=st.just("amount"), at_least=amounts),
    )


def _actions() -> st.SearchStrategy[ActionTerms]:
    rules = st.lists(
        st.builds(
            CommissionRule,
            rank=st.integers(1, 1000),
            rate=percents | flats,
            situation=st.none() | st.just(31),
            item_list=st.none() | st.just(77),
            properties=st.sampled_from([(), (11,), (11, 12)]),
        ),
        min_size=1,
        max_size=3,
        unique_by=lambda rule: rule.rank,
    )
    lockings = st.sampled_from(
        [
            Locking(method=LockingMethod.IMMEDIATE),
            Locking(method=LockingMethod.FIXED_DURATION, days=30),
            Locking(method=LockingMethod.OPEN_ENDED),
            Locking(method=LockingMethod.OPEN_ENDED, days=500),
        ]
    )
    incentives = st.builds(
        Incentive,
        threshold_kind=st.sampled_from(["orders", "sales", "commission"]),
        threshold=st.integers(1, 1000).map(Decimal),
        reward=sale_percents | amounts.map(lambda value: Flat(value=value, currency="USD")),
    )
    return st.builds(
        ActionTerms,
        action_tracker=st.just(401),
        locking=lockings,
        rules=rules.map(tuple),
        referral_days=st.integers(1, 120),
        referral_occurrences=st.none() | st.integers(1, 9),
        excluded_channels=st.lists(names, max_size=2, unique=True).map(tuple),
        incentives=st.lists(incentives, max_size=2).map(tuple),
    )


@st.composite
def networks(draw: st.DrawFn) -> dict[EntryKey, bytes]:
    """All entries of a network in which everything that can be said is said now and then."""
    start = draw(moments)
    end = draw(st.none() | st.just(start + timedelta(microseconds=1)))
    versions = draw(st.lists(moments, min_size=1, max_size=3, unique=True))
    things: list[Thing] = [
        Advertiser(id=ADVERTISER, name=draw(names), currency="USD", hosts=draw(_hosts()), end=draw(ends)),
        Enterprise(id=ENTERPRISE, advertiser=ADVERTISER, name=draw(names), end=draw(ends)),
        Publisher(id=PUBLISHER, name=draw(names), currency=draw(currencies), end=draw(ends)),
        *(Property(id=pid, publisher=PUBLISHER, name=draw(names)) for pid in (11, 12)),
        Ad(
            id=21,
            advertiser=ADVERTISER,
            destination="https://a.example/?a=%22",
            deep_links=draw(st.booleans()),
        ),
        ActionTracker(
            id=401,
            enterprise=ENTERPRISE,
            name=draw(names),
            type=draw(st.sampled_from([ActionType.ITEM_SALE, ActionType.ITEM_LEAD])),
            description=draw(st.just("") | names),
            end=draw(ends),
        ),
        Situation(
            id=31,
            advertiser=ADVERTISER,
            name=draw(names),
            conditions=tuple(draw(st.lists(_conditions(), min_size=1, max_size=3))),
        ),
        Contract(id=601, advertiser=ADVERTISER, publisher=PUBLISHER, start=start, end=end),
        *draw(_coupons(start, end)),
        *draw(_quotes()),
    ]
    for valid_from in versions:
        skus = frozenset(draw(st.lists(names, max_size=3)))
        things.append(ItemList(id=77, advertiser=ADVERTISER, valid_from=valid_from, skus=skus))
        things.append(
            Terms(
                id=701,
                contract=601,
                name=draw(names),
                valid_from=valid_from,
                actions=(draw(_actions()),),
                fee=draw(st.none() | percents | sale_percents | flats),
            )
        )
    return {entry_key(thing): body(thing) for thing in things}


def _coupons(start: datetime, end: datetime | None) -> st.SearchStrategy[list[Any]]:
    excluded = Coupon(code="Staff", advertiser=ADVERTISER, valid_from=start, valid_until=end, excluded=True)
    exclusive = Coupon(code="VINYL%", advertiser=ADVERTISER, valid_from=start, publisher=PUBLISHER)
    return st.lists(st.sampled_from([excluded, exclusive]), unique_by=lambda coupon: coupon.code)


def _quotes() -> st.SearchStrategy[list[Any]]:
    quote = st.builds(
        RateQuote,
        currency=st.sampled_from(["USD", "GBP", "JPY"]),
        day=st.dates(date(1970, 1, 1), date(9998, 12, 31)),
        source=names,
        per_euro=amounts.filter(bool),
        is_fixed=st.just(True),
    )
    return st.lists(quote, max_size=3, unique_by=lambda quote: (quote.currency, quote.day))
