"""The steps together: whose orders they are, how many, what is selected, and the typed orders at the end.

Owns the composition of the reading steps and the lenient look of D22. Next: asking.py.
"""

import pytest

from counterfoil.api import schemas
from counterfoil.api.graphql import Unfit, check, check_shape, read_operation
from counterfoil.api.selection import SelectedField
from counterfoil.capture.body import Request, read_request
from counterfoil.capture.tracking.documents import LIST_ARGUMENTS, orders
from counterfoil.errors import Refusal
from counterfoil.model.orders import (
    BypassChannel,
    Cancellation,
    CancellationStatus,
    CorrectionReason,
    CustomIds,
    NameValuePair,
    NewOrder,
    Order,
    OrderItem,
    OrderStatus,
    Restatement,
)
from tests.api.asking import LIMITS, ORDER, WITH_VARIABLE, envelope, fields, operation

FULL = """
mutation {
  createOrders(newOrders: [{
    enterpriseId: "7001", actionTrackerId: 4711, orderId: "A-2",
    adId: 31001, promotionalPropertyId: 52001, sid: "newsletter-7",
    eventTime: "2026-03-01T10:00:00.0-08:00", cjEvent: "ev9",
    amount: "120.00", discount: 12, coupon: "SPRING", currency: "EUR",
    items: [{unitPrice: 50.00, quantity: 2, sku: "SKU1", discount: "5.00"},
            {unitPrice: 20, quantity: 1, sku: "RB-1/58"}],
    verticalParameters: {advertiserVertical: Retail, customerStatus: "New", customerCountry: "DE", apr: null},
    customParameters: [{name: "till", value: "4"}],
    bypassChannel: {name: "Email", timestamp: "2026-03-01T17:55:00Z"},
    ids: {universalTagCjUser: "u-1", userId: "c-88", emailHash: "9f86d081884c7d65"}
  }]) { orders { submissionId } errors { message fields } }
}
"""


def typed(body: bytes) -> tuple[Order, ...]:
    """All steps of the reading, as the endpoint takes them; token and rights stand between them there."""
    request = read_request(body, "text/plain")
    assert isinstance(request, Request)
    asked = read_operation(schemas.tracking(), request, LIMITS)
    assert not isinstance(asked, Refusal)
    assert sum(each.count for each in asked.order_lists()) <= 10_000
    assert check_shape(asked, LIMITS) is None
    checked = check(asked)
    assert not isinstance(checked, Unfit)
    read: tuple[Order, ...] = ()
    for field in checked:
        kind, argument = LIST_ARGUMENTS[field.name]
        read += orders(kind, field.arguments[argument])
    return read


def test_a_full_create_becomes_a_typed_order() -> None:
    """Every block arrives under the trade's names, decimals and instants as canonical text, without nulls."""
    assert (
        NewOrder(
            enterprise_id="7001",
            action_tracker_id=4711,
            order_id="A-2",
            ad_id=31001,
            promotional_property_id=52001,
            sid="newsletter-7",
            event_time="2026-03-01T18:00:00Z",
            cj_event="ev9",
            amount="120.00",
            discount="12",
            coupon="SPRING",
            currency="EUR",
            items=(
                OrderItem(unit_price="50.00", quantity=2, sku="SKU1", discount="5.00"),
                OrderItem(unit_price="20", quantity=1, sku="RB-1/58"),
            ),
            vertical_parameters={
                "advertiserVertical": "Retail",
                "customerStatus": "New",
                "customerCountry": "DE",
            },
            custom_parameters=(NameValuePair(name="till", value="4"),),
            bypass_channel=BypassChannel(name="Email", timestamp="2026-03-01T17:55:00Z"),
            ids=CustomIds(universal_tag_cj_user="u-1", user_id="c-88", email_hash="9f86d081884c7d65"),
        ),
    ) == typed(FULL.encode())


def test_a_restatement_by_variables_becomes_a_typed_order() -> None:
    """The example of the specification, section 6; `0.00` keeps its digits, an empty object stays."""
    document = (
        "mutation($r: [OrderRestateRequest!]!) { restateOrders(restatedOrders: $r) { orders { status } } }"
    )
    body = (
        '{"query": "' + document + '", "variables": {"r": [{"enterpriseId": "7001", "actionTrackerId": 4711, '
        '"orderId": "A-2", "updateTime": "2026-03-05T09:30:00Z", "discount": 0.00, "verticalParameters": {}, '
        '"status": "Accepted", "correctionReason": "ReturnedMerchandise", "coupon": null}]}}'
    )

    assert (
        Restatement(
            enterprise_id="7001",
            action_tracker_id=4711,
            order_id="A-2",
            update_time="2026-03-05T09:30:00Z",
            discount="0.00",
            vertical_parameters={},
            status=OrderStatus.ACCEPTED,
            correction_reason=CorrectionReason.RETURNED_MERCHANDISE,
        ),
    ) == typed(body.encode())


