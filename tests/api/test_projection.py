"""Projection: what is printed of orders and of pages, field by field as selected."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from graphql import GraphQLObjectType, GraphQLSchema, get_named_type

from counterfoil.api import schemas
from counterfoil.api.graphql import check
from counterfoil.api.printing import encode
from counterfoil.api.projection import fields_of_records, order_payload, page_payload, received_text
from counterfoil.api.selection import RootField
from counterfoil.capture.tracking.documents import orders as typed_orders
from counterfoil.errors import Refusal, RefusalCode, refuse
from counterfoil.model.orders import Kind
from counterfoil.reporting import Page, read_filters
from counterfoil.reporting.filters import Filters
from counterfoil.reporting.pages import page
from counterfoil.store.facts import Networks
from tests.api.asking import operation
from tests.desk import Desk
from tests.reporting.bookkeeping import OPERATOR, create, items, post, restate

BATCH = UUID("0195f1c2-0000-7000-8000-000000000000")
RECEIVED = datetime(2026, 3, 1, 18, 0, 0, 123_999, tzinfo=UTC)
KINDS = {"createOrders": Kind.CREATE, "restateOrders": Kind.RESTATE, "cancelOrders": Kind.CANCEL}

A_LOT = """{
  enterpriseId: "7001", actionTrackerId: 4711, orderId: "A-2", adId: 31001, promotionalPropertyId: 52001,
  sid: "newsletter-7", eventTime: "2026-03-01T10:00:00.0-08:00", cjEvent: "ev9", amount: "120.00",
  discount: 12, coupon: "SPRING", currency: "EUR",
  items: [
    {unitPrice: 50.00, quantity: 2, sku: "SKU1", discount: "5.00"}, {unitPrice: 20, quantity: 1, sku: "B/58"}
  ],
  verticalParameters: {advertiserVertical: Retail, customerStatus: "New"},
  customParameters: [{name: "till", value: "4"}],
  bypassChannel: {name: "Email", timestamp: "2026-03-01T17:55:00Z"},
  ids: {universalTagCjUser: "u-1", userId: "c-88"}
}"""
LITTLE = '{enterpriseId: 7001, actionTrackerId: 4711, orderId: "A-1"}'


def root_field(document: str, variables: object = None, schema: schemas.Schema | None = None) -> RootField:
    """The one root field of a document that fits."""
    fields = check(operation(document, variables, schema=schema))
    assert isinstance(fields, tuple), fields
    return fields[0]


def answered(document: str, variables: object = None, refusals: Sequence[Refusal] = ()) -> Any:
    """The payload of a mutation, as accepted at RECEIVED, or as refused."""
    field = root_field(document, variables)
    (sent,) = field.arguments.values()
    orders = () if refusals else typed_orders(KINDS[field.name], sent)
    return json.loads(order_payload(field, orders, BATCH, {BATCH: RECEIVED}, refusals))


def created(selection: str, *orders: str) -> Any:
    """The orders of an answer to createOrders."""
    return answered(
        f"mutation {{ createOrders(newOrders: [{', '.join(orders)}]) {{ orders {{ {selection} }} }} }}"
    )["orders"]


# ── orders ───────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_mirrors_the_order() -> None:
    """Every block of an order is answered as it was sent, decimals with their digits (D40, D44, D48)."""
    told = created(
        """submissionId batchId orderReceivedTime orderId eventTime updateTime sid cjEvent amount discount
        coupon currency status correctionReason advertiser { enterpriseId } actionTracker { id } ad { id }
        promotionalProperty { id } items { sku unitPrice quantity discount }
        verticalParameters { advertiserVertical customerStatus brand } customParameters { name value }
        bypassChannel { name timestamp } ids { userId emailHash }""",
        A_LOT,
    )

    assert [
        {
            "submissionId": "0195f1c2-0000-7000-8000-000000000001",
            "batchId": str(BATCH),
            "orderReceivedTime": "2026-03-01T18:00:00.123Z",
            "orderId": "A-2",
            "eventTime": "2026-03-01T18:00:00Z",
            "updateTime": None,
            "sid": "newsletter-7",
            "cjEvent": "ev9",
            "amount": "120.00",
            "discount": "12",
            "coupon": "SPRING",
            "currency": "EUR",
            "status": None,
            "correctionReason": None,
            "advertiser": {"enterpriseId": "7001"},
            "actionTracker": {"id": 4711},
            "ad": {"id": 31001},
            "promotionalProperty": {"id": 52001},
            "items": [
                {"sku": "SKU1", "unitPrice": "50.00", "quantity": 2, "discount": "5.00"},
                {"sku": "B/58", "unitPrice": "20", "quantity": 1, "discount": None},
            ],
            "verticalParameters": {"advertiserVertical": "Retail", "customerStatus": "New", "brand": None},
            "customParameters": [{"name": "till", "value": "4"}],
            "bypassChannel": {"name": "Email", "timestamp": "2026-03-01T17:55:00Z"},
            "ids": {"userId": "c-88", "emailHash": None},
        }
    ] == told


def test_what_was_not_sent_is_null_and_lists_are_empty() -> None:
    """An order without them has null objects, but empty items and parameters (section 2.4)."""
    told = created(
        "ad { id } ids { userId } bypassChannel { name } items { sku } customParameters { name }", LITTLE
    )

    assert [{"ad": None, "ids": None, "bypassChannel": None, "items": [], "customParameters": []}] == told


def test_each_order_keeps_its_own_blocks() -> None:
    """In a batch of many, objects and lists stand at their own order."""
    told = created("n: orderId ad { id } items { sku } bypassChannel { name }", LITTLE, A_LOT, LITTLE, A_LOT)

    full = {
        "n": "A-2",
        "ad": {"id": 31001},
        "items": [{"sku": "SKU1"}, {"sku": "B/58"}],
        "bypassChannel": {"name": "Email"},
    }
    empty: dict[str, Any] = {"n": "A-1", "ad": None, "items": [], "bypassChannel": None}
    assert [empty, full, empty, full] == told


def test_submission_ids_count_the_orders_of_a_batch() -> None:
    """Order n has the batch's id plus n, in hexadecimal digits."""
    told = created("submissionId", *[LITTLE] * 17)

    assert [f"0195f1c2-0000-7000-8000-0000000000{n:02x}" for n in range(1, 18)] == [
        each["submissionId"] for each in told
    ]


