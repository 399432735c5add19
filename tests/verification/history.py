"""A fair history: everything that can happen to orders so far, sent to a real desk.

Owns the orders and the second version of the network that they meet. Expects nothing. Next: breaks.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from counterfoil.administration import apply_network
from counterfoil.model.orders import (
    Cancellation,
    CancellationStatus,
    Channel,
    CorrectionReason,
    CustomIds,
    Mode,
    NewOrder,
    OrderItem,
    OrderStatus,
    Restatement,
)
from counterfoil.network import demo_network
from counterfoil.scheduler import Scheduler
from counterfoil.statements import Bonus
from tests.desk import ALPINE, CLICK_A, CLICK_B, CLICK_B_ALPINE, NORTHWIND, Desk

# From the 2nd of March on: a limit of two orders a click, a flat rule per unit, another form of fee, and a
# rate for Swiss francs.
LATER = """
[[terms]]
id = 701
contract = 601
name = "Northwind Records for Vinyl Digest, later"
valid_from = 2026-03-02
fee = { percent_of_sale = "1.25" }

[[terms.actions]]
tracker = 401
locking = { method = "FIXED_DATE" }
referral_days = 120
referral_occurrences = 2
rules = [
  { rank = 1, rate = { percent = "7.5" } },
]

[[terms.actions]]
tracker = 402
locking = { method = "FIXED_DATE" }
referral_days = 120
referral_occurrences = "unlimited"
rules = [
  { rank = 1, rate = { flat = "2.50", currency = "USD" }, item_list = 77 },
]

[[rates]]
source = "demo"
kind = "fixed"
valid_from = 2026-03-01
per_euro = { USD = "1.08", GBP = "0.88", CHF = "0.93" }
"""

EARLY, LATE = "2026-03-01T09:30:00Z", "2026-03-02T09:30:00Z"
ITEMS = (
    OrderItem(unit_price="19.99", quantity=1, sku="CD-5"),
    OrderItem(unit_price="7.25", quantity=3, sku="LP-1001", discount="0.4"),
    OrderItem(unit_price="24.50", quantity=2, sku="BOX-9"),
    OrderItem(unit_price="5", quantity=0, sku="BAG"),
)


def create(order_id: str, tracker: int = 401, enterprise: str = NORTHWIND, **fields: Any) -> NewOrder:
    """A new order by A's click, at half past nine on the first day, worth 100.00 if it has no items."""
    told: dict[str, Any] = {"cj_event": CLICK_A, "event_time": EARLY, **fields}
    if "items" not in told:
        told.setdefault("amount", "100.00")
    return NewOrder(enterprise_id=enterprise, action_tracker_id=tracker, order_id=order_id, **told)


def restate(order_id: str, tracker: int = 401, enterprise: str = NORTHWIND, **fields: Any) -> Restatement:
    """A restatement, to 50.00 if it has no items."""
    told: dict[str, Any] = {"update_time": "2026-03-01T09:45:00Z", **fields}
    if "items" not in told:
        told.setdefault("amount", "50.00")
    return Restatement(enterprise_id=enterprise, action_tracker_id=tracker, order_id=order_id, **told)


def cancel(order_id: str, tracker: int = 401, enterprise: str = NORTHWIND, **fields: Any) -> Cancellation:
    """A cancellation."""
    told: dict[str, Any] = {"update_time": "2026-03-01T09:50:00Z", **fields}
    return Cancellation(enterprise_id=enterprise, action_tracker_id=tracker, order_id=order_id, **told)


def play(desk: Desk, *batches: Sequence[Any], mode: Mode = Mode.LIVE, channel: Channel = Channel.API) -> None:
    """Sends the batches, each of one kind, one after the other, and has them processed."""
    for batch in batches:
        assert 1 == len({type(order) for order in batch})
        desk.send(list(batch), mode, channel)
    desk.process()


def note_locks(desk: Desk) -> None:
    """Has the scheduler do what is due."""
    scheduler = Scheduler(desk.opener("scheduler"))
    scheduler.do_what_is_due()
    scheduler.close()


def bonus(publisher: int, amount: str) -> Bonus:
    """A bonus for record orders in March."""
    return Bonus(
        publisher_id=publisher,
        action_tracker_id=401,
        month=date(2026, 3, 1),
        amount=Decimal(amount),
        reason="a good month",
        added_by="tests",
    )


def write_history(desk: Desk) -> None:
    """Fills an empty log with everything that can happen; some of it is held or pending at the end."""
    _first_day(desk)
    _rehearsals(desk)
    _second_day(desk)
    _after_the_lock(desk)
    _closings(desk)
    # Nobody processes these any more.
    desk.send([create("P-1"), create("P-2"), create("A-1")])
    desk.send([cancel("P-1")], Mode.TEST)


