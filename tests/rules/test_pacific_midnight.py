"""Pacific midnight: why a date may be kept by the hour of UTC.

Owns that one property of the zone. Leaves what locks when to test_locking.py.
"""

from datetime import UTC, datetime, timedelta

from counterfoil.rules.locking import PACIFIC

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def test_no_hour_of_utc_since_1900_has_two_pacific_dates() -> None:
    """Offsets are full hours; where they change, even in 1948 at 02:01, no date begins within the hour."""
    days = [datetime(1900, 1, 1, tzinfo=UTC) + n * DAY for n in range(365 * 200)]
    offsets = [day.astimezone(PACIFIC).utcoffset() or DAY for day in days]
    changing = [
        day for day, before, after in zip(days, offsets, offsets[1:], strict=False) if before != after
    ]
    hours = [day + n * HOUR for day in changing for n in range(24)]

    assert 300 < len(changing)
    assert {timedelta(0)} == {offset % HOUR for offset in offsets}
    assert [] == [hour for hour in hours if _date(hour) != _date(hour + HOUR - timedelta.resolution)]


def _date(instant: datetime) -> object:
    return instant.astimezone(PACIFIC).date()