def test_fields_come_under_their_response_names_in_the_order_selected() -> None:
    """Aliases, fragments, `__typename` and the order of selecting are honoured."""
    field = root_field(
        f"mutation {{ createOrders(newOrders: {LITTLE}) {{ __typename o: orders {{ z: orderId ...F"
        " ... on Order @include(if: true) { advertiser { __typename e: enterpriseId } } class: orderId"
        " sid @skip(if: true) } } } fragment F on Order { a: orderId __typename z: orderId }"
    )
    (sent,) = field.arguments.values()

    assert (
        b'{"__typename":"OrderResponse","o":[{"z":"A-1","a":"A-1","__typename":"Order",'
        b'"advertiser":{"__typename":"Advertiser","e":"7001"},"class":"A-1"}]}'
    ) == order_payload(field, typed_orders(Kind.CREATE, sent), BATCH, {BATCH: RECEIVED}, ())


def test_nothing_selected_prints_an_empty_object() -> None:
    """When a directive leaves out the only field, the objects are still there."""
    assert [{}, {}] == created("orderId @skip(if: true)", LITTLE, LITTLE)


def test_a_success_has_no_errors() -> None:
    """`errors` is null on success, and an empty list of orders is an empty list (D13, D31)."""
    document = "mutation { createOrders(newOrders: %s) { orders { orderId } errors { message } } }"

    assert {"orders": [{"orderId": "A-1"}], "errors": None} == answered(document % LITTLE)
    assert {"orders": [], "errors": None} == answered(document % "[]")


def test_a_refused_field_has_no_orders() -> None:
    """`orders` is null on failure, and each refusal is told with its fields (D13)."""
    told = answered(
        "mutation { createOrders(newOrders: []) { orders { orderId } errors { message fields } } }",
        refusals=(refuse(RefusalCode.UNAUTHORIZED, fields=("enterpriseId",)),),
    )

    assert {"orders": None, "errors": [{"message": "Unauthorized", "fields": ["enterpriseId"]}]} == told


