"""Locking: until when an action can still change.

Owns the calendar arithmetic and the statuses of open-ended orders (spec/processing.md, sections 14 and 15).
Asks no clock and no store: the time of receipt comes in. Next: processing.py.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from counterfoil.errors import Code
from counterfoil.model.ledger import Status, StatusCause, ValidationStatus
from counterfoil.model.orders import Cancellation, OrderStatus, Restatement
from counterfoil.model.programme import Locking, LockingMethod

PACIFIC = ZoneInfo("America/Los_Angeles")
PROVISIONAL_DAYS = 600
"""Days to the provisional locking date of a pending order, where its terms name none (D99)."""

# Older instants have no Pacific date that `datetime` can hold; their locks are past either way.
_EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
_FULL_HOURS_SINCE = 1900

# Named once: to ask an enumeration for a member takes longer than to compare with it.
_FIXED_DATE = LockingMethod.FIXED_DATE
_FIXED_DURATION = LockingMethod.FIXED_DURATION
_OPEN_ENDED = LockingMethod.OPEN_ENDED
_PENDING, _AUTOMATED = ValidationStatus.PENDING, ValidationStatus.AUTOMATED
_SUBMISSION = StatusCause.SUBMISSION

ActionStatus = Literal["new", "extended", "locked", "closed"]


class Lock(NamedTuple):
    """The stored and reported date, and the instant from which changes are late (`None`: never by itself)."""

    locking_date: datetime
    locks_at: datetime | None


# ── the calendar ─────────────────────────────────────────────────────────────────────────────────────


def lock(locking: Locking, event_time: datetime, received_at: datetime) -> Lock:
    """When an action locks, by its method; at once if that instant was past when it was received (D105).

    Both times are aware; what comes back is in UTC, except that a time of receipt is handed back as it is.
    """
    method = locking.method
    if method is _FIXED_DATE:
        standard = _standard_lock(*_next_month(_pacific_date(event_time)))
    elif method is _FIXED_DURATION:
        assert locking.days is not None, "terms with FIXED_DURATION name their days"
        standard = _lock_of(_pacific_date(event_time) + timedelta(days=locking.days))
    elif method is _OPEN_ENDED:
        days = PROVISIONAL_DAYS if locking.days is None else locking.days
        return Lock(event_time + timedelta(days=days), None)
    else:
        return Lock(received_at, received_at)
    if standard.locks_at is not None and standard.locks_at <= received_at:
        return Lock(received_at, received_at)
    return standard


def first_standard_lock_after(received_at: datetime) -> Lock:
    """The 10th whose lock instant, the 11th at 02:00 Pacific, is the first after the receipt (D100)."""
    today = _pacific_date(received_at)
    this_month = _standard_lock(today.year, today.month)
    if this_month.locks_at is not None and received_at < this_month.locks_at:
        return this_month
    return _standard_lock(*_next_month(today))


def one_month_later(locking_date: datetime) -> Lock:
    """The lock of a stored date moved by a Pacific calendar month, the day cut to the month's end (D106)."""
    stored = _pacific_date(locking_date)
    year, month = _next_month(stored)
    return _lock_of(date(year, month, min(stored.day, monthrange(year, month)[1])))


def _pacific_date(instant: datetime) -> date:
    # Since there has been a Pacific time, its midnight has been a full hour of UTC.
    if instant.tzinfo is UTC and instant.year >= _FULL_HOURS_SINCE:
        return _pacific_date_of_hour(instant.date(), instant.hour)
    return max(instant, _EARLIEST).astimezone(PACIFIC).date()


@lru_cache(maxsize=4096)
def _pacific_date_of_hour(day: date, hour: int) -> date:
    """The Pacific date throughout an hour of UTC."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC).astimezone(PACIFIC).date()


def _next_month(day: date) -> tuple[int, int]:
    return (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)


@lru_cache(maxsize=1024)
def _standard_lock(year: int, month: int) -> Lock:
    return _lock_of(date(year, month, 10))


@lru_cache(maxsize=4096)
def _lock_of(day: date) -> Lock:
    """Pacific midnight of a day, and 02:00 Pacific of the next one (D102).

    Where the spring change leaves out 02:00, `zoneinfo` reckons with winter time: 10:00Z, as D103 asks.
    """
    next_day = day + timedelta(days=1)
    midnight = datetime(day.year, day.month, day.day, tzinfo=PACIFIC)
    two = datetime(next_day.year, next_day.month, next_day.day, 2, tzinfo=PACIFIC)
    return Lock(midnight.astimezone(UTC), two.astimezone(UTC))


# ── what a status allows ─────────────────────────────────────────────────────────────────────────────


def is_locked(status: Status, received_at: datetime) -> bool:
    """Whether what was received then came too late; at the lock instant itself it did (D104)."""
    return status.locks_at is not None and status.locks_at <= received_at


def is_closed(status: Status, received_at: datetime) -> bool:
    """Whether the action was closed for payment when this was received (D108)."""
    return status.closed_at is not None and status.closed_at <= received_at


def action_status(status: Status, now: datetime) -> ActionStatus:
    """The action's status as the report shows it."""
    if is_closed(status, now):
        return "closed"
    if is_locked(status, now):
        return "locked"
    return "extended" if status.extended else "new"


