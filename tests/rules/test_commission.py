"""Commission: the worked examples of spec/processing.md, sections 8.3, 9 and 10, and of the demo network.

Owns rules, conversion and fees. Leaves amounts before commission to test_amounts.py.
"""

from decimal import Decimal, getcontext

import pytest
from msgspec.structs import replace

from counterfoil.model.ledger import Credit, Pricing, Rates, Stated
from counterfoil.model.programme import (
    CommissionRule,
    Condition,
    Fee,
    Flat,
    ItemList,
    Percent,
    PercentOfSale,
    Situation,
    Terms,
)
from counterfoil.rules.commission import Priced, RateMissing, flat_currencies, nothing, price
from tests.rules.demo_network import (
    EVENT_TIME,
    FEE,
    NETWORK,
    NORTHWIND,
    SPARFUCHS,
    SPARFUCHS_TERMS,
    STAY_TERMS,
    TRACKERS,
    VINYL_TERMS,
    always,
    click,
    credited,
    flat,
    item,
    money,
    percent,
    priced,
    priced_or_missing,
    pricing,
    rates,
    stated,
)

RANKED = (
    CommissionRule(rank=1, rate=percent("12"), situation=31, item_list=77),
    CommissionRule(rank=2, rate=percent("9"), item_list=77),
    CommissionRule(rank=3, rate=percent("5")),
)
ON_LIST, OFF_LIST = item("LP-1001", "40.00", 2), item("CD-5", "15.55")


def by_terms(
    order: Stated,
    terms: Terms,
    tracker: int,
    *,
    currency: str = "USD",
    at: Rates | None = None,
    credit: Credit | None = None,
    flat_rates: dict[str, Rates] | None = None,
) -> Pricing:
    """The figures of an order by terms of the demo network."""
    got = price(
        order,
        tracker=TRACKERS[tracker],
        terms=terms,
        action_terms=next(each for each in terms.actions if each.action_tracker == tracker),
        network=NETWORK,
        event_time=EVENT_TIME,
        currency=currency,
        rates=at or rates(),
        credit=credit or credited(),
        flat_rates=flat_rates or {},
    )
    assert isinstance(got, Priced)
    return got.pricing


# ── section 8.3 ──────────────────────────────────────────────────────────────────────────────────────


def test_the_worked_conversion() -> None:
    """An order in EUR for an advertiser in GBP and a publisher in USD, at 7 % and a fee of 10 %."""
    got = priced(
        stated(amount="89.90", discount="5.00"),
        always(percent("7")),
        tracker=401,
        fee=FEE,
        currency="EUR",
        at=rates("0.8583860759", "1.085", "1.085"),
    ).pricing.amounts

    assert money("72.877", "92.116", "92.116") == got.sale
    assert money("4.292", "5.425", "5.425") == got.order_discount
    assert money("5.101", "6.448", "6.448") == got.commission
    assert money("0.51", "0.645", "0.645") == got.fee
    assert Decimal(5) == got.order_discount_original
    assert (Decimal("5.611"), Decimal("7.093")) == (
        got.commission.adv + got.fee.adv,
        got.commission.usd + got.fee.usd,
    )


# ── section 9: which rule ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("vertical", "on_list", "off_list"),
    [
        ({"customerStatus": "New"}, 1, 3),
        ({"customerStatus": "Return"}, 2, 3),
        ({}, 2, 3),
    ],
)
def test_the_first_rule_by_rank_that_holds_prices_an_item(
    vertical: dict[str, str], on_list: int, off_list: int
) -> None:
    """The rank example: situation and item list both have to fit."""
    got = pricing(stated(ON_LIST, OFF_LIST, vertical=vertical), *RANKED)

    assert [on_list, off_list] == [each.rule for each in got.items]


def test_rank_decides_and_not_the_place_in_the_terms() -> None:
    """Rules may be written down in any order."""
    got = pricing(stated(ON_LIST, OFF_LIST), *reversed(RANKED))

    assert [2, 3] == [each.rule for each in got.items]


