"""`updatedSince`: which records changed in place, and that a reader who asks again and again misses none.

Owns the meaning of the parameter (D109, D152). Leaves other filters to test_every_filter.py.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from counterfoil.administration import apply_network
from counterfoil.model.orders import CancellationStatus, Extension, OrderStatus
from counterfoil.model.programme import Locking, LockingMethod
from counterfoil.network import demo_network
from counterfoil.rules import locking
from counterfoil.scheduler import Scheduler
from tests.desk import BEGINNING, CLICK_B, NORTHWIND
from tests.reporting.bookkeeping import cancel, create, post, restate
from tests.reporting.counter import ADVERTISER, Counter
from tests.reporting.history import MARCH, bonus, books

HOUR = timedelta(hours=1)
LOCK = datetime(2026, 4, 11, 9, tzinfo=UTC)
"""When orders of March lock."""


def text(moment: datetime) -> str:
    """As a parameter."""
    return moment.isoformat()


def updated(counter: Counter, since: datetime, token: str = ADVERTISER) -> list[tuple[str, str]]:
    """Order and record of what changed in place."""
    rows = counter.rows(token, updatedSince=text(since), fields="orderId,commissionId")
    return [(row["orderId"], row["commissionId"][-2:]) for row in rows]


def test_what_is_posted_changes_nothing_in_place(counter: Counter) -> None:
    """New records, reversals and corrections are the cursor's, also those that were locked from the first."""
    post(counter.desk, create("A-1"), create("R-1", 405), create("L-1", 403, amount=None))
    counter.desk.clock(BEGINNING + HOUR)
    post(counter.desk, restate("A-1", amount="50"), cancel("A-1"), create("A-2"))

    assert [] == updated(counter, BEGINNING - HOUR)


def test_a_validation_changes_the_records_before_it(counter: Counter) -> None:
    """Accepting or declining a booking updates its earlier records, not those that it posts."""
    post(counter.desk, create("R-1", 405), create("R-2", 405, cj_event=CLICK_B))
    counter.desk.clock(BEGINNING + HOUR)
    post(
        counter.desk,
        restate("R-1", 405, amount="80", status=OrderStatus.ACCEPTED),
        cancel("R-2", 405, status=CancellationStatus.DECLINED),
    )

    assert [("R-1", "01"), ("R-2", "02")] == updated(counter, BEGINNING + HOUR)
    assert [("R-1", "01"), ("R-2", "02")] == updated(counter, BEGINNING)
    assert [("R-2", "02")] == updated(counter, BEGINNING + HOUR, "publisher_b")
    assert [] == updated(counter, BEGINNING + HOUR, "alpine")
    assert [] == updated(counter, BEGINNING + 2 * HOUR)


def test_a_change_after_the_clock_was_set_back(counter: Counter, administrator: str) -> None:
    """What changes then is told at the time of the last telling: whoever asks since that misses nothing."""
    post(counter.desk, create("R-1", 405))
    name = conninfo_to_dict(counter.desk.urls.server)["dbname"]
    with psycopg.connect(make_conninfo(administrator, dbname=name), autocommit=True) as admin:
        admin.execute("UPDATE business_clock SET stands_at = stands_at - interval '1 hour'")
    post(counter.desk, restate("R-1", 405, amount="80", status=OrderStatus.ACCEPTED))

    assert [("R-1", "01")] == updated(counter, BEGINNING)


def test_a_further_restatement_without_a_new_status_is_no_update(counter: Counter) -> None:
    """Accepted stays accepted: only the first time changed anything."""
    post(counter.desk, create("R-1", 405))
    counter.desk.clock(BEGINNING + HOUR)
    post(counter.desk, restate("R-1", 405, amount="80", status=OrderStatus.ACCEPTED))
    counter.desk.clock(BEGINNING + 2 * HOUR)
    post(counter.desk, restate("R-1", 405, amount="70", status=OrderStatus.ACCEPTED))

    assert [] == updated(counter, BEGINNING + 2 * HOUR)
    assert [("R-1", "01")] == updated(counter, BEGINNING + HOUR)


def test_an_extension_updates_every_record_of_the_order(counter: Counter) -> None:
    """No record is added, and all that there are show the new lock date (D106)."""
    post(counter.desk, create("A-1"), restate("A-1", amount="50"))
    counter.desk.clock(BEGINNING + HOUR)
    post(counter.desk, Extension(enterprise_id=NORTHWIND, action_tracker_id=401, order_id="A-1"))

    assert [("A-1", "01"), ("A-1", "02"), ("A-1", "03")] == updated(counter, BEGINNING + HOUR)


