"""Windows: the forms of a date, and what a missing bound means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from counterfoil.reporting.windows import Window, last_day, read_date, window

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T12:00:00Z",
        "2026-03-01T12:00:00.000Z",
        "2026-03-01t12:00z",
        "2026-03-01T12:00:00+00:00",
        "2026-03-01T04:00:00-08:00",
        "2026-03-01T13:00+01",
        "2026-03-01 12:00:00Z",
        "2026-03-01 12:00:00",
        "2026-03-01T12:00:00",
        "2026-03-01T12:00",
        "2026-03-01 07:00:00.0-0500",
    ],
)
def test_every_form_of_a_date_is_read(text: str) -> None:
    """All forms of an instant, a blank for the T, and no zone for UTC mean the same noon (D119)."""
    assert NOON == read_date(text)


def test_a_date_alone_is_its_midnight_in_utc() -> None:
    """A date without time is midnight UTC (D43)."""
    assert datetime(2026, 3, 1, tzinfo=UTC) == read_date("2026-03-01")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "yesterday",
        "2026-02-30",
        "2026-03-01T24:00",
        "2026-03-01  12:00",
        "01.03.2026",
        "2026-03-01Z",
        "2026-03-01T12:00:00+19:00",
        "20260301",
        "2026-3-1",
        "2026-03-01T12:00 Z",
        "२०२६-03-01",
        "2026-03-01T",
    ],
)
def test_anything_else_is_no_date(text: str) -> None:
    """What is no form of D119 cannot be read."""
    assert read_date(text) is None


def test_a_missing_bound_lies_a_day_from_the_other() -> None:
    """One bound of a pair stands for 24 hours from it (D116)."""
    day = timedelta(hours=24)

    assert Window(NOON, NOON + day) == window(NOON, None)
    assert Window(NOON - day, NOON) == window(None, NOON)
    assert window(None, None) is None


def test_a_day_beyond_the_calendar_ends_with_it() -> None:
    """The other bound never leaves the years that there are."""
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

    assert Window(last - timedelta(hours=1), last) == window(last - timedelta(hours=1), None)
    assert Window(first, first + timedelta(hours=1)) == window(None, first + timedelta(hours=1))


def test_a_window_of_thirty_two_days_is_too_long() -> None:
    """Less than 32 days passes, 32 days and more does not (D117)."""
    end = datetime(2026, 4, 1, 23, 59, 59, tzinfo=UTC)

    assert not Window(datetime(2026, 3, 1, tzinfo=UTC), end).is_too_long
    assert Window(NOON, NOON + timedelta(days=32)).is_too_long
    assert not Window(NOON, NOON - timedelta(days=99)).is_too_long


def test_the_last_day_includes_this_instant() -> None:
    """The default window begins 24 hours ago and has no end, so that what is posted now is in it (D115)."""
    assert Window(NOON - timedelta(hours=24), None) == last_day(NOON)
