"""Flat commissions in another currency than the order's: reckoned again, and explained by their rate."""

from __future__ import annotations

from decimal import Decimal

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from counterfoil import verification
from counterfoil.store.connection import DatabaseUrls, connect
from tests.desk import CLICK_B, Desk, LedgerLine
from tests.verification.history import create


def red(urls: DatabaseUrls, *only: str) -> list[str]:
    """Which of the checks do not hold."""
    with connect(urls.server, name="verify") as connection:
        report = verification.verify(connection, only=only)
    return [finding.id for finding in report.findings if not finding.is_clean]


@pytest.fixture
def leads(desk: Desk) -> Desk:
    """B's sign-ups, 2.00 EUR each, of orders in US dollars and in pounds."""
    desk.send([create("F-1", 403, cj_event=CLICK_B), create("F-2", 403, cj_event=CLICK_B, currency="GBP")])
    desk.process()
    assert [LedgerLine("original", Decimal("90.909"), Decimal(2))] == desk.ledger("F-1")
    return desk


def test_a_flat_amount_is_reckoned_from_the_rates_of_its_day(leads: Desk) -> None:
    """2.00 EUR are 2 EUR for the publisher and 2.20 USD for the advertiser, also to the check."""
    assert [] == red(leads.urls, "I10")


def test_a_flat_amount_by_another_rate_is_found(
    leads: Desk, administrator: str, database: DatabaseUrls
) -> None:
    """With another rate of that day the reckoning comes out differently."""
    name = psycopg.conninfo.conninfo_to_dict(database.server)["dbname"]
    with psycopg.connect(make_conninfo(administrator, dbname=name)) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE conversion_rate SET per_euro = 1.11 WHERE currency = 'USD'")

    assert ["I10"] == red(database, "I10")


@pytest.mark.xfail(
    strict=True, reason="versions do not keep the rate of a flat amount yet: I20 is right to be red"
)
def test_a_flat_amount_carries_its_rate(leads: Desk) -> None:
    """The rate, its date and its source stand with the version, as they do for the order's own currency."""
    assert [] == red(leads.urls, "I20")
