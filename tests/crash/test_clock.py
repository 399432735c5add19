"""R9: the clock steps back and forth, and nothing locks early, falls back, or is judged by another time.

Owns the walks of the clock. In-process, by the database's clock; for whole processes see
tests/processes/test_jumping_clock.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from counterfoil import validation
from counterfoil.clock import SystemClock
from counterfoil.model.orders import Cancellation, NewOrder, Restatement
from counterfoil.scheduler import Scheduler
from counterfoil.store.connection import connect
from tests.crash.judge import judged_otherwise, violations
from tests.desk import AD_NORTHWIND, NORTHWIND, PUBLISHER_B, Desk

START = datetime(2027, 1, 15, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BY_NAME: dict[str, Sequence[datetime]] = {
    "two days back": (START, START - 2 * DAY, START + DAY),
    "four hundred days ahead and back": (START, START + 400 * DAY, START + DAY, START + 401 * DAY),
    "spring forward in Los Angeles": tuple(
        datetime(2027, 3, 14, 9, 58, tzinfo=UTC) + n * timedelta(minutes=1) for n in range(5)
    ),
    "fall back in Los Angeles": tuple(
        datetime(2027, 11, 7, 8, 30, tzinfo=UTC) + n * timedelta(minutes=30) for n in range(5)
    ),
    "leap day": tuple(datetime(2028, 2, 28, 20, tzinfo=UTC) + n * timedelta(hours=10) for n in range(5)),
    "back and forth": tuple(START + (-1) ** n * n * DAY for n in range(6)),
    "over a lock and back before it": (
        datetime(2027, 2, 10, tzinfo=UTC),
        datetime(2027, 2, 12, tzinfo=UTC),
        datetime(2027, 2, 9, tzinfo=UTC),
        datetime(2027, 3, 12, tzinfo=UTC),
    ),
}


def _walk(seed: int) -> Sequence[datetime]:
    random, at = Random(f"clock {seed}"), START
    walk = []
    for _ in range(6):
        # Seldom far, often near, both ways.
        at += random.choice((-1, 1, 1)) * random.choice((DAY / 1440, DAY / 24, DAY, 3 * DAY, 40 * DAY))
        walk.append(at)
    return walk


QUICK = [*BY_NAME, *(f"seed {n}" for n in range(1, 4))]
DEEP = [f"seed {n}" for n in range(4, 194)]


@pytest.mark.parametrize("name", [*QUICK, *(pytest.param(name, marks=pytest.mark.deep) for name in DEEP)])
def test_a_clock_that_jumps_moves_no_receipt_and_no_lock(desk: Desk, administrator: str, name: str) -> None:
    """Receipts and postings never fall back; a change is late from its lock instant on, not before."""
    walk = BY_NAME.get(name) or _walk(int(name.removeprefix("seed ")))
    scheduler = Scheduler(desk.opener("scheduler"))
    order_ids: list[str] = []
    with psycopg.connect(_in(administrator, desk), autocommit=True) as hand:
        for n, at in enumerate(walk):
            # A sandbox's own command moves forward alone; a machine's clock does as it likes.
            hand.execute("UPDATE business_clock SET stands_at = %s", (at,))
            order_ids.append(f"CLOCK-{n}")
            # The log's time does not fall: the click lies an hour before the time of receipt to come.
            clicked_at = max(walk[: n + 1]) - timedelta(hours=1)
            desk.click(f"click-{n}", PUBLISHER_B, 7700002, AD_NORTHWIND, 5500001, at=clicked_at)
            created = desk.send([NewOrder(**_key(order_ids[-1]), amount="100.00", cj_event=f"click-{n}")])
            desk.process()
            assert ["posted"] == desk.outcomes(created)
            when = f"{at:%Y-%m-%dT%H:%M:%SZ}"
            desk.send(
                [Restatement(**_key(each), amount=f"{n + 1}0.00", update_time=when) for each in order_ids]
            )
            if n == len(walk) - 1:
                desk.send([Cancellation(**_key(order_ids[0]), update_time=when)])
            desk.process()
            scheduler.do_what_is_due()
    scheduler.close()

    received = [
        row[0] for row in desk.connection.execute("SELECT received_at FROM intake_request ORDER BY position")
    ]
    posted = [
        row[0] for row in desk.connection.execute("SELECT posted_at FROM posting ORDER BY last_commission_id")
    ]
    assert sorted(received) == received
    assert sorted(posted) == posted
    assert [] == judged_otherwise(lambda question: desk.connection.execute(question).fetchall())
    with connect(desk.urls.server, name="verify", autocommit=True) as connection:
        assert [] == violations(connection)


def test_ahead_is_judged_by_the_clock_as_it_is_now(desk: Desk) -> None:
    """After a step back an order of the old time lies ahead, unless the tolerance that is set covers it."""
    now = SystemClock().now()
    order = NewOrder(**_key("AHEAD-1"), event_time=f"{now:%Y-%m-%dT%H:%M:%SZ}")
    stepped = now - timedelta(seconds=90)

    assert () == validation.check([order], now, items_max=100, tolerance=timedelta())
    assert 1 == len(validation.check([order], stepped, items_max=100, tolerance=timedelta(seconds=60)))
    assert () == validation.check([order], stepped, items_max=100, tolerance=timedelta(seconds=120))


def _in(administrator: str, desk: Desk) -> str:
    return make_conninfo(administrator, dbname=str(conninfo_to_dict(desk.urls.server)["dbname"]))


def _key(order_id: str) -> dict[str, Any]:
    return {"enterprise_id": NORTHWIND, "action_tracker_id": 401, "order_id": order_id}