@pytest.mark.parametrize("is_noted", [False, True])
def test_a_lock_is_an_update_at_its_instant(counter: Counter, is_noted: bool) -> None:
    """The status changes by the clock alone, whether or not the scheduler has noted it."""
    post(counter.desk, create("A-1"), create("L-1", 403, amount=None))
    counter.desk.clock(LOCK - timedelta(seconds=1))
    assert [] == updated(counter, BEGINNING)

    counter.desk.clock(LOCK)
    if is_noted:
        scheduler = Scheduler(counter.desk.opener("scheduler"))
        scheduler.do_what_is_due()
        scheduler.close()

    assert [("A-1", "01")] == updated(counter, BEGINNING)
    assert [("A-1", "01")] == updated(counter, LOCK - timedelta(seconds=1))
    assert [] == updated(counter, LOCK)


def test_closing_updates_orders_and_bonuses(counter: Counter) -> None:
    """What a closing takes is closed from then on, records of no order too."""
    post(counter.desk, create("A-1"), create("R-1", 405))
    bonus(counter.desk, 7700001, "5")
    counter.desk.clock(LOCK + 5 * HOUR)
    books(counter.desk).close(MARCH, "tests")

    assert [("A-1", "01"), ("", "03")] == updated(counter, LOCK + 5 * HOUR)
    assert [] == updated(counter, LOCK + 7 * HOUR)


def test_what_was_held_is_an_update_when_it_is_decided(counter: Counter) -> None:
    """A change that was received long ago and decided now is an update of now."""
    post(counter.desk, create("R-1", 405))
    counter.desk.clock(BEGINNING + HOUR)
    post(counter.desk, restate("R-1", 405, amount="80", currency="CHF", status=OrderStatus.ACCEPTED))
    counter.desk.clock(BEGINNING + 5 * HOUR)
    assert [] == updated(counter, BEGINNING)

    network = (
        demo_network()
        .replace("based_on = 0", "based_on = 1")
        .replace('GBP = "0.88"', 'GBP = "0.88", CHF = "0.95"')
    )
    applied = apply_network(counter.desk.connection, network, "rates", "tests")
    assert not isinstance(applied, list), [fault.told() for fault in applied]
    counter.desk.process()

    assert [("R-1", "01")] == updated(counter, BEGINNING + 5 * HOUR)


def test_the_last_answers_moment_leaves_no_gap(counter: Counter) -> None:
    """A reader who asks with the moment of the answer before sees each of many changes, and soon no more."""
    seen: list[tuple[str, str]] = []
    since = text(BEGINNING)
    post(counter.desk, *(create(f"R-{n}", 405) for n in range(6)))
    for n in range(6):
        counter.desk.clock(BEGINNING + (n + 1) * HOUR)
        post(counter.desk, restate(f"R-{n}", 405, amount="80", status=OrderStatus.ACCEPTED))
        reply = counter.export(updatedSince=since, fields="orderId,commissionId")
        seen += [tuple(line.split(",")) for line in reply.body.decode().splitlines()[1:]]  # type: ignore[misc]
        since = reply.headers["counterfoil-as-of"]

    assert {f"R-{n}" for n in range(6)} == {order for order, _ in seen}
    assert text(BEGINNING + 6 * HOUR).replace("+00:00", "Z") == since


@pytest.mark.parametrize("method", LockingMethod)
def test_a_lock_instant_is_near_its_date(method: LockingMethod) -> None:
    """The query looks for lock instants by the dates they have: from the date on, within 28 hours."""
    terms = Locking(method=method, days=30 if method in ("FIXED_DURATION", "OPEN_ENDED") else None)
    for day in range(1500):
        event = datetime(2026, 1, 1, 7, 59, 59, tzinfo=UTC) + timedelta(days=day, minutes=37 * day)
        found = [locking.lock(terms, event, event + HOUR), locking.first_standard_lock_after(event)]
        found.append(locking.one_month_later(found[0].locking_date))
        for each in found:
            if each.locks_at is not None:
                assert timedelta(0) <= each.locks_at - each.locking_date < timedelta(hours=28)
