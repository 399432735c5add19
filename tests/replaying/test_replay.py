"""A replay gives the ledger again, and tells where it does not."""

from __future__ import annotations

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from counterfoil.administration import import_rates, note_options
from counterfoil.model.orders import (
    Cancellation,
    Channel,
    Extension,
    Mode,
    NewOrder,
    OrderItem,
    OrderKey,
    Restatement,
)
from counterfoil.processing import Options
from counterfoil.replaying import Replayed, replay_log
from counterfoil.store.connection import connect
from tests.desk import CLICK_A, CLICK_B, NORTHWIND, Desk


def replayed(desk: Desk) -> Replayed:
    """The log decided again."""
    with connect(desk.urls.server, name="replay") as connection:
        return replay_log(connection)


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


def change(amount: str, updated: str, currency: str | None = None) -> Restatement:
    """Order S-1 at another amount."""
    return Restatement(
        enterprise_id=NORTHWIND,
        action_tracker_id=401,
        order_id="S-1",
        amount=amount,
        currency=currency,
        update_time=updated,
    )


def test_each_order_is_replayed_by_the_settings_of_its_receipt(desk: Desk) -> None:
    """A setting that changes between two changes has its place in the log, and a replay finds it there."""
    order = NewOrder(
        enterprise_id=NORTHWIND, action_tracker_id=401, order_id="S-1", cj_event=CLICK_A, amount="100"
    )
    desk.note(Options())
    desk.send([order])
    before = desk.send([change("90", "2026-03-01T09:50:00Z"), change("80", "2026-03-01T09:40:00Z")])
    desk.note(Options(rejects_stale_changes=True))
    after = desk.send([change("70", "2026-03-01T09:40:00Z")])
    desk.process()
    desk.note(Options())
    again = desk.send([change("60", "2026-03-01T09:40:00Z")])
    desk.process()

    assert ["posted", "posted"] == desk.outcomes(before)
    assert ["STALE_CHANGE"] == desk.outcomes(after)
    assert ["posted"] == desk.outcomes(again)
    assert (5, ()) == (replayed(desk).decided, replayed(desk).differences)


def test_settings_are_noted_once(desk: Desk) -> None:
    """The same settings again take no place in the log."""
    noted = [
        note_options(desk.connection, options, "tests")
        for options in (Options(), Options(), Options(items_max=5), Options())
    ]

    assert [True, False, True, True] == noted


def test_the_age_of_a_rate_is_that_of_the_receipt(desk: Desk) -> None:
    """A rate of six days before serves while the setting says so, in deciding and in a replay."""
    import_rates(desk.connection, "Date,CHF\n2026-02-23,1.00\n", "rates", "tests")
    francs = [
        NewOrder(
            enterprise_id=NORTHWIND,
            action_tracker_id=401,
            order_id=f"F-{n}",
            cj_event=CLICK_A,
            amount="100",
            currency="CHF",
        )
        for n in range(3)
    ]
    desk.note(Options())
    first = desk.send(francs[:1])
    desk.note(Options(rate_age_days_max=6))
    second = desk.send(francs[1:2])
    desk.note(Options())
    third = desk.send(francs[2:])
    desk.process()

    assert ["held RATE_MISSING", "posted", "held RATE_MISSING"] == [
        desk.outcomes(each)[0] for each in (first, second, third)
    ]
    assert (1, ()) == (replayed(desk).decided, replayed(desk).differences)


def test_a_test_change_that_waited_copies_the_live_order_of_its_own_place(desk: Desk) -> None:
    """The live order moved on while it waited; decided then or in a replay, the copy is the same (D113)."""
    order = NewOrder(
        enterprise_id=NORTHWIND, action_tracker_id=401, order_id="S-1", cj_event=CLICK_A, amount="100"
    )
    desk.send([order])
    desk.send([change("90", "2026-03-01T09:50:00Z", "CHF")], mode=Mode.TEST)
    desk.send([change("80", "2026-03-01T09:51:00Z")])
    desk.process()
    import_rates(desk.connection, "Date,CHF\n2026-02-27,1.00\n", "rates", "tests")
    desk.process()
    key = OrderKey(Mode.TEST, int(NORTHWIND), 401, "S-1")

    assert [100, -100, 99] == [int(record.figures["sale"].pub) for record in desk.records(key)]
    assert (3, ()) == (replayed(desk).decided, replayed(desk).differences)


def test_a_figure_that_was_changed_is_found(desk: Desk, administrator: str) -> None:
    """A version that the log does not give is named."""
    history(desk)
    name = conninfo_to_dict(desk.urls.server)["dbname"]
    with psycopg.connect(make_conninfo(administrator, dbname=str(name)), autocommit=True) as hand:
        hand.execute("SET session_replication_role = replica")
        hand.execute("UPDATE order_version SET sale_pub = sale_pub + 1 WHERE version = 2")

    assert replayed(desk).differences
