"""Incentives: what a month is, and what its results earn.

Owns the arithmetic. Which months are closed stands in tests/statements/.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from counterfoil.model.programme import Flat, Incentive, PercentOfSale
from counterfoil.rules.incentives import MonthBrought, month_span, rewards


@pytest.mark.parametrize(
    ("month", "since", "before"),
    [
        (date(2026, 1, 1), datetime(2026, 1, 1, 8, tzinfo=UTC), datetime(2026, 2, 1, 8, tzinfo=UTC)),
        (date(2026, 3, 1), datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 4, 1, 7, tzinfo=UTC)),
        (date(2026, 11, 1), datetime(2026, 11, 1, 7, tzinfo=UTC), datetime(2026, 12, 1, 8, tzinfo=UTC)),
        (date(2026, 12, 1), datetime(2026, 12, 1, 8, tzinfo=UTC), datetime(2027, 1, 1, 8, tzinfo=UTC)),
        (date(2028, 2, 1), datetime(2028, 2, 1, 8, tzinfo=UTC), datetime(2028, 3, 1, 8, tzinfo=UTC)),
    ],
)
def test_a_month_is_of_the_pacific_calendar(month: date, since: datetime, before: datetime) -> None:
    """From midnight of its first day to midnight of the next month's, whatever the season there."""
    assert (since, before) == month_span(month)


def _incentive(kind: str, threshold: str, reward: Flat | PercentOfSale) -> Incentive:
    return Incentive(threshold_kind=kind, threshold=Decimal(threshold), reward=reward)


BROUGHT = MonthBrought(orders=10, sales=Decimal("1000.50"), commission=Decimal("80.04"))
TEN = Flat(value=Decimal(10), currency="USD")
TWENTY = Flat(value=Decimal(20), currency="USD")


@pytest.mark.parametrize(
    ("kind", "at", "above"),
    [("orders", "10", "11"), ("sales", "1000.50", "1000.51"), ("commission", "80.04", "80.05")],
)
def test_a_threshold_is_reached_at_its_value(kind: str, at: str, above: str) -> None:
    """What equals the threshold earns; what is a hundredth, or an order, below does not."""
    assert [Decimal("10.000")] == [each.amount for each in rewards((_incentive(kind, at, TEN),), BROUGHT)]
    assert () == rewards((_incentive(kind, above, TEN),), BROUGHT)


@pytest.mark.parametrize("first", ["5", "10"])
def test_the_highest_threshold_of_a_kind_earns_alone(first: str) -> None:
    """Of two that were reached the higher one is paid, in whichever order they stand."""
    low, high = _incentive("orders", "5", TEN), _incentive("orders", "10", TWENTY)
    pair = (low, high) if first == "5" else (high, low)

    assert [Decimal("20.000")] == [each.amount for each in rewards(pair, BROUGHT)]


def test_kinds_earn_beside_each_other() -> None:
    """A threshold of orders and one of sales are both paid."""
    pair = (_incentive("orders", "1", TEN), _incentive("sales", "1", TWENTY))

    assert [Decimal("10.000"), Decimal("20.000")] == [each.amount for each in rewards(pair, BROUGHT)]


def test_a_percentage_is_of_the_months_sales() -> None:
    """2.5 % of 1,000.50 is 25.0125, which lies half-way and goes toward zero (D76)."""
    (reward,) = rewards((_incentive("orders", "1", PercentOfSale(value=Decimal("2.5"))),), BROUGHT)

    assert Decimal("25.012") == reward.amount
    assert "10 orders, threshold 1: 2.5 % of sales 1000.50" == reward.reason
