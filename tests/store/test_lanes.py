"""Lanes: what cannot be read or posted is held, and everybody else passes."""

from __future__ import annotations

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from counterfoil.model.orders import NewOrder, lane_of
from counterfoil.store import lanes
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
