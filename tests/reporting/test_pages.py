"""Pages: which records a caller gets, in what order, and where a page ends."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from counterfoil.model.ledger import Status, StatusCause, ValidationStatus
from counterfoil.model.orders import Mode
from counterfoil.rules.locking import action_status
from counterfoil.tokens import Caller
from tests.desk import ALPINE, BEGINNING, CLICK_B, CLICK_B_ALPINE, Desk
from tests.reporting.bookkeeping import (
    ALPINE_CID,
    NORTHWIND_CID,
    SPARFUCHS,
    VINYL_DIGEST,
    advertiser,
    cancel,
    column,
    create,
    order_ids,
    post,
    publisher,
    read,
    restate,
)

A_DAY = timedelta(days=1)


def stay(order_id: str) -> Any:
    """An order of Alpine's, pending until it is validated, through Sparfuchs."""
    return create(order_id, 451, enterprise_id=ALPINE, cj_event=CLICK_B_ALPINE, currency="EUR")


@pytest.fixture
def three(desk: Desk) -> Desk:
    """Northwind's A-1 by Vinyl Digest, restated, and A-2 by Sparfuchs; Alpine's B-1 by Sparfuchs."""
    post(desk, create("A-1"), create("A-2", cj_event=CLICK_B), stay("B-1"), restate("A-1", amount="50"))
    return desk


VIEWS: list[tuple[str, Caller, set[str]]] = [
    ("advertiser", advertiser(5500001), {"A-1", "A-2"}),
    ("advertiser", advertiser(5500002), {"B-1"}),
    ("publisher", publisher(7700001), {"A-1"}),
    ("publisher", publisher(7700002), {"A-2", "B-1"}),
    ("publisher", publisher(7700009), set()),
    ("publisher", advertiser(5500001), set()),
    ("advertiser", publisher(7700001), set()),
]


def test_everyone_sees_their_own_records(three: Desk) -> None:
    """Companies that a caller has no right to are ignored, on either side (D125)."""
    for side, caller, seen in VIEWS:
        assert seen == set(order_ids(three, side=side, caller=caller)), (side, caller)


def test_an_operator_sees_the_companies_that_are_named(three: Desk) -> None:
    """The operator reads every company, and only those asked for."""
    assert {"A-1", "A-2"} == set(order_ids(three, forAdvertisers=[NORTHWIND_CID]))
    assert {"A-1", "A-2", "B-1"} == set(order_ids(three, forAdvertisers=[ALPINE_CID, NORTHWIND_CID] * 2))


def test_no_company_gives_an_empty_page(three: Desk) -> None:
    """Without companies the page is empty, complete, and names no id (D122, D123)."""
    page = read(three, "orderId", forAdvertisers=[])

    assert (0, None, True, 10_000) == (
        page.count,
        page.max_commission_id,
        page.payload_complete,
        page.limit,
    )
    assert [] == list(page.records.values("orderId"))  # type: ignore[arg-type]


def test_records_ascend_by_id_over_all_companies(three: Desk) -> None:
    """Records of several companies are in one order, that of their ids."""
    assert ["A-1", "A-2", "B-1", "A-1", "A-1"] == order_ids(three)
    assert ["200000000" + n for n in "12345"] == column(three, "commissionId", side="publisher")


def test_pages_follow_each_other_without_gap(three: Desk) -> None:
    """The last id of a page is the cursor of the next, and only the last page is complete (D121)."""
    seen: list[tuple[list[str], bool]] = []
    cursor = "0"
    while True:
        page = read(three, "commissionId", limit=2, sinceCommissionId=cursor)
        seen.append((list(page.records.columns["commission_id"]), page.payload_complete))
        if page.payload_complete:
            break
        assert page.max_commission_id is not None
        cursor = page.max_commission_id

    assert [
        (["2000000001", "2000000002"], False),
        (["2000000003", "2000000004"], False),
        (["2000000005"], True),
    ] == seen


