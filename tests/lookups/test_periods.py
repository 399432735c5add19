"""Periods: how a bonus or an incentive came to say what it says, in words; and rates of two sources."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from counterfoil import lookups
from counterfoil.administration import apply_network
from counterfoil.network import demo_network
from counterfoil.statements import Bonus, Books
from counterfoil.store.facts import Networks
from tests.desk import CLICK_B, Desk
from tests.reporting.bookkeeping import create, post

MARCH = date(2026, 3, 1)
INCENTIVE = """
[[terms]]
id = 712
contract = 602
name = "Sparfuchs, rewarded"
valid_from = 2026-02-01
[[terms.actions]]
tracker = 401
locking = { method = "FIXED_DATE" }
referral_days = 120
rules = [ { rank = 1, rate = { percent = 6 } } ]
incentives = [
  { threshold = { orders = 1 }, reward = { flat = "10.00", currency = "USD" } },
  { threshold = { orders = 2 }, reward = { flat = "50.00", currency = "USD" } },
  { threshold = { sales = 150 }, reward = { percent_of_sale = "1.5" } },
]
"""
TREASURY = """
[[rates]]
source = "treasury"
kind = "fixed"
valid_from = 2026-02-01
per_euro = { CHF = "0.95" }
"""


def apply(desk: Desk, text: str) -> None:
    """The demo network with something more."""
    based = demo_network().replace("based_on = 0", "based_on = 1") + text
    assert not isinstance(apply_network(desk.connection, based, "more.toml", "tests"), list)


@pytest.fixture
def books(desk: Desk) -> Books:
    """The books of the desk's network."""
    return desk.books()


def told(desk: Desk, commission_id: int) -> list[str]:
    """What is told of a record."""
    found = lookups.explain(desk.connection, Networks(), commission_id)
    assert found is not None
    return lookups.told(found)


def test_an_incentive_tells_period_threshold_count_and_terms(desk: Desk, books: Books) -> None:
    """Of each kind of threshold the highest tier that was reached, with what was reached."""
    apply(desk, INCENTIVE)
    post(desk, create("I-1", cj_event=CLICK_B), create("I-2", cj_event=CLICK_B))
    desk.clock(datetime(2026, 4, 11, 9, tzinfo=UTC))
    books.close(MARCH, "anna")

    assert [
        "Record 2000000003: performance incentive for 2026-03",
        "  Posted 2026-04-11 09:00:00 UTC by a period job, never by deciding an order.",
        "  Commission 53.00 USD, 48.182 EUR; it has no sale and no fee.",
        "Who",
        "  Publisher 7700002 Sparfuchs, for advertiser 5500001",
        "  Northwind Records, action 401 Record order (simple).",
        "Job",
        "  Closing asked for by anna, 2026-04-11 09:00:00 UTC, place 5 in the log.",
        "Terms",
        "  'Sparfuchs, rewarded' v2, in force at the end of the month (contract 602, network version 2).",
        "Reason",
        "  2 orders, threshold 2: 50 flat",
        "  200.000 sales, threshold 150: 1.5 % of sales 200.000",
        "  1 USD is 0.9090909091 EUR, rate of 1997-01-01 by demo.",
    ] == told(desk, 2000000003)


def test_a_bonus_tells_who_entered_it_and_why(desk: Desk, books: Books) -> None:
    """It has a reason in place of terms."""
    place = books.add_bonus(
        Bonus(
            publisher_id=7700001,
            action_tracker_id=401,
            month=MARCH,
            amount=Decimal("-8.00"),
            reason="order A-1 came back",
            added_by="anna",
        )
    )

    lines = told(desk, 2000000001)
    assert "Record 2000000001: bonus for 2026-03" == lines[0]
    assert f"  Entered by anna, 2026-03-01 10:00:00 UTC, place {place} in the log." in lines
    assert ["Reason", "  order A-1 came back"] == lines[-2:]
    assert "Terms" not in lines


def test_a_rate_from_two_sources_names_both(desk: Desk) -> None:
    """Francs by the treasury and dollars by the demo's source make one rate."""
    apply(desk, TREASURY)
    post(desk, create("F-1", cj_event=CLICK_B, currency="CHF"))

    rates = [line for line in told(desk, 2000000001) if line.startswith("  1 CHF")]
    assert [
        "  1 CHF is 1.1578947368 USD, rate of 1997-01-01 by demo and treasury.",
        "  1 CHF is 1.0526315789 EUR, rate of 2026-02-01 by treasury.",
    ] == rates
