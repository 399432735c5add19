"""What is said about a wrong literal: path, value, complaint.

Owns 9.1 and 9.2 of spec/tracking-api.md. Leaves the scalars' own complaints to test_reading_scalars.py and
variables to test_reading_variables.py. Next: asking.py.
"""

import pytest

from counterfoil.api.messages import notation
from tests.api.asking import CREATE, ORDER, WRONG_TYPE, new_orders, refusals, refused


def create(orders: str) -> str:
    """A document that creates these orders."""
    return CREATE.replace("%s", orders)


ITEM = '{unitPrice: 1, quantity: 1, sku: "a"}'
INTEGER = "is not a valid 'NonNegativeInt' - Expected AST type 'IntValue' but was 'StringValue'."


@pytest.mark.parametrize(
    ("orders", "complaint"),
    [
        (
            '[{enterpriseId: 1, actionTrackerId: "4711", orderId: "A"}]',
            f"argument 'newOrders[0].actionTrackerId' with value 'StringValue{{value='4711'}}' {INTEGER}",
        ),
        (
            '{enterpriseId: 1, actionTrackerId: "4711", orderId: "A"}',
            f"argument 'newOrders.actionTrackerId' with value 'StringValue{{value='4711'}}' {INTEGER}",
        ),
        (
            '[{%s}, {%s, items: [%i, {unitPrice: 1, quantity: "2", sku: "b"}]}]',
            f"argument 'newOrders[1].items[1].quantity' with value 'StringValue{{value='2'}}' {INTEGER}",
        ),
        (
            '[{%s, items: {unitPrice: 1, quantity: "2", sku: "b"}}]',
            f"argument 'newOrders[0].items.quantity' with value 'StringValue{{value='2'}}' {INTEGER}",
        ),
        (
            "[{enterpriseId: 1, actionTrackerId: 1, orderId: null}]",
            "argument 'newOrders[0].orderId' with value 'NullValue{}' must not be null",
        ),
        ("[null]", "argument 'newOrders[0]' with value 'NullValue{}' must not be null"),
        (
            '["x"]',
            (
                "argument 'newOrders[0]' with value 'ArrayValue{values=[StringValue{value='x'}]}' "
                "must be an object type"
            ),
        ),
        ("5", "argument 'newOrders' with value 'IntValue{value=5}' must be an object type"),
        (
            '[{orderId: "A"}]',
            (
                "argument 'newOrders[0]' with value 'ArrayValue{values=[ObjectValue{objectFields=["
                "ObjectField{name='orderId', value=StringValue{value='A'}}]}]}' "
                "is missing required fields '[enterpriseId, actionTrackerId]'"
            ),
        ),
        (
            "{foo: 1.5}",
            (
                "argument 'newOrders' with value 'ObjectValue{objectFields=["
                "ObjectField{name='foo', value=FloatValue{value=1.5}}]}' "
                "is missing required fields '[enterpriseId, actionTrackerId, orderId]'"
            ),
        ),
        (
            '{enterpriseId: 1, foo: true, actionTrackerId: "x", orderId: X}',
            (
                "argument 'newOrders' with value 'ObjectValue{objectFields=["
                "ObjectField{name='enterpriseId', value=IntValue{value=1}}, "
                "ObjectField{name='foo', value=BooleanValue{value=true}}, "
                "ObjectField{name='actionTrackerId', value=StringValue{value='x'}}, "
                "ObjectField{name='orderId', value=EnumValue{name='X'}}]}' "
                "contains a field not in 'OrderCreateRequest': 'foo'"
            ),
        ),
        (
            "{%s, ids: {userId: 5}}",
            (
                "argument 'newOrders.ids.userId' with value 'IntValue{value=5}' is not a valid 'String' - "
                "Expected AST type 'StringValue' but was 'IntValue'."
            ),
        ),
        (
            '{%s, eventTime: "soon"}',
            (
                "argument 'newOrders.eventTime' with value 'StringValue{value='soon'}' "
                "is not a valid 'Instant' - Expected an ISO 8601 date-time with a zone, "
                "such as '2026-03-01T12:00:00Z', but was 'soon'."
            ),
        ),
        (
            "{%s, amount: -1}",
            (
                "argument 'newOrders.amount' with value 'IntValue{value=-1}' "
                "is not a valid 'NonNegativeDecimalNumber' - "
                "Expected a non-negative decimal number, such as '12.50', but was '-1'."
            ),
        ),
        (
            "{%s, verticalParameters: {advertiserVertical: Retailer}}",
            (
                "argument 'newOrders.verticalParameters.advertiserVertical' "
                "with value 'EnumValue{name='Retailer'}' is not a valid 'VerticalType' - "
                "Expected enum literal value not in allowable values -  'EnumValue{name='Retailer'}'."
            ),
        ),
    ],
)
def test_a_wrong_literal_is_told_by_path_value_and_complaint(orders: str, complaint: str) -> None:
    """Each complaint of 9.2 with the path to the fault; objects are printed with the whole argument."""
    (sentence,) = refused(create(orders.replace("%s", ORDER).replace("%i", ITEM)))

    assert f"{WRONG_TYPE}{complaint} @ 'createOrders'" == sentence