def test_a_page_over_several_companies_begins_with_the_lowest_ids(desk: Desk) -> None:
    """Whichever company has them, the first records of all come first, and the last one is no exception."""
    post(desk, create("S-1", cj_event=CLICK_B), *(create(f"V-{n}") for n in range(3)))
    post(desk, create("S-2", cj_event=CLICK_B))
    cursors = ("0", "2000000002", "2000000004")

    assert [["S-1", "V-0"], ["V-1", "V-2"], ["S-2"]] == [
        order_ids(desk, side="publisher", limit=2, sinceCommissionId=cursor) for cursor in cursors
    ]


def test_a_page_that_is_exactly_full_is_complete(three: Desk) -> None:
    """Nothing follows a page that holds the last record."""
    page = read(three, limit=5)

    assert (5, True, "2000000005") == (page.count, page.payload_complete, page.max_commission_id)


def test_the_test_ledger_is_not_reported(desk: Desk) -> None:
    """Orders of the test ledger never appear here (D112)."""
    desk.send([create("T-1")], mode=Mode.TEST)
    post(desk, create("A-1"))

    assert ["A-1"] == order_ids(desk)


def test_orders_that_earn_nobody_commission_are_not_listed(desk: Desk) -> None:
    """A non-commissionable order has no record (D128)."""
    post(desk, create("N-1", cj_event=None), create("A-1"))

    assert ["A-1"] == order_ids(desk)


# ── filters ──────────────────────────────────────────────────────────────────────────────────────────


CONDITIONS: list[tuple[dict[str, Any], set[str]]] = [
    ({"publisherIds": [VINYL_DIGEST]}, {"A-1"}),
    ({"publisherIds": [VINYL_DIGEST, SPARFUCHS, "x"]}, {"A-1", "A-2", "B-1"}),
    ({"publisherIds": ["x"]}, set()),
    ({"adIds": ["12000002"]}, {"B-1"}),
    ({"websiteIds": ["9900002"]}, {"A-2", "B-1"}),
    ({"commissionIds": ["2000000002", "99", "nine"]}, {"A-2"}),
    ({"actionTypes": ["SIM_sale"]}, {"A-1", "A-2", "B-1"}),
    ({"actionTypes": ["item_sale", "bonus", "click", "nonsense\x00"]}, set()),
    ({"actionStatuses": ["NEW"]}, {"A-1", "A-2", "B-1"}),
    ({"actionStatuses": ["locked", "closed", "\x00", "\ud800"]}, set()),
    ({"lockingMethods": ["OPEN_ENDED"]}, {"B-1"}),
    ({"validationStatuses": ["PENDING"]}, {"B-1"}),
    ({"validationStatuses": ["AUTOMATED", "DECLINED"]}, {"A-1", "A-2"}),
    ({"sinceEventDate": "2026-03-01T09:30:00Z"}, {"A-1", "A-2", "B-1"}),
    ({"beforeEventDate": "2026-03-01T09:30:00Z"}, set()),
    ({"sinceLockingDate": "2026-04-10T07:00:00Z"}, {"A-1", "A-2"}),
    ({"beforeLockingDate": "2026-04-10T07:00:00Z"}, set()),
    ({"publisherIds": [SPARFUCHS], "adIds": ["12000001"]}, {"A-2"}),
]


def test_each_condition_chooses_its_records(three: Desk) -> None:
    """A list matches any of its values, a window includes its since and not its before, all hold together."""
    for arguments, seen in CONDITIONS:
        assert seen == set(order_ids(three, **arguments)), arguments


def test_publishers_choose_by_advertiser(three: Desk) -> None:
    """`advertiserIds` is the publisher's condition."""
    assert {"B-1"} == set(order_ids(three, side="publisher", advertiserIds=[ALPINE_CID]))