@pytest.mark.parametrize("field", ["cancelOrders", "cancelOrder"])
def test_a_cancellation_becomes_a_typed_order(field: str) -> None:
    """A bare object, an Int for the id, a date alone; both spellings of the field."""
    document = (
        f'mutation {{ {field}(cancelledOrders: {{enterpriseId: 7001, actionTrackerId: 4711, orderId: "A-2", '
        'updateTime: "2026-03-09", correctionReason: BookingCanceled, status: Declined}) '
        "{ orders { orderId } } }"
    )

    assert (
        Cancellation(
            enterprise_id="7001",
            action_tracker_id=4711,
            order_id="A-2",
            update_time="2026-03-09T00:00:00Z",
            status=CancellationStatus.DECLINED,
            correction_reason=CorrectionReason.BOOKING_CANCELED,
        ),
    ) == typed(document.encode())


def test_an_empty_list_is_no_orders() -> None:
    """Valid by schema (D31)."""
    assert () == typed(b"mutation { createOrders(newOrders: []) { orders { orderId } } }")


def test_one_body_may_have_several_fields() -> None:
    """Fields come in the order of the document, each under its name in the answer (D32)."""
    document = (
        "mutation { b: createOrders(newOrders: {%s}) { orders { orderId } } "
        'cancelOrders(cancelledOrders: {%s, updateTime: "2026-03-09"}) { orders { orderId } } }'
    ).replace("%s", ORDER)

    assert [("b", "createOrders"), ("cancelOrders", "cancelOrders")] == [
        (field.response_key, field.name) for field in fields(document)
    ]


# ── the lenient look (D22, D29) ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("elements", "count", "ids"),
    [
        ("[]", 0, ()),
        ("{}", 1, ()),
        ("null", 0, ()),
        ('"x"', 1, ()),
        ('[{enterpriseId: 1}, {enterpriseId: "2"}, {enterpriseId: 1}]', 3, ("1", "2")),
        (
            "[{enterpriseId: 1.5}, {enterpriseId: true}, {enterpriseId: [3]}, {enterpriseId: 4}]",
            4,
            ("4",),
        ),
        ("[{foo: 1, orderId: 5, enterpriseId: 9}, 7, null, [{enterpriseId: 8}]]", 4, ("9",)),
        ("{items: {enterpriseId: 3}, enterpriseId: 5}", 1, ("5",)),
        ("{enterpriseId: 1, enterpriseId: 2}", 1, ("2",)),
    ],
)
def test_enterprise_ids_are_read_before_anything_is_checked(
    elements: str, count: int, ids: tuple[str, ...]
) -> None:
    """Every id that can be read is collected, whatever else is wrong; what cannot be read is passed over."""
    (found,) = operation("mutation { a: createOrders(newOrders: " + elements + ") }").order_lists()

    assert (count, ids) == (found.count, found.enterprise_ids)
    assert ("a", "createOrders", "newOrders") == (found.response_key, found.name, found.argument)


@pytest.mark.parametrize(
    ("document", "variables", "count", "ids"),
    [
        (WITH_VARIABLE, {"o": [{"enterpriseId": 1}, {"enterpriseId": "2"}, {}, 5]}, 4, ("1", "2")),
        (WITH_VARIABLE, {"o": {"enterpriseId": 3.0}}, 1, ("3",)),
        (WITH_VARIABLE, {"o": {"enterpriseId": 3.5}}, 1, ()),
        (WITH_VARIABLE, {"o": None}, 0, ()),
        (WITH_VARIABLE, {}, 0, ()),
        (
            "mutation($x: Foo) { createOrders(newOrders: [$x, {enterpriseId: $x}]) }",
            {"x": {"enterpriseId": 4}},
            2,
            ("4",),
        ),
        ("mutation($x: ID) { createOrders(newOrders: {enterpriseId: $x}) }", {"x": "6"}, 1, ("6",)),
        ("mutation($x: ID = 7) { createOrders(newOrders: {enterpriseId: $x}) }", {}, 1, ("7",)),
        (
            "mutation { ...F } fragment F on Wrong { ... { createOrders(newOrders: {enterpriseId: 8}) } }",
            {},
            1,
            ("8",),
        ),
        (
            "mutation { ...F } fragment F on Mutation { ...F createOrders(newOrders: {enterpriseId: 8}) }",
            {},
            1,
            ("8",),
        ),
    ],
)
def test_enterprise_ids_are_read_through_variables_and_fragments(
    document: str, variables: dict[str, object], count: int, ids: tuple[str, ...]
) -> None:
    """A list, an order or an id may come by a variable, its default, or a fragment."""
    (found,) = operation(document, variables).order_lists()

    assert (count, ids) == (found.count, found.enterprise_ids)