def test_the_example_of_the_specification() -> None:
    """The answer of spec/tracking-api.md, section 7, to the letter, with line and column."""
    document = 'mutation { cancelOrders(cancelledOrders: {orderId: "A-2"}) { orders { orderId } } }'
    (refusal,) = refusals(document)

    assert (
        "Validation error of type WrongType: argument 'cancelledOrders' with value "
        "'ObjectValue{objectFields=[ObjectField{name='orderId', value=StringValue{value='A-2'}}]}' "
        "is missing required fields '[enterpriseId, actionTrackerId, updateTime]' @ 'cancelOrders'"
    ) == refusal.message
    assert (1, 25, "ValidationError") == (refusal.line, refusal.column, refusal.classification)


@pytest.mark.parametrize(
    ("field", "argument", "rest", "reason"),
    [
        ("restateOrders", "restatedOrders", "status: Declined", "OrderStatus"),
        ("restateOrders", "restatedOrders", "correctionReason: RETURNED", "CorrectionReason"),
        ("cancelOrders", "cancelledOrders", "status: Accepted", "OrderCancellationStatus"),
        ("cancelOrder", "cancelledOrders", "correctionReason: FRAUD", "CorrectionReason"),
    ],
)
def test_values_outside_an_enum(field: str, argument: str, rest: str, reason: str) -> None:
    """Each list argument has its own enums; the sentence ends with the enum's complaint."""
    order = f'{{{ORDER}, updateTime: "2026-03-05", {rest}}}'
    document = f"mutation {{ {field}({argument}: {order}) {{ orders {{ orderId }} }} }}"
    name, value = rest.split(": ")
    (sentence,) = refused(document)

    assert sentence == (
        f"{WRONG_TYPE}argument '{argument}.{name}' with value 'EnumValue{{name='{value}'}}' "
        f"is not a valid '{reason}' - "
        f"Expected enum literal value not in allowable values -  'EnumValue{{name='{value}'}}'. @ '{field}'"
    )


def test_fields_of_another_kind_of_order_are_unknown() -> None:
    """A restatement has no `adId` and no `eventTime`; sending one is a fault, not ignored."""
    order = f'{{{ORDER}, updateTime: "2026-03-05", adId: 1}}'
    (sentence,) = refused(f"mutation {{ restateOrders(restatedOrders: {order}) {{ orders {{ orderId }} }} }}")

    assert sentence.endswith("contains a field not in 'OrderRestateRequest': 'adId' @ 'restateOrders'")


def test_missing_fields_come_before_given_ones() -> None:
    """Within an object absent fields are sought first, though a wrong one stands before."""
    (sentence,) = refused(create("{orderId: 5, foo: 1, enterpriseId: 1}"))

    assert sentence.endswith("is missing required fields '[actionTrackerId]' @ 'createOrders'")


def test_one_argument_tells_its_first_problem_only() -> None:
    """Two wrong orders in one list are one problem; two wrong fields of the document are two."""
    wrong = "[{enterpriseId: 1}, {orderId: 5}]"
    one = refused(create(wrong))
    two = refused(
        "mutation { a: createOrders(newOrders: %s) { orders { orderId } } "
        "b: createOrders(newOrders: %s) { orders { orderId } } }".replace("%s", wrong)
    )

    assert 1 == len(one)
    assert [*one, *one] == two


def test_at_most_a_hundred_problems_are_told() -> None:
    """The hundred and first is left out."""
    names = " ".join(f"f{n}" for n in range(101))
    document = "mutation { createOrders(newOrders: []) { orders { " + names + " } } }"

    assert 100 == len(refused(document))
    assert 99 == len(refused(document.replace(" f99 f100", "")))


def test_the_location_is_that_of_the_argument() -> None:
    """Line and column are those of the argument's name, wherever below the fault is."""
    (refusal,) = refusals(
        "mutation {\n  createOrders(\n    newOrders: [{orderId: 5}]\n  ) { orders { orderId } }\n}"
    )

    assert (3, 5) == (refusal.line, refusal.column)


@pytest.mark.parametrize(("length", "told"), [(978, 978), (979, 979), (980, 979)])
def test_a_long_value_is_cut_after_a_thousand_characters(length: int, told: int) -> None:
    """`StringValue{value='` and `'}` take 21 of the thousand; what is cut ends with three points (D36)."""
    text = notation("x" * length)

    assert f"StringValue{{value='{'x' * told}" == text[: 19 + told]
    assert (length > 979) is text.endswith("...")
    assert len(text) <= 1003


def test_a_whole_batch_is_not_echoed() -> None:
    """The sentence about a batch of a thousand orders stays short."""
    (sentence,) = refused(create("[" + '{orderId: "A"}' * 1000 + "]"))

    assert len(sentence) < 1300


def test_the_last_of_a_repeated_field_counts() -> None:
    """A field that is given twice is no fault of the schema; the last value counts, a null too."""
    (order,) = new_orders(create('{%s, sid: "a", coupon: "x", sid: "b", coupon: null}'.replace("%s", ORDER)))

    assert ("b", False) == (order["sid"], "coupon" in order)


def test_explicit_nulls_are_not_given() -> None:
    """A null for an optional field is the same as none (D4); an empty object stays one."""
    nulls = "sid: null, items: null, bypassChannel: null, verticalParameters: {}, customParameters: []"
    (order,) = new_orders(create("{%s, " % ORDER + nulls + "}"))  # noqa: UP031

    assert {"verticalParameters": {}, "customParameters": []} == {
        name: value
        for name, value in order.items()
        if name not in {"enterpriseId", "actionTrackerId", "orderId"}
    }
