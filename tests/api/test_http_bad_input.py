"""Bad input: each kind has its documented refusal, as JSON, soon, and without more memory than it is worth.

Owns the list of issue and notes on abuse, over the wire. Next: tests/fuzz/, which looks for more.
"""

from __future__ import annotations

import json
import time

import pytest

from tests.api.orders_on_the_wire import ANSWER, an_id, creates, mutation, order
from tests.api.serving import LIVE, House

BUILD = b"{ getBuildNumber }"
SOON_S = 2.0
"""Of this process's own time: client and server share it, a busy machine does not count."""
MB = 1024 * 1024


def envelope(document: str, **more: object) -> bytes:
    """The JSON that most clients send."""
    return json.dumps({"query": document, **more}).encode()


def create(order_id: str, more: str = "") -> str:
    """A document with one order."""
    return mutation(creates(order(order_id, more)))


def shortly(value: object) -> str:
    """A value as the name of a case."""
    return ascii(value)[:48]


# ── bodies ───────────────────────────────────────────────────────────────────────────────────────────

INVALID = "Invalid Syntax"
OFFENDING = "Invalid Syntax : offending token "

BODIES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", INVALID),
    "blank": (b" \r\n\t ", INVALID),
    "only a byte-order mark": (b"\xef\xbb\xbf", INVALID),
    "only a comment": (b"# nothing", OFFENDING + "'<EOF>'"),
    "malformed JSON": (b'{"query": "{ getBuildNumber }"', OFFENDING),
    "JSON with a trailing comma": (b'{"query": "{ getBuildNumber }",}', OFFENDING),
    "JSON array": (b'[{"query": "{ getBuildNumber }"}]', INVALID),
    "JSON string": (b'"{ getBuildNumber }"', OFFENDING),
    "JSON number": (b"1", OFFENDING),
    "query is no string": (b'{"query": 1}', INVALID),
    "query is null": (b'{"query": null}', INVALID),
    "query is blank": (b'{"query": " , "}', INVALID),
    "no query": (b'{"variables": {}}', INVALID),
    "variables are a list": (b'{"query": "{ getBuildNumber }", "variables": [1]}', INVALID),
    "NaN": (b'{"query": "{ getBuildNumber }", "variables": {"a": NaN}}', OFFENDING),
    "not UTF-8": (b"{ getBuildNumber \xff }", INVALID),
    "UTF-16": ("{ getBuildNumber }".encode("utf-16"), INVALID),
    "NUL in the document": (b"{ getBuildNumber \x00 }", OFFENDING),
    "binary": (bytes(range(256)) * 100, INVALID),
    "deep JSON": (b'{"query": "{ getBuildNumber }", "variables": ' + b"[" * 200_000, INVALID),
    "deep and closed": (
        b'{"query": "{ getBuildNumber }", "variables": {"a": ' + b"[" * 500 + b"]" * 500 + b"}}",
        "maximum query depth exceeded 501 > 16",
    ),
    "deep selection": (b"{a" * 10_000 + b"}" * 10_000, "maximum query depth exceeded 10000 > 16"),
    "deep selection, unclosed": (b"{a" * 100_000, "maximum query depth exceeded 100000 > 16"),
    "deep value": (
        b"{a(b: " + b"[" * 10_000 + b"]" * 10_000 + b")}",
        "maximum query depth exceeded 10000 > 8",
    ),
    "thousands of aliases": (
        ("{" + " ".join(f"a{n}: getBuildNumber" for n in range(5000)) + "}").encode(),
        "maximum query complexity exceeded 5000 > 500",
    ),
    "one field 5,000 times": (
        b"{" + b"getBuildNumber " * 5000 + b"}",
        "maximum query complexity exceeded 5000 > 500",
    ),
    "thousands of directives": (
        b"{getBuildNumber" + b" @a" * 10_000 + b"}",
        "maximum query complexity exceeded 10000 > 20",
    ),
    "thousands of fragments": (
        b"{getBuildNumber}" + b" ".join(b"fragment F%d on Query {a}" % n for n in range(400)),
        "maximum query complexity exceeded 400 > 20",
    ),
    "circular fragments": (
        b"{...A} fragment A on Query {...B} fragment B on Query {...A}",
        "Validation error of type FragmentCycle: Fragment cycles not allowed",
    ),
    "a fragment of itself": (
        b"{...A} fragment A on Query {getBuildNumber ...A}",
        "Validation error of type FragmentCycle: Fragment cycles not allowed",
    ),
    "exponential fragments": (
        b"{...F0} "
        + b" ".join(b"fragment F%d on Query {...F%d ...F%d}" % (n, n + 1, n + 1) for n in range(18))
        + b" fragment F18 on Query {getBuildNumber}",
        "maximum query complexity exceeded ",
    ),
    "a long comment": (
        b"{getBuildNumber} #" + b"x" * 5_000_000,
        "maximum query complexity exceeded 5000001 > 65536",
    ),
    "a type definition": (
        b"type A {a: Int} {getBuildNumber}",
        "Validation error of type NonExecutableDefinition",
    ),
    "a subscription": (b"subscription {a}", "Schema is not configured for subscriptions."),
    "no operation": (b"fragment A on Query {getBuildNumber}", "Validation error of type UnusedFragment"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_has_its_refusal_soon(house: House, name: str) -> None:
    """Each kind of unusable body is told with its sentence, status 200, data null, within two seconds."""
    body, sentence = BODIES[name]
    begin = time.process_time()

    reply = house.ask(body)

    assert time.process_time() - begin < SOON_S
    assert (200, sentence) == (reply.status, reply.messages[0][: len(sentence)])


def test_of_duplicate_members_the_last_counts(house: House) -> None:
    """A JSON key given twice has its last value, as JSON readers take it; authority is asked of that one."""
    order_id = an_id()
    ids = '"enterpriseId": 1500002, "enterpriseId": 1500001'
    variables = f'{{"o": {{{ids}, "actionTrackerId": 401, "orderId": "{order_id}"}}}}'
    document = f"mutation($o: [OrderCreateRequest!]!) {{ createOrders(newOrders: $o) {ANSWER} }}"

    reply = house.ask(f'{{"query": "x", "query": {json.dumps(document)}, "variables": {variables}}}')

    assert [order_id] == [each["orderId"] for each in reply.payload()["orders"]]


def test_a_field_given_twice_in_a_literal_is_read_once_and_owned(house: House) -> None:
    """Whichever of two ids in one literal is taken, a foreign one is never accepted."""
    order_id = an_id()
    for ids in (
        "enterpriseId: 1500002, enterpriseId: 1500001",
        "enterpriseId: 1500001, enterpriseId: 1500002",
    ):
        literal = f'{{{ids}, actionTrackerId: 401, orderId: "{order_id}"}}'
        reply = house.ask(mutation(creates(literal)))
        kept = house.desk.connection.execute(
            "SELECT count(*) FROM intake_log WHERE order_id = %s AND enterprise_id = 1500002", (order_id,)
        ).fetchone()

        assert (0,) == kept
        assert 200 == reply.status


# ── values ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("member", "sentence"),
    [
        (", amount: " + "9" * 400, "is not a valid 'NonNegativeDecimalNumber'"),
        (", amount: 1e400", "is not a valid 'NonNegativeDecimalNumber'"),
        (", amount: -1", "is not a valid 'NonNegativeDecimalNumber'"),
        (", adId: " + "9" * 400, "is not a valid 'NonNegativeInt'"),
        (", adId: 2147483648", "is not a valid 'NonNegativeInt'"),
        (', bypassChannel: {name: "x", timestamp: "' + "9" * 100_000 + '"}', "is not a valid 'Instant'"),
        (", customParameters: [null]", "must not be null"),
        (", items: 1", "must be an object type"),
        (", nothing: 1", "contains a field not in 'OrderCreateRequest': 'nothing'"),
    ],
    ids=shortly,
)
def test_a_bad_value_is_told_and_cut(house: House, member: str, sentence: str) -> None:
    """A value that no scalar takes is told in the engine's words, never at a length that hurts (D36, D39)."""
    reply = house.ask(
        mutation(creates(f'{{enterpriseId: 1500001, actionTrackerId: 401, orderId: "{an_id()}"{member}}}'))
    )

    assert sentence in reply.message
    assert len(reply.body) < 8192


