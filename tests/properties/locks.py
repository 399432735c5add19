"""Locks: until when an order can change, on the judge's own calendar.

Owns the judge's reading of spec/processing.md, section 15. Imports nothing of the product. Next:
generations.py.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.properties.programme import Paid

PACIFIC = ZoneInfo("America/Los_Angeles")


def pacific(on: date, hour: int) -> datetime:
    """An hour of a Pacific day; one that does not exist is taken by winter time (D103)."""
    return datetime(on.year, on.month, on.day, hour, tzinfo=PACIFIC).astimezone(UTC)


def tenth_after(on: date) -> date:
    """The 10th of the next month."""
    return date(on.year + on.month // 12, on.month % 12 + 1, 10)


def lock(paid: Paid, event: datetime, at: datetime) -> tuple[datetime, datetime | None]:
    """The date that is shown, and the instant from which changes are late."""
    if paid.locking == "OPEN_ENDED":
        return event + timedelta(hours=24 * paid.days), None
    on = event.astimezone(PACIFIC).date()
    shown = tenth_after(on) if paid.locking == "FIXED_DATE" else on + timedelta(days=paid.days)
    late = pacific(shown + timedelta(days=1), 2)
    if paid.locking == "IMMEDIATE" or late <= at:
        return at, at
    return pacific(shown, 0), late


def next_cycle(at: datetime) -> tuple[datetime, datetime]:
    """The first 11th, 02:00 Pacific, after this instant (D100)."""
    today = at.astimezone(PACIFIC).date()
    for shown in (today.replace(day=10), tenth_after(today)):
        if pacific(shown + timedelta(days=1), 2) > at:
            return pacific(shown, 0), pacific(shown + timedelta(days=1), 2)
    raise AssertionError(at)


def month_later(shown: datetime) -> tuple[datetime, datetime]:
    """The stored date moved by a calendar month, the day cut to the month's end (D106)."""
    on = shown.astimezone(PACIFIC).date()
    following = tenth_after(on)
    moved = following.replace(day=min(on.day, monthrange(following.year, following.month)[1]))
    return pacific(moved, 0), pacific(moved + timedelta(days=1), 2)
