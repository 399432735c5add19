"""Requests that nobody would write: every one has an answer in the envelope, soon, and none is a bug's.

Owns the strategies. What they find is kept as an `@example` of its test. Next: wire.py.
"""

from __future__ import annotations

import gzip
import json
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLList, GraphQLNonNull, GraphQLScalarType, print_ast
from graphql.language import parse
from hypothesis import example, given
from hypothesis import strategies as st

from counterfoil.api import schemas
from tests.api.golden_files import all_files, read
from tests.api.orders_on_the_wire import cancels, change, creates, items, mutation, order, restates
from tests.api.serving import House
from tests.fuzz.wire import bounded, keeps_the_promises

PATHS = st.sampled_from(["/graphql", "/graphqltest", "/query"])

GOOD = [
    mutation(creates(order("F-1", items(2)))),
    mutation(restates(change("F-1", ", status: Accepted, amount: 1e-05"))),
    mutation("x: " + cancels(change("F-1", ", correctionReason: Other"))),
    "query A($n: String!) { __type(name: $n) { name ...F } } fragment F on __Type { kind @skip(if: false) }",
    '{ publisherCommissions(forPublishers: ["7700001"]) { count records { orderId items { sku } } } }',
    *(read(path).request.partition("\n\n")[2] for path in all_files().values()),
]
TOKENS = [
    "{", "}", "(", ")", "[", "]", ":", "!", "$", "@", "...", "#", '"', '"""', "\\", "null", "fragment F on",
    "mutation", "enterpriseId", "\x00", "\ufeff", "é", "9" * 400, "1e999", "-", "&", "|", "=", "\ud800",
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A good document with pieces cut out, doubled, swapped, or something put in between."""
    text = draw(st.sampled_from(GOOD))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        piece = draw(
            st.one_of(st.sampled_from(TOKENS), st.just(text[start:end] * 2), st.just(""), st.text(max_size=5))
        )
        text = text[:start] + piece + text[end:]
    return text


@given(
    body=st.one_of(
        st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass"))
    ),
    path=PATHS,
)
@bounded
def test_any_bytes(house: House, body: bytes, path: str) -> None:
    """Bytes of no meaning."""
    keeps_the_promises(house, body, path, {})


@given(document=mutated(), wrapped=st.booleans(), path=PATHS)
@bounded
def test_documents_gone_wrong(house: House, document: str, wrapped: bool, path: str) -> None:
    """Good documents with a few changes, bare and in an envelope."""
    raw = json.dumps({"query": document}).encode() if wrapped else document.encode("utf-8", "replace")
    keeps_the_promises(house, raw, path, {})


JSON_VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.text(max_size=8),
        st.floats(allow_nan=False, allow_infinity=False),
        st.sampled_from(["1500001", 1500001, "2026-03-01", "Accepted", "1.50", 10**400, -0.0]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)  # fmt: skip


def values_of(type_: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """JSON that fits an input type, more often than not."""
    if isinstance(type_, GraphQLNonNull):
        return st.one_of(values_of(type_.of_type, depth), st.nothing() if depth else JSON_VALUES)
    if isinstance(type_, GraphQLList):
        inner = values_of(type_.of_type, depth + 1)
        return st.one_of(st.lists(inner, max_size=2), inner)
    if isinstance(type_, GraphQLInputObjectType):
        required = {
            n: values_of(f.type, depth + 1) for n, f in type_.fields.items() if str(f.type).endswith("!")
        }
        others = {n: values_of(f.type, depth + 1) for n, f in type_.fields.items() if n not in required}
        few = dict(list(others.items())[:12])
        return st.fixed_dictionaries(required, optional=few)
    if isinstance(type_, GraphQLScalarType):
        usual = {
            "Instant": st.datetimes().map(lambda at: at.isoformat() + "Z"),
            "NonNegativeInt": st.integers(0, 2**31 - 1),
            "NonNegativeDecimalNumber": st.decimals(0, 10**6, places=2).map(str),
            "ID": st.sampled_from(["1500001", 1500001]),
        }.get(type_.name, st.text(max_size=10))
        return st.one_of(usual, usual, usual, JSON_VALUES)
    return st.one_of(st.sampled_from(list(type_.values)), JSON_VALUES)


def _argument(field: str) -> Any:
    mutation_type = schemas.tracking().types.mutation_type
    assert mutation_type is not None
    return next(iter(mutation_type.fields[field].args.items()))


ROOTS = {name: _argument(name) for name in ("createOrders", "restateOrders", "cancelOrders")}
VARIABLES = st.sampled_from(sorted(ROOTS)).flatmap(
    lambda name: st.tuples(st.just(name), st.one_of(values_of(ROOTS[name][1].type), JSON_VALUES))
)


@given(sent=VARIABLES, path=st.sampled_from(["/graphql", "/graphqltest"]))
@bounded
def test_variables_of_every_kind(house: House, sent: tuple[str, Any], path: str) -> None:
    """Orders as variables, some of them with values that do not fit."""
    field, value = sent
    argument, definition = ROOTS[field]
    document = (
        f"mutation($v: {definition.type}) {{ {field}({argument}: $v) "
        "{ orders { submissionId orderId } errors { message fields } } }"
    )
    reply = keeps_the_promises(
        house, json.dumps({"query": document, "variables": {"v": value}}).encode(), path, {}
    )

    payload = (reply.json["data"] or {}).get(field)
    if payload is not None:
        assert (payload["orders"] is None) is (payload["errors"] is not None)


ENVELOPES = st.dictionaries(
    st.sampled_from(["query", "variables", "operationName", "extensions", "id", ""]),
    st.one_of(JSON_VALUES, st.sampled_from(["{ getBuildNumber }", "query A { __typename }", "A"])),
)


@given(envelope=ENVELOPES, path=PATHS)
@bounded
@example(envelope={"query": "{ getBuildNumber }", "operationName": 1}, path="/graphql")
def test_envelopes_of_every_kind(house: House, envelope: dict[str, Any], path: str) -> None:
    """Members with values that nobody would give them."""
    keeps_the_promises(house, json.dumps(envelope).encode(), path, {})


HEADERS = st.dictionaries(
    st.sampled_from(
        ["Accept", "Accept-Encoding", "Content-Type", "Content-Encoding", "Authorization", "Upgrade",
         "Expect", "Counterfoil-Errors", "X-Request-Id", "Cookie", "Origin"],
    ),
    st.one_of(
        st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=40),
        st.sampled_from(
            ["gzip", "*;q=0", "application/graphql-response+json", "text/html; charset=utf-7", "charset=zlib",
             ";charset=\"utf-16\"", "100-continue", "h2c", "Bearer", "detailed", "gzip, gzip"],
        ),
    ),
)  # fmt: skip


@given(headers=HEADERS, path=PATHS)
@bounded
def test_headers_of_every_kind(house: House, headers: dict[str, str], path: str) -> None:
    """Headers with values that nobody would give them, beside a good document."""
    keeps_the_promises(house, b"{ __typename }", path, headers)


@given(damage=st.integers(0, 60), to=st.integers(0, 255), document=st.sampled_from(GOOD))
@bounded
def test_compressed_bodies_gone_wrong(house: House, damage: int, to: int, document: str) -> None:
    """A byte of a gzip body is changed."""
    body = bytearray(gzip.compress(document.encode(), mtime=0))
    body[damage % len(body)] = to
    keeps_the_promises(house, bytes(body), "/graphql", {"Content-Encoding": "gzip"})


@given(document=mutated())
@bounded
def test_no_change_ever_lets_a_foreign_order_in(house: House, document: str) -> None:
    """However a document is mangled, nothing of it is kept for an enterprise that is not the sender's."""
    foreign = document.replace("1500001", "1500002")
    before = _foreign(house)

    keeps_the_promises(house, foreign.encode("utf-8", "replace"), "/graphql", {})

    assert before == _foreign(house)


def _foreign(house: House) -> Any:
    return house.desk.connection.execute(
        "SELECT count(*) FROM intake_log WHERE enterprise_id = 1500002"
    ).fetchone()


def test_the_documents_to_start_from_are_good(house: House) -> None:
    """What is mangled above would be read otherwise: it can be parsed, or is one of the golden bad ones."""
    assert 3 <= sum(print_ast(parse(document)) != "" for document in GOOD[:5])