@pytest.mark.parametrize("given", [{}, {"o": None, "e": None}, {"e": 9.0}, {"o": [], "e": "9"}])
def test_no_accepted_order_escapes_the_look(given: dict[str, object]) -> None:
    """Every enterprise of an order that the schema lets through was seen, defaults and nulls included."""
    order = 'enterpriseId: 8, actionTrackerId: 1, orderId: "A"'
    document = (
        "mutation($o: [OrderCreateRequest!] = [{%s}], $e: ID = 7) { "
        "createOrders(newOrders: $o) { errors { fields } } "
        "b: createOrders(newOrders: {%s}) { errors { fields } } }"
    )
    document = document.replace("%s", order, 1).replace("%s", order.replace("8", "$e"))
    lists = operation(document, given).order_lists()
    seen = {each.response_key: set(each.enterprise_ids) for each in lists}

    for field in fields(document, given):
        assert {each["enterpriseId"] for each in field.arguments["newOrders"]} == seen[field.response_key]


def test_all_three_lists_are_looked_at() -> None:
    """Creates, restatements and cancellations, each with its argument."""
    document = (
        "mutation { createOrders(newOrders: {enterpriseId: 1}) "
        "restateOrders(restatedOrders: {enterpriseId: 2}) "
        "cancelOrders(cancelledOrders: {enterpriseId: 3}) cancelOrder(cancelledOrders: {enterpriseId: 4}) }"
    )

    assert [
        ("newOrders", "1"),
        ("restatedOrders", "2"),
        ("cancelledOrders", "3"),
        ("cancelledOrders", "4"),
    ] == [(each.argument, each.enterprise_ids[0]) for each in operation(document).order_lists()]


def test_only_the_chosen_operation_is_looked_at() -> None:
    """Orders of an operation that does not run are nobody's; without a choice there are none."""
    document = (
        "mutation A { createOrders(newOrders: {enterpriseId: 1}) } "
        "mutation B { createOrders(newOrders: {enterpriseId: 2}) }"
    )

    assert ("2",) == operation(document, name="B").order_lists()[0].enterprise_ids
    assert () == operation(document).order_lists()


def test_one_field_written_twice_is_one_field() -> None:
    """Under one name the ids of both count, and the orders once."""
    document = (
        "mutation { createOrders(newOrders: [{enterpriseId: 1}, {}]) "
        "createOrders(newOrders: {enterpriseId: 2}) }"
    )
    (found,) = operation(document).order_lists()

    assert (2, ("1", "2")) == (found.count, found.enterprise_ids)


def test_skipped_fields_are_not_looked_at() -> None:
    """A field that will not run names nobody."""
    document = "mutation { createOrders(newOrders: {enterpriseId: 1}) @skip(if: true) }"

    assert () == operation(document).order_lists()


def test_root_names_tell_what_a_request_wants() -> None:
    """Before any check: introspection and `getBuildNumber` are known by name (D9)."""
    asked = operation(
        "query { __schema { types { name } } b: getBuildNumber ...F } fragment F on Query { __typename }"
    )

    assert ("__schema", "getBuildNumber", "__typename") == asked.root_names()
    assert (False, True) == (asked.is_mutation, operation("mutation { x }").is_mutation)


# ── selections ────────────────────────────────────────────────────────────────────────────────────────


def names(selection: tuple[SelectedField, ...]) -> dict[str, object]:
    """A selection as response names with what is below."""
    return {field.response_key: names(field.selection) or field.name for field in selection}


def test_selections_are_merged_through_fragments_and_aliases() -> None:
    """One name is one field, with everything that was asked below it, in the order of first mention."""
    document = (
        "mutation { createOrders(newOrders: []) { ...A orders { id: orderId __typename } "
        "... on OrderResponse "
        "{ orders { advertiser { enterpriseId } } } ... { errors { message } } } } "
        "fragment A on OrderResponse { orders { sid advertiser { e: enterpriseId } } }"
    )
    (field,) = fields(document)

    expected = {
        "orders": {
            "sid": "sid",
            "advertiser": {"e": "enterpriseId", "enterpriseId": "enterpriseId"},
            "id": "orderId",
            "__typename": "__typename",
        },
        "errors": {"message": "message"},
    }
    assert expected == names(field.selection)
    assert ["sid", "advertiser", "id", "__typename"] == list(names(field.selection[0].selection))
    assert "[Order!]" == str(field.selection[0].type)


@pytest.mark.parametrize(
    ("skip", "include", "wanted"), [(False, True, True), (True, True, False), (False, False, False)]
)
def test_skip_and_include_are_honoured(skip: bool, include: bool, wanted: bool) -> None:
    """On fields, spreads and inline fragments, by literal and by variable."""
    document = (
        "query($s: Boolean!, $i: Boolean = %s) { a: getBuildNumber @skip(if: $s) @include(if: $i) "
        "... @skip(if: $s) @include(if: %s) { b: getBuildNumber } ...F @include(if: $i) @skip(if: $s) } "
        "fragment F on Query { c: getBuildNumber }"
    ).replace("%s", str(include).lower())

    assert (["a", "b", "c"] if wanted else []) == [
        field.response_key for field in fields(document, {"s": skip})
    ]


def test_the_envelope_and_the_bare_document_are_read_alike() -> None:
    """The same document, bare or in an envelope, gives the same orders."""
    assert typed(FULL.encode()) == typed(envelope(FULL)) == typed(envelope(FULL, {}, None))
