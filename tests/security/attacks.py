"""Attacks by document: one for each row of the notes on abuse, and what is said to each.

Owns the texts, all made here. `said` is how the refusal begins, None where the request is harmless and is
served. Next: test_graphql_abuse.py.
"""

from __future__ import annotations

import json
from typing import NamedTuple

MB = 1024 * 1024
COMPLEX, DEEP = "maximum query complexity exceeded ", "maximum query depth exceeded "
SYNTAX, OFFENDING = "Invalid Syntax", "Invalid Syntax : offending token "


class Attack(NamedTuple):
    """A body, what is said to it, and where it goes if not to the endpoint for orders."""

    body: bytes
    said: str | None
    path: str = "/graphql"


def each(text: str, number: int) -> str:
    """The text so many times, `#` counting and `~` one ahead of it."""
    return " ".join(text.replace("#", str(n)).replace("~", str(n + 1)) for n in range(number))


def enveloped(document: str, **more: object) -> bytes:
    """The JSON that most clients send."""
    return json.dumps({"query": document, **more}).encode()


def _report(selection: str) -> bytes:
    return f'{{publisherCommissions(forPublishers: ["7700001"]) {{{selection}}}}}'.encode()


_COMMISSIONS = 'publisherCommissions(forPublishers: ["#"]) {count}'
_BOMB = "{__schema {types {" + "fields {type {" * 8 + "name" + "}}" * 8 + "}}}"
_WIDE = "{" + each("a#: __schema {types {name fields {name type {name ofType {name}}}}}", 10) + "}"
_ORDERS = "mutation {createOrders(newOrders: []) {orders {orderId}}}"

