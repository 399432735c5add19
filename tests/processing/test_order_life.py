"""An order's life on a real log: what each change adds to the ledger."""

from __future__ import annotations

from decimal import Decimal

from counterfoil.model.orders import Cancellation, NewOrder, OrderItem, Restatement
from tests.desk import CLICK_A, NORTHWIND, Desk, LedgerLine


def create(order_id: str, amount: str = "100.00", **fields: object) -> NewOrder:
    told = {"cj_event": CLICK_A, "amount": amount, "event_time": "2026-03-01T09:30:00Z", **fields}
    return NewOrder(enterprise_id=NORTHWIND, action_tracker_id=401, order_id=order_id, **told)  # type: ignore[arg-type]


def restate(order_id: str, amount: str, **fields: object) -> Restatement:
    told = {"amount": amount, "update_time": "2026-03-01T09:45:00Z", **fields}
    return Restatement(enterprise_id=NORTHWIND, action_tracker_id=401, order_id=order_id, **told)  # type: ignore[arg-type]


def cancel(order_id: str) -> Cancellation:
    return Cancellation(
        enterprise_id=NORTHWIND, action_tracker_id=401, order_id=order_id, update_time="2026-03-01T09:50:00Z"
    )


def line(kind: str, sale: str, commission: str) -> LedgerLine:
    return LedgerLine(kind, Decimal(sale), Decimal(commission))


def test_a_create_posts_one_record(desk: Desk) -> None:
    """A commissionable create posts its original and nothing else."""
    sent = desk.send([create("A-1")])
    desk.process()

    assert desk.outcomes(sent) == ["posted"]
    assert desk.ledger("A-1") == [line("original", "100", "8")]


def test_changes_post_reversal_and_new_state(desk: Desk) -> None:
    """A restatement and a cancellation each add a full reversal and the new state."""
    desk.send([create("A-1")])
    desk.send([restate("A-1", "50.00")])
    sent = desk.send([cancel("A-1")])
    desk.process()

    assert desk.outcomes(sent) == ["posted"]
    assert desk.ledger("A-1") == [
        line("original", "100", "8"),
        line("reversal", "-100", "-8"),
        line("correction", "50", "4"),
        line("reversal", "-50", "-4"),
        line("correction", "0", "0"),
    ]


def test_the_second_create_is_a_duplicate(desk: Desk) -> None:
    """First in the log wins, also within one batch (D33, D53)."""
    sent = desk.send([create("A-1"), create("A-1", amount="70")])
    desk.process()

    assert desk.outcomes(sent) == ["posted", "DUPLICATE_ORDER"]
    assert desk.ledger("A-1") == [line("original", "100", "8")]


def test_an_order_without_rate_waits_and_holds_the_later_ones(desk: Desk) -> None:
    """A missing rate holds the create; its cancellation waits behind it."""
    held = desk.send([create("A-1", currency="CHF")])
    behind = desk.send([cancel("A-1")])
    desk.process()

    assert desk.outcomes(held) == ["held RATE_MISSING"]
    assert desk.outcomes(behind) == ["held WAITING_BEHIND"]


def test_an_item_order_is_priced_by_its_list_and_situation(desk: Desk) -> None:
    """The demo network's worked example: 10.533 for the publisher."""
    items = (
        OrderItem(unit_price="40.00", quantity=2, sku="LP-1001"),
        OrderItem(unit_price="15.55", quantity=1, sku="CD-5"),
    )
    order = NewOrder(
        enterprise_id=NORTHWIND,
        action_tracker_id=402,
        order_id="B-1",
        cj_event=CLICK_A,
        items=items,
        vertical_parameters={"customerStatus": "New"},
    )
    desk.send([order])
    desk.process()

    assert desk.ledger("B-1") == [line("original", "95.55", "10.533")]