def test_an_item_tells_its_rule_its_list_and_its_situation() -> None:
    """`itemListId` and `situationDetails` of the report come from here; the record names a situation once."""
    got = pricing(stated(ON_LIST, ON_LIST, OFF_LIST, vertical={"customerStatus": "New"}), *RANKED)

    assert [(77, 31), (77, 31), (None, None)] == [(each.item_list, each.situation) for each in got.items]
    assert ((31, "New customer"),) == got.situations
    assert got.rule is None


def test_a_situation_that_no_chosen_rule_asks_for_is_not_told() -> None:
    """It holds, but it paid nothing."""
    got = pricing(stated(OFF_LIST, vertical={"customerStatus": "New"}), *RANKED)

    assert () == got.situations


def test_a_sum_passes_over_rules_with_an_item_list() -> None:
    """Simple action, and item action without items alike (D71)."""
    order = stated(amount="100", vertical={"customerStatus": "New"})

    assert (3, money("5")) == (
        (simple := pricing(order, *RANKED, tracker=401)).rule,
        simple.amounts.commission,
    )
    assert (3, money("5")) == ((items := pricing(order, *RANKED)).rule, items.amounts.commission)


def test_without_a_rule_the_commission_is_nothing() -> None:
    """It is commissionable all the same, and the sale is shown."""
    got = pricing(stated(OFF_LIST), *RANKED[:2])

    assert (None, None, None) == (got.items[0].rule, got.items[0].item_list, got.items[0].situation)
    assert money("0") == got.amounts.commission
    assert money("15.55") == got.amounts.sale


def test_a_rule_for_properties_leaves_the_others_alone() -> None:
    """Another property of the same publisher goes to the next rule."""
    rules = (
        CommissionRule(rank=1, rate=percent("10"), properties=(9900002,)),
        CommissionRule(rank=2, rate=percent("1")),
    )
    app = credited(click(SPARFUCHS, 9900003))
    site = credited(click(SPARFUCHS, 9900002))
    order = stated(amount="100")

    assert 2 == priced(order, *rules, tracker=401, credit=app).pricing.rule
    assert 1 == priced(order, *rules, tracker=401, credit=site).pricing.rule


def test_skus_of_a_list_are_exact() -> None:
    """Case counts."""
    got = pricing(stated(item("lp-1001", "10"), item("LP-1001", "10")), *RANKED)

    assert [3, 2] == [each.rule for each in got.items]


def test_the_item_list_in_force_at_the_event_time_counts() -> None:
    """D66: a later version of the list, or one not yet in force, changes nothing."""
    later = ItemList(
        id=77,
        advertiser=NORTHWIND,
        valid_from=EVENT_TIME.replace(hour=13),
        skus=frozenset({"CD-5"}),
    )
    renewed = replace(NETWORK, item_lists={77: (*NETWORK.item_lists[77], later)})
    not_yet = replace(NETWORK, item_lists={77: (later,)})
    order = stated(ON_LIST, OFF_LIST)

    assert [2, 3] == [each.rule for each in priced(order, *RANKED, network=renewed).pricing.items]
    assert [3, 3] == [each.rule for each in priced(order, *RANKED, network=not_yet).pricing.items]


def test_bands_of_the_order_s_amount_are_in_the_advertiser_s_currency() -> None:
    """100 EUR are 110 USD for this advertiser, after discount and before any rounding."""
    large = Situation(
        id=40,
        advertiser=NORTHWIND,
        name="Large",
        conditions=(Condition(subject="amount", at_least=Decimal(110)),),
    )
    network = replace(NETWORK, situations={40: large})
    rules = (
        CommissionRule(rank=1, rate=percent("10"), situation=40),
        CommissionRule(rank=2, rate=percent("1")),
    )

    def rule_for(amount: str) -> int | None:
        order = stated(amount=amount, discount="1")
        return priced(
            order, *rules, tracker=401, network=network, currency="EUR", at=rates("1.1", "1", "2")
        ).pricing.rule

    assert (1, 2) == (rule_for("101"), rule_for("100.9999"))