def test_changes_are_answered_with_what_they_said() -> None:
    """A restatement and a cancellation echo time, status and reason."""
    change = (
        '{enterpriseId: 7001, actionTrackerId: 4711, orderId: "A-2", updateTime: "2026-03-09",'
        " correctionReason: BookingCanceled, status: %s}"
    )
    selection = "orders { orderId updateTime status correctionReason advertiser { enterpriseId } }"
    expected = {
        "orderId": "A-2",
        "updateTime": "2026-03-09T00:00:00Z",
        "status": "Declined",
        "correctionReason": "BookingCanceled",
        "advertiser": {"enterpriseId": "7001"},
    }

    cancelled = answered(
        f"mutation {{ cancelOrders(cancelledOrders: {change % 'Declined'}) {{ {selection} }} }}"
    )
    restated = answered(
        f"mutation {{ restateOrders(restatedOrders: {change % 'Accepted'}) {{ {selection} }} }}"
    )
    assert {"orders": [expected]} == cancelled
    assert {"orders": [{**expected, "status": "Accepted"}]} == restated


def test_odd_characters_are_answered_as_they_came() -> None:
    """NUL and a lone surrogate, which UTF-8 cannot hold, are answered as escapes (D145)."""
    order = {"enterpriseId": "7001", "actionTrackerId": 1, "orderId": "a\x00\ud800b"}
    told = answered(
        "mutation($o: [OrderCreateRequest!]!)"
        " { createOrders(newOrders: $o) { orders { orderId ad { id } } } }",
        {"o": [order]},
    )

    assert [{"orderId": "a\x00\ud800b", "ad": None}] == told["orders"]
    assert b'{"a":"\\ud800"}' == encode({"a": "\ud800"})


@pytest.mark.parametrize(
    ("microsecond", "shown"), [(0, "00Z"), (999, "00Z"), (1000, "00.001Z"), (999_999, "00.999Z")]
)
def test_a_time_of_receipt_has_milliseconds(microsecond: int, shown: str) -> None:
    """Milliseconds are cut off, not rounded, and left out when they are none (D44)."""
    assert f"2026-03-01T18:00:{shown}" == received_text(RECEIVED.replace(microsecond=microsecond))


# ── every field of both schemas ──────────────────────────────────────────────────────────────────────


def everything(schema: GraphQLSchema, type_name: str) -> str:
    """A selection of every field of a type, and of those below."""
    type_ = schema.type_map[type_name]
    assert isinstance(type_, GraphQLObjectType)
    below = {name: get_named_type(field.type) for name, field in type_.fields.items()}
    return "__typename " + " ".join(
        f"{name} {{ {everything(schema, each.name)} }}" if isinstance(each, GraphQLObjectType) else name
        for name, each in below.items()
    )


def required(schema: GraphQLSchema, type_name: str, told: Any) -> list[str]:
    """The fields that are null though the schema says that they never are."""
    type_ = schema.type_map[type_name]
    assert isinstance(type_, GraphQLObjectType)
    nulls = [
        f"{type_name}.{name}"
        for name, each in type_.fields.items()
        if f"{each.type}"[-1] == "!" and told[name] is None
    ]
    for name, field in type_.fields.items():
        inner = get_named_type(field.type)
        if isinstance(inner, GraphQLObjectType) and told[name] is not None:
            for each in told[name] if isinstance(told[name], list) else [told[name]]:
                nulls += required(schema, inner.name, each)
    return nulls


def test_every_field_of_an_order_is_answered() -> None:
    """Each field that the Tracking API's output types have is printed, none null that must not be."""
    schema = schemas.tracking().types
    document = "mutation { createOrders(newOrders: %s) { %s } }"
    told = answered(document % (A_LOT, everything(schema, "OrderResponse")))

    assert [] == required(schema, "OrderResponse", told)
    vertical = schema.type_map["VerticalParameters"]
    assert isinstance(vertical, GraphQLObjectType)
    assert {"__typename", *vertical.fields} == set(told["orders"][0]["verticalParameters"])


