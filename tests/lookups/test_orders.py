"""Orders: their generations, states, statuses and records, and all that was sent about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from counterfoil.model.orders import BypassChannel, Mode, NameValuePair
from tests.desk import CLICK_B, Desk
from tests.lookups.asking import order
from tests.reporting.bookkeeping import cancel, create, items, post, restate

BOX = ("BOX-9", "40.00", 2)
OTHER = ("X-9", "15.55", 1)
FIGURE = "{ advertiser publisher usd }"


def alike(amount: str) -> dict[str, str]:
    """A figure that is the same in all three currencies."""
    return {"advertiser": amount, "publisher": amount, "usd": amount}


def test_an_order_shows_both_its_lives(desk: Desk) -> None:
    """Cancelled and sent again, an order has two generations with versions and records of their own."""
    post(desk, create("A-1"), cancel("A-1"), create("A-1", event_time="2026-03-01T09:40:00Z"))

    found = order(
        desk, "A-1", "generations { generation state versions { version state } records { kind version } }"
    )

    assert [
        {
            "generation": 1,
            "state": "cancelled",
            "versions": [{"version": 2, "state": "cancelled"}, {"version": 1, "state": "standing"}],
            "records": [
                {"kind": "correction", "version": 2},
                {"kind": "reversal", "version": 1},
                {"kind": "original", "version": 1},
            ],
        },
        {
            "generation": 2,
            "state": "standing",
            "versions": [{"version": 1, "state": "standing"}],
            "records": [{"kind": "original", "version": 1}],
        },
    ] == found["generations"]


def test_all_that_was_sent_is_listed(desk: Desk) -> None:
    """In log order: what was posted, what was rejected, and what is still to be decided."""
    post(desk, create("A-1"), create("A-1"), cancel("A-1"), cancel("A-1"))
    desk.send([restate("A-1", amount="1.00")])

    found = order(desk, "A-1", "complete submissions { kind state code }")

    assert found["complete"]
    assert [
        ("create", "posted", None),
        ("create", "duplicate", "DUPLICATE_ORDER"),
        ("cancel", "posted", None),
        ("cancel", "rejected", "ORDER_CANCELLED"),
        ("restate", "pending", None),
    ] == [tuple(each.values()) for each in found["submissions"]]


def test_an_order_of_rejections_alone_is_shown(desk: Desk) -> None:
    """What never became an order still tells what was sent about it, and why nothing came of it."""
    post(desk, create("A-1", 999))

    found = order(desk, "A-1", "generations { generation } submissions { code }", tracker=999)

    assert {"generations": [], "submissions": [{"code": "ACTION_NOT_OWNED"}]} == found


def test_each_item_names_the_rule_that_priced_it(desk: Desk) -> None:
    """Items tell their amounts and the rule, with its rate, situation and list."""
    post(desk, create("A-1", 402, items=items(BOX, OTHER), vertical_parameters={"customerStatus": "New"}))

    (found,) = order(
        desk,
        "A-1",
        f"generations {{ versions {{ rule {{ rank }} situations items {{ sku quantity perItem {FIGURE}"
        f" commission {FIGURE} discount {FIGURE} rule {{ rank rate situation itemListId }} }} }} }}",
        tracker=402,
    )["generations"]

    listed = {"rank": 1, "rate": "12 %", "situation": "New customer", "itemListId": "77"}
    unlisted = {"rank": 3, "rate": "6 %", "situation": "New customer", "itemListId": None}
    assert [
        {
            "rule": None,
            "situations": ["New customer"],
            "items": [
                {
                    "sku": "BOX-9",
                    "quantity": 2,
                    "perItem": alike("40"),
                    "commission": alike("9.6"),
                    "discount": alike("0"),
                    "rule": listed,
                },
                {
                    "sku": "X-9",
                    "quantity": 1,
                    "perItem": alike("15.55"),
                    "commission": alike("0.933"),
                    "discount": alike("0"),
                    "rule": unlisted,
                },
            ],
        }
    ] == found["versions"]


def test_amounts_are_told_in_four_currencies_with_their_rates(desk: Desk) -> None:
    """An order in GBP is told in the advertiser's USD, the publisher's EUR, USD, and its discount in GBP."""
    post(desk, create("A-1", cj_event=CLICK_B, currency="GBP", amount="89.90", discount="5.00"))

    (found,) = order(
        desk,
        "A-1",
        "generations { advertiserCurrency publisherCurrency versions {"
        f" currency sale {FIGURE} commission {FIGURE} fee {FIGURE} cost {FIGURE} orderDiscount {FIGURE}"
        " orderDiscountOriginal amount discount rates { currency to value day source } } }",
    )["generations"]

    assert ("USD", "EUR") == (found["advertiserCurrency"], found["publisherCurrency"])
    rate = {"currency": "GBP", "day": "1997-01-01", "source": "demo"}
    assert [
        {
            "currency": "GBP",
            "sale": {"advertiser": "106.125", "publisher": "96.477", "usd": "106.125"},
            "commission": {"advertiser": "6.367", "publisher": "5.789", "usd": "6.367"},
            "fee": {"advertiser": "0.637", "publisher": "0.579", "usd": "0.637"},
            "cost": {"advertiser": "-7.004", "publisher": "-6.368", "usd": "-7.004"},
            "orderDiscount": {"advertiser": "6.25", "publisher": "5.682", "usd": "6.25"},
            "orderDiscountOriginal": "5",
            "amount": "89.90",
            "discount": "5.00",
            "rates": [{**rate, "to": "USD", "value": "1.25"}, {**rate, "to": "EUR", "value": "1.1363636364"}],
        }
    ] == found["versions"]


def test_terms_and_credit_are_told_for_each_generation(desk: Desk) -> None:
    """Which click, publisher and terms a generation stands on for life."""
    post(desk, create("A-1"))

    (found,) = order(
        desk,
        "A-1",
        "generations { eventTime publisherId promotionalPropertyId adId cjEvent networkVersion lockingMethod"
        " terms { id name version validFrom contractId } }",
    )["generations"]

    assert {
        "eventTime": "2026-03-01T09:30:00Z",
        "publisherId": "7700001",
        "promotionalPropertyId": "9900001",
        "adId": "12000001",
        "cjEvent": "click-a",
        "networkVersion": 1,
        "lockingMethod": "FIXED_DATE",
        "terms": {
            "id": "701",
            "name": "Northwind Records for Vinyl Digest",
            "version": 1,
            "validFrom": "1997-01-01T00:00:00Z",
            "contractId": "601",
        },
    } == found


def test_what_commission_detail_hides_is_told_here(desk: Desk) -> None:
    """Custom parameters, the bypass channel, coupon and vertical parameters are read back as sent (D134)."""
    post(
        desk,
        create(
            "A-1",
            coupon="VINYL10",
            custom_parameters=(NameValuePair(name="till", value="4"),),
            bypass_channel=BypassChannel(name="Email", timestamp="2026-03-01T09:00:00Z"),
            vertical_parameters={"customerStatus": "New"},
        ),
    )

    (found,) = order(
        desk,
        "A-1",
        "generations { versions { coupon customParameters { name value } bypassChannel { name timestamp }"
        " verticalParameters { name value } } }",
    )["generations"]

    assert [
        {
            "coupon": "VINYL10",
            "customParameters": [{"name": "till", "value": "4"}],
            "bypassChannel": {"name": "Email", "timestamp": "2026-03-01T09:00:00Z"},
            "verticalParameters": [{"name": "customerStatus", "value": "New"}],
        }
    ] == found["versions"]


def test_records_are_signed(desk: Desk) -> None:
    """Reversal and new state stand beside the original, each with its id, its reason and its figures."""
    post(desk, create("A-1"), restate("A-1", amount="50.00", correction_reason="ReturnedMerchandise"))

    (found,) = order(
        desk,
        "A-1",
        "generations { records { commissionId kind correctionReason postingDate"
        " sale { usd } commission { usd } fee { usd } cost { usd } } }",
    )["generations"]

    def record(number: int, kind: str, reason: str | None, *figures: str) -> dict[str, Any]:
        names = ("sale", "commission", "fee", "cost")
        return {
            "commissionId": str(2000000000 + number),
            "kind": kind,
            "correctionReason": reason,
            "postingDate": "2026-03-01T10:00:00Z",
            **{name: {"usd": figure} for name, figure in zip(names, figures, strict=True)},
        }

    assert [
        record(3, "correction", "ReturnedMerchandise", "50", "4", "0.4", "-4.4"),
        record(2, "reversal", "ReturnedMerchandise", "-100", "-8", "-0.8", "8.8"),
        record(1, "original", None, "100", "8", "0.8", "-8.8"),
    ] == found["records"]


def test_an_open_ended_order_tells_each_change_of_its_status(desk: Desk) -> None:
    """Pending without a lock, then accepted with one: the latest status comes first."""
    post(desk, create("A-1", 405), restate("A-1", 405, amount="100.00", status="Accepted"))

    (found,) = order(
        desk,
        "A-1",
        "generations { actionStatus statuses {"
        " validationStatus lockingDate locksAt cause extended closedAt } }",
        tracker=405,
    )["generations"]

    rest = {"cause": "submission", "extended": False, "closedAt": None}
    accepted = {
        "validationStatus": "ACCEPTED",
        "lockingDate": "2026-03-10T07:00:00Z",
        "locksAt": "2026-03-11T09:00:00Z",
        **rest,
    }
    pending = {
        "validationStatus": "PENDING",
        "lockingDate": "2027-10-22T09:30:00Z",
        "locksAt": None,
        **rest,
    }
    assert {"actionStatus": "new", "statuses": [accepted, pending]} == found


def test_the_action_status_follows_the_business_clock(desk: Desk) -> None:
    """Nothing is rewritten when the lock instant passes, and the order is told as locked."""
    post(desk, create("A-1"))
    desk.clock(datetime.fromisoformat("2026-04-11T09:00:00Z"))

    assert {"generations": [{"actionStatus": "locked"}]} == order(desk, "A-1", "generations { actionStatus }")


def test_an_order_without_commission_says_why(desk: Desk) -> None:
    """A recorded order has a generation without versions or records, and the reason."""
    post(desk, create("A-1", cj_event=None))

    (found,) = order(
        desk,
        "A-1",
        "generations { state code publisherId terms { id } actionStatus versions { version }"
        " statuses { since } records { kind } }",
    )["generations"]

    assert {
        "state": "recorded",
        "code": "UNATTRIBUTED",
        "publisherId": None,
        "terms": None,
        "actionStatus": None,
        "versions": [],
        "statuses": [],
        "records": [],
    } == found


def test_each_ledger_has_its_own_order(desk: Desk) -> None:
    """The test endpoint shows what the test ledger made of the key, the live one its own."""
    post(desk, create("A-1"))
    desk.send([restate("A-1", amount="50.00")], mode=Mode.TEST)
    desk.process()

    fields = (
        "mode submissions { kind mode }"
        " generations { versions { version sale { usd } } records { commissionId } }"
    )
    live, test = order(desk, "A-1", fields), order(desk, "A-1", fields, mode=Mode.TEST)

    assert "live" == live["mode"]
    assert [{"version": 1, "sale": {"usd": "100"}}] == live["generations"][0]["versions"]
    assert [{"kind": "create", "mode": "live"}] == live["submissions"]
    assert "test" == test["mode"]
    assert [{"kind": "restate", "mode": "test"}] == test["submissions"]
    assert [("50", 2), ("100", 1)] == [
        (each["sale"]["usd"], each["version"]) for each in test["generations"][0]["versions"]
    ]
    assert 3 == len(test["generations"][0]["records"])


def test_an_order_id_is_compared_exactly(desk: Desk) -> None:
    """Another case or a blank is another order (D52); a NUL is asked for as it was stored (D145)."""
    post(desk, create("A-1"), create("A\x00"))

    assert order(desk, "a-1", "mode") is None
    assert order(desk, "A-1 ", "mode") is None
    assert {"orderId": "A\ufffd"} == order(desk, "A\x00", "orderId")
