"""Every accepted and refused form of a point in time, as a literal and as a JSON value.

Owns D41 to D44. Leaves other values to test_reading_scalars.py. Next: asking.py.
"""

import json

import pytest

from counterfoil.capture.instants import canonical_instant
from counterfoil.capture.scalars import SCALARS
from tests.api.asking import from_json, from_literal

INSTANT = "Expected an ISO 8601 date-time with a zone, such as '2026-03-01T12:00:00Z', but was '{}'."


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2026-03-01T12:13:14Z", "2026-03-01T12:13:14Z"),
        ("2026-03-01T12:13:14.000Z", "2026-03-01T12:13:14Z"),
        ("2026-03-01T12:13:14+00:00", "2026-03-01T12:13:14Z"),
        ("2026-03-01T01:01:01.0-07:00", "2026-03-01T08:01:01Z"),
        ("2026-03-01", "2026-03-01T00:00:00Z"),
        ("2026-03-01t12:13z", "2026-03-01T12:13:00Z"),
        ("2026-03-01T12:13+01", "2026-03-01T11:13:00Z"),
        ("2026-03-01T12:13:14+0530", "2026-03-01T06:43:14Z"),
        ("2026-03-01T00:30:00+18:00", "2026-02-28T06:30:00Z"),
        ("2026-03-01T12:13:14.1Z", "2026-03-01T12:13:14.100Z"),
        ("2026-03-01T12:13:14.120Z", "2026-03-01T12:13:14.120Z"),
        ("2026-03-01T12:13:14.1234Z", "2026-03-01T12:13:14.123400Z"),
        ("2026-03-01T12:13:14.123456789Z", "2026-03-01T12:13:14.123456789Z"),
        ("2026-03-01T12:13:14.000000001-01:00", "2026-03-01T13:13:14.000000001Z"),
        ("2024-02-29", "2024-02-29T00:00:00Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"),
    ],
)
def test_an_instant_is_kept_in_utc(sent: str, kept: str) -> None:
    """Each accepted form gives one text: UTC, `Z`, and 0, 3, 6 or 9 digits of a second."""
    assert kept == from_literal(SCALARS["Instant"][0], json.dumps(sent))
    assert kept == from_json(SCALARS["Instant"][1], json.dumps(sent))


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "yesterday",
        "2026-03-01T12:13:14",
        "2026-03-01 12:13:14Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T23:60:00Z",
        "2026-03-01T23:59:60Z",
        "2026-02-29",
        "2026-13-01",
        "2026-00-10",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-00:01",
        "2026-03-01T12:13:14.1234567890Z",
        "2026-03-01T12:13:14+18:01",
        "2026-03-01T12:13:14+01:60",
        "2026-03-01T12:13:14+1",
        "2026-03-01T12Z",
        "2026-03-01Z",
        "2026-3-1",
        "20260301T121314Z",
        " 2026-03-01",
        "2026-03-01\n",
        "٢٠٢٦-03-01",
        "2026-03-01T12:13:14Z" * 20,
    ],
)
def test_what_is_no_instant(sent: str) -> None:
    """No zone, no such day or time, out of the years, too many digits: told with the text that came."""
    told = INSTANT.format(sent)

    assert told == from_literal(SCALARS["Instant"][0], json.dumps(sent, ensure_ascii=False))
    assert told == from_json(SCALARS["Instant"][1], json.dumps(sent))


@pytest.mark.parametrize(("literal", "text"), [("5", "5"), ("1.5", "1.5"), ("true", "true"), ("Now", "Now")])
def test_an_instant_is_a_string(literal: str, text: str) -> None:
    """A literal of another kind is no instant."""
    assert INSTANT.format(text) == from_literal(SCALARS["Instant"][0], literal)


def test_a_long_text_is_no_work() -> None:
    """A text of a million characters is no instant, and is not looked at."""
    assert canonical_instant("2026-03-01T12:13:14." + "0" * 1_000_000 + "Z") is None
