"""R11: eight threads change 1, 10 and 1,000 orders at once while four processors decide."""

from __future__ import annotations

import pytest

from counterfoil.store.connection import connect
from tests.crash.inside import create, race
from tests.crash.journal import History, Journal
from tests.crash.judge import faults_by_log, violations
from tests.desk import Desk


def faults_of_race(desk: Desk, journal: Journal, orders: int, operations: int, seed: int) -> list[str]:
    """Everything the judge and `ledger verify` find after a race; every third order is open-ended."""
    order_ids = [f"race-open-{n}" if n % 3 == 1 else f"race-{n}" for n in range(orders)]
    create(desk, journal, [each for each in order_ids if "-open-" not in each])
    if orders > 1:
        create(desk, journal, [each for each in order_ids if "-open-" in each])
    desk.process()
    race(desk, journal, order_ids, operations, seed)
    desk.process()

    def ask(question: str, *values: object) -> list[tuple[object, ...]]:
        return desk.connection.execute(question.encode(), values).fetchall()

    found = faults_by_log(History(journal.path), ask, prefix="race-")
    with connect(desk.urls.server, name="verify", autocommit=True) as connection:
        return found + violations(connection)


@pytest.mark.parametrize("orders", [1, 10, 1000])
def test_many_threads_on_few_orders_reverse_nothing_twice(desk: Desk, journal: Journal, orders: int) -> None:
    """1,200 changes in all: each has one outcome, and what an order is in the end is the last of the log."""
    assert [] == faults_of_race(desk, journal, orders, 400, seed=1)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(2, 12))
@pytest.mark.parametrize("orders", [1, 10, 1000])
def test_the_same_for_longer(desk: Desk, journal: Journal, orders: int, seed: int) -> None:
    """30 races of 10,000 changes."""
    assert [] == faults_of_race(desk, journal, orders, 10_000, seed)
