"""The demo network is the one of spec/demo-network.md.

Owns its ids and figures, written down a second time. Next: docs/reference/network-file.md.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from counterfoil.model.programme import ActionType, Flat, Locking, LockingMethod, Network, Percent, Situation
from counterfoil.network import assemble, rates
from tests.network.texts import DEMO, good

ORDERED = datetime(1998, 5, 1, tzinfo=UTC)
NEW_CUSTOMER, LONG_STAY, LIST = 31, 32, 77
NORTHWIND, ALPINE, A, B, STRANGER = 5500001, 5500002, 7700001, 7700002, 7700009
ITEM_RULES = [(12, NEW_CUSTOMER, LIST), (9, None, LIST), (6, NEW_CUSTOMER, None), (5, None, None)]
LOCKING = {
    401: Locking(method=LockingMethod.FIXED_DATE),
    402: Locking(method=LockingMethod.FIXED_DATE),
    403: Locking(method=LockingMethod.IMMEDIATE),
    404: Locking(method=LockingMethod.FIXED_DURATION, days=30),
    405: Locking(method=LockingMethod.OPEN_ENDED),
    451: Locking(method=LockingMethod.OPEN_ENDED),
}


@pytest.fixture(scope="module")
def network() -> Network:
    """The demo network as orders meet it."""
    return assemble(1, 1, good(DEMO).entries)


def test_companies(network: Network) -> None:
    """Companies, enterprises, properties and ads have their ids for good."""
    assert {NORTHWIND: ("Northwind Records", "USD"), ALPINE: ("Alpine Stays", "EUR")} == {
        it.id: (it.name, it.currency) for it in network.advertisers.values()
    }
    assert {1500001: NORTHWIND, 1500002: ALPINE, 1500003: ALPINE} == {
        it.id: it.advertiser for it in network.enterprises.values()
    }
    assert {A: ("Vinyl Digest", "USD"), B: ("Sparfuchs", "EUR"), STRANGER: ("Lonely Blog", "USD")} == {
        it.id: (it.name, it.currency) for it in network.publishers.values()
    }
    assert {
        9900001: (A, "vinyldigest.example"),
        9900002: (B, "sparfuchs.example"),
        9900003: (B, "sparfuchs app"),
        9900009: (STRANGER, "lonely.example"),
    } == {it.id: (it.publisher, it.name) for it in network.properties.values()}
    assert {
        12000001: (NORTHWIND, "https://shop.northwind.example/"),
        12000002: (ALPINE, "https://stays.alpine.example/"),
    } == {it.id: (it.advertiser, it.destination) for it in network.ads.values()}


def test_action_trackers(network: Network) -> None:
    """Each tracker has its name, enterprise and type."""
    assert {
        401: ("Record order (simple)", 1500001, ActionType.SIM_SALE),
        402: ("Record order (items)", 1500001, ActionType.ITEM_SALE),
        403: ("Newsletter sign-up", 1500001, ActionType.SIM_LEAD),
        404: ("Pre-order", 1500001, ActionType.ITEM_SALE),
        405: ("Reservation", 1500001, ActionType.SIM_SALE),
        451: ("Stay", 1500002, ActionType.SIM_SALE),
    } == {it.id: (it.name, it.enterprise, it.type) for it in network.action_trackers.values()}


@pytest.mark.parametrize(
    ("advertiser", "publisher", "paid"),
    [
        (
            NORTHWIND,
            A,
            {401: [(8, None, None)], 402: ITEM_RULES, 403: "3 USD", 404: ITEM_RULES, 405: [(7, None, None)]},
        ),
        (
            NORTHWIND,
            B,
            {
                401: [(6, None, None)],
                402: [(4, None, None)],
                403: "2 EUR",
                404: [(4, None, None)],
                405: [(5, None, None)],
            },
        ),
        (ALPINE, B, {451: [(6, LONG_STAY, None), (4, None, None)]}),
    ],
)
def test_terms(network: Network, advertiser: int, publisher: int, paid: dict[int, object]) -> None:
    """Each contract pays what the table says, already in 1997."""
    contract = network.contract_at(advertiser, publisher, ORDERED)
    assert contract is not None
    terms = network.terms_at(contract.id, ORDERED)
    assert terms is not None

    assert Percent(value=Decimal(10)) == terms.fee
    assert {tracker: (120, None, LOCKING[tracker]) for tracker in paid} == {
        it.action_tracker: (it.referral_days, it.referral_occurrences, it.locking) for it in terms.actions
    }
    found: dict[int, object] = {}
    for action in terms.actions:
        assert list(range(1, 1 + len(action.rules))) == [rule.rank for rule in action.rules]
        first = action.rules[0].rate
        if isinstance(first, Flat):
            found[action.action_tracker] = f"{first.value} {first.currency}"
        else:
            found[action.action_tracker] = [
                (rule.rate.value, rule.situation, rule.item_list) for rule in action.rules
            ]
    assert paid == found


def test_who_has_no_contract(network: Network) -> None:
    """Publisher A has none with Alpine, and Lonely Blog has none at all."""
    pairs = set(network.contracts)

    assert {(NORTHWIND, A), (NORTHWIND, B), (ALPINE, B)} == pairs


def test_lists_situations_and_coupons(network: Network) -> None:
    """List 77, both situations and both coupons are as the table says."""
    item_list = network.item_list_at(LIST, ORDERED)
    assert item_list is not None
    assert {"LP-1001", "LP-1002", "BOX-9"} == item_list.skus
    assert ("New customer", "vertical", "customerStatus", ("New",), None) == _asked(network.situations[31])
    assert ("Long stay", "vertical", "duration", (), Decimal(7)) == _asked(network.situations[32])
    exclusive = network.coupon_at(NORTHWIND, "vinyl10", ORDERED)
    excluded = network.coupon_at(NORTHWIND, "STAFF50", ORDERED)
    assert exclusive is not None
    assert (A, False) == (exclusive.publisher, exclusive.excluded)
    assert excluded is not None
    assert excluded.excluded


def _asked(situation: Situation) -> tuple[object, ...]:
    (condition,) = situation.conditions
    return situation.name, condition.subject, condition.name, condition.equals, condition.at_least


def test_rates() -> None:
    """A euro is worth 1.10 dollars and 0.88 pounds from 1997 on, and no other currency has a rate."""
    assert [
        ("GBP", date(1997, 1, 1), Decimal("0.88"), True),
        ("USD", date(1997, 1, 1), Decimal("1.1"), True),
    ] == [(it.currency, it.day, it.per_euro, it.is_fixed) for it in rates(good(DEMO).entries)]
