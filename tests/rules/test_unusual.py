"""Unusual values: the limits of spec/tracking-api.md, section 5, at their edges.

Owns warnings about characters and lengths. Leaves those about amounts to test_amounts.py.
"""

import pytest

from counterfoil.errors import Code
from counterfoil.model.orders import Cancellation, NewOrder, OrderItem, Restatement
from counterfoil.rules.unusual import lacks_stay_dates, unusual_values

USUAL = NewOrder(
    enterprise_id="1500001",
    action_tracker_id=402,
    order_id="A-1_z",
    cj_event="e" * 64,
    coupon="c" * 256,
    sid="s" * 64,
    items=(OrderItem(sku="S" * 100, unit_price="1", quantity=1),),
)


def named(order_id: str) -> NewOrder:
    """An order of this id."""
    return NewOrder(enterprise_id="1500001", action_tracker_id=401, order_id=order_id)


def with_sku(sku: str) -> NewOrder:
    """An order of this SKU, after a usual one."""
    items = (OrderItem(sku="A", unit_price="1", quantity=1), OrderItem(sku=sku, unit_price="1", quantity=1))
    return NewOrder(enterprise_id="1500001", action_tracker_id=402, order_id="A", items=items)


def test_values_at_their_limits_are_usual() -> None:
    """Nothing is said about them."""
    assert () == unusual_values(USUAL)
    assert () == unusual_values(with_sku("9"))


@pytest.mark.parametrize("order_id", ["A#1", "A/1", "A 1", "Ä", "A-1\n", "A.1"])
def test_other_characters_in_an_order_id(order_id: str) -> None:
    """D57."""
    assert (Code.ORDER_ID_CHARACTERS,) == unusual_values(named(order_id))


@pytest.mark.parametrize("sku", ["S" * 101, "a/b", "", "ß", "A\n"])
def test_odd_skus(sku: str) -> None:
    """D58, once however many there are."""
    assert (Code.SKU_UNUSUAL,) == unusual_values(with_sku(sku))


@pytest.mark.parametrize(
    "order",
    [
        NewOrder(enterprise_id="1", action_tracker_id=1, order_id="A", coupon="c" * 257),
        NewOrder(enterprise_id="1", action_tracker_id=1, order_id="A", sid="s" * 65),
        NewOrder(enterprise_id="1", action_tracker_id=1, order_id="A", cj_event="e" * 65),
        Restatement(
            enterprise_id="1", action_tracker_id=1, order_id="A", update_time="2026-03-01T00:00:00Z",
            coupon="c" * 257, cj_event="e" * 65,
        ),
    ],
)  # fmt: skip
def test_values_beyond_their_length(order: NewOrder | Restatement) -> None:
    """Once, whichever they are."""
    assert (Code.VALUE_TOO_LONG,) == unusual_values(order)


def test_a_cancellation_has_only_its_order_id() -> None:
    """Nothing else of it has a limit."""
    cancellation = Cancellation(
        enterprise_id="1", action_tracker_id=1, order_id="A B", update_time="2026-03-01T00:00:00Z"
    )

    assert (Code.ORDER_ID_CHARACTERS,) == unusual_values(cancellation)


@pytest.mark.parametrize(
    ("vertical", "lacks"),
    [
        (None, True),
        ({}, True),
        ({"startDateTime": "2026-05-01T00:00:00Z"}, True),
        ({"endDateTime": "2026-05-01T00:00:00Z"}, True),
        ({"startDateTime": "2026-05-01T00:00:00Z", "endDateTime": "2026-05-02T00:00:00Z"}, False),
    ],
)
def test_a_stay_has_two_dates(vertical: dict[str, str] | None, *, lacks: bool) -> None:
    """D97: both are expected."""
    assert lacks is lacks_stay_dates(vertical)
