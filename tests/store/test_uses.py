"""Uses of clicks: what a chunk writes of them is where they end, whatever happened on the way."""

from __future__ import annotations

from counterfoil.administration import apply_network
from counterfoil.model.orders import Cancellation, NewOrder
from counterfoil.network import demo_network
from tests.desk import CLICK_A, NORTHWIND, Desk

EARLY, LATE = "2026-03-01T09:30:00Z", "2026-03-01T09:45:00Z"


def order(order_id: str, event_time: str = EARLY) -> NewOrder:
    """An order of the click."""
    return NewOrder(
        enterprise_id=NORTHWIND,
        action_tracker_id=401,
        order_id=order_id,
        cj_event=CLICK_A,
        event_time=event_time,
        amount="100.00",
    )


def cancellation(order_id: str) -> Cancellation:
    """The end of an order."""
    return Cancellation(
        enterprise_id=NORTHWIND, action_tracker_id=401, order_id=order_id, update_time="2026-03-01T09:40:00Z"
    )


def one_use_a_click(desk: Desk) -> None:
    """From here on a click earns one order."""
    network = demo_network().replace("based_on = 0", "based_on = 1")
    terms = network[network.index("[[terms]]\nid = 701") : network.index("[[terms]]\nid = 702")]
    later = terms.replace("valid_from = 1997-01-01", "valid_from = 2026-02-01")
    later = later.replace('referral_occurrences = "unlimited"', "referral_occurrences = 1")
    applied = apply_network(desk.connection, network.replace(terms, terms + later), "limits.toml", "tests")
    assert not isinstance(applied, list), applied


def uses(desk: Desk) -> list[tuple[str, int]]:
    """Whose each use is: the order, and which use it is."""
    return desk.connection.execute(
        "SELECT action.order_id, use.ordinal"
        " FROM referral_use AS use JOIN action USING (enterprise_id, original_action_id)"
        " ORDER BY use.ordinal"
    ).fetchall()


def test_a_use_that_is_taken_freed_and_taken_in_one_chunk_is_the_last_ones(desk: Desk) -> None:
    """An order, its end and the next order of a click that earns one, decided together."""
    one_use_a_click(desk)
    desk.send([order("U-1")])
    desk.send([cancellation("U-1")])
    sent = desk.send([order("U-2")])

    assert 3 == desk.process()
    assert ["posted"] == desk.outcomes(sent)
    assert [("U-2", 1)] == uses(desk)


def test_a_use_of_an_earlier_chunk_goes_to_the_order_that_takes_it_next(desk: Desk) -> None:
    """What is freed and taken again is first taken out, then put in."""
    one_use_a_click(desk)
    desk.send([order("U-1")])
    desk.process()
    desk.send([cancellation("U-1")])
    desk.send([order("U-2")])
    desk.send([cancellation("U-2")])
    sent = desk.send([order("U-3")])

    assert 4 == desk.process()
    assert ["posted"] == desk.outcomes(sent)
    assert [("U-3", 1)] == uses(desk)


def test_a_cancellation_leaves_the_click_to_nobody(desk: Desk) -> None:
    """A use that was taken and freed leaves no row, and the order's second life takes it anew."""
    one_use_a_click(desk)
    desk.send([order("U-1")])
    desk.send([cancellation("U-1")])
    desk.process()

    assert [] == uses(desk)
    desk.send([order("U-1", LATE)])
    desk.process()
    assert [("U-1", 1)] == uses(desk)
