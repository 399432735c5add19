"""What holds for every order: the formulas once more, in fractions, beside what is reported.

Owns generated orders. Leaves worked examples to test_amounts.py and test_commission.py.
"""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from counterfoil.model.ledger import Money3, Pricing, Rates, Stated
from counterfoil.model.orders import OrderItem
from counterfoil.model.programme import CommissionRule, Percent
from counterfoil.rules.commission import nothing
from tests.rules.demo_network import FEE, item, priced, pricing, rates, stated

TEXTS = st.builds(
    lambda whole, places, digits: f"{whole}.{digits:0{places}d}" if places else str(whole),
    st.one_of(st.integers(0, 999), st.integers(0, 10**15 - 1)),
    st.shared(st.integers(0, 20), key="places"),
    st.shared(st.integers(0, 20), key="places").flatmap(lambda places: st.integers(0, 10**places - 1)),
)
QUANTITIES = st.one_of(st.integers(0, 9), st.integers(0, 2**31 - 1))
ITEMS = st.lists(
    st.builds(item, st.sampled_from(("LP-1001", "CD-5")), TEXTS, QUANTITIES, st.none() | TEXTS),
    min_size=1,
    max_size=6,
)
RATE_TEXTS = st.sampled_from(("1", "0.8583860759", "1.085", "151.2345678901", "0.0000000001"))
RATES = st.builds(rates, RATE_TEXTS, RATE_TEXTS, RATE_TEXTS)
PERCENTAGES = st.decimals(0, 100, places=4).map(lambda value: Percent(value=value))


def ordered(items: list[OrderItem], discount: str | None) -> Stated:
    """An order of these items."""
    return stated(*items, discount=discount)


ORDERS = st.builds(ordered, ITEMS, st.none() | TEXTS)


def thousandths(exact: Fraction) -> Fraction:
    """Rounded as D76 says, spelled out for amounts that are not negative."""
    whole, rest = divmod(exact * 1000, 1)
    return (whole + (1 if rest > Fraction(1, 2) else 0)) * Fraction(1, 1000)


def exact(text: str | None) -> Fraction:
    """The number that was sent, 0 if none was."""
    return Fraction(text or 0)


def in_each(figure: Money3) -> tuple[Fraction, Fraction, Fraction]:
    """A figure in the three currencies, as fractions."""
    return Fraction(figure.adv), Fraction(figure.pub), Fraction(figure.usd)


def by_formula(order: Stated, rate: Fraction, percentages: dict[str, Fraction]) -> dict[str, object]:
    """All figures of an item order in one currency, by the table of section 8.1 and by section 9."""
    lines = [max(exact(i.unit_price) * i.quantity - exact(i.discount), Fraction(0)) for i in order.items]
    subtotal = sum(lines, Fraction(0))
    net = max(subtotal - exact(order.discount), Fraction(0))
    per_item = [
        thousandths(line * net * rate / (subtotal * i.quantity)) if subtotal and i.quantity else Fraction(0)
        for line, i in zip(lines, order.items, strict=True)
    ]
    sales = [each * i.quantity for each, i in zip(per_item, order.items, strict=True)]
    earned = [sale * percentages[i.sku] / 100 for sale, i in zip(sales, order.items, strict=True)]
    commission = thousandths(sum(earned, Fraction(0)))
    discounts = sum((exact(i.discount) for i in order.items), exact(order.discount))
    return {
        "per_item": per_item,
        "item_commission": [thousandths(each) for each in earned],
        "item_discount": [thousandths(exact(i.discount) * rate) for i in order.items],
        "sale": sum(sales, Fraction(0)),
        "commission": commission,
        "fee": thousandths(commission / 10),
        "order_discount": thousandths(discounts * rate),
    }


def reported(got: Pricing, place: int) -> dict[str, object]:
    """The same figures as they are reported, in one of the three currencies."""
    return {
        "per_item": [in_each(each.per_item)[place] for each in got.items],
        "item_commission": [in_each(each.commission)[place] for each in got.items],
        "item_discount": [in_each(each.discount)[place] for each in got.items],
        "sale": in_each(got.amounts.sale)[place],
        "commission": in_each(got.amounts.commission)[place],
        "fee": in_each(got.amounts.fee)[place],
        "order_discount": in_each(got.amounts.order_discount)[place],
    }