def _first_day(desk: Desk) -> None:
    play(
        desk,
        [
            create("A-1"),
            create("A-2"),
            create("A-2", amount="7"),
            create("A-3", coupon="STAFF50"),
            create("A-4"),
        ],
        [create("A-5", cj_event=None), create("A-6", cj_event=CLICK_B), create("A-7", currency="GBP")],
        [create("A-8", ids=CustomIds(user_id="17"), discount="12.345")],
        [restate("A-1"), restate("A-1", amount="33.335"), restate("A-2", currency="gbp")],
        [cancel("A-1", correction_reason=CorrectionReason.RETURNED_MERCHANDISE), cancel("A-404")],
        [create("A-1", event_time="2026-03-01T09:40:00Z")],
        [create("B-1", 402, items=ITEMS, discount="12.5", vertical_parameters={"customerStatus": "New"})],
        [create("B-2", 402, items=ITEMS, cj_event=CLICK_B, currency="GBP"), create("B-3", 402, amount="20")],
        [restate("B-1", 402, items=ITEMS[:2])],
        [cancel("B-2", 402)],
        [create("C-1", 403, amount=None), create("C-2", 403, amount="5", items=ITEMS)],
        [create("C-3", 403, cj_event=CLICK_B), create("C-4", 403, cj_event=CLICK_B, currency="GBP")],
        [restate("C-1", 403)],
        [
            create(
                "D-1", 404, items=(OrderItem(unit_price="12.50", quantity=4, sku="LP-1001", discount="7.75"),)
            )
        ],
        [create("E-1", 405), create("E-2", 405), create("E-3", 405)],
        [restate("E-1", 405), restate("E-1", 405, status=OrderStatus.PENDING)],
        [restate("E-1", 405, status=OrderStatus.ACCEPTED), restate("E-1", 405, status=OrderStatus.PENDING)],
        [cancel("E-2", 405, status=CancellationStatus.DECLINED), cancel("E-2", 405)],
        [create("S-1", 451, ALPINE, cj_event=CLICK_B_ALPINE, vertical_parameters={"duration": "9"})],
        [restate("S-1", 451, ALPINE, status=OrderStatus.ACCEPTED, currency="USD")],
        [create("H-1", currency="CHF"), create("H-2", currency="JPY")],
        [restate("H-1", currency="CHF")],
        [cancel("H-2")],
    )
    play(desk, [create("T-1"), create("A-1", event_time="2026-03-01T09:45:00Z")], channel=Channel.TAG)


def _rehearsals(desk: Desk) -> None:
    play(
        desk,
        [create("A-1"), create("R-1"), create("R-2", currency="JPY")],
        [restate("A-4"), restate("A-4", amount="20"), restate("A-3"), restate("R-1"), restate("H-2")],
        [cancel("A-8"), cancel("B-1", 402), cancel("A-404"), cancel("R-2")],
        [create("A-4")],
        mode=Mode.TEST,
    )


def _second_day(desk: Desk) -> None:
    desk.clock(datetime(2026, 3, 2, 10, tzinfo=UTC))
    later = demo_network().replace("based_on = 0", "based_on = 1") + LATER
    applied = apply_network(desk.connection, later, "later.toml", "tests")
    assert not isinstance(applied, list), applied
    desk.process()
    play(
        desk,
        [create(f"L-{n}", event_time=LATE) for n in (1, 2, 3)],
        [cancel("L-1")],
        [create("L-4", event_time=LATE), create("L-5", cj_event=CLICK_B, currency="CHF", event_time=LATE)],
        [create("M-1", 402, items=ITEMS, event_time=LATE), create("M-2", 402, amount="9", event_time=LATE)],
        [restate("A-4", currency="EUR")],
        [create("A-3", coupon="STAFF50"), create("A-3"), create("A-3")],
    )
    play(desk, [create("L-1", event_time=LATE), create("L-6", event_time=LATE)], mode=Mode.TEST)


def _after_the_lock(desk: Desk) -> None:
    desk.clock(datetime(2026, 4, 12, tzinfo=UTC))
    note_locks(desk)
    play(desk, [restate("A-4"), restate("S-1", 451, ALPINE, status=OrderStatus.ACCEPTED)], [create("A-4")])
    play(desk, [restate("A-7"), restate("C-3", 403)], mode=Mode.TEST)


def _closings(desk: Desk) -> None:
    # No statement is paid below 20.
    books = desk.books(minimum=Decimal(20))
    books.add_bonus(bonus(7700002, "12.50"))
    books.close(date(2026, 3, 1), "tests")
    books.mark_paid("ST-2026-000001", date(2026, 4, 20), "transfer 1", "tests")
    play(desk, [restate("A-4")], [cancel("E-3", 405, status=CancellationStatus.DECLINED)])
    books.add_bonus(bonus(7700001, "-3"))
    desk.clock(datetime(2026, 5, 12, tzinfo=UTC))
    note_locks(desk)
    books.close(date(2026, 4, 1), "tests")
