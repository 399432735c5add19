"""Windows: from when until when, out of what a client wrote.

Owns the forms of a date and the defaults of spec/commission-detail-api.md, section 3. Asks no clock.
Next: filters.py.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from counterfoil.capture.instants import canonical_instant
from counterfoil.model.orders import instant

DAY = timedelta(hours=24)
TOO_LONG = timedelta(days=32)
"""A window this long or longer is refused (D117)."""

_DATE_LENGTH = 10
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)


class Window(NamedTuple):
    """From `since` on and before `before`, both in UTC; `None` leaves that side open."""

    since: datetime | None
    before: datetime | None

    @property
    def is_too_long(self) -> bool:
        """Whether it spans 32 days or more (D117)."""
        return self.since is not None and self.before is not None and self.before - self.since >= TOO_LONG


def read_date(text: str) -> datetime | None:
    """The instant that a date argument means, `None` for one that cannot be read (D119).

    Every form of an `Instant`, with a blank for the `T`, and without a zone, which then is UTC.
    """
    date, blank, time = text[:_DATE_LENGTH], text[_DATE_LENGTH : _DATE_LENGTH + 1], text[_DATE_LENGTH + 1 :]
    written = f"{date}T{time}" if blank == " " else text
    canonical = canonical_instant(written) or canonical_instant(f"{written}Z")
    return None if canonical is None else instant(canonical)


def window(since: datetime | None, before: datetime | None) -> Window | None:
    """The window of a pair of bounds: a missing one lies 24 hours from the other (D116)."""
    if since is None and before is None:
        return None
    if before is None:
        assert since is not None
        return Window(since, since + DAY if _LATEST - since > DAY else _LATEST)
    if since is None:
        return Window(before - DAY if before - _EARLIEST > DAY else _EARLIEST, before)
    return Window(since, before)


def last_day(now: datetime) -> Window:
    """The last 24 hours (D115). Open at its end: what is posted at this very instant belongs to it."""
    return Window(now - DAY, None)
