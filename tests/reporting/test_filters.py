"""Filters: what the arguments of a report mean, and which cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from counterfoil.errors import Refusal, RefusalCode
from counterfoil.reporting import Filters, Side, read_filters
from counterfoil.reporting.filters import ID_MAX
from counterfoil.reporting.windows import Window


def publisher(**arguments: Any) -> Filters:
    """The filters of a publisher's query with these arguments."""
    read = read_filters("publisherCommissions", {"forPublishers": ["9001"], **arguments})
    assert isinstance(read, Filters), read
    return read


def refusal(**arguments: Any) -> Refusal:
    """What is said against an advertiser's query with these arguments."""
    read = read_filters("advertiserCommissions", {"forAdvertisers": ["9001"], **arguments})
    assert isinstance(read, Refusal), read
    return read


def test_each_query_names_its_own_companies() -> None:
    """`forPublishers` and `forAdvertisers` are the companies of their query."""
    theirs = read_filters("advertiserCommissions", {"forAdvertisers": ["1", "2"]})

    assert isinstance(theirs, Filters)
    assert (Side.ADVERTISER, (1, 2)) == (theirs.side, theirs.companies)
    assert (Side.PUBLISHER, (9001,)) == (publisher().side, publisher().companies)


@pytest.mark.parametrize("kind", ["posting", "event", "locking"])
def test_each_kind_of_date_has_its_window(kind: str) -> None:
    """A pair of bounds is the window of its own kind, and of no other."""
    name = kind.capitalize()
    read = publisher(**{f"since{name}Date": "2026-03-01", f"before{name}Date": "2026-03-08 00:00"})
    expected = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 8, tzinfo=UTC))

    assert {kind: expected} == {
        each: getattr(read, each) for each in ("posting", "event", "locking") if getattr(read, each)
    }
    assert not read.is_of_the_last_day


def test_nothing_that_says_when_means_the_last_day() -> None:
    """Without dates, ids and cursor the window is the last 24 hours; ids or a cursor lift it (D115)."""
    assert publisher().is_of_the_last_day
    assert publisher(adIds=["1"], actionStatuses=["new"]).is_of_the_last_day
    assert not publisher(sinceCommissionId="0").is_of_the_last_day
    assert not publisher(commissionIds=["7"]).is_of_the_last_day


def test_an_empty_list_counts_as_not_given() -> None:
    """An empty list says nothing, not even that ids were given (D122)."""
    lists = ("commissionIds", "advertiserIds", "adIds", "websiteIds", "actionStatuses", "actionTypes")
    empty: dict[str, Any] = {name: [] for name in (*lists, "lockingMethods", "validationStatuses")}

    assert publisher() == publisher(**empty)


def test_a_null_counts_as_not_given() -> None:
    """An argument that is null says nothing (D4)."""
    assert publisher() == publisher(sincePostingDate=None, sinceCommissionId=None, commissionIds=None)


def test_ids_that_are_no_numbers_match_nothing() -> None:
    """Of a list of ids the numbers remain; when none does, the list is still given."""
    odd = ["abc", "", "-1", "1.5", "１２", "9" * 30, str(ID_MAX + 1), "1\x00"]

    assert (7,) == publisher(adIds=[*odd, "7", "007"]).ad_ids
    assert () == publisher(websiteIds=odd).website_ids
    assert () == publisher(forPublishers=odd).companies


def test_statuses_and_types_are_read_in_any_case() -> None:
    """Statuses and types are compared without case (D126)."""
    read = publisher(actionStatuses=["LOCKED", "New"], actionTypes=["SIM_Sale"])

    assert (("locked", "new"), ("sim_sale",)) == (read.action_statuses, read.action_types)


@pytest.mark.parametrize(
    ("text", "number"),
    [("2000000003", 2000000003), ("0", 0), ("-5", -5), ("0" * 5000 + "7", 7), ("9" * 5000, ID_MAX)],
)
def test_a_cursor_is_a_number(text: str, number: int) -> None:
    """A cursor of digits is read, however many there are (D121)."""
    assert number == publisher(sinceCommissionId=text).since_commission_id


@pytest.mark.parametrize("text", ["", "abc", "1.5", "--1", "1e3", "٣", " 1"])
def test_a_cursor_that_is_no_number_is_refused(text: str) -> None:
    """The message names the value and the argument (D121)."""
    told = refusal(sinceCommissionId=text)

    assert f"Invalid commission id '{text}' for argument 'sinceCommissionId'" == told.message
    assert told.code is RefusalCode.INVALID_COMMISSION_ID


@pytest.mark.parametrize("name", ["sincePostingDate", "beforeEventDate", "sinceLockingDate"])
def test_a_date_that_cannot_be_read_is_refused(name: str) -> None:
    """The message names the value and the argument (D120)."""
    assert f"Invalid date '{{x}}' for argument '{name}'" == refusal(**{name: "{x}"}).message


def test_a_long_value_is_cut_in_the_message() -> None:
    """A message shows at most 1,000 characters of a value (D36)."""
    assert (
        f"Invalid date '{'x' * 1000}...' for argument 'sinceEventDate'"
        == refusal(sinceEventDate="x" * 9000).message
    )


def test_a_range_that_is_too_long_is_refused() -> None:
    """32 days are too long for a window of any kind (D117)."""
    told = refusal(sinceLockingDate="2026-03-01", beforeLockingDate="2026-04-02")

    assert "Date range may not exceed 31 days" == told.message
    assert isinstance(publisher(sinceEventDate="2026-03-01", beforeEventDate="2026-04-01T23:59:59Z"), Filters)


def test_what_cannot_be_read_is_told_before_what_is_too_long() -> None:
    """Of two faults the unreadable one is told, dates before the cursor."""
    told = refusal(
        sincePostingDate="2026-01-01",
        beforePostingDate="2026-12-31",
        sinceCommissionId="x",
        sinceEventDate="y",
    )

    assert "Invalid date 'y' for argument 'sinceEventDate'" == told.message