def can_be_extended(status: Status, method: LockingMethod, received_at: datetime) -> bool:
    """Whether an extension received then is allowed; that the order stands is the caller's to know (D106)."""
    if method not in (LockingMethod.FIXED_DATE, LockingMethod.FIXED_DURATION):
        return False
    return not (status.extended or is_locked(status, received_at) or is_closed(status, received_at))


def misused_status(
    status: Status, change: Restatement | Cancellation, *, ignores_declined: bool = False
) -> Code | None:
    """Why the `status` that a change gives, or leaves out, rejects it (D94 to D96).

    `ignores_declined`: by setting, `Declined` on an order that is not open-ended has no effect.
    """
    if status.validation is ValidationStatus.AUTOMATED:
        if isinstance(change, Cancellation) and change.status is not None and not ignores_declined:
            return Code.STATUS_NOT_APPLICABLE
        return None
    if change.status is None:
        return Code.STATUS_REQUIRED
    if status.validation is ValidationStatus.ACCEPTED and change.status is OrderStatus.PENDING:
        return Code.STATUS_BACKWARDS
    return None


def ignores_status(status: Status, change: Restatement | Cancellation) -> bool:
    """Whether a change that is not rejected gives a `status` in vain: warning `STATUS_IGNORED` (D94)."""
    return status.validation is ValidationStatus.AUTOMATED and change.status is not None


# ── the next status ──────────────────────────────────────────────────────────────────────────────────
# `position` is the place in the log of what changes the status, `received_at` when that was received.


def opened(locking: Locking, event_time: datetime, received_at: datetime, *, position: int) -> Status:
    """The status of a commissionable create."""
    locking_date, locks_at = lock(locking, event_time, received_at)
    return Status(
        validation=_PENDING if locking.method is _OPEN_ENDED else _AUTOMATED,
        locking_date=locking_date,
        locks_at=locks_at,
        since=received_at,
        cause=_SUBMISSION,
        position=position,
    )


def restated(
    status: Status,
    change: Restatement,
    received_at: datetime,
    *,
    position: int,
    locks_at_once: bool = False,
) -> Status:
    """The status after a restatement that is not rejected: the very same unless it accepts a pending order.

    An accepted order locks with the first standard lock after the receipt, or by setting at once
    (`locks_at_once`, D100).
    """
    if status.validation is not ValidationStatus.PENDING or change.status is not OrderStatus.ACCEPTED:
        return status
    at_once = Lock(received_at, received_at)
    locking_date, locks_at = at_once if locks_at_once else first_standard_lock_after(received_at)
    return replace(
        status,
        validation=ValidationStatus.ACCEPTED,
        locking_date=locking_date,
        locks_at=locks_at,
        since=received_at,
        cause=StatusCause.SUBMISSION,
        position=position,
    )


def cancelled(status: Status, received_at: datetime, *, position: int) -> Status:
    """The status after a cancellation that is not rejected: an open-ended order is declined.

    It locks at once, by the time the request was received (D101); other orders keep theirs.
    """
    if status.validation is ValidationStatus.AUTOMATED:
        return status
    return replace(
        status,
        validation=ValidationStatus.DECLINED,
        locking_date=received_at,
        locks_at=received_at,
        since=received_at,
        cause=StatusCause.SUBMISSION,
        position=position,
    )


def extended(
    status: Status, received_at: datetime, *, position: int, cause: StatusCause = StatusCause.SUBMISSION
) -> Status:
    """An order moved once by one cycle (D106); whether it may be is asked of `can_be_extended`."""
    locking_date, locks_at = one_month_later(status.locking_date)
    return replace(
        status,
        locking_date=locking_date,
        locks_at=locks_at,
        extended=True,
        since=received_at,
        cause=cause,
        position=position,
    )