def test_numbers_of_four_hundred_digits_in_variables(house: House) -> None:
    """The same as literals; nothing of them is read as a number that could overflow."""
    literal = '{enterpriseId: 1500001, actionTrackerId: $n, orderId: "x", amount: $a}'
    document = (
        "mutation($a: NonNegativeDecimalNumber, $n: NonNegativeInt!) "
        f"{{ createOrders(newOrders: {literal}) {ANSWER} }}"
    )
    nines = "9" * 400
    for variables in (f'{{"a": {nines}, "n": 1}}', '{"a": 1e999999999, "n": 1}', f'{{"n": {nines}}}'):
        reply = house.ask(f'{{"query": {json.dumps(document)}, "variables": {variables}}}')

        assert "is not a valid 'NonNegative" in reply.message
        assert len(reply.body) < 8192


@pytest.mark.parametrize("text", ["\x00", "a\ud800b", "\udfff", "\x7f\x01", "\U0001f600", "\u202e"])
@pytest.mark.parametrize("where", ["variable", "literal"])
def test_text_that_columns_cannot_hold_is_accepted(house: House, text: str, where: str) -> None:
    """NUL and lone surrogates refuse no order, whichever way they come (D145)."""
    order_id = an_id()
    value = json.dumps(text)
    if where == "literal":
        body = envelope(
            create(order_id, f", sid: {value}, customParameters: [{{name: {value}, value: {value}}}]")
        )
    else:
        document = (
            f"mutation($s: String!) {{ createOrders(newOrders: [{order(order_id, ', sid: $s')}]) {ANSWER} }}"
        )
        body = envelope(document, variables={"s": text})

    assert [order_id] == [each["orderId"] for each in house.ask(body).payload()["orders"]]
    assert 1 == house.kept(order_id)