@given(ORDERS, RATES, PERCENTAGES, PERCENTAGES)
def test_every_figure_is_what_the_formulas_say(
    order: Stated, at: Rates, on_list: Percent, otherwise: Percent
) -> None:
    """In three currencies, whatever the digits; nothing is rounded but what a formula names."""
    rules = (
        CommissionRule(rank=1, rate=on_list, item_list=77),
        CommissionRule(rank=2, rate=otherwise),
    )
    percentages = {"LP-1001": Fraction(on_list.value), "CD-5": Fraction(otherwise.value)}
    got = priced(order, *rules, at=at, fee=FEE).pricing

    for place, rate in enumerate((at.adv, at.pub, at.usd)):
        assert by_formula(order, Fraction(rate.value), percentages) == reported(got, place)


@given(TEXTS, st.none() | TEXTS, RATES, PERCENTAGES)
def test_every_figure_of_a_sum_is_what_the_formulas_say(
    amount: str, discount: str | None, at: Rates, share: Percent
) -> None:
    """Sale, commission and fee each follow from the rounded figure before."""
    rule = CommissionRule(rank=1, rate=share)
    got = priced(stated(amount=amount, discount=discount), rule, tracker=401, at=at, fee=FEE).pricing.amounts
    net = max(exact(amount) - exact(discount), Fraction(0))

    for place, rate in enumerate((at.adv, at.pub, at.usd)):
        sale = thousandths(net * Fraction(rate.value))
        commission = thousandths(sale * Fraction(share.value) / 100)
        assert (sale, commission, thousandths(commission / 10)) == (
            in_each(got.sale)[place],
            in_each(got.commission)[place],
            in_each(got.fee)[place],
        )


@given(ORDERS)
def test_the_sale_is_the_sum_of_its_items(order: Stated) -> None:
    """D77: per-item amounts times quantity, not rounded again."""
    got = pricing(order)

    assert sum((each.per_item.adv * each.quantity for each in got.items), Decimal(0)) == got.amounts.sale.adv


@given(ORDERS)
def test_no_figure_is_negative_or_finer_than_a_thousandth(order: Stated) -> None:
    """Whatever the discounts; and a figure is written with three decimals at most."""
    got = pricing(order, CommissionRule(rank=1, rate=Percent(value=Decimal("7.77"))), fee=FEE)
    figures = [got.amounts.sale, got.amounts.commission, got.amounts.fee, got.amounts.order_discount]
    figures += [money for each in got.items for money in (each.per_item, each.commission, each.discount)]

    for figure in figures:
        assert figure.adv >= 0
        assert not figure.adv.is_signed()
        assert Decimal("0.001").as_tuple().exponent == figure.adv.as_tuple().exponent


@given(ORDERS, RATES)
def test_steps_tell_exactly_the_figures_that_rounding_changed(order: Stated, at: Rates) -> None:
    """Each figure and currency once, with a value that rounds to what is reported and is not it."""
    got = priced(order, CommissionRule(rank=1, rate=Percent(value=Decimal("7.77"))), at=at, fee=FEE).pricing
    told = [(figure, name) for named, _ in got.steps for figure, *names in [named.split()] for name in names]

    assert len(told) == len(set(told))
    for named, before in got.steps:
        figure, *names = named.split()
        dividend, _, divisor = before.partition("/")
        value = Fraction(dividend) / Fraction(divisor or 1)
        for name in names:
            shown = Fraction(getattr(_figure(got, figure), name))
            assert shown == thousandths(value) != value


def _figure(got: Pricing, figure: str) -> Money3:
    """The figure that a step names."""
    if not figure.startswith("items."):
        found = getattr(got.amounts, figure)
    else:
        _, place, name = figure.split(".")
        found = getattr(got.items[int(place) - 1], name)
    assert isinstance(found, Money3)
    return found


@given(ORDERS)
def test_cancelling_twice_is_cancelling_once(order: Stated) -> None:
    """The zero state is its own zero state."""
    once = nothing(pricing(order))

    assert once == nothing(once)
