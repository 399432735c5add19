"""Lanes: what cannot be read or posted is held, and everybody else passes."""

from __future__ import annotations

from hashlib import sha256

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from counterfoil.administration import import_rates
from counterfoil.model.orders import Cancellation, NewOrder, lane_of
from counterfoil.scheduler import Scheduler
from counterfoil.store import lanes
from counterfoil.store.connection import connect
from tests.desk import CLICK_A, NORTHWIND, Desk


def order(order_id: str) -> NewOrder:
    """A simple order."""
    return NewOrder(
        enterprise_id=NORTHWIND, action_tracker_id=401, order_id=order_id, cj_event=CLICK_A, amount="100.00"
    )


def spoil(desk: Desk, administrator: str, statement: str) -> None:
    """Changes history behind the product's back."""
    name = str(conninfo_to_dict(desk.urls.server)["dbname"])
    with psycopg.connect(make_conninfo(administrator, dbname=name), autocommit=True) as hand:
        hand.execute("SET session_replication_role = replica")
        hand.execute(statement.encode())


def test_bytes_that_say_no_order_are_held(desk: Desk, administrator: str) -> None:
    """A row of the log that cannot be read stops its own order and nobody else's."""
    sent = desk.send([order("G-1"), order("G-2"), order("G-3")])
    spoil(desk, administrator, "UPDATE intake_log SET body = '{' WHERE order_id = 'G-2'")
    behind = desk.send([order("G-2")])
    desk.process()

    assert ["posted", "held PROCESSING_ERROR", "posted"] == desk.outcomes(sent)
    assert ["held WAITING_BEHIND"] == desk.outcomes(behind)


def test_a_released_submission_and_those_behind_it_go_on(desk: Desk, administrator: str) -> None:
    """After the repair one command lets it be decided; what waited behind follows by itself."""
    sent = desk.send([order("G-1")])
    spoil(desk, administrator, "UPDATE intake_log SET body = '\\x5b'::bytea || body")
    behind = desk.send([order("G-1")])
    desk.process()
    spoil(desk, administrator, "UPDATE intake_log SET body = substr(body, 2) WHERE get_byte(body, 0) = 91")

    assert lanes.release(desk.connection, sent.submission_ids[0])
    desk.process()
    assert ["posted"] == desk.outcomes(sent)
    assert ["DUPLICATE_ORDER"] == desk.outcomes(behind)


def test_a_row_that_the_database_refuses_is_held_alone(desk: Desk, administrator: str) -> None:
    """A piece of work of three orders, one of which cannot be posted, is split down to that one."""
    lane = {lane_of(int(NORTHWIND), 401, f"S-{n}"): f"S-{n}" for n in range(1)}
    ids = [name for n in range(2000) if lane_of(int(NORTHWIND), 401, name := f"S-{n}") in lane][:3]
    sent = desk.send([order(each) for each in ids])
    spoil(
        desk,
        administrator,
        f"ALTER TABLE action ADD CONSTRAINT trap CHECK (order_id <> '{ids[1]}') NOT VALID",
    )
    desk.process()

    assert ["posted", "held PROCESSING_ERROR", "posted"] == desk.outcomes(sent)


def test_many_that_cannot_be_decided_stop_nobody_else(desk: Desk, administrator: str) -> None:
    """Sixty bad rows among two hundred: the good ones are posted, the bad ones held, in one go."""
    sent = desk.send([order(f"M-{n}") for n in range(200)])
    spoil(desk, administrator, "UPDATE intake_log SET body = '{' WHERE n <= 60")
    desk.process()

    assert ["held PROCESSING_ERROR"] * 60 + ["posted"] * 140 == desk.outcomes(sent)


def test_an_order_id_of_any_length_stops_nobody(desk: Desk) -> None:
    """It is rejected for its length; no index is in its way, also for its changes (D57)."""
    endless = "".join(sha256(bytes([n])).hexdigest() for n in range(250))
    sent = desk.send([order("L-1"), order(endless), order("L-2")])
    change = desk.send(
        [
            Cancellation(
                enterprise_id=NORTHWIND,
                action_tracker_id=401,
                order_id=endless,
                update_time="2026-03-01T09:50:00Z",
            )
        ]
    )
    desk.process()

    assert ["posted", "ORDER_ID_TOO_LONG", "posted"] == desk.outcomes(sent)
    assert ["ORDER_NOT_FOUND"] == desk.outcomes(change)


def test_rates_that_came_in_while_deciding_are_not_missed(desk: Desk) -> None:
    """A submission that was held by a processor which had not seen the rates is looked at again."""
    sent = desk.send(
        [
            NewOrder(
                enterprise_id=NORTHWIND,
                action_tracker_id=401,
                order_id="R-1",
                cj_event=CLICK_A,
                amount="100.00",
                currency="CHF",
            )
        ]
    )
    desk.process()
    import_rates(desk.connection, "Date,USD,CHF\n2026-02-27,1.0480,0.9402\n", "rates.csv", "tests")
    # As if the processor had written its hold after the import had let everything go.
    with connect(desk.urls.owner, name="owner") as owner:
        owner.execute("UPDATE held_submission SET released_at = NULL")
    scheduler = Scheduler(desk.opener("scheduler"))
    scheduler.do_what_is_due()
    scheduler.close()
    desk.process()

    assert ["posted"] == desk.outcomes(sent)
