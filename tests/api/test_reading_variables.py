"""What is said about a wrong variable: the sentence of the literal, at the place where the variable stands.

Owns 9.5 of spec/tracking-api.md. Leaves single values to test_reading_scalars.py. Next: asking.py.
"""

import time
from typing import Any

import pytest

from counterfoil.api import schemas
from counterfoil.api.graphql import Unfit, check, check_shape
from counterfoil.capture.tracking.documents import orders
from counterfoil.model.orders import Kind
from tests.api.asking import (
    CREATE,
    LIMITS,
    ORDER,
    WITH_VARIABLE,
    WRONG_TYPE,
    fields,
    new_orders,
    operation,
    refusals,
    refused,
)

GOOD: dict[str, Any] = {"enterpriseId": "7001", "actionTrackerId": 4711, "orderId": "A-1"}
INVALID = "Variable 'o' has an invalid value: "


@pytest.mark.parametrize(
    ("given", "complaint", "engine"),
    [
        (
            [{**GOOD, "actionTrackerId": "x"}],
            (
                "argument 'newOrders[0].actionTrackerId' with value 'StringValue{value='x'}' "
                "is not a valid 'NonNegativeInt' - Expected type 'Int' but was 'String'."
            ),
            INVALID + "Expected type 'Int' but was 'String'.",
        ),
        (
            [GOOD, {**GOOD, "items": [{"unitPrice": 1, "quantity": 1.5, "sku": "a"}]}],
            (
                "argument 'newOrders[1].items[0].quantity' with value 'FloatValue{value=1.5}' "
                "is not a valid 'NonNegativeInt' - Expected type 'Int' but was 'Double'."
            ),
            INVALID + "Expected type 'Int' but was 'Double'.",
        ),
        (
            {**GOOD, "verticalParameters": {"advertiserVertical": "Shop"}},
            (
                "argument 'newOrders.verticalParameters.advertiserVertical' "
                "with value 'StringValue{value='Shop'}' "
                "is not a valid 'VerticalType' - "
                "Invalid input for Enum 'VerticalType'. No value found for name 'Shop'"
            ),
            INVALID + "Invalid input for Enum 'VerticalType'. No value found for name 'Shop'",
        ),
        (
            [{"orderId": "A", "foo": None}],
            (
                "argument 'newOrders[0]' with value 'ArrayValue{values=[ObjectValue{objectFields=["
                "ObjectField{name='orderId', value=StringValue{value='A'}}, "
                "ObjectField{name='foo', value=NullValue{}}]}]}' "
                "is missing required fields '[enterpriseId, actionTrackerId]'"
            ),
            INVALID + "Field 'enterpriseId' has coerced Null value for NonNull type 'ID!'",
        ),
        (
            {**GOOD, "orderId": None},
            "argument 'newOrders.orderId' with value 'NullValue{}' must not be null",
            INVALID + "Field 'orderId' has coerced Null value for NonNull type 'String!'",
        ),
        (
            [None],
            "argument 'newOrders[0]' with value 'NullValue{}' must not be null",
            INVALID + "has coerced Null value for NonNull type 'OrderCreateRequest!'",
        ),
        (
            {**GOOD, "foo": True, "bar": 1},
            (
                "argument 'newOrders' with value 'ObjectValue{objectFields=["
                "ObjectField{name='enterpriseId', value=StringValue{value='7001'}}, "
                "ObjectField{name='actionTrackerId', value=IntValue{value=4711}}, "
                "ObjectField{name='orderId', value=StringValue{value='A-1'}}, "
                "ObjectField{name='foo', value=BooleanValue{value=true}}, "
                "ObjectField{name='bar', value=IntValue{value=1}}]}' "
                "contains a field not in 'OrderCreateRequest': 'foo'"
            ),
            (
                "The variables input contains a field name 'foo' "
                "that is not defined for input object type 'OrderCreateRequest' "
            ),
        ),
        (
            ["x"],
            (
                "argument 'newOrders[0]' with value 'ArrayValue{values=[StringValue{value='x'}]}' "
                "must be an object type"
            ),
            INVALID + "Expected type 'Map' but was 'String'. "
            "Variables for input objects must be an instance of type 'Map'.",
        ),
    ],
)
def test_a_wrong_variable_is_told_as_a_literal(given: object, complaint: str, engine: str) -> None:
    """Path, value and complaint as in 9.2; what the engine itself would say stands beside."""
    (refusal,) = refusals(WITH_VARIABLE, {"o": given})

    assert f"{WRONG_TYPE}{complaint} @ 'createOrders'" == refusal.message
    assert engine == refusal.engine_message
    assert (1, 53, "ValidationError") == (refusal.line, refusal.column, refusal.classification)


