"""What is said about a document that does not fit the schema, besides wrong values.

Owns the table of 9.4 of spec/tracking-api.md and the choice of an operation. Leaves values to
test_reading_literals.py and test_reading_variables.py. Next: asking.py.
"""

import pytest

from counterfoil.api import schemas
from tests.api.asking import fields, refusals, refused

PREFIX = "Validation error of type "

DETAIL = '{ advertiserCommissions(forAdvertisers: ["1"]) { %s } }'


@pytest.mark.parametrize(
    ("document", "sentences"),
    [
        ("{ x }", ["FieldUndefined: Field 'x' in type 'Query' is undefined @ 'x'"]),
        (
            "mutation { a: createOrders(newOrders: []) { o: orders { foo } } }",
            ["FieldUndefined: Field 'foo' in type 'Order' is undefined @ 'createOrders/orders/foo'"],
        ),
        ("{ getBuildNumber(x: 1) }", ["UnknownArgument: Unknown field argument x @ 'getBuildNumber'"]),
        (
            "mutation { createOrders { orders { orderId } } }",
            ["MissingFieldArgument: Missing field argument newOrders @ 'createOrders'"],
        ),
        (
            "mutation { createOrders(newOrders: null) { orders { orderId } } }",
            [
                (
                    "NullValueForNonNullArgument: null value for non-null field argument newOrders @ "
                    "'createOrders'"
                )
            ],
        ),
        (
            "mutation { createOrders(newOrders: []) }",
            [
                (
                    "SubSelectionRequired: Sub selection required for type OrderResponse! of field "
                    "createOrders "
                    "@ 'createOrders'"
                )
            ],
        ),
        (
            "mutation { createOrders(newOrders: []) { orders } }",
            [
                (
                    "SubSelectionRequired: Sub selection required for type [Order!] of field orders "
                    "@ 'createOrders/orders'"
                )
            ],
        ),
        (
            "{ getBuildNumber { x } }",
            [
                (
                    "SubSelectionNotAllowed: Sub selection not allowed on leaf type String of field "
                    "getBuildNumber "
                    "@ 'getBuildNumber'"
                )
            ],
        ),
        (
            "query($v: Foo) { getBuildNumber @skip(if: $v) }",
            ["UnknownType: Unknown type Foo"],
        ),
        (
            "query($v: Order) { getBuildNumber @skip(if: $v) }",
            ["NonInputTypeOnVariable: Wrong type for a variable"],
        ),
        (
            "{ getBuildNumber @skip(if: $v) }",
            ["UndefinedVariable: Undefined variable v @ 'getBuildNumber'"],
        ),
        ("query($v: String) { getBuildNumber }", ["UnusedVariable: Unused variable v"]),
        (
            "query($v: Boolean) { getBuildNumber @skip(if: $v) }",
            [
                (
                    "VariableTypeMismatch: Variable type 'Boolean' doesn't match expected type 'Boolean!' "
                    "@ 'getBuildNumber'"
                )
            ],
        ),
        (
            "mutation($v: OrderCreateRequest!) { createOrders(newOrders: $v) { orders { orderId } } }",
            [
                (
                    "VariableTypeMismatch: Variable type 'OrderCreateRequest!' doesn't match "
                    "expected type '[OrderCreateRequest!]!' @ 'createOrders'"
                )
            ],
        ),
        (
            (
                "mutation($v: Boolean!) { createOrders(newOrders: {enterpriseId: 1, actionTrackerId: 1, "
                "orderId: $v}) { orders { orderId } } }"
            ),
            [
                (
                    "VariableTypeMismatch: Variable type 'Boolean!' doesn't match expected type 'String!' "
                    "@ 'createOrders'"
                )
            ],
        ),
        (
            'query($v: Boolean! = "x") { getBuildNumber @skip(if: $v) }',
            ["BadValueForDefaultArg: Bad default value StringValue{value='x'} for type Boolean!"],
        ),
        ("{ getBuildNumber @foo }", ["UnknownDirective: Unknown directive foo @ 'getBuildNumber'"]),
        ("query @skip(if: true) { getBuildNumber }", ["MisplacedDirective: Directive skip not allowed here"]),
        (
            '{ getBuildNumber @deprecated(reason: "x") }',
            ["MisplacedDirective: Directive deprecated not allowed here @ 'getBuildNumber'"],
        ),
        (
            "{ getBuildNumber @skip }",
            ["MissingDirectiveArgument: Missing directive argument if @ 'getBuildNumber'"],
        ),
        (
            "{ getBuildNumber @skip(if: true, unless: 1) }",
            ["UnknownDirective: Unknown directive argument unless @ 'getBuildNumber'"],
        ),
        (
            '{ getBuildNumber @skip(if: "yes") }',
            [
                (
                    "WrongType: argument 'if' with value 'StringValue{value='yes'}' is not a valid "
                    "'Boolean' - "
                    "Expected AST type 'BooleanValue' but was 'StringValue'. @ 'getBuildNumber'"
                )
            ],
        ),
        (
            "{ getBuildNumber @skip(if: true) @skip(if: true) }",
            [
                (
                    "DuplicateDirectiveName: Non repeatable directives must be uniquely named within "
                    "a location. "
                    "The directive 'skip' used on a 'Field' is not unique. @ 'getBuildNumber'"
                )
            ],
        ),
        ("{ getBuildNumber ...F }", ["UndefinedFragment: Undefined fragment F"]),
        (
            "{ getBuildNumber } fragment F on Query { getBuildNumber }",
            ["UnusedFragment: Unused fragment F"],
        ),
        (
            "{ ...F } fragment F on Query { getBuildNumber ...G } fragment G on Query { ...F }",
            [
                "FragmentCycle: Fragment cycles not allowed @ 'F'",
                "FragmentCycle: Fragment cycles not allowed @ 'G'",
            ],
        ),
        (
            (
                "mutation { createOrders(newOrders: []) { ...F } } "
                "fragment F on OrderResponse { orders { ...G } } fragment G on Order { items { ...F } }"
            ),
            [
                "FragmentCycle: Fragment cycles not allowed @ 'F'",
                "FragmentCycle: Fragment cycles not allowed @ 'G'",
                (
                    "InvalidFragmentType: Fragment F cannot be spread here as objects of type OrderItem "
                    "can never be of type OrderResponse @ 'G/items'"
                ),
            ],
        ),
        (
            "{ ...F } fragment F on Query { foo }",
            ["FieldUndefined: Field 'foo' in type 'Query' is undefined @ 'F/foo'"],
        ),
        (
            "{ getBuildNumber ...F } fragment F on Order { orderId }",
            [
                (
                    "InvalidFragmentType: Fragment F cannot be spread here as objects of type Query "
                    "can never be of type Order"
                )
            ],
        ),
        (
            "{ getBuildNumber ... on Order { orderId } }",
            [
                (
                    "InvalidFragmentType: Fragment cannot be spread here as objects of type Query "
                    "can never be of type Order"
                )
            ],
        ),
        (
            "{ getBuildNumber ... on String { x } }",
            [
                (
                    "InlineFragmentTypeConditionInvalid: "
                    "Inline fragment type condition is invalid, must be on Object/Interface/Union"
                )
            ],
        ),
        (
            "{ ...F } fragment F on Instant { x }",
            [
                (
                    "FragmentTypeConditionInvalid: "
                    "Fragment type condition is invalid, must be on Object/Interface/Union @ 'F'"
                )
            ],
        ),
        ("{ ... on Foo { x } }", ["UnknownType: Unknown type Foo"]),
        (
            "{ ...F } fragment F on Query { getBuildNumber } fragment F on Query { getBuildNumber }",
            ["DuplicateFragmentName: There can be only one fragment named 'F' @ 'F'"],
        ),
        (
            "{ a: getBuildNumber a: __typename }",
            [
                "FieldsConflict: a: getBuildNumber and __typename are different fields @ 'getBuildNumber'",
            ],
        ),
        (
            "mutation { createOrders(newOrders: []) { orders { a: orderId a: sid } } }",
            [
                (
                    "FieldsConflict: createOrders/orders/a: orderId and sid are different fields "
                    "@ 'createOrders/orders/orderId'"
                )
            ],
        ),
        (
            (
                "mutation { createOrders(newOrders: []) { orders { a: orderId } } "
                "createOrders(newOrders: []) { ...F } } fragment F on OrderResponse { orders { a: sid } }"
            ),
            [
                (
                    "FieldsConflict: createOrders/orders/a: orderId and sid are different fields "
                    "@ 'createOrders/orders/orderId'"
                )
            ],
        ),
        (
            (
                'mutation { createOrders(newOrders: [{enterpriseId: 1, actionTrackerId: 1, orderId: "a"}]) '
                "{ orders { orderId } } createOrders(newOrders: []) { orders { orderId } } }"
            ),
            ["FieldsConflict: createOrders: they have differing arguments @ 'createOrders'"],
        ),
        (
            "{ getBuildNumber } { getBuildNumber }",
            ["LoneAnonymousOperationViolation: Anonymous operation with other operations."],
        ),
        (
            "query A { getBuildNumber } query A { getBuildNumber }",
            ["DuplicateOperationName: There can be only one operation named 'A'"],
        ),
        (
            "mutation { createOrders(newOrders: [], newOrders: []) { orders { orderId } } }",
            ["DuplicateArgumentNames: There can be only one argument named 'newOrders' @ 'createOrders'"],
        ),
        (
            "query($v: Boolean!, $v: Boolean!) { getBuildNumber @skip(if: $v) }",
            ["DuplicateVariableName: There can be only one variable named 'v'"],
        ),
        (
            "{ getBuildNumber } type Foo { a: Int }",
            ["NonExecutableDefinition: The Foo definition is not executable."],
        ),
        (
            "{ getBuildNumber } schema { query: Foo }",
            ["NonExecutableDefinition: The schema definition is not executable."],
        ),
    ],
)
def test_each_rule_has_its_sentence(document: str, sentences: list[str]) -> None:
    """A document with one fault is told just that, to the letter."""
    assert [PREFIX + sentence for sentence in sentences] == refused(document)


