"""A replay gives the ledger again, and tells where it does not."""

from __future__ import annotations

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from counterfoil.model.orders import Cancellation, Channel, Extension, Mode, NewOrder, OrderItem, Restatement
from counterfoil.processing import Options
from counterfoil.replaying import Replayed, replay_log
from counterfoil.store.connection import connect
from tests.desk import CLICK_A, CLICK_B, NORTHWIND, Desk


def replayed(desk: Desk) -> Replayed:
    """The log decided again."""
    with connect(desk.urls.server, name="replay") as connection:
        return replay_log(connection, Options(), rate_age_days_max=5)


def history(desk: Desk) -> None:
    """Creates, changes, duplicates, refusals, both ledgers, two currencies, one order that waits."""
    item = OrderItem(unit_price="19.99", quantity=3, sku="LP-1001", discount="1.01")
    creates = [
        NewOrder(
            enterprise_id=NORTHWIND,
            action_tracker_id=402,
            order_id=f"R-{n}",
            cj_event=CLICK_A if n % 2 else CLICK_B,
            items=(item,),
            currency="GBP" if n % 3 else None,
        )
        for n in range(12)
    ]
    changes = [
        Restatement(
            enterprise_id=NORTHWIND,
            action_tracker_id=402,
            order_id=f"R-{n}",
            items=(item, item),
            update_time="2026-03-01T09:45:00Z",
        )
        for n in range(0, 12, 2)
    ]
    ends = [
        Cancellation(
            enterprise_id=NORTHWIND,
            action_tracker_id=402,
            order_id=f"R-{n}",
            update_time="2026-03-01T09:50:00Z",
        )
        for n in (2, 3, 99)
    ]
    held = NewOrder(
        enterprise_id=NORTHWIND, action_tracker_id=401, order_id="H-1", cj_event=CLICK_A, currency="CHF"
    )
    for orders in (creates, creates[:2], changes, ends, [held]):
        desk.send(orders)
    desk.send(changes[3:], mode=Mode.TEST)
    desk.process()


def test_the_same_log_gives_the_same_ledger(desk: Desk) -> None:
    """Outcomes, actions, versions, statuses and lines are equal; what is held is left out."""
    history(desk)
    found = replayed(desk)

    assert () == found.differences
    assert (26, 1) == (found.decided, found.undecided)


def test_statuses_of_one_instant_are_told_apart(desk: Desk) -> None:
    """In a standing clock an order opens and is extended at the same time."""
    order = NewOrder(enterprise_id=NORTHWIND, action_tracker_id=401, order_id="E-1", cj_event=CLICK_A)
    desk.send([order])
    desk.send(
        [Extension(enterprise_id=NORTHWIND, action_tracker_id=401, order_id="E-1")], channel=Channel.PAGE
    )
    desk.process()
    found = replayed(desk)

    assert (2, ()) == (found.decided, found.differences)


def test_a_figure_that_was_changed_is_found(desk: Desk, administrator: str) -> None:
    """A version that the log does not give is named."""
    history(desk)
    name = conninfo_to_dict(desk.urls.server)["dbname"]
    with psycopg.connect(make_conninfo(administrator, dbname=str(name)), autocommit=True) as hand:
        hand.execute("SET session_replication_role = replica")
        hand.execute("UPDATE order_version SET sale_pub = sale_pub + 1 WHERE version = 2")

    assert replayed(desk).differences