@pytest.mark.parametrize(
    ("wrong", "literal"),
    [
        ({"eventTime": "soon"}, 'eventTime: "soon"'),
        ({"amount": "1,50"}, 'amount: "1,50"'),
        (
            {"items": [{"unitPrice": "-1", "quantity": 1, "sku": "a"}]},
            'items: [{unitPrice: "-1", quantity: 1, sku: "a"}]',
        ),
        ({"actionTrackerId": -1}, "actionTrackerId: -1"),
    ],
)
def test_one_sentence_for_a_fault_wherever_it_stands(wrong: dict[str, Any], literal: str) -> None:
    """The same fault as a literal and inside a variable is told with the same words."""
    inline = refused(CREATE.replace("%s", "[{" + literal + ", " + ORDER + "}]"))

    assert inline == refused(
        WITH_VARIABLE, {"o": [{**wrong, **{k: v for k, v in GOOD.items() if k not in wrong}}]}
    )


def test_no_variable_given() -> None:
    """An absent variable and a null are told alike, at the declaration."""
    sentence = "Variable 'o' has coerced Null value for NonNull type '[OrderCreateRequest!]!'"

    for variables in (None, {}, {"o": None}, {"other": 1}):
        (refusal,) = refusals(WITH_VARIABLE, variables)
        assert (sentence, sentence) == (refusal.message, refusal.engine_message)
        assert (1, 10, "ValidationError") == (refusal.line, refusal.column, refusal.classification)


def test_missing_fields_come_before_unknown_ones() -> None:
    """Within an object, and before the fields that are given."""
    (sentence,) = refused(WITH_VARIABLE, {"o": {"foo": 1, "orderId": [], "enterpriseId": 1}})

    assert sentence.endswith("is missing required fields '[actionTrackerId]' @ 'createOrders'")


def test_variables_inside_a_literal() -> None:
    """A variable may stand anywhere in a literal: its value is read by the type of its place."""
    document = (
        "mutation($id: ID!, $t: NonNegativeInt!, $a: NonNegativeDecimalNumber, $i: [OrderItemInput!], "
        "$s: String) {"
        'createOrders(newOrders: {enterpriseId: $id, actionTrackerId: $t, orderId: "A", '
        "amount: $a, items: $i, "
        "sid: $s}) { orders { orderId } } }"
    )
    given = {"id": 7001, "t": "4711", "a": 1.50, "i": {"unitPrice": 1, "quantity": "2", "sku": 3}, "s": None}

    assert [
        {
            "enterpriseId": "7001",
            "actionTrackerId": 4711,
            "orderId": "A",
            "amount": "1.5",
            "items": [{"unitPrice": "1", "quantity": 2, "sku": "3"}],
        }
    ] == new_orders(document, given)

    (sentence,) = refused(document, {**given, "i": [{"unitPrice": 1, "quantity": -2, "sku": "x"}]})
    assert (
        f"{WRONG_TYPE}argument 'newOrders.items[0].quantity' with value 'IntValue{{value=-2}}' "
        "is not a valid 'NonNegativeInt' - The value must be greater than or equal to zero @ 'createOrders'"
    ) == sentence


def test_defaults_stand_in_for_absent_variables() -> None:
    """A default counts when the variable is absent, and when it is null: that is not given either (D4)."""
    document = (
        'mutation($s: String = "dflt", $id: String = "A-9") { createOrders(newOrders: {enterpriseId: 1, '
        "actionTrackerId: 1, orderId: $id, sid: $s}) { orders { orderId } } }"
    )

    assert ("dflt", "A-9") == (new_orders(document)[0]["sid"], new_orders(document)[0]["orderId"])
    assert new_orders(document) == new_orders(document, {"s": None, "id": None})
    assert "sid" not in new_orders(document.replace('"dflt"', "null"))[0]