BEFORE_VALIDATION: dict[str, Attack] = {
    "5,000 duplicate fields": Attack(b"{" + b"getBuildNumber " * 5000 + b"}", COMPLEX),
    "400 duplicate fields with sub-selections": Attack(
        _report(each("records {commissionId}", 400)), COMPLEX, "/query"
    ),
    "240 duplicate fields with sub-selections": Attack(
        _report(each("records {commissionId}", 240)), COMPLEX + "240 > 4", "/query"
    ),
    "one field with 1,000 arguments": Attack(f"{{{each(_COMMISSIONS, 1000)}}}".encode(), COMPLEX, "/query"),
    "one field with 11 arguments": Attack(
        f"{{{each(_COMMISSIONS, 11)}}}".encode(), COMPLEX + "11 > 10", "/query"
    ),
    "1,000 aliases": Attack(f"{{{each('a#: getBuildNumber', 1000)}}}".encode(), COMPLEX),
    "one field with 5 arguments": Attack(
        f"{{{each(_COMMISSIONS, 5)}}}".encode(), COMPLEX + "5 > 4", "/query"
    ),
    "21 aliases": Attack(_report(each("a#: count", 21)), COMPLEX + "21 > 20", "/query"),
    "11 root fields": Attack(f"{{{each('a#: __typename', 11)}}}".encode(), COMPLEX + "11 > 10"),
    "20 inline fragments of 100": Attack(_report(("... {" + each("f#", 100) + "} ") * 20), COMPLEX, "/query"),
    "200 inline fragments of 100": Attack(
        _report(("... {" + each("f#", 100) + "} ") * 200), COMPLEX, "/query"
    ),
    "inline fragments in each other": Attack(b"{" + b"... {" * 10_000 + b"a" + b"}" * 10_001, DEEP),
    "10,000 directives": Attack(b"{getBuildNumber" + b" @a" * 10_000 + b"}", COMPLEX),
    "21 directives that exist": Attack(
        b"{getBuildNumber" + b" @skip(if: false)" * 21 + b"}", COMPLEX + "21 > 20"
    ),
    "10,000 unused fragments": Attack(
        ("{getBuildNumber}" + each("fragment F# on Query {a}", 10_000)).encode(), COMPLEX
    ),
    "10,000 unused variables": Attack(
        f"query({each('$v#: Int', 10_000)}) {{getBuildNumber}}".encode(), COMPLEX
    ),
    "10,000 operations": Attack(each("query Q# {getBuildNumber}", 10_000).encode(), COMPLEX),
    "10,000 levels of selections": Attack(b"{a" * 10_000 + b"}" * 10_000, DEEP),
    "10,000 levels of a value": Attack(b"{a(b: " + b"[" * 10_000 + b"]" * 10_000 + b")}", DEEP),
    "10,000 levels of objects": Attack(b"{a(b: " + b"{c: " * 10_000 + b"1" + b"}" * 10_000 + b")}", DEEP),
    "500 levels of variables": Attack(
        b'{"query": "{getBuildNumber}", "variables": {"a": ' + b"[" * 500 + b"]" * 500 + b"}}", DEEP
    ),
    "100,000 levels of variables": Attack(
        b'{"query": "{getBuildNumber}", "variables": {"a": ' + b"[" * 100_000, SYNTAX
    ),
    "5 MB of comment": Attack(b"{getBuildNumber} #" + b"x" * 5 * MB, COMPLEX),
    "1 MB of comments, a line each": Attack(b"#x\n" * (MB // 3) + b"{getBuildNumber}", COMPLEX),
    "exponential fragments": Attack(
        ("{...F0}" + each("fragment F# on Query {...F~ ...F~}", 18) + "fragment F18 on Query {a}").encode(),
        COMPLEX,
    ),
    "a chain of 5,000 fragments": Attack(
        ("{...F0}" + each("fragment F# on Query {...F~}", 5000) + "fragment F5000 on Query {a}").encode(),
        COMPLEX,
    ),
    "array batching": Attack(b"[" + b",".join([enveloped("{getBuildNumber}")] * 1000) + b"]", SYNTAX),
    "an empty batch": Attack(b"[]", SYNTAX),
    "a form": Attack(b"query=%7BgetBuildNumber%7D", OFFENDING),
    "a form with a change": Attack(b"query=" + _ORDERS.replace(" ", "+").encode(), OFFENDING),
    "an introspection bomb": Attack(_BOMB.encode(), DEEP),
    "an introspection bomb in fragments": Attack(
        ("{__schema {types {...F0}}}" + each("fragment F# on __Type {fields {type {...F~}}}", 8)).encode()
        + b"fragment F8 on __Type {name}",
        DEEP,
    ),
}
"""Refused by counting: of these nothing is ever validated."""

VALIDATED: dict[str, Attack] = {
    "circular fragments": Attack(
        b"{...A} fragment A on Query {...B} fragment B on Query {...A}",
        "Validation error of type FragmentCycle: ",
    ),
    "a fragment of itself": Attack(
        b"{...A} fragment A on Query {getBuildNumber ...A}", "Validation error of type FragmentCycle: "
    ),
    "20 fragments in a circle": Attack(
        ("{...F0}" + each("fragment F# on Query {...F~}", 19) + "fragment F19 on Query {...F0}").encode(),
        "Validation error of type FragmentCycle: ",
    ),
    "5 MB of a string": Attack(b'{submission(submissionId: "' + b"x" * 5 * MB + b'") {state}}', None),
    "1 MB of a block string": Attack(
        b'{submission(submissionId: """' + b"x\n" * (MB // 2) + b'""") {state}}', None
    ),
    "a directive at each limit": Attack(b"{getBuildNumber" + b" @nosuch" * 20 + b"}", "Validation error of "),
    "20 variables that nobody uses": Attack(
        f"query({each('$v#: String', 20)}) {{getBuildNumber}}".encode(),
        "Validation error of type UnusedVariable: ",
    ),
    "the limit of selections, all unknown": Attack(
        _report(each("x#", 498)), "Validation error of type FieldUndefined: ", "/query"
    ),
    "four times the same, four levels deep": Attack(
        _report(("records {" + ("items {" + "sku " * 4 + "} ") * 4 + "} ") * 4), None, "/query"
    ),
    "tracing is asked for": Attack(enveloped("{getBuildNumber}", extensions={"tracing": True}), None),
    "the explorer's own introspection": Attack(
        b"{__schema {types {fields {type {ofType {ofType {ofType {ofType {name}}}}}}}}}", None
    ),
    "ten times all types": Attack(_WIDE.encode(), None),
}
"""Within the limits: what they cost is bounded by those."""

ALL = BEFORE_VALIDATION | VALIDATED
