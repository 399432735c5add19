"""Records: what each field says of an order's life."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from counterfoil.model.orders import CancellationStatus, CorrectionReason, OrderItem, OrderStatus
from counterfoil.reporting import Records
from counterfoil.reporting.countries import alpha3
from counterfoil.reporting.records import REASONS
from tests.desk import BEGINNING, CLICK_B, Desk
from tests.reporting.bookkeeping import cancel, column, create, items, post, read, restate
from tests.reporting.history import bonus

NEW = {"customerStatus": "New"}


def records(desk: Desk, *fields: str, **arguments: Any) -> Records:
    """The records of the desk's ledger with these fields."""
    return read(desk, *fields, **arguments).records


def figures(desk: Desk, *fields: str, **arguments: Any) -> list[tuple[Any, ...]]:
    """These fields of each record."""
    found = records(desk, *fields, **arguments)
    return list(zip(*(found.values(field) for field in fields), strict=True))


def item_figures(desk: Desk, *fields: str) -> list[tuple[Any, ...]]:
    """These fields of each item."""
    found = records(desk, "items").items
    return list(zip(*(found.values(field) for field in fields), strict=True))


def test_a_reversal_negates_every_figure(desk: Desk) -> None:
    """A reversal has the prior figures negated, and zero is never negative (D85, D86)."""
    post(
        desk,
        create("A-1", amount="100.00", discount="10"),
        restate("A-1", amount="50.00"),
        cancel("A-1"),
    )

    fields = "saleAmountUsd pubCommissionAmountUsd cjFeeUsd advCommissionAmountUsd orderDiscountUsd original"
    assert [
        ("90", "7.2", "0.72", "-7.92", "10", True),
        ("-90", "-7.2", "-0.72", "7.92", "-10", False),
        ("50", "4", "0.4", "-4.4", "0", False),
        ("-50", "-4", "-0.4", "4.4", "0", False),
        ("0", "0", "0", "0", "0", False),
    ] == figures(desk, *fields.split())


def test_each_currency_has_its_own_figures(desk: Desk) -> None:
    """Amounts are shown in the advertiser's, the publisher's and the order's currency, and in USD."""
    post(desk, create("A-1", amount="100.00", discount="10", currency="GBP", cj_event=CLICK_B))

    # 0.88 pounds, 1.10 dollars, one euro.
    assert [("112.5", "102.273", "112.5", "12.5", "10", "11.364", "12.5")] == figures(
        desk,
        "saleAmountAdvCurrency",
        "saleAmountPubCurrency",
        "saleAmountUsd",
        "orderDiscountAdvCurrency",
        "orderDiscountOrigCurrency",
        "orderDiscountPubCurrency",
        "orderDiscountUsd",
    )


def test_the_publisher_does_not_see_the_sale_in_the_advertisers_currency(desk: Desk) -> None:
    """`saleAmountAdvCurrency` is null on the publisher's side (D133)."""
    post(desk, create("A-1"))

    assert [None] == column(desk, "saleAmountAdvCurrency", side="publisher")
    assert ["100"] == column(desk, "saleAmountAdvCurrency", side="advertiser")


def test_items_of_a_reversal_keep_their_price(desk: Desk) -> None:
    """Quantity, commission and discount of a reversed item are negated, its price is not (section 10)."""
    post(
        desk,
        create("A-1", 402, items=[OrderItem(sku="X-1", unit_price="52.00", quantity=2, discount="4")]),
        restate("A-1", 402, items=items(("X-1", "50.00", 1))),
        cancel("A-1", 402),
    )

    assert [
        ("X-1", 2, "50", "5", "4"),
        ("X-1", -2, "50", "-5", "-4"),
        ("X-1", 1, "50", "2.5", "0"),
        ("X-1", -1, "50", "-2.5", "0"),
        ("X-1", 0, "0", "0", "0"),
    ] == item_figures(desk, "sku", "quantity", "perItemSaleAmountUsd", "totalCommissionUsd", "discountUsd")