def test_a_null_is_no_absence_where_the_type_has_none() -> None:
    """Only where the declared type is nullable a null counts as not given; a default does not change that."""
    document = WITH_VARIABLE.replace("]!)", "]! = [])")

    assert [] == new_orders(document)
    assert ["Variable 'o' has coerced Null value for NonNull type '[OrderCreateRequest!]!'"] == refused(
        document, {"o": None}
    )


def test_variables_in_fragments_are_found() -> None:
    """A variable that is used only in a fragment is used, and told by the way that leads there."""
    document = "query($v: Boolean!) { ...F } fragment F on Query { getBuildNumber @skip(if: $v) }"

    assert () == fields(document, {"v": True})
    assert [
        (
            f"{WRONG_TYPE}argument 'if' with value 'StringValue{{value='x'}}' is not a valid 'Boolean' - "
            "Expected type 'Boolean' but was 'String'. @ 'F/getBuildNumber'"
        )
    ] == refused(document, {"v": "x"})


def test_the_path_leads_through_every_fragment() -> None:
    """Field names from the root, each fragment by its name where it is spread."""
    document = (
        "mutation($v: Boolean!) { createOrders(newOrders: []) { ...F } } "
        "fragment F on OrderResponse { orders { ...G } } fragment G on Order { sid @skip(if: $v) }"
    )
    (sentence,) = refused(document, {"v": 1})

    assert sentence.endswith(" @ 'createOrders/F/orders/G/sid'")


def test_faults_of_document_and_variables_stand_side_by_side() -> None:
    """Independent problems are all told, whichever part of the request they are in."""
    document = WITH_VARIABLE.replace("orderId }", "foo }")

    assert ["FieldUndefined", "WrongType"] == [
        sentence.removeprefix("Validation error of type ").partition(":")[0]
        for sentence in refused(document, {"o": [{}]})
    ]


def test_two_variables_of_one_argument_tell_one_problem() -> None:
    """One argument gives only its first problem."""
    document = (
        "mutation($a: NonNegativeInt!, $b: Instant) { createOrders(newOrders: "
        "{enterpriseId: 1, actionTrackerId: $a, "
        'orderId: "A", eventTime: $b}) { orders { orderId } } }'
    )
    told = refused(document, {"a": "x", "b": "y"})

    assert 1 == len(told)
    assert "newOrders.actionTrackerId" in told[0]


def test_keys_of_json_may_be_anything() -> None:
    """A name with a lone surrogate, or of a million characters, is told so that it can be sent."""
    for name in ("\ud800", "x" * 1_000_000):
        (sentence,) = refused(WITH_VARIABLE, {"o": {**GOOD, name: 1}})
        assert sentence.encode()
        assert len(sentence) < 5000


def test_variables_of_other_operations_do_not_matter() -> None:
    """Only the chosen operation's variables are read."""
    document = "query A { getBuildNumber } " + WITH_VARIABLE.replace("mutation(", "mutation B(")

    assert [] == refused(document, {}, name="A")


def test_ten_thousand_orders_are_read_quickly() -> None:
    """A full batch in variables is checked and typed well within a second."""
    items = [
        {"unitPrice": "50.00", "quantity": 2, "sku": "SKU1", "discount": 5},
        {"unitPrice": 20.5, "quantity": 1, "sku": "B"},
    ]
    batch = [
        {**GOOD, "orderId": f"A-{n}", "eventTime": "2026-03-01T10:00:00Z", "amount": 120.05, "items": items}
        for n in range(10_000)
    ]
    asked = operation(WITH_VARIABLE, {"o": batch}, schema=schemas.tracking())

    began = time.process_time()
    assert check_shape(asked, LIMITS) is None
    checked = check(asked)
    assert not isinstance(checked, Unfit)
    typed = orders(Kind.CREATE, checked[0].arguments["newOrders"])
    took = time.process_time() - began

    assert ("A-9999", "120.05") == (typed[-1].order_id, getattr(typed[-1], "amount", None))
    # Usually a fifth of this; the bound only catches a change of kind.
    assert took < 2