def test_a_string_of_ten_megabytes_is_kept(house: House) -> None:
    """A huge value is no real-time error (section 5); it is kept and costs no other request."""
    order_id = an_id()
    document = (
        f"mutation($s: String!) {{ createOrders(newOrders: [{order(order_id, ', coupon: $s')}]) {ANSWER} }}"
    )
    begin = time.process_time()

    reply = house.ask(envelope(document, variables={"s": "x" * 10 * MB}))

    assert [order_id] == [each["orderId"] for each in reply.payload()["orders"]]
    assert time.process_time() - begin < 5 * SOON_S


# ── the header ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        ([], "Missing Token"),
        (["Authorization:"], "Missing Token"),
        (["Authorization: Bearer"], "Missing Token"),
        (["Authorization: Bearer bearer BEARER"], "Missing Token"),
        (["Authorization: Bearer {live}", "Authorization: Bearer {live}"], "Missing Token"),
        (["Authorization: Bearer {live}\tx"], "Missing Token"),
        (["Authorization: Bearer {live}" + "x" * 2000], "Missing Token"),
        (["Authorization: Basic dXNlcjpwYXNz"], "Invalid Token"),
        (["Authorization: Bearer {live}, Bearer {live}"], "Invalid Token"),
        (["Authorization: Bearer {live}x"], "Invalid Token"),
        (["Authorization: Bearer caf\xe9"], "Invalid Token"),
        (["Authorization: Bearer cfoil_live_" + "a" * 46], "Invalid Token"),
        (["Authorization: {live}"], None),
        (["Authorization: bearer   {live}"], None),
        (["Authorization: Bearer Bearer {live}"], None),
    ],
    ids=shortly,
)
def test_shapes_of_the_header(house: House, headers: list[str], answer: str | None) -> None:
    """`Bearer` in any case, once or repeated, or the bare token; nothing else opens (D8)."""
    lines = [
        "POST /graphql HTTP/1.1",
        "Host: localhost",
        "Connection: close",
        f"Content-Length: {len(BUILD)}",
    ]
    written = [line.replace("{live}", house.tokens[LIVE]) for line in headers]

    reply = house.served().raw("\r\n".join([*lines, *written, "", ""]).encode("latin-1"), BUILD)

    assert reply.startswith(b"HTTP/1.1 200 OK")
    body = json.loads(reply.partition(b"\r\n\r\n")[2])
    assert answer == (None if body["data"] else body["errors"][0]["message"])


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + b"x" * 100_000 + b"\r\n\r\n", 431),
        (b"POST /graphql?" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 431),
        (b"POST /graphql HTTP/1.1\r\nHost: a\r\n" + b"A: b\r\n" * 5000 + b"\r\n", 431),
        (b"POST /graphql HTTP/1.1\r\nAuthorization: a\x00b\r\n\r\n", 400),
        (b"POST /graphql HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        (b"POST /graphql HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /graphql HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na", 400),
        (b"POST /graphql HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"hello\r\n\r\n", 400),
    ],
    ids=shortly,
)
def test_what_is_no_proper_request_is_refused_in_json(house: House, request_: bytes, status: int) -> None:
    """Too large a head and broken HTTP end the connection, after an answer in the same envelope (D19)."""
    reply = house.served().raw(request_)

    assert reply.startswith(b"HTTP/1.1 %d " % status)
    assert {"errors": [{"message": str(status)}], "data": None} == json.loads(reply.partition(b"\r\n\r\n")[2])
