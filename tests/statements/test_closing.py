"""Closing a month: what goes on papers, once, and what follows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from counterfoil.administration import Refused
from counterfoil.model.orders import (
    Cancellation,
    CancellationStatus,
    Channel,
    Extension,
    NewOrder,
    Restatement,
)
from counterfoil.statements import Bonus, Books, difference_to_ledger
from counterfoil.store.connection import connect
from counterfoil.store.statements import Statement, read_lines, read_statements
from counterfoil.verification import verify
from tests.desk import CLICK_A, CLICK_B, NORTHWIND, Desk

MARCH = date(2026, 3, 1)
AFTER_MARCH = datetime(2026, 4, 11, 9, tzinfo=UTC)


@pytest.fixture
def books(desk: Desk) -> Books:
    """The books of the demo network; no least payment."""
    return desk.books()


def order(order_id: str, click: str = CLICK_A, tracker: int = 401, amount: str = "100.00") -> NewOrder:
    """A simple order of March."""
    return NewOrder(
        enterprise_id=NORTHWIND,
        action_tracker_id=tracker,
        order_id=order_id,
        cj_event=click,
        amount=amount,
        event_time="2026-03-01T09:30:00Z",
    )


def papers(desk: Desk, month: date = MARCH) -> dict[tuple[str, int], Statement]:
    """The papers of a month by kind and company."""
    return {(each.kind, each.company_id): each for each in read_statements(desk.connection, month)}


@pytest.fixture
def march(desk: Desk, books: Books) -> Books:
    """A month with an order of each publisher and a pended one, on the day it can be closed."""
    desk.send([order("A-1"), order("B-1", CLICK_B), order("P-1", tracker=405)])
    desk.process()
    desk.clock(AFTER_MARCH)
    return books


def test_a_month_cannot_be_closed_before_it_locks(desk: Desk, books: Books) -> None:
    """The earliest moment is the standard lock instant, the 11th at 02:00 Pacific."""
    desk.clock(datetime(2026, 4, 11, 8, 59, 59, tzinfo=UTC))
    with pytest.raises(Refused, match="cannot be closed before"):
        books.close(MARCH, "tests")


def test_papers_say_what_locked_and_nothing_pended(desk: Desk, march: Books) -> None:
    """The invoice has commission and fee in the advertiser's currency, each statement its publisher's."""
    closed = march.close(MARCH, "tests")
    found = papers(desk)

    assert 2 == closed.actions
    # A: 8 + 0.8 fee; B: 6 + 0.6 fee. The pended order of tracker 405 is on no paper.
    assert Decimal("15.4") == found["invoice", 5500001].total
    assert Decimal(8) == found["statement", 7700001].total
    assert Decimal("5.455") == found["statement", 7700002].total
    assert ["INV-2026-000001", "ST-2026-000001", "ST-2026-000002"] == sorted(
        each.number for each in found.values()
    )


def test_every_paper_equals_its_lines(desk: Desk, march: Books) -> None:
    """The difference to the ledger is 0 to the last digit."""
    march.close(MARCH, "tests")

    for paper in papers(desk).values():
        assert difference_to_ledger(paper, read_lines(desk.connection, paper)) == 0


def test_closing_twice_changes_nothing(desk: Desk, march: Books) -> None:
    """The second closing says so and adds no paper."""
    march.close(MARCH, "tests")
    before = papers(desk)
    again = march.close(MARCH, "tests")

    assert again.was_closed
    assert before == papers(desk)


def test_a_change_after_the_closing_is_told_that_it_is_closed(desk: Desk, march: Books) -> None:
    """Before the closing a late change met a locked order, after it a closed one."""
    change = Restatement(
        enterprise_id=NORTHWIND,
        action_tracker_id=401,
        order_id="A-1",
        amount="1.00",
        update_time="2026-04-11T09:00:00Z",
    )
    before = desk.send([change])
    march.close(MARCH, "tests")
    after = desk.send([change])
    desk.process()

    assert ["ORDER_LOCKED"] == desk.outcomes(before)
    assert ["ORDER_CLOSED"] == desk.outcomes(after)


def test_a_declined_order_costs_nothing_and_is_listed(desk: Desk, books: Books) -> None:
    """Its records net to zero on the papers."""
    desk.send([order("D-1", tracker=405)])
    declined = Cancellation(
        enterprise_id=NORTHWIND,
        action_tracker_id=405,
        order_id="D-1",
        update_time="2026-03-01T09:45:00Z",
        status=CancellationStatus.DECLINED,
    )
    desk.send([declined])
    desk.process()
    desk.clock(AFTER_MARCH)
    books.close(MARCH, "tests")
    paper = papers(desk)["statement", 7700001]

    assert Decimal(0) == paper.total
    assert 3 == len(read_lines(desk.connection, paper))


def test_less_than_the_least_payment_is_carried_over(desk: Desk) -> None:
    """It is paid with the next statement that reaches it."""
    books = desk.books(minimum=Decimal(10))
    desk.send([order("A-1")])
    desk.process()
    desk.clock(AFTER_MARCH)
    books.close(MARCH, "tests")
    first = papers(desk)["statement", 7700001]
    bonus = Bonus(
        publisher_id=7700001,
        action_tracker_id=401,
        month=date(2026, 4, 1),
        amount=Decimal("2.50"),
        reason="spring",
        added_by="tests",
    )
    books.add_bonus(bonus)
    desk.clock(datetime(2026, 5, 11, 9, tzinfo=UTC))
    books.close(date(2026, 4, 1), "tests")
    second = papers(desk, date(2026, 4, 1))["statement", 7700001]

    assert (Decimal(0), Decimal(8)) == (first.payable, first.carried_forward)
    assert (Decimal("10.5"), Decimal(0)) == (second.payable, second.carried_forward)


def test_a_paper_is_paid_once(desk: Desk, march: Books) -> None:
    """A second payment of the same paper is refused."""
    march.close(MARCH, "tests")
    march.mark_paid("ST-2026-000001", date(2026, 4, 20), "SEPA-77", "tests")

    assert date(2026, 4, 20) == papers(desk)["statement", 7700001].paid_on
    with pytest.raises(Refused):
        march.mark_paid("ST-2026-000001", date(2026, 4, 21), "SEPA-78", "tests")


def test_an_order_with_a_held_change_is_left_to_the_next_closing(desk: Desk, books: Books) -> None:
    """A change that was in time and waits for a rate keeps its order off the papers."""
    desk.send([order("A-1")])
    held = Restatement(
        enterprise_id=NORTHWIND,
        action_tracker_id=401,
        order_id="A-1",
        amount="50.00",
        currency="CHF",
        update_time="2026-03-01T09:45:00Z",
    )
    desk.send([held])
    desk.process()
    desk.clock(AFTER_MARCH)
    closed = books.close(MARCH, "tests")

    assert 0 == closed.actions
    assert ["A-1"] == [each.order_id for each in closed.waiting]
    assert {} == papers(desk)


def test_months_closed_out_of_order_pay_nothing_twice(desk: Desk) -> None:
    """What is carried forward comes from the paper written last, whatever month it is of."""
    books = desk.books(minimum=Decimal(20))
    desk.send([order("B-1", CLICK_B)])
    desk.process()
    desk.clock(datetime(2026, 6, 11, 9, tzinfo=UTC))
    april, may = date(2026, 4, 1), date(2026, 5, 1)
    books.close(april, "tests")
    books.add_bonus(
        Bonus(
            publisher_id=7700002,
            action_tracker_id=401,
            month=MARCH,
            amount=Decimal(30),
            reason="spring",
            added_by="tests",
        )
    )
    books.close(MARCH, "tests")
    books.close(may, "tests")
    owed = ("statement", 7700002)

    assert Decimal("5.455") == papers(desk, april)[owed].carried_forward
    assert Decimal("35.455") == papers(desk)[owed].payable
    assert owed not in papers(desk, may)


def test_an_extended_order_is_left_to_the_next_month(desk: Desk, books: Books) -> None:
    """An extension moves the lock by a cycle, once, and adds no record (D106)."""
    desk.send([order("E-1")])
    extension = Extension(enterprise_id=NORTHWIND, action_tracker_id=401, order_id="E-1")
    sent = [desk.send([extension], channel=Channel.PAGE) for _ in range(2)]
    desk.process()
    desk.clock(AFTER_MARCH)
    first = books.close(MARCH, "tests")
    desk.clock(datetime(2026, 5, 11, 9, tzinfo=UTC))
    second = books.close(date(2026, 4, 1), "tests")

    assert [["applied"], ["EXTENSION_NOT_ALLOWED"]] == [desk.outcomes(each) for each in sent]
    assert (0, 1) == (first.actions, second.actions)
    assert 1 == len(desk.ledger("E-1"))
    with connect(desk.urls.server, name="verify") as connection:
        assert verify(connection).is_clean


@pytest.mark.parametrize(
    ("order_id", "expected"), [("X-1", "ORDER_NOT_FOUND"), ("P-1", "EXTENSION_NOT_ALLOWED")]
)
def test_what_cannot_be_extended(desk: Desk, order_id: str, expected: str) -> None:
    """An unknown order, and one that is open-ended."""
    desk.send([order("P-1", tracker=405)])
    tracker = 405 if order_id == "P-1" else 401
    sent = desk.send(
        [Extension(enterprise_id=NORTHWIND, action_tracker_id=tracker, order_id=order_id)],
        channel=Channel.PAGE,
    )
    desk.process()

    assert [expected] == desk.outcomes(sent)