# ── section 9: how much ──────────────────────────────────────────────────────────────────────────────


def test_the_order_s_commission_is_rounded_from_unrounded_parts() -> None:
    """Five lines of 1 × 24.15 at 5 %: each 1.207, together 6.037; the fee 0.604, the cost 6.641."""
    got = pricing(stated(*[item("a", "24.15")] * 5), always(percent("5")), fee=FEE)

    assert [money("1.207")] * 5 == [each.commission for each in got.items]
    assert money("6.037") == got.amounts.commission
    assert money("0.604") == got.amounts.fee
    assert Decimal("6.641") == got.amounts.commission.adv + got.amounts.fee.adv


@pytest.mark.parametrize(
    ("vertical", "parts", "commission"),
    [
        ({"customerStatus": "New"}, ["9.6", "0.777"], "10.377"),
        ({}, ["7.2", "0.777"], "7.977"),
    ],
)
def test_the_rank_example_in_figures(vertical: dict[str, str], parts: list[str], commission: str) -> None:
    """As created, and after a restatement without `customerStatus`."""
    got = pricing(stated(ON_LIST, OFF_LIST, vertical=vertical), *RANKED)

    assert [money(each) for each in parts] == [each.commission for each in got.items]
    assert money(commission) == got.amounts.commission


def test_a_flat_lead_needs_no_amount() -> None:
    """Flat 30.00: sale 0, commission 30."""
    got = pricing(stated(), always(flat("30.00", "USD")), tracker=403)

    assert (money("0"), money("30")) == (got.amounts.sale, got.amounts.commission)


def test_a_flat_commission_is_per_unit_on_item_actions() -> None:
    """2.50 × 3 is 7.5 (D79)."""
    got = pricing(stated(item("a", "10", 3)), always(flat("2.50", "USD")))

    assert money("7.5") == got.items[0].commission
    assert money("7.5") == got.amounts.commission


def test_a_flat_commission_is_once_where_an_item_action_has_no_items() -> None:
    """The order counts as one sum."""
    assert money("2.5") == pricing(stated(amount="10"), always(flat("2.50", "USD"))).amounts.commission


@pytest.mark.parametrize(
    ("fee", "expected"),
    [
        (None, "0"),
        (Percent(value=Decimal(10)), "0.8"),
        (PercentOfSale(value=Decimal("1.5")), "1.5"),
        (flat("0.2525", "USD"), "0.252"),
    ],
)
def test_the_forms_of_the_fee(fee: Fee | None, expected: str) -> None:
    """D84: a share of the commission, of the sale, a flat amount, or nothing yet."""
    got = pricing(stated(amount="100"), always(percent("8")), tracker=401, fee=fee)

    assert money(expected) == got.amounts.fee


# ── flat amounts in another currency ─────────────────────────────────────────────────────────────────


def test_a_flat_amount_is_converted_from_its_own_currency() -> None:
    """2.00 EUR for an order in USD: 2.2 USD, and 2 EUR for the publisher, not a round trip of it."""
    got = by_terms(
        stated(),
        SPARFUCHS_TERMS,
        403,
        at=rates("1", "0.9090909091", "1"),
        credit=credited(click(SPARFUCHS, 9900002)),
        flat_rates={"EUR": rates("1.1", "1", "1.1")},
    )

    assert money("2.2", "2", "2.2") == got.amounts.commission
    assert money("0.22", "0.2", "0.22") == got.amounts.fee


def test_a_flat_amount_in_the_order_s_currency_uses_the_order_s_rates() -> None:
    """No other rates have to come in."""
    got = priced(
        stated(),
        always(flat("2", "EUR")),
        tracker=403,
        fee=flat("1", "EUR"),
        currency="EUR",
        at=rates("1.1", "1", "1.1"),
    ).pricing

    assert money("2.2", "2", "2.2") == got.amounts.commission
    assert money("1.1", "1", "1.1") == got.amounts.fee


