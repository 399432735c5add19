"""Locking: the whole table of spec/processing.md, section 15, and the statuses of section 14.

Owns dates and statuses. Leaves which change is rejected first to processing.
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from counterfoil.errors import Code
from counterfoil.model.ledger import Status, StatusCause, ValidationStatus
from counterfoil.model.orders import Cancellation, CancellationStatus, OrderStatus, Restatement
from counterfoil.model.programme import Locking, LockingMethod
from counterfoil.rules import locking
from counterfoil.rules.locking import Lock, lock

FIXED_DATE = Locking(method=LockingMethod.FIXED_DATE)
IMMEDIATE = Locking(method=LockingMethod.IMMEDIATE)
OPEN_ENDED = Locking(method=LockingMethod.OPEN_ENDED)


def duration(days: int) -> Locking:
    """`FIXED_DURATION` of so many days."""
    return Locking(method=LockingMethod.FIXED_DURATION, days=days)


def utc(text: str) -> datetime:
    """An instant as it is written on the wire."""
    return datetime.fromisoformat(text)


SOON = timedelta(minutes=5)


# ── the calendar ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("method", "event", "locking_date", "locks_at"),
    [
        (FIXED_DATE, "2026-01-15T12:00:00Z", "2026-02-10T08:00:00Z", "2026-02-11T10:00:00Z"),
        (FIXED_DATE, "2026-02-20T18:45:00Z", "2026-03-10T07:00:00Z", "2026-03-11T09:00:00Z"),
        (FIXED_DATE, "2026-03-01T05:30:00Z", "2026-03-10T07:00:00Z", "2026-03-11T09:00:00Z"),
        (FIXED_DATE, "2026-10-05T09:00:00Z", "2026-11-10T08:00:00Z", "2026-11-11T10:00:00Z"),
        (FIXED_DATE, "2027-01-01T07:59:59Z", "2027-01-10T08:00:00Z", "2027-01-11T10:00:00Z"),
        (FIXED_DATE, "2029-02-14T00:00:00Z", "2029-03-10T08:00:00Z", "2029-03-11T10:00:00Z"),
        (duration(30), "2026-02-10T03:15:00Z", "2026-03-11T07:00:00Z", "2026-03-12T09:00:00Z"),
        (duration(60), "2026-09-15T18:00:00Z", "2026-11-14T08:00:00Z", "2026-11-15T10:00:00Z"),
    ],
)
def test_the_table_of_lock_dates(method: Locking, event: str, locking_date: str, locks_at: str) -> None:
    """Winter and summer time, the edges of month and year, and the 02:00 that does not exist."""
    received = utc(event) + SOON

    assert Lock(utc(locking_date), utc(locks_at)) == lock(method, utc(event), received)


def test_a_lock_that_was_past_when_received_is_at_once() -> None:
    """`lockingDate` is the time of receipt (D105)."""
    received = utc("2026-03-05T09:00:12Z")

    assert Lock(received, received) == lock(FIXED_DATE, utc("2025-10-03T16:00:00Z"), received)
    assert Lock(received, received) == lock(duration(1), utc("2025-10-03T16:00:00Z"), received)


def test_what_is_received_at_the_lock_instant_is_locked() -> None:
    """At the instant itself it is late, a moment before it is not."""
    event, instant = utc("2026-02-20T18:45:00Z"), utc("2026-03-11T09:00:00Z")
    before = instant - timedelta(microseconds=1)

    assert Lock(instant, instant) == lock(FIXED_DATE, event, instant)
    assert Lock(utc("2026-03-10T07:00:00Z"), instant) == lock(FIXED_DATE, event, before)


def test_immediate_is_the_time_of_receipt() -> None:
    """Whenever the event was."""
    received = utc("2026-03-05T09:00:12.345Z")

    assert Lock(received, received) == lock(IMMEDIATE, utc("2026-03-01T00:00:00Z"), received)


@pytest.mark.parametrize(
    ("days", "locking_date"), [(None, "2027-11-23T14:05:09Z"), (500, "2027-08-15T14:05:09Z")]
)
def test_a_pending_order_has_a_provisional_date_and_never_locks(days: int | None, locking_date: str) -> None:
    """600 × 24 hours after the event, or as many days as the terms say (D99)."""
    event = utc("2026-04-02T14:05:09Z")
    method = Locking(method=LockingMethod.OPEN_ENDED, days=days)

    assert Lock(utc(locking_date), None) == lock(method, event, event + SOON)


def test_an_event_before_the_calendar_is_locked_at_once() -> None:
    """The first instant that can be written down has no Pacific date."""
    received = utc("2026-03-05T09:00:12Z")

    assert Lock(received, received) == lock(FIXED_DATE, datetime.min.replace(tzinfo=UTC), received)


@pytest.mark.parametrize(
    ("received", "locking_date", "locks_at"),
    [
        ("2026-03-05T15:00:00Z", "2026-03-10T07:00:00Z", "2026-03-11T09:00:00Z"),
        ("2026-03-11T08:59:59Z", "2026-03-10T07:00:00Z", "2026-03-11T09:00:00Z"),
        ("2026-03-11T09:00:00Z", "2026-04-10T07:00:00Z", "2026-04-11T09:00:00Z"),
        ("2026-12-31T23:00:00Z", "2027-01-10T08:00:00Z", "2027-01-11T10:00:00Z"),
        ("2027-01-01T07:59:59Z", "2027-01-10T08:00:00Z", "2027-01-11T10:00:00Z"),
    ],
)
def test_an_accepted_order_takes_the_next_standard_lock(
    received: str, locking_date: str, locks_at: str
) -> None:
    """D100."""
    assert Lock(utc(locking_date), utc(locks_at)) == locking.first_standard_lock_after(utc(received))


@pytest.mark.parametrize(
    ("stored", "locking_date", "locks_at"),
    [
        ("2026-02-10T08:00:00Z", "2026-03-10T07:00:00Z", "2026-03-11T09:00:00Z"),
        ("2026-12-10T08:00:00Z", "2027-01-10T08:00:00Z", "2027-01-11T10:00:00Z"),
        ("2026-01-31T08:00:00Z", "2026-02-28T08:00:00Z", "2026-03-01T10:00:00Z"),
        ("2028-01-30T08:00:00Z", "2028-02-29T08:00:00Z", "2028-03-01T10:00:00Z"),
    ],
)
def test_an_extension_moves_the_date_by_a_month(stored: str, locking_date: str, locks_at: str) -> None:
    """The day is cut to the end of the month (D106)."""
    assert Lock(utc(locking_date), utc(locks_at)) == locking.one_month_later(utc(stored))


INSTANTS = st.datetimes(
    min_value=datetime(1997, 1, 1),  # noqa: DTZ001
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
METHODS = st.one_of(st.just(FIXED_DATE), st.integers(0, 400).map(duration))


@given(METHODS, INSTANTS, INSTANTS)
def test_a_later_event_never_locks_earlier(method: Locking, one: datetime, other: datetime) -> None:
    """Lock instants and dates are monotone in the event time."""
    received = datetime(1996, 1, 1, tzinfo=UTC)
    first = lock(method, min(one, other), received)
    second = lock(method, max(one, other), received)

    assert first.locking_date <= second.locking_date
    assert first.locks_at is not None
    assert second.locks_at is not None
    assert first.locks_at <= second.locks_at


@given(METHODS, INSTANTS)
def test_a_lock_is_about_a_day_after_its_date_at_two_o_clock(method: Locking, event: datetime) -> None:
    """25 to 27 hours after the stored midnight, at 02:00 there or at 03:00 where 02:00 is left out."""
    locking_date, locks_at = lock(method, event, datetime(1996, 1, 1, tzinfo=UTC))
    assert locks_at is not None
    there = locks_at.astimezone(locking.PACIFIC)

    assert timedelta(hours=25) <= locks_at - locking_date <= timedelta(hours=27)
    assert (there.hour, there.minute) in ((2, 0), (3, 0))
    assert locking_date.astimezone(locking.PACIFIC).hour == 0


@given(INSTANTS)
def test_the_next_standard_lock_is_after_the_receipt_and_within_a_month(received: datetime) -> None:
    """Never the instant itself."""
    locks_at = locking.first_standard_lock_after(received).locks_at

    assert locks_at is not None
    assert timedelta(0) < locks_at - received <= timedelta(days=31, hours=1)


# ── what a status allows ─────────────────────────────────────────────────────────────────────────────

EVENT = utc("2026-01-15T12:00:00Z")
RECEIVED = EVENT + SOON
LOCKS_AT = utc("2026-02-11T10:00:00Z")
BEFORE = LOCKS_AT - timedelta(seconds=1)


def opened(method: Locking = FIXED_DATE) -> Status:
    """A status as a create leaves it."""
    return locking.opened(method, EVENT, RECEIVED, position=7)


def restatement(status: OrderStatus | None = None) -> Restatement:
    """A restatement with this status."""
    return Restatement(
        enterprise_id="1500001",
        action_tracker_id=405,
        order_id="A-1",
        update_time="2026-03-01T00:00:00Z",
        status=status,
    )


def cancellation(status: CancellationStatus | None = None) -> Cancellation:
    """A cancellation with this status."""
    return Cancellation(
        enterprise_id="1500001",
        action_tracker_id=405,
        order_id="A-1",
        update_time="2026-03-01T00:00:00Z",
        status=status,
    )


PENDING, ACCEPTED = restatement(OrderStatus.PENDING), restatement(OrderStatus.ACCEPTED)
DECLINED = cancellation(CancellationStatus.DECLINED)


@pytest.mark.parametrize(
    ("status", "now", "expected"),
    [
        (opened(), BEFORE, "new"),
        (opened(), LOCKS_AT, "locked"),
        (opened(IMMEDIATE), RECEIVED, "locked"),
        (opened(OPEN_ENDED), utc("2040-01-01T00:00:00Z"), "new"),
        (replace(opened(), extended=True), BEFORE, "extended"),
        (replace(opened(), extended=True), LOCKS_AT, "locked"),
        (replace(opened(), closed_at=utc("2026-02-20T00:00:00Z")), utc("2026-02-20T00:00:00Z"), "closed"),
        (replace(opened(), closed_at=utc("2026-02-20T00:00:00Z")), utc("2026-02-19T00:00:00Z"), "locked"),
    ],
)
def test_the_life_of_an_action(status: Status, now: datetime, expected: str) -> None:
    """`new`, `extended`, `locked`, `closed`, as of an instant."""
    assert expected == locking.action_status(status, now)


def test_a_change_is_in_time_if_it_was_received_before_the_lock_instant() -> None:
    """At the instant itself it is late (D104)."""
    assert not locking.is_locked(opened(), BEFORE)
    assert locking.is_locked(opened(), LOCKS_AT)


@pytest.mark.parametrize(
    ("status", "method", "received", "allowed"),
    [
        (opened(), LockingMethod.FIXED_DATE, BEFORE, True),
        (opened(duration(27)), LockingMethod.FIXED_DURATION, RECEIVED, True),
        (opened(), LockingMethod.FIXED_DATE, LOCKS_AT, False),
        (replace(opened(), extended=True), LockingMethod.FIXED_DATE, BEFORE, False),
        (replace(opened(), closed_at=RECEIVED), LockingMethod.FIXED_DATE, BEFORE, False),
        (opened(IMMEDIATE), LockingMethod.IMMEDIATE, RECEIVED, False),
        (opened(OPEN_ENDED), LockingMethod.OPEN_ENDED, RECEIVED, False),
    ],
)
def test_which_orders_can_be_extended(
    status: Status, method: LockingMethod, received: datetime, *, allowed: bool
) -> None:
    """Once, before the lock, and under the two methods with a date (D106)."""
    assert allowed is locking.can_be_extended(status, method, received)


IS_PENDING = opened(OPEN_ENDED)
IS_ACCEPTED = locking.restated(IS_PENDING, ACCEPTED, RECEIVED, position=8)


@pytest.mark.parametrize(
    ("status", "change", "code", "ignored"),
    [
        (opened(), restatement(), None, False),
        (opened(), PENDING, None, True),
        (opened(), ACCEPTED, None, True),
        (opened(), cancellation(), None, False),
        (opened(), DECLINED, Code.STATUS_NOT_APPLICABLE, True),
        (IS_PENDING, restatement(), Code.STATUS_REQUIRED, False),
        (IS_PENDING, cancellation(), Code.STATUS_REQUIRED, False),
        (IS_PENDING, PENDING, None, False),
        (IS_PENDING, ACCEPTED, None, False),
        (IS_PENDING, DECLINED, None, False),
        (IS_ACCEPTED, restatement(), Code.STATUS_REQUIRED, False),
        (IS_ACCEPTED, PENDING, Code.STATUS_BACKWARDS, False),
        (IS_ACCEPTED, ACCEPTED, None, False),
        (IS_ACCEPTED, DECLINED, None, False),
    ],
)
def test_the_status_that_a_change_gives(
    status: Status, change: Restatement | Cancellation, code: Code | None, *, ignored: bool
) -> None:
    """D94 to D96, for every state and request of section 14."""
    assert code == locking.misused_status(status, change)
    assert ignored is locking.ignores_status(status, change)


def test_by_setting_declined_has_no_effect_where_it_does_not_apply() -> None:
    """D94's other choice."""
    assert locking.misused_status(opened(), DECLINED, ignores_declined=True) is None
    assert Code.STATUS_REQUIRED == locking.misused_status(IS_PENDING, cancellation(), ignores_declined=True)


