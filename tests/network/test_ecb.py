"""The European Central Bank's file: every digit kept, nothing guessed, and orders that waited go on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from counterfoil.administration import import_rates
from counterfoil.model.orders import NewOrder
from counterfoil.network import read_ecb
from tests.desk import CLICK_A, NORTHWIND, Desk

FILE = """Date,USD,JPY,CYP,CHF,
2026-03-02,1.0512,157.03,N/A,0.9421,
2026-02-27,1.0480,N/A,0.5845,0.9402,
"""


def test_a_quote_for_each_currency_and_day() -> None:
    """`N/A` gives none, nor do currencies that went out of use."""
    quotes = read_ecb(FILE, "rates.csv")

    assert [
        ("USD", date(2026, 3, 2), Decimal("1.0512")),
        ("JPY", date(2026, 3, 2), Decimal("157.03")),
        ("CHF", date(2026, 3, 2), Decimal("0.9421")),
        ("USD", date(2026, 2, 27), Decimal("1.0480")),
        ("CHF", date(2026, 2, 27), Decimal("0.9402")),
    ] == [(each.currency, each.day, each.per_euro) for each in quotes if not hasattr(each, "line")]


@pytest.mark.parametrize(
    ("text", "line", "path"),
    [
        ("", 1, "Date"),
        ("Day,USD\n2026-03-02,1.05\n", 1, "Date"),
        ("Date,US\n2026-03-02,1.05\n", 1, "US"),
        ("Date,USD\n2026-02-30,1.05\n", 2, "Date"),
        ("Date,USD\n2026-03-02,1,05\n2026-03-01,x\n", 3, "USD"),
        ("Date,USD\n2026-03-02,-1\n", 2, "USD"),
        ("Date,USD\n2026-03-02,0\n", 2, "USD"),
        ("Date,USD\n2026-03-02,1e3\n", 2, "USD"),
        ("Date,USD\n2026-03-02,NaN\n", 2, "USD"),
        ("Date,USD\n2026-03-02," + "1" * 200_000 + "\n", 2, "Date"),
    ],
)
def test_a_fault_names_its_line(text: str, line: int, path: str) -> None:
    """Nothing of a file with a fault is taken."""
    faults = read_ecb(text, "rates.csv")

    assert isinstance(faults, list)
    assert (line, path) == (faults[0].line, faults[0].path)


def test_an_order_that_waited_for_a_rate_goes_on(desk: Desk) -> None:
    """The first rate that arrives later is taken, of the last day before the receipt (D149)."""
    order = NewOrder(
        enterprise_id=NORTHWIND,
        action_tracker_id=401,
        order_id="C-1",
        cj_event=CLICK_A,
        amount="100",
        currency="CHF",
        event_time="2026-03-01T09:30:00Z",
    )
    sent = desk.send([order])
    desk.process()
    before = desk.outcomes(sent)
    new = import_rates(desk.connection, FILE, "rates.csv", "tests")
    desk.process()

    assert ["held RATE_MISSING"] == before
    assert 5 == new
    assert ["posted"] == desk.outcomes(sent)
    # The dollar was known when the order came, at the demo's 1.10; only the franc was waited for (D151):
    # 1.10 / 0.9402 = 1.1699638375 USD for a franc, of it 8 %.
    assert [Decimal("116.996"), Decimal("9.36")] == list(desk.ledger("C-1")[0][1:])


def test_later_orders_are_converted_by_the_file(desk: Desk) -> None:
    """A daily rate replaces the fixed one from its day on: 1.0480 / 0.9402 USD for a franc."""
    import_rates(desk.connection, FILE, "rates.csv", "tests")
    order = NewOrder(
        enterprise_id=NORTHWIND,
        action_tracker_id=401,
        order_id="C-2",
        cj_event=CLICK_A,
        amount="100",
        currency="CHF",
        event_time="2026-03-01T09:30:00Z",
    )
    desk.send([order])
    desk.process()

    assert [Decimal("111.466"), Decimal("8.917")] == list(desk.ledger("C-2")[0][1:])


def test_the_same_file_again_is_nothing_new(desk: Desk) -> None:
    """Rates that are known are not written again."""
    import_rates(desk.connection, FILE, "rates.csv", "tests")

    assert 0 == import_rates(desk.connection, FILE, "rates.csv", "tests")
