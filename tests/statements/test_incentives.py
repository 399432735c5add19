"""Incentives: judged once, as of the closing's place in the log."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from counterfoil.administration import apply_network
from counterfoil.model.orders import NewOrder
from counterfoil.network import demo_network
from counterfoil.statements import Books
from counterfoil.store.statements import read_statements
from tests.desk import CLICK_A, NORTHWIND, Desk

MARCH = date(2026, 3, 1)
LATER = """
[[terms]]
id = 701
contract = 601
name = "With an incentive"
valid_from = 2026-03-01T00:00:00Z
fee = { percent = "10" }

[[terms.actions]]
tracker = 401
locking = { method = "FIXED_DATE" }
referral_days = 120
referral_occurrences = "unlimited"
rules = [
  { rank = 1, rate = { percent = "8" } },
]
incentives = [
  { threshold = { orders = 2 }, reward = { flat = "50.00", currency = "USD" } },
]
"""


def order(order_id: str) -> NewOrder:
    """A simple order of March."""
    return NewOrder(
        enterprise_id=NORTHWIND,
        action_tracker_id=401,
        order_id=order_id,
        cj_event=CLICK_A,
        amount="100.00",
        event_time="2026-03-01T09:30:00Z",
    )


@pytest.fixture
def books(desk: Desk) -> Books:
    """Books of a network with an incentive."""
    text = demo_network().replace("based_on = 0", "based_on = 1") + LATER
    applied = apply_network(desk.connection, text, "later.toml", "tests")
    assert not isinstance(applied, list), [each.told() for each in applied]
    return desk.books()


@pytest.mark.parametrize(("orders", "expected"), [(1, Decimal(8)), (2, Decimal(66)), (3, Decimal(74))])
def test_a_threshold_that_was_reached_is_rewarded_once(
    desk: Desk, books: Books, orders: int, expected: Decimal
) -> None:
    """Commission of 8 an order, and 50 once there are two."""
    desk.send([order(f"I-{n}") for n in range(orders)])
    desk.process()
    desk.clock(datetime(2026, 4, 11, 9, tzinfo=UTC))
    books.close(MARCH, "tests")
    statement = next(each for each in read_statements(desk.connection, MARCH) if each.kind == "statement")

    assert expected == statement.total


def test_what_comes_after_the_closing_was_noted_does_not_count(desk: Desk, books: Books) -> None:
    """An interrupted closing is carried out as of its own place, whatever came in since."""
    desk.send([order("I-1")])
    desk.process()
    desk.clock(datetime(2026, 4, 11, 9, tzinfo=UTC))
    books._noted(MARCH, "tests")
    desk.send([order("I-2")])
    desk.process()
    books.close(MARCH, "tests")
    statement = next(each for each in read_statements(desk.connection, MARCH) if each.kind == "statement")

    assert Decimal(8) == statement.total