@pytest.mark.parametrize(
    ("at", "yen", "commission"),
    [
        (rates("1", "1", "1"), ("0.006", "0.0066", "0.007"), ("0.6", "0.66", "0.7")),
        (rates("1", "1", "1"), ("0.006", "0.0066", "0.0066"), ("0.6", "0.66", "0.66")),
        (rates("1", "1", "1"), ("0.006", "0.0066", "0.006"), ("0.6", "0.66", "0.6")),
        (rates("2", "1", "1"), ("0.01", "0.02", "0.03"), ("1", "2", "3")),
        (rates("2", "1", "1"), ("0.01", "0.02", "0.01"), ("1", "2", "1")),
        (rates("2", "1", "2"), ("0.01", "0.02", "0.02"), ("1", "2", "2")),
        (rates("2", "3", "4"), ("0.01", "0.01", "0.01"), ("1", "1", "1")),
    ],
)
def test_currencies_at_par_with_the_order_may_still_differ_for_a_flat_amount(
    at: Rates, yen: tuple[str, str, str], commission: tuple[str, str, str]
) -> None:
    """100 JPY, whatever the order's own currency is worth in each of the three."""
    got = priced(
        stated(amount="5"), always(flat("100", "JPY")), tracker=401, at=at, flat_rates={"JPY": rates(*yen)}
    ).pricing

    assert money(*commission) == got.amounts.commission
    assert (at.adv.value * 5, at.pub.value * 5, at.usd.value * 5) == (
        got.amounts.sale.adv,
        got.amounts.sale.pub,
        got.amounts.sale.usd,
    )


@pytest.mark.parametrize(
    ("rules", "fee"),
    [((always(flat("2", "EUR")),), None), ((always(percent("2")),), flat("1", "EUR"))],
)
def test_a_flat_amount_without_a_rate_is_not_priced(
    rules: tuple[CommissionRule, ...], fee: Flat | None
) -> None:
    """D82: the submission is to be held; the currency is told."""
    assert RateMissing(currency="EUR") == priced_or_missing(stated(amount="5"), *rules, tracker=401, fee=fee)


def test_a_rate_that_no_chosen_rule_needs_may_be_missing() -> None:
    """Nothing is held for a rule that pays nothing here."""
    rules = (
        CommissionRule(rank=1, rate=flat("2", "EUR"), situation=31),
        CommissionRule(rank=2, rate=percent("1")),
    )

    assert money("1") == pricing(stated(amount="100"), *rules, tracker=401).amounts.commission


def test_the_currencies_of_flat_amounts_are_told_beforehand() -> None:
    """Of commissions and of the fee."""
    lead = SPARFUCHS_TERMS.actions[2]

    assert frozenset({"EUR"}) == flat_currencies(SPARFUCHS_TERMS, lead)
    assert frozenset({"EUR", "GBP"}) == flat_currencies(replace(SPARFUCHS_TERMS, fee=flat("1", "GBP")), lead)
    assert frozenset() == flat_currencies(SPARFUCHS_TERMS, SPARFUCHS_TERMS.actions[0])


# ── section 10 and the demo network ──────────────────────────────────────────────────────────────────


def test_the_states_of_the_ledger_example() -> None:
    """2 × 50.00 at 8 %, restated to 1 × 50.00, then cancelled."""
    created = pricing(stated(item("a", "50.00", 2)), always(percent("8")))
    restated = pricing(stated(item("a", "50.00", 1)), always(percent("8")))
    cancelled = nothing(restated)

    assert [(money("100"), money("8")), (money("50"), money("4")), (money("0"), money("0"))] == [
        (state.amounts.sale, state.amounts.commission) for state in (created, restated, cancelled)
    ]