def test_fields_of_differing_types_conflict() -> None:
    """Without interfaces a field of another type can only hide in a fragment that does not belong there."""
    document = DETAIL.replace("%s", "records { ...A ...B }") + (
        " fragment A on AdvertiserCommission { a: original }"
        " fragment B on PublisherCommission { a: original }"
    )
    told = refused(document, schema=schemas.commission_detail())

    assert 1 == len(told)
    assert told[0].startswith(PREFIX + "InvalidFragmentType: Fragment B cannot be spread here")


def test_independent_problems_are_all_told_in_their_order() -> None:
    """Faults of arguments, of fields and of variables stand side by side."""
    document = (
        "mutation($u: Boolean) { createOrders(newOrders: 5, x: 1) { foo } "
        'cancelOrders(cancelledOrders: "x") { orders { bar } } }'
    )

    assert [
        "WrongType",
        "UnknownArgument",
        "FieldUndefined",
        "WrongType",
        "FieldUndefined",
        "UnusedVariable",
    ] == [sentence.removeprefix(PREFIX).partition(":")[0] for sentence in refused(document)]


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ("{\n  x }", (2, 3)),
        ("{ getBuildNumber(x: 1) }", (1, 18)),
        ("query($v: String) { getBuildNumber }", (1, 7)),
        ("{ getBuildNumber @skip(if: $v) }", (1, 28)),
        ("{ getBuildNumber @foo }", (1, 18)),
    ],
)
def test_problems_are_located(document: str, place: tuple[int, int]) -> None:
    """Argument, field, declaration or use of the variable, directive: line and column from 1."""
    (refusal,) = refusals(document)

    assert (*place, "ValidationError") == (refusal.line, refusal.column, refusal.classification)