# ── the next status ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("method", "validation"),
    [
        (FIXED_DATE, ValidationStatus.AUTOMATED),
        (duration(30), ValidationStatus.AUTOMATED),
        (IMMEDIATE, ValidationStatus.AUTOMATED),
        (OPEN_ENDED, ValidationStatus.PENDING),
    ],
)
def test_a_create_opens_a_status(method: Locking, validation: ValidationStatus) -> None:
    """Pending under open-ended terms, automated under all others."""
    status = opened(method)

    assert (validation, False, None, RECEIVED, StatusCause.SUBMISSION, 7) == (
        status.validation,
        status.extended,
        status.closed_at,
        status.since,
        status.cause,
        status.position,
    )
    assert lock(method, EVENT, RECEIVED) == (status.locking_date, status.locks_at)


def test_accepting_gives_a_pending_order_its_lock() -> None:
    """The table's second and third accepting request differ by the lock instant."""
    received = utc("2026-03-11T09:00:00Z")
    status = locking.restated(IS_PENDING, ACCEPTED, received, position=9)

    assert (ValidationStatus.ACCEPTED, received, 9) == (status.validation, status.since, status.position)
    assert (utc("2026-04-10T07:00:00Z"), utc("2026-04-11T09:00:00Z")) == (
        status.locking_date,
        status.locks_at,
    )