def test_each_item_shows_what_priced_it(desk: Desk) -> None:
    """Items show list and situation of their rule, each its own id; list 0 is none (section 9)."""
    post(
        desk,
        create(
            "A-1", 402, items=items(("LP-1001", "40.00", 2), ("X-1", "15.55", 1)), vertical_parameters=NEW
        ),
        create("A-2", 402, items=items(("LP-1001", "10.00", 1), ("LP-1001", "10.00", 1))),
    )

    situation = ["New customer"]
    assert [
        ("2000000001001", "LP-1001", "77", situation, "9.6"),
        ("2000000001002", "X-1", "0", situation, "0.933"),
        ("2000000002001", "LP-1001", "77", [], "0.9"),
        ("2000000002002", "LP-1001", "77", [], "0.9"),
    ] == item_figures(
        desk, "commissionItemId", "sku", "itemListId", "situations", "totalCommissionAdvCurrency"
    )


def test_a_records_situations_are_named_once(desk: Desk) -> None:
    """Situations of all items, once each, by id and name; none where no rule has one."""
    post(
        desk,
        create("A-1", 402, items=items(("LP-1001", "40.00", 2), ("X-1", "1", 1)), vertical_parameters=NEW),
        create("A-2"),
    )
    found = records(desk, "situationDetails", "situations")

    assert [["New customer"], []] == found.values("situations")
    assert [1, 0] == found.situations.lengths
    assert (["31"], ["New customer"]) == (found.situations.values("id"), found.situations.values("name"))


def test_a_simple_action_has_no_items(desk: Desk) -> None:
    """Items sent for a simple action are not listed (section 8)."""
    post(desk, create("A-1", 401, amount="10", items=items(("X-1", "10.00", 1))))

    assert [0] == records(desk, "items").items.lengths


def test_attributes_have_the_reports_names(desk: Desk) -> None:
    """Attributes show what was sent under the report's names, and the country's three letters (D132)."""
    sent = {"customerStatus": "Lapsed", "customerCountry": "de", "brand": "Ünïcode", "minimumBalance": "5"}
    post(desk, create("A-1", vertical_parameters=sent), create("A-2"))
    found = records(desk, "verticalAttributes", "newToFile")

    assert [True, False] == found.attributes.has_any
    shown = {
        name: found.attributes.values(name)
        for name in ("custStatus", "custCountry", "customerLocation", "brand", "minBalance", "margin", "age")
    }
    assert {
        "custStatus": ["Lapsed"],
        "custCountry": ["de"],
        "customerLocation": ["DEU"],
        "brand": ["Ünïcode"],
        "minBalance": ["5"],
        "margin": [None],
        "age": [None],
    } == shown
    assert [False, None] == found.values("newToFile")


def test_a_reversal_shows_the_attributes_it_reverses(desk: Desk) -> None:
    """Coupon and customer are of the prior state on the reversal, of the new one on the correction."""
    post(
        desk,
        create("A-1", coupon="VINYL10", vertical_parameters=NEW),
        restate("A-1", amount="50", coupon="OTHER", vertical_parameters={"customerStatus": "Return"}),
        cancel("A-1"),
    )

    assert [
        ("VINYL10", True),
        ("VINYL10", True),
        ("OTHER", False),
        ("OTHER", False),
        ("OTHER", False),
    ] == figures(desk, "coupon", "newToFile")


def test_both_records_of_a_change_have_its_reason(desk: Desk) -> None:
    """The request's reason in the report's words, on both records; none on the original (D89)."""
    post(
        desk,
        create("A-1"),
        restate("A-1", amount="50", correction_reason=CorrectionReason.RETURNED_MERCHANDISE),
        cancel("A-1", correction_reason=CorrectionReason.CANNOT_SHIP_SOLD_OUT),
    )

    returned, sold_out = "RETURNED_MERCHANDISE", "CANT_SHIP_OR_SOLD_OUT"
    assert [None, returned, returned, sold_out, sold_out] == column(desk, "correctionReason")