def test_posting_windows_choose_by_the_time_of_posting(desk: Desk) -> None:
    """Since is inclusive, before is exclusive, at the very instant of a posting (section 3)."""
    for day in range(4):
        desk.clock(BEGINNING + day * A_DAY)
        post(desk, create(f"D-{day}"))

    def posted(since: str | None, before: str | None) -> list[str]:
        return order_ids(desk, sincePostingDate=since, beforePostingDate=before)

    assert ["D-1", "D-2"] == posted("2026-03-02T10:00:00Z", "2026-03-04T10:00:00Z")
    assert ["D-1"] == posted("2026-03-02T10:00:00Z", None)
    assert ["D-0"] == posted(None, "2026-03-02T10:00:00Z")
    assert ["D-3"] == posted("2026-03-03T10:00:00.001Z", "2026-03-30")
    assert [] == posted("2026-03-05", "2026-03-20")
    assert [] == posted("2026-03-04", "2026-03-02")
    assert [] == posted("2026-02-01", "2026-03-01")


def test_without_any_date_the_last_day_is_meant(desk: Desk) -> None:
    """The default is the last 24 hours, this instant included; a cursor or ids lift it (D115)."""
    post(desk, create("OLD"))
    desk.clock(BEGINNING + timedelta(hours=24))
    post(desk, create("EDGE"))
    desk.clock(BEGINNING + timedelta(hours=24, microseconds=1))
    post(desk, create("NOW"))

    assert ["EDGE", "NOW"] == order_ids(desk)
    assert ["OLD", "EDGE", "NOW"] == order_ids(desk, sinceCommissionId="0")
    assert ["OLD"] == order_ids(desk, commissionIds=["2000000001"])


def test_statuses_are_those_of_now_on_every_record(desk: Desk) -> None:
    """When the lock instant passes every record of the action shows it, and the filter finds it (D109)."""
    post(desk, create("A-1"), restate("A-1", amount="50"))
    before, after = BEGINNING.replace(month=4, day=11, hour=8, minute=59), BEGINNING.replace(month=4, day=11)
    wanted = {"sinceCommissionId": "0"}

    assert ["new"] * 3 == column(desk, "actionStatus", now=before, **wanted)
    assert ["locked"] * 3 == column(desk, "actionStatus", now=after, **wanted)
    assert ["A-1"] * 3 == order_ids(desk, now=after, actionStatuses=["Locked"], **wanted)
    assert [] == order_ids(desk, now=before, actionStatuses=["Locked"], **wanted)


def test_the_database_and_the_rule_agree_on_statuses(desk: Desk) -> None:
    """Whatever is before, at or after now, the report's status is that of rules/locking.py."""
    post(desk, create("A-1"))
    times = (None, BEGINNING - A_DAY, BEGINNING, BEGINNING + A_DAY)
    # An action is closed as of its closing's receipt, which a report never precedes.
    cases = list(product((False, True), times, times[:-1]))
    by_rule = [
        action_status(
            Status(
                validation=ValidationStatus.AUTOMATED,
                locking_date=BEGINNING,
                locks_at=locks_at,
                since=BEGINNING,
                cause=StatusCause.SUBMISSION,
                position=1,
                extended=extended,
                closed_at=closed_at,
            ),
            BEGINNING,
        )
        for extended, locks_at, closed_at in cases
    ]

    for case, expected in zip(cases, by_rule, strict=True):
        desk.connection.execute(
            "UPDATE action_current SET extended = %s, locks_at = %s, closed_at = %s", case
        )
        assert [expected] == column(desk, "actionStatus"), case
        assert ["A-1"] == order_ids(desk, actionStatuses=[expected]), case
    assert {"new", "extended", "locked", "closed"} == set(by_rule)


def test_a_cancelled_order_stays_listed(desk: Desk) -> None:
    """Records are added, never taken away."""
    post(desk, create("A-1"), cancel("A-1"))

    assert [True, False, False] == column(desk, "original")