def reported(desk: Desk, document: str) -> tuple[Page, Any]:
    """The page that a query of records gives, and how it is printed."""
    field = root_field(document, schema=schemas.commission_detail())
    filters = read_filters(field.name, field.arguments)
    assert isinstance(filters, Filters)
    found = page(desk.connection, OPERATOR, filters, desk.now(), Networks(), fields_of_records(field))
    return found, json.loads(page_payload(field, found))


@pytest.mark.parametrize(
    ("query", "type_name"),
    [
        ('publisherCommissions(forPublishers: "7700001")', "PublisherCommissions"),
        ('advertiserCommissions(forAdvertisers: "5500001")', "AdvertiserCommissions"),
    ],
)
def test_every_field_of_a_record_is_reported(desk: Desk, query: str, type_name: str) -> None:
    """Each field that the report's types have is printed, none null that must not be."""
    vertical = {"customerStatus": "New", "margin": "3"}
    post(
        desk,
        create("A-1", 402, items=items(("LP-1001", "1.5", 2)), vertical_parameters=vertical),
        create("A-2"),
    )
    schema = schemas.commission_detail().types
    _, told = reported(desk, f"{{ {query} {{ {everything(schema, type_name)} }} }}")

    assert 2 == told["count"]
    assert [] == required(schema, type_name, told)
    assert "New" == told["records"][0]["customPixel"]["custStatus"]
    assert told["records"][0]["customPixel"] == told["records"][0]["verticalAttributes"]
    assert told["records"][1]["verticalAttributes"] is None


def test_a_restatement_reads_as_documented(desk: Desk) -> None:
    """The two records of a restatement, as the specification prints them (section 4)."""
    post(
        desk,
        create("A-1", 402, items=items(("SKU1", "50.00", 2))),
        restate("A-1", 402, items=items(("SKU1", "50.00", 1))),
    )
    _, told = reported(
        desk,
        """{ publisherCommissions(forPublishers: ["7700001"], sincePostingDate: "2026-03-01T00:00:00Z",
            beforePostingDate: "2026-03-08T00:00:00Z", sinceCommissionId: "2000000001") {
            count payloadComplete maxCommissionId limit
            records { commissionId orderId original actionStatus validationStatus saleAmountPubCurrency
                items { sku quantity perItemSaleAmountPubCurrency } } } }""",
    )

    same = {"orderId": "A-1", "original": False, "actionStatus": "new", "validationStatus": "AUTOMATED"}
    sku = {"sku": "SKU1", "perItemSaleAmountPubCurrency": "50"}
    assert {
        "count": 2,
        "payloadComplete": True,
        "maxCommissionId": "2000000003",
        "limit": 10000,
        "records": [
            {
                "commissionId": "2000000002",
                **same,
                "saleAmountPubCurrency": "-100",
                "items": [{**sku, "quantity": -2}],
            },
            {
                "commissionId": "2000000003",
                **same,
                "saleAmountPubCurrency": "50",
                "items": [{**sku, "quantity": 1}],
            },
        ],
    } == told


def test_a_page_fetches_no_more_than_is_selected(desk: Desk) -> None:
    """Only the columns of selected fields are read, over all of the query's lists of records."""
    post(desk, create("A-1"))
    found, told = reported(
        desk,
        '{ advertiserCommissions(forAdvertisers: "5500001") { count a: records { orderId __typename }'
        " b: records { n: advertiserName } } }",
    )

    assert {"commission_id", "order_id", "advertiser_id"} == set(found.records.columns)
    assert {
        "count": 1,
        "a": [{"orderId": "A-1", "__typename": "AdvertiserCommission"}],
        "b": [{"n": "Northwind Records"}],
    } == told


def test_a_page_without_records_can_be_counted(desk: Desk) -> None:
    """A query that selects no record still counts them; an empty page prints an empty list."""
    post(desk, create("A-1"))
    _, counted = reported(
        desk, '{ advertiserCommissions(forAdvertisers: "5500001") { count maxCommissionId } }'
    )
    _, empty = reported(
        desk,
        "{ advertiserCommissions(forAdvertisers: [])"
        " { maxCommissionId payloadComplete records { items { sku } } } }",
    )

    assert {"count": 1, "maxCommissionId": "2000000001"} == counted
    assert {"maxCommissionId": None, "payloadComplete": True, "records": []} == empty