def test_every_reason_has_a_word() -> None:
    """Each reason of the Tracking API has its own word in the report (section 5)."""
    assert set(CorrectionReason) == set(REASONS)
    assert len(CorrectionReason) == len(set(REASONS.values()))


def test_validation_shows_on_all_records(desk: Desk) -> None:
    """An accepted booking is accepted, and reviewed, on the record that was pending as well (D109, D132)."""
    post(desk, create("A-1", 405))
    assert [("PENDING", "0", "OPEN_ENDED")] == figures(
        desk, "validationStatus", "reviewedStatus", "lockingMethod"
    )

    post(desk, restate("A-1", 405, amount="50", status=OrderStatus.ACCEPTED))
    assert [("ACCEPTED", "1", "2026-03-10T07:00:00Z")] * 3 == figures(
        desk, "validationStatus", "reviewedStatus", "lockingDate"
    )

    post(desk, cancel("A-1", 405, status=CancellationStatus.DECLINED))
    assert [("DECLINED", "1", "locked", "2026-03-01T10:00:00Z")] * 5 == figures(
        desk, "validationStatus", "reviewedStatus", "actionStatus", "lockingDate"
    )


def test_a_click_tells_where_the_order_came_from(desk: Desk) -> None:
    """With a click there are its time, page, browser and device, and the source is CLICK (D131)."""
    post(desk, create("A-1"))

    assert [
        (
            "CLICK",
            "2026-03-01T09:00:00Z",
            "https://vinyldigest.example/reviews",
            "Firefox",
            "Firefox - Linux",
            "Desktop",
            "US",
        )
    ] == figures(
        desk,
        "source",
        "clickDate",
        "clickReferringURL",
        "initiatingBrowser",
        "initiatingDeviceName",
        "initiatingDeviceType",
        "country",
    )


def test_without_a_click_the_source_is_unknown(desk: Desk) -> None:
    """With the pair of ids there is no click to tell of; the sid is the order's (D62, D131)."""
    sent = create("A-1", cj_event=None, ad_id=12000001, promotional_property_id=9900001, sid="news-7")
    post(desk, sent)

    fields = (
        "source",
        "clickDate",
        "clickReferringURL",
        "sid",
        "shopperId",
        "aid",
        "websiteId",
        "websiteName",
    )
    assert [("NA", None, None, "news-7", "news-7", "12000001", "9900001", "vinyldigest.example")] == figures(
        desk, *fields, side="publisher"
    )


def test_ids_names_and_types_are_those_of_the_network(desk: Desk) -> None:
    """Names come from the network as it is now; ids are digits."""
    post(desk, create("A-1", 403, amount=None))

    assert [
        ("403", "Newsletter sign-up", "sim_lead", "5500001", "Northwind Records", "7700001", "Vinyl Digest")
    ] == figures(
        desk,
        "actionTrackerId",
        "actionTrackerName",
        "actionType",
        "advertiserId",
        "advertiserName",
        "publisherId",
        "publisherName",
    )


def test_dates_are_cut_to_whole_seconds(desk: Desk) -> None:
    """An instant's fraction is cut off, never rounded up (section 8)."""
    desk.clock(BEGINNING + timedelta(hours=1, microseconds=999_999))
    desk.click("click-late", 9900001, 7700001, 12000001, 5500001)
    post(desk, create("A-1", 403, cj_event="click-late", event_time="2026-03-01T10:59:59.999Z"))

    assert [
        ("2026-03-01T10:59:59Z", "2026-03-01T11:00:00Z", "2026-03-01T11:00:00Z", "2026-03-01T10:00:00Z")
    ] == figures(desk, "eventDate", "postingDate", "lockingDate", "clickDate")