def test_by_setting_an_accepted_order_locks_at_once() -> None:
    """D100's other choice."""
    received = utc("2026-03-11T09:00:00Z")
    status = locking.restated(IS_PENDING, ACCEPTED, received, position=9, locks_at_once=True)

    assert (received, received) == (status.locking_date, status.locks_at)


@pytest.mark.parametrize(
    ("status", "change"),
    [(IS_PENDING, PENDING), (IS_ACCEPTED, ACCEPTED), (opened(), ACCEPTED), (opened(), restatement())],
)
def test_other_restatements_leave_the_status_as_it_is(status: Status, change: Restatement) -> None:
    """An accepted order keeps its dates when it is accepted again."""
    assert status is locking.restated(status, change, LOCKS_AT, position=9)


@pytest.mark.parametrize("status", [IS_PENDING, IS_ACCEPTED])
def test_declining_locks_at_once(status: Status) -> None:
    """The declining request's time of receipt (D101)."""
    received = utc("2026-03-05T15:00:00Z")
    after = locking.cancelled(status, received, position=9)

    assert (ValidationStatus.DECLINED, received, received, received, 9) == (
        after.validation,
        after.locking_date,
        after.locks_at,
        after.since,
        after.position,
    )


def test_a_cancelled_order_that_is_not_open_ended_keeps_its_status() -> None:
    """It still locks and closes like any other."""
    status = opened()

    assert status is locking.cancelled(status, BEFORE, position=9)


def test_an_extended_order_locks_a_month_later() -> None:
    """The first example of the table, extended by a person."""
    after = locking.extended(opened(), BEFORE, position=9, cause=StatusCause.PERSON)

    assert (
        Status(
            validation=ValidationStatus.AUTOMATED,
            locking_date=utc("2026-03-10T07:00:00Z"),
            locks_at=utc("2026-03-11T09:00:00Z"),
            since=BEFORE,
            cause=StatusCause.PERSON,
            position=9,
            extended=True,
        )
        == after
    )
