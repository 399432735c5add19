"""A sandbox's clock: forward only, with everything before it decided and what falls due done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from counterfoil.administration import Refused
from counterfoil.model.orders import Cancellation, NewOrder
from counterfoil.sandbox import SandboxTime, duration
from counterfoil.store.connection import connect
from tests.desk import BEGINNING, CLICK_A, NORTHWIND, Desk


@pytest.fixture
def clock(desk: Desk) -> SandboxTime:
    """The clock of the desk's sandbox."""
    return SandboxTime(lambda name: connect(desk.urls.server, name=name), desk.new_worker)


def order(order_id: str) -> NewOrder:
    """A simple order that locks on the 11th of April."""
    return NewOrder(
        enterprise_id=NORTHWIND,
        action_tracker_id=401,
        order_id=order_id,
        cj_event=CLICK_A,
        amount="100.00",
        event_time="2026-03-01T09:30:00Z",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10d", timedelta(days=10)),
        ("1d12h", timedelta(days=1, hours=12)),
        ("90s", timedelta(seconds=90)),
        (" 5m ", timedelta(minutes=5)),
    ],
)
def test_a_duration_is_read(text: str, expected: timedelta) -> None:
    """Days, hours, minutes and seconds, in that order."""
    assert expected == duration(text)


@pytest.mark.parametrize("text", ["", "d", "-1d", "1w", "12h1d", "1.5d", "٣d", "1d 2h"])
def test_anything_else_is_no_duration(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(Refused):
        duration(text)


def test_what_was_received_before_is_decided_before_the_clock_moves(desk: Desk, clock: SandboxTime) -> None:
    """An order accepted now is judged as of now, though the clock moves past its lock."""
    desk.send([order("A-1")])
    cancel = Cancellation(
        enterprise_id=NORTHWIND, action_tracker_id=401, order_id="A-1", update_time="2026-03-01T09:50:00Z"
    )
    sent = desk.send([cancel])

    assert BEGINNING + timedelta(days=60) == clock.advance(timedelta(days=60), "tests")
    assert ["posted"] == desk.outcomes(sent)


def test_locks_that_fall_due_are_noted(desk: Desk, clock: SandboxTime) -> None:
    """One event for each order whose lock instant was passed, once."""
    desk.send([order("A-1"), order("A-2")])
    clock.set(datetime(2026, 4, 11, 8, 59, 59, tzinfo=UTC), "tests")
    before = events(desk)
    clock.set(datetime(2026, 4, 11, 9, tzinfo=UTC), "tests")
    clock.advance(timedelta(days=1), "tests")

    assert 0 == before.count("locked")
    assert 2 == events(desk).count("locked")


def test_the_clock_goes_forward_only(clock: SandboxTime) -> None:
    """A time that has passed is refused and nothing moves."""
    with pytest.raises(Refused, match="only moves forward"):
        clock.set(BEGINNING - timedelta(seconds=1), "tests")

    assert BEGINNING == clock.now()


def test_a_move_has_its_place_in_the_log(desk: Desk, clock: SandboxTime) -> None:
    """Moves are input of a replay like orders."""
    clock.advance(timedelta(hours=1), "tests")
    row = desk.connection.execute(
        "SELECT received_at, about FROM intake_request WHERE channel = 'clock'"
    ).fetchone()

    assert (BEGINNING + timedelta(hours=1), "clock at 2026-03-01T11:00:00+00:00") == row


def test_without_a_sandbox_there_is_nothing_to_move(desk: Desk, clock: SandboxTime) -> None:
    """The system's clock is nobody's to set."""
    with connect(desk.urls.owner, name="owner") as owner:
        owner.execute("UPDATE business_clock SET is_sandbox = false, stands_at = NULL")
    with pytest.raises(Refused, match="no sandbox"):
        clock.advance(timedelta(days=1), "tests")


def events(desk: Desk) -> list[str]:
    """The kinds of all events, in order."""
    return [kind for (kind,) in desk.connection.execute("SELECT kind FROM event ORDER BY event_id")]