def test_a_bonus_belongs_to_no_order(desk: Desk) -> None:
    """A period record has its kind for a type, and nothing that only an order has."""
    post(desk, create("A-1"))
    desk.connection.execute(
        "INSERT INTO commission_record (enterprise_id, commission_id, mode, kind, sign, posted_at,"
        " event_time, advertiser_id, publisher_id, action_tracker_id, job_id, month)"
        " SELECT enterprise_id, commission_id + 1, mode, 'bonus', 1, posted_at, event_time, advertiser_id,"
        " publisher_id, action_tracker_id, 1, '2026-03-01' FROM commission_record"
    )
    fields = ("actionType", "original", "coupon", "clickDate", "aid", "websiteName", "situations")

    assert [("bonus", True, None, None, None, None, [])] == figures(desk, *fields, actionTypes=["Bonus"])
    assert ["sim_sale"] == column(desk, "actionType", actionTypes=["sim_sale", "perf_inc"])
    assert ["sim_sale", "bonus"] == column(desk, "actionType")


@pytest.mark.parametrize("side", ["advertiser", "publisher"])
def test_a_period_record_has_figures_in_every_currency(desk: Desk, side: str) -> None:
    """What is owed for a month is shown as it was converted; the advertiser's cost has the other sign."""
    bonus(desk, 7700002, "10")
    # An incentive is such a record too; closing a month posts it.
    for statement in (
        "CREATE TEMPORARY TABLE figures AS SELECT * FROM period_record",
        "UPDATE figures SET kind = 'perf_inc'",
        "INSERT INTO period_record SELECT * FROM figures",
        "CREATE TEMPORARY TABLE lines AS SELECT * FROM commission_record",
        "UPDATE lines SET kind = 'perf_inc', commission_id = commission_id + 1",
        "INSERT INTO commission_record SELECT * FROM lines",
    ):
        desk.connection.execute(statement.encode())
    cost = ("advCommissionAmountAdvCurrency", "cjFeeUsd") if side == "advertiser" else ()
    fields = (
        *("actionType", "original", "originalActionId", "pubCommissionAmountPubCurrency", "actionStatus"),
        *("pubCommissionAmountUsd", "saleAmountUsd", "actionTrackerName", "lockingMethod", *cost),
    )
    rest = ("10", "locked", "11", "0", "Record order (simple)", None, *(("-11", "0") if cost else ()))

    assert [
        ("bonus", True, "2000000001", *rest),
        ("perf_inc", True, "2000000002", *rest),
    ] == figures(desk, *fields, side=side)
    assert [0, 0] == records(desk, "items", side=side).items.lengths
    assert ["perf_inc"] == column(
        desk, "actionType", side=side, actionTypes=["PERF_INC"], actionStatuses=["locked"]
    )
    assert [] == column(desk, "actionType", side=side, lockingMethods=["FIXED_DATE"])


def test_a_legacy_correction_keeps_the_sign_of_the_discount(desk: Desk) -> None:
    """A correction file's record negates the standing state, but not its order discount (D86, D114)."""
    post(desk, create("A-1", amount="100", discount="10"))
    desk.connection.execute(
        "INSERT INTO commission_record (enterprise_id, commission_id, mode, kind, original_action_id,"
        " version, sign, submission_id, posted_at, event_time, advertiser_id, publisher_id, property_id,"
        " ad_id, action_tracker_id, correction_reason)"
        " SELECT enterprise_id, commission_id + 1, mode, 'legacy', original_action_id, version, -1,"
        " submission_id, posted_at, event_time, advertiser_id, publisher_id, property_id, ad_id,"
        " action_tracker_id, 'Other' FROM commission_record"
    )

    assert [("90", "7.2", "10", True, None), ("-90", "-7.2", "10", False, "OTHER_REASON")] == figures(
        desk, "saleAmountUsd", "pubCommissionAmountUsd", "orderDiscountUsd", "original", "correctionReason"
    )


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("DE", "DEU"),
        ("us", "USA"),
        ("GBR", "GBR"),
        (" fr ", "FRA"),
        ("XX", None),
        ("", None),
        ("Germany", None),
    ],
)
def test_a_country_has_three_letters(sent: str, shown: str | None) -> None:
    """Two letters become three, three remain, anything else is none."""
    assert shown == alpha3(sent)
