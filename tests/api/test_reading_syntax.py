"""What the engine says about a document that cannot be parsed, and what it parses all the same.

Owns 9.6 of spec/tracking-api.md, and the habits of section 11 that concern the document's text. Next:
asking.py.
"""

import pytest

from counterfoil.api import schemas
from counterfoil.api.graphql import read_operation
from counterfoil.capture.shape import ShapeLimits
from counterfoil.capture.tracking.documents import orders
from counterfoil.errors import Refusal
from counterfoil.model.orders import Kind, NewOrder
from tests.api.asking import ORDER, fields, refusals, refused, requested

SYNTAX = "Invalid Syntax : offending token '{}' at line {} column {}"
MORE = (
    "Invalid Syntax : There are more tokens in the query that have not been consumed "
    "offending token '{}' at line {} column {}"
)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("{", SYNTAX.format("<EOF>", 1, 2)),
        ("{ a", SYNTAX.format("<EOF>", 1, 4)),
        ("queryy { a }", SYNTAX.format("queryy", 1, 1)),
        ("query { a(b: ) }", SYNTAX.format(")", 1, 14)),
        ("{ a {} }", SYNTAX.format("}", 1, 6)),
        ("{ a() }", SYNTAX.format(")", 1, 5)),
        ("\r\n{ a(b: 1 }", SYNTAX.format("}", 2, 10)),
        ('{\n\ta(b: "x" c: "y") "z"\n}', SYNTAX.format('"z"', 2, 19)),
        ("{ a(b: 01) }", SYNTAX.format("1", 1, 9)),
        ("{ a ? }", SYNTAX.format("?", 1, 5)),
        ('{ a(b: "never closed', SYNTAX.format("<EOF>", 1, 21)),
        ("# only a comment", SYNTAX.format("<EOF>", 1, 17)),
        ("mutation createOrders(newOrders: []) { a }", SYNTAX.format("newOrders", 1, 23)),
        ("query($a: String = $b) { a }", SYNTAX.format("$", 1, 20)),
        ("fragment on on Query { a }", SYNTAX.format("on", 1, 10)),
        ("{ a } }", MORE.format("}", 1, 7)),
        ("{ a }\nfoo", MORE.format("foo", 2, 1)),
        ("{ a } 5", MORE.format("5", 1, 7)),
    ],
)
def test_the_offending_token_is_named(document: str, sentence: str) -> None:
    """Token, line and column; what stands after the last definition has its own sentence."""
    (refusal,) = refusals(document)

    assert (sentence, "InvalidSyntax") == (refusal.message, refusal.classification)
    assert sentence.endswith(f"at line {refusal.line} column {refusal.column}")


def test_a_long_token_is_cut() -> None:
    """A token of a million characters is not echoed whole."""
    (sentence,) = refused("{ a } " + "x" * 1_000_000)

    assert MORE.format("x" * 1000 + "...", 1, 7) == sentence


def test_too_many_tokens_are_invalid_syntax() -> None:
    """At the limit a document passes, one token more is `Invalid Syntax`."""
    request = requested("{ getBuildNumber }")

    assert not isinstance(read_operation(schemas.tracking(), request, ShapeLimits(tokens_max=3)), Refusal)
    refusal = read_operation(schemas.tracking(), request, ShapeLimits(tokens_max=2))
    assert isinstance(refusal, Refusal)
    assert "Invalid Syntax" == refusal.message


@pytest.mark.parametrize(
    "document",
    [
        "query{getBuildNumber}",
        "query Q{getBuildNumber,}",
        ",,{,getBuildNumber,},",
        "\n\n\t {getBuildNumber}\r\n",
        "\ufeff{getBuildNumber}",
        '# comment with a " quote\n{getBuildNumber} # and another',
        "{getBuildNumber __typename}",
        "query { ... { getBuildNumber } ... on Query { b: getBuildNumber } }",
        "query { getBuildNumber @include(if: true) }",
    ],
)
def test_habits_of_clients_that_read(document: str) -> None:
    """Commas anywhere, blanks, line ends, comments, `__typename`, fragments: all are read."""
    assert "getBuildNumber" in {field.name for field in fields(document)}


@pytest.mark.parametrize(
    "document",
    [
        "mutation{createOrders(newOrders:{%s}){orders{orderId}}}",
        "mutation M { createOrders(newOrders: [{%s,},],), { orders { orderId, }, errors { fields }, } }",
        "\n\nmutation {\r\n\tcreateOrders(newOrders: [{%s}]) {\r\n orders { orderId } } }",
        "mutation { a: createOrders(newOrders: [{%s}]) { orders { orderId } } }",
        "mutation { createOrders(newOrders: {%s}) {...R} } fragment R on OrderResponse {orders {orderId}}",
    ],
)
def test_habits_of_clients_that_write(document: str) -> None:
    """A list or a bare object, trailing commas, an alias, a fragment: all are read alike."""
    (field,) = fields(document.replace("%s", ORDER))

    expected = (NewOrder(enterprise_id="7001", action_tracker_id=4711, order_id="A-1"),)
    assert expected == orders(Kind.CREATE, field.arguments["newOrders"])
    assert "orderId" == field.selection[0].selection[0].name