SEVERAL = "query A { a: getBuildNumber } query B { b: getBuildNumber }"


def test_the_named_operation_is_chosen() -> None:
    """With a name that one runs; the whole document is checked all the same."""
    assert "b" == fields(SEVERAL, name="B")[0].response_key


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (None, "Must provide operation name if query contains multiple operations."),
        ("C", "Unknown operation named 'C'."),
    ],
)
def test_no_operation_is_guessed(name: str | None, sentence: str) -> None:
    """Without a name, or with a wrong one, it is said so; faults of the document are said before."""
    assert [sentence] == refused(SEVERAL, name=name)
    assert [PREFIX + "FieldUndefined: Field 'x' in type 'Query' is undefined @ 'x'"] == refused(
        SEVERAL.replace("b: getBuildNumber", "x"), name=name
    )


def test_a_wrong_name_for_the_only_operation_is_told() -> None:
    """A name that does not fit is a fault, though there is but one operation."""
    assert ["Unknown operation named 'C'."] == refused("query A { getBuildNumber }", name="C")


def test_a_schema_without_mutations_says_so() -> None:
    """The Commission Detail API has no mutation type, and neither API has subscriptions."""
    told = refusals("mutation { x }", schema=schemas.commission_detail())

    assert [("Schema is not configured for mutations.", "OperationNotSupported")] == [
        (each.message, each.classification) for each in told
    ]
    assert ["Schema is not configured for subscriptions."] == refused("subscription { x }")


def test_unknown_arguments_of_the_report_are_faults() -> None:
    """`/query` has no `limit` and no `orderIds` (D152)."""
    document = '{ advertiserCommissions(forAdvertisers: "1", limit: 5, orderIds: "A") { count } }'

    assert [
        PREFIX + "UnknownArgument: Unknown field argument limit @ 'advertiserCommissions'",
        PREFIX + "UnknownArgument: Unknown field argument orderIds @ 'advertiserCommissions'",
    ] == refused(document, schema=schemas.commission_detail())


def test_the_report_takes_lists_and_enums_as_variables() -> None:
    """A variable of type `[LockingMethod!]` fits, and an absent one is not given."""
    document = (
        "query($a: [String!]!, $m: [LockingMethod!], $s: String) { advertiserCommissions(forAdvertisers: $a, "
        "lockingMethods: $m, sincePostingDate: $s) { count } }"
    )
    (field,) = fields(
        document, {"a": ["1", 2], "m": ["OPEN_ENDED"], "x": 1}, schema=schemas.commission_detail()
    )

    assert {"forAdvertisers": ["1", "2"], "lockingMethods": ["OPEN_ENDED"]} == field.arguments
