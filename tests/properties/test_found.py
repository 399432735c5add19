"""What the judge found: the shortest history of each difference between model and product.

Owns the cases that were once different. Each is mended, or a decision says which side is right. Next:
judging.py.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from tests.properties.history import Close, Learn, Move, Send, Step
from tests.properties.judging import Judge
from tests.properties.pure import Pure
from tests.properties.sent import Item, Sent

NOON = datetime(2026, 3, 1, 10, tzinfo=UTC)
APRIL_LOCKS = datetime(2026, 4, 11, 9, tzinfo=UTC)

CREATE = Sent("create", 401, "O", click="click-a", event=NOON, amount="100.00")
LOST = Sent("create", 401, "O", amount="100.00")
GIFT = partial(Sent, "create", 406, click="click-b", event=NOON, amount="10.00")
CLOSE_MARCH = (Move(APRIL_LOCKS), Close(date(2026, 3, 1)))


def told(*steps: Step | Sent) -> None:
    """Runs the history on both sides."""
    judge = Judge(Pure(NOON), NOON)
    for step in steps:
        judge.do(Send((step,)) if isinstance(step, Sent) else step)


def restate(mode: str = "live", currency: str | None = None) -> Sent:
    """The order at half its amount."""
    return Sent("restate", 401, "O", mode=mode, amount="50.00", currency=currency, update=NOON)


def cancel(tracker: int = 401) -> Sent:
    """The end of the order."""
    return Sent("cancel", tracker, "O", update=NOON)


STORIES: dict[str, tuple[Step | Sent, ...]] = {
    "test held before live": (CREATE, restate("test", "CHF"), cancel(), Learn("francs")),
    "closed by receipt": (
        *CLOSE_MARCH,
        Sent("create", 403, "O", click="click-a"),
        cancel(403),
    ),
    "closed though left": (
        Sent("create", 401, "O", click="click-a", amount="100.00", currency="CHF"),
        *CLOSE_MARCH,
        Learn("francs"),
        cancel(),
    ),
    "adopted uses nothing": (
        Learn("terms of B"),
        *(GIFT(order_id=f"G-{n}") for n in (1, 2)),
        *(Sent("restate", 406, f"G-{n}", mode="test", amount="5.00", update=NOON) for n in (1, 2)),
        GIFT(order_id="G-3", mode="test"),
    ),
    "freed for the next of its chunk": (
        Learn("terms of B"),
        Send(
            (
                *(GIFT(order_id=f"G-{n}") for n in (1, 2)),
                Sent("cancel", 406, "G-1", update=NOON),
                GIFT(order_id="G-3"),
            )
        ),
    ),
    "not freed by a restatement of its chunk": (
        Learn("terms of B"),
        Send(
            (
                *(GIFT(order_id=f"G-{n}") for n in (1, 2)),
                Sent("restate", 406, "G-1", amount="5.00", update=NOON),
                GIFT(order_id="G-3"),
            )
        ),
    ),
    "the same with its time": (LOST, Sent("create", 401, "O", amount="100.00", event=NOON)),
}


@pytest.mark.parametrize("name", sorted(STORIES))
def test_what_parted_once(name: str) -> None:
    """Model and product agree."""
    told(*STORIES[name])


def test_two_creates_without_a_time_have_the_same_one() -> None:
    """A recorded order may be sent again without a time, with what was missing.

    Section 2 asks for a given time and D55 for "the same one"; D55 rules, as it settles what public material
    leaves open, and so no corrected order is lost.
    """
    told(LOST, Move(NOON + timedelta(hours=1)), Sent("create", 401, "O", click="click-a", amount="100.00"))


def test_items_of_a_simple_action_with_an_amount_discount_nothing() -> None:
    """They are kept for information (D70), their discounts too."""
    item = Item("LP-1001", 1, "20.00", "5.00")

    told(Sent("create", 401, "O", click="click-a", amount="100.00", items=(item,), discount="1"))


def test_a_restatement_keeps_the_item_list_as_it_was_known() -> None:
    """A list that becomes known after the create, with an earlier start, does not move the order (D66)."""
    at = NOON + timedelta(days=5)
    item = Item("LP-1002", 1, "20.00")
    create = Sent("create", 402, "O", click="click-a", event=at, items=(item,))

    told(Move(at), create, Learn("list"), Sent("restate", 402, "O", items=(item,), update=at))


def test_a_held_live_order_holds_up_the_test_order() -> None:
    """A test change waits for the live order that it may have to adopt (D113)."""
    told(
        Sent("create", 401, "O", click="click-a", amount="1", currency="CHF"),
        restate("test"),
        Learn("francs"),
    )
