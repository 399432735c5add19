"""Amounts: the worked examples of spec/processing.md, section 8.2, and what is odd about an order.

Owns values and discounts in one currency. Leaves commission to test_commission.py.
"""

from decimal import Decimal

import pytest

from counterfoil.errors import Code
from counterfoil.model.ledger import Stated
from counterfoil.model.orders import OrderItem
from tests.rules.demo_network import always, item, money, percent, priced, pricing, stated

EXAMPLES = [
    pytest.param(
        stated(item("a", "12.50", 4, "7.75")), ["10.562"], "42.248", "7.75", id="A: a tie goes down"
    ),
    pytest.param(
        stated(item("a", "19.99"), item("b", "7.25", 3), item("c", "24.50", 2), discount="12.5"),
        ["17.236", "6.251", "21.125"],
        "78.239",
        "12.5",
        id="B: whole-order discount",
    ),
    pytest.param(
        stated(item("a", "15.00", 3, "4.50"), item("b", "60.00"), discount="20.1"),
        ["10.8", "48"],
        "80.4",
        "24.6",
        id="C: both discounts",
    ),
    pytest.param(
        stated(item("a", "30.00", 1, "30.00"), item("b", "8.40", 2)),
        ["0", "8.4"],
        "16.8",
        "30",
        id="D: item free of charge",
    ),
    pytest.param(
        stated(item("a", "20.00", 1, "25.00"), item("b", "10.00")),
        ["0", "10"],
        "10",
        "25",
        id="E: item discount above value",
    ),
    pytest.param(
        stated(item("a", "9.00", 2), discount="20"), ["0"], "0", "20", id="F: whole discount above value"
    ),
]


@pytest.mark.parametrize(("order", "per_item", "sale", "order_discount"), EXAMPLES)
def test_the_worked_examples_of_section_8(
    order: Stated, per_item: list[str], sale: str, order_discount: str
) -> None:
    """Per-item amounts, sale and discount as the table has them."""
    got = pricing(order)

    assert [money(each) for each in per_item] == [each.per_item for each in got.items]
    assert money(sale) == got.amounts.sale
    assert money(order_discount) == got.amounts.order_discount
    assert Decimal(order_discount) == got.amounts.order_discount_original


def test_a_simple_action_with_a_discount() -> None:
    """`amount` 59.99 less `discount` 10: sale 49.99, no items."""
    got = pricing(stated(amount="59.99", discount="10"), tracker=401)

    assert money("49.99") == got.amounts.sale
    assert money("10") == got.amounts.order_discount
    assert got.items == ()


def test_an_item_shows_its_own_discount_and_not_the_order_s() -> None:
    """The discount of the whole order is in the order's figure alone."""
    got = pricing(stated(item("a", "15.00", 3, "4.50"), discount="20.1"))

    assert money("4.5") == got.items[0].discount


def test_equal_skus_stay_separate_items() -> None:
    """Two lines of one SKU are two items of the record."""
    got = pricing(stated(item("a", "1.00"), item("a", "2.00")))

    assert ["a", "a"] == [each.sku for each in got.items]
    assert [money("1"), money("2")] == [each.per_item for each in got.items]


def test_a_quantity_of_nought_is_worth_nothing() -> None:
    """D75: no division by it either."""
    got = pricing(stated(item("a", "5.00", 0), item("b", "5.00")))

    assert [money("0"), money("5")] == [each.per_item for each in got.items]
    assert money("5") == got.amounts.sale


def test_an_order_of_free_items_is_worth_nothing() -> None:
    """A subtotal of 0 divides nothing."""
    assert money("0") == pricing(stated(item("a", "0", 3))).amounts.sale


@pytest.mark.parametrize(
    ("tracker", "order", "sale", "warnings"),
    [
        (401, stated(amount="5"), "5", ()),
        (401, stated(), "0", (Code.AMOUNT_MISSING,)),
        (403, stated(), "0", (Code.AMOUNT_MISSING,)),
        (401, stated(item("a", "7", 2, "1")), "13", (Code.AMOUNT_MISSING,)),
        (401, stated(item("a", "7")), "7", (Code.AMOUNT_MISSING,)),
        (401, stated(item("a", "7", 1, "9"), amount="5"), "5", (Code.ITEMS_IGNORED,)),
        (402, stated(item("a", "7")), "7", ()),
        (402, stated(item("a", "7"), amount="7.00"), "7", ()),
        (402, stated(item("a", "7", 1, "2"), amount="7"), "5", ()),
        (402, stated(item("a", "7", 1, "2"), amount="5"), "5", ()),
        (402, stated(item("a", "7"), amount="8"), "7", (Code.AMOUNT_IGNORED,)),
        (402, stated(amount="8"), "8", (Code.ITEMS_MISSING,)),
        (402, stated(), "0", (Code.ITEMS_MISSING, Code.AMOUNT_MISSING)),
        (401, stated(amount="5", discount="5"), "0", ()),
        (401, stated(amount="5", discount="5.01"), "0", (Code.DISCOUNT_EXCEEDS_VALUE,)),
        (402, stated(item("a", "7", 1, "7")), "0", ()),
        (402, stated(item("a", "7", 1, "7.01")), "0", (Code.DISCOUNT_EXCEEDS_VALUE,)),
        (402, stated(item("a", "7", 1, "9"), item("b", "5")), "5", (Code.DISCOUNT_EXCEEDS_VALUE,)),
        (402, stated(item("a", "7", 0, "1")), "0", (Code.DISCOUNT_EXCEEDS_VALUE,)),
    ],
)
def test_where_the_value_comes_from(
    tracker: int, order: Stated, sale: str, warnings: tuple[Code, ...]
) -> None:
    """D70, D71 and D74: what counts is what the action counts, and what was odd is said."""
    got = priced(order, tracker=tracker)

    assert money(sale) == got.pricing.amounts.sale
    assert warnings == got.warnings


def test_discounts_of_items_that_do_not_count_are_not_shown() -> None:
    """A simple action with `amount` knows only the discount of the whole order."""
    got = pricing(stated(item("a", "7", 1, "2"), amount="20", discount="3"), tracker=401)

    assert money("3") == got.amounts.order_discount


def test_discounts_of_items_that_stand_in_for_the_amount_are_shown() -> None:
    """They were taken off the total that counts."""
    got = pricing(stated(item("a", "7", 1, "2"), discount="3"), tracker=401)

    assert money("2") == got.amounts.sale
    assert money("5") == got.amounts.order_discount


def test_no_digit_is_lost_at_the_edge_of_what_is_accepted() -> None:
    """15 digits before and 20 after the point, times the largest quantity."""
    edge = OrderItem(sku="a", unit_price="999999999999999.99949999999999999999", quantity=2**31 - 1)
    got = pricing(stated(edge), always(percent("100")))

    assert money("999999999999999.999") == got.items[0].per_item
    assert money(str(Decimal("999999999999999.999") * (2**31 - 1))) == got.amounts.sale
    assert got.amounts.commission == got.amounts.sale