def test_the_zero_state_keeps_items_and_situations() -> None:
    """Every quantity and amount of a cancellation is 0, what they were of stays."""
    before = pricing(
        stated(ON_LIST, item("CD-5", "9.99", 1, "1"), discount="3", vertical={"customerStatus": "New"}),
        *RANKED,
        fee=FEE,
    )
    after = nothing(before)

    assert [(each.sku, each.rule, each.item_list, each.situation) for each in before.items] == [
        (each.sku, each.rule, each.item_list, each.situation) for each in after.items
    ]
    assert before.situations == after.situations
    assert {0} == {each.quantity for each in after.items}
    assert {money("0")} == {
        after.amounts.sale,
        after.amounts.commission,
        after.amounts.fee,
        after.amounts.order_discount,
        *(figure for each in after.items for figure in (each.per_item, each.commission, each.discount)),
    }
    assert Decimal(0) == after.amounts.order_discount_original


def test_the_demo_order_of_a_new_customer() -> None:
    """Sale 95.55; 80 at 12 % and 15.55 at 6 %; commission 10.533, fee 1.053, cost 11.586."""
    got = by_terms(stated(ON_LIST, OFF_LIST, vertical={"customerStatus": "New"}), VINYL_TERMS, 402)

    assert money("95.55") == got.amounts.sale
    assert [money("9.6"), money("0.933")] == [each.commission for each in got.items]
    assert money("10.533") == got.amounts.commission
    assert money("1.053") == got.amounts.fee
    assert Decimal("11.586") == got.amounts.commission.adv + got.amounts.fee.adv


def test_the_demo_order_of_a_publisher_in_euros() -> None:
    """100 USD are 90.909 EUR, and 6 % of that 5.455."""
    got = by_terms(
        stated(amount="100.00"),
        SPARFUCHS_TERMS,
        401,
        at=rates("1", "0.9090909091", "1"),
        credit=credited(click(SPARFUCHS, 9900002)),
    )

    assert money("100", "90.909", "100") == got.amounts.sale
    assert money("6", "5.455", "6") == got.amounts.commission


@pytest.mark.parametrize(("nights", "commission"), [("6", "4"), ("7", "6"), ("30", "6"), ("a week", "4")])
def test_a_long_stay_pays_more(nights: str, commission: str) -> None:
    """`duration` 7 or more, if it is a number."""
    got = by_terms(stated(amount="100", vertical={"duration": nights}), STAY_TERMS, 451)

    assert money(commission) == got.amounts.commission


# ── steps ────────────────────────────────────────────────────────────────────────────────────────────


def test_what_rounding_changed_is_kept_exactly() -> None:
    """The figure, the currencies that show it, and its value before; what was exact is not told."""
    got = priced(
        stated(item("a", "12.50", 4, "7.75"), discount="0.0001"),
        always(percent("10")),
        at=rates("1", "0.5", "1"),
    ).pricing

    assert (
        ("items.1.per_item adv usd", "1785.058275/169"),
        ("items.1.commission adv usd", "4.2248"),
        ("commission adv usd", "4.2248"),
        ("order_discount adv usd", "7.7501"),
    ) == got.steps[:4]
    assert ("order_discount_original", "7.7501") == got.steps[-1]
    assert all(figure.endswith((" pub", " adv usd", "original")) for figure, _ in got.steps)


def test_a_state_without_rounding_has_no_steps() -> None:
    """Nothing to explain."""
    assert () == pricing(stated(amount="100"), always(percent("8")), tracker=401, fee=FEE).steps


def test_pricing_leaves_the_callers_arithmetic_alone() -> None:
    """What is exact within is as inexact as ever outside, with figures and without."""
    before = getcontext()
    assert isinstance(priced_or_missing(stated(amount="1"), always(percent("8")), tracker=401), Priced)
    assert before is getcontext()
    assert isinstance(priced_or_missing(stated(), always(flat("3", "GBP")), tracker=403), RateMissing)
    assert before is getcontext()
