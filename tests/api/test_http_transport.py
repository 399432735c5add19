"""The way in and out: paths, methods, headers, encodings and content types, as real clients use them.

Owns sections 1 and 11 of the Tracking API and D1 to D19 as far as they show on the wire. Next: serving.py.
"""

from __future__ import annotations

import codecs
import gzip
import json
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from tests.api.orders_on_the_wire import an_id, creates, mutation, order
from tests.api.serving import House

JSON = "application/json;charset=utf-8"
GRAPHQL_JSON = "application/graphql-response+json"
BUILD = "{ getBuildNumber }"


def envelope(document: str, **more: object) -> bytes:
    """The JSON that most clients send."""
    return json.dumps({"query": document, **more}).encode()


@pytest.mark.parametrize(
    "content_type", [None, "application/json", "text/plain", "application/graphql", "x", ""]
)
@pytest.mark.parametrize("wrapped", [True, False], ids=["envelope", "bare document"])
def test_any_content_type_will_do(house: House, content_type: str | None, wrapped: bool) -> None:
    """An envelope and a bare document are accepted with any content type and with none (D1)."""
    document = mutation(creates(order(an_id())))
    headers = {} if content_type is None else {"Content-Type": content_type}

    reply = house.ask(envelope(document) if wrapped else document, headers=headers)

    assert reply.payload()["errors"] is None


def test_a_document_sent_as_a_form_is_read_as_it_is(house: House) -> None:
    """What `curl -d` declares a form is the document itself."""
    document = mutation(creates(order(an_id(), more=', sid: "a=b&c%20d"')))

    reply = house.ask(document, headers={"Content-Type": "application/x-www-form-urlencoded"})

    assert reply.payload()["errors"] is None


def test_a_form_around_the_document_is_no_request(house: House) -> None:
    """`query=…` as a form is no envelope and no document: Invalid Syntax."""
    body = urlencode({"query": BUILD})

    assert house.ask(body).message.startswith("Invalid Syntax : offending token '='")


BODIES: dict[str, Callable[[str], bytes]] = {
    "leading newlines, tabs and CRLF": lambda d: ("\r\n\t\n" + d.replace(" ", "\r\n\t")).encode(),
    "byte-order mark before the document": lambda d: codecs.BOM_UTF8 + d.encode(),
    "byte-order mark before the envelope": lambda d: codecs.BOM_UTF8 + envelope(d),
    "unknown members": lambda d: envelope(d, extensions={"a": 1}, id="x", extra=[1]),
    "null variables and name": lambda d: envelope(d, variables=None, operationName=None),
    "no variables": lambda d: envelope(d, variables={}),
    "space around the envelope": lambda d: b" \n" + envelope(d) + b"\n ",
    "stray and trailing commas": lambda d: (
        d.replace("}", ",}").replace(")", ",)").replace(") {", "),{").encode()
    ),
    "__typename everywhere": lambda d: d.replace("errors {", "__typename errors { __typename").encode(),
}


@pytest.mark.parametrize("name", BODIES)
def test_bodies_that_real_clients_send(house: House, name: str) -> None:
    """Each leniency of section 11 leads to an accepted order."""
    order_id = an_id()
    body = BODIES[name](mutation(creates(order(order_id))))

    payload = house.ask(body).payload()

    assert [order_id] == [each["orderId"] for each in payload["orders"]]
    assert 1 == house.kept(order_id)


def test_latin_1_is_read_where_the_header_names_it(house: House) -> None:
    """Bytes that are not UTF-8 are read in the declared character set, without one they are refused (D2)."""
    order_id = an_id("é")
    body = mutation(creates(order(order_id))).encode("latin-1")

    assert house.ask(body).message == "Invalid Syntax"
    reply = house.ask(body, headers={"Content-Type": "application/json; charset=ISO-8859-1"})
    assert [order_id] == [each["orderId"] for each in reply.payload()["orders"]]


def test_variables_fragments_aliases_and_names(house: House) -> None:
    """A document with several operations, variables, fragments and aliases is answered under the aliases."""
    first, second = an_id(), an_id()
    document = (
        "query Other { getBuildNumber } "
        "mutation Send($a: [OrderCreateRequest!]!, $id: String!) "
        "{ one: createOrders(newOrders: $a) { ...Told } "
        "two: createOrders(newOrders: {enterpriseId: 1500001, actionTrackerId: 401, orderId: $id}) "
        "{ ...Told } } "
        "fragment Told on OrderResponse { ids: orders { id: orderId } errors { message } }"
    )
    variables = {
        "a": {
            "enterpriseId": 1500001, "actionTrackerId": "401", "orderId": first, "sid": None,
            "amount": "1.50",
            "items": [{"unitPrice": 2, "quantity": "1", "sku": 12, "discount": None}],
        },
        "id": second,
        "unused": 1,
    }  # fmt: skip

    reply = house.ask(envelope(document, variables=variables, operationName="Send"))

    assert {
        "data": {
            "one": {"ids": [{"id": first}], "errors": None},
            "two": {"ids": [{"id": second}], "errors": None},
        }
    } == reply.json


@pytest.mark.parametrize(
    "path", ["/graphql", "/graphql/", "/graphql?x=1&y=%zz", "/graphqltest/", "/graphqltest?a"]
)
def test_slash_and_query_string_lead_to_the_same_endpoint(house: House, path: str) -> None:
    """A trailing slash is no other place and causes no redirect; a POST's query string is ignored (D6)."""
    reply = house.ask(mutation(creates(order(an_id()))), path=path)

    assert 200 == reply.status
    assert reply.payload()["errors"] is None


def test_what_every_answer_carries(house: House) -> None:
    """Type, caching and origin as recorded (D15, D16), and an id of its own (X-Request-Id)."""
    answers = [
        house.ask(BUILD),
        house.ask(BUILD, None),
        house.ask("{", "live"),
        house.ask(BUILD, path="/none"),
    ]

    for reply in answers:
        assert JSON == reply.headers["content-type"]
        assert "no-cache" == reply.headers["cache-control"]
        assert "*" == reply.headers["access-control-allow-origin"]
        assert str(len(reply.body)) == reply.headers["content-length"]
    assert len(answers) == len({reply.headers["x-request-id"] for reply in answers})


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", JSON),
        ("application/json", JSON),
        (f"{GRAPHQL_JSON}, application/json", JSON),
        (f"{GRAPHQL_JSON};q=1, application/json;q=0.9", JSON),
        (f"{GRAPHQL_JSON}, */*;q=0.1", JSON),
        ("text/html", JSON),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}; charset=utf-8", GRAPHQL_JSON),
        (GRAPHQL_JSON.upper(), GRAPHQL_JSON),
    ],
)
def test_the_other_type_only_where_it_is_the_sole_one(house: House, accept: str, content_type: str) -> None:
    """`application/graphql-response+json` is answered only to those who accept nothing else (D15)."""
    reply = house.ask(BUILD, headers={"Accept": accept})

    assert (200, content_type) == (reply.status, reply.headers["content-type"])


# ── compression ──────────────────────────────────────────────────────────────────────────────────────

INTROSPECTION = "{ __schema { types { name description fields { name } } } }"


@pytest.mark.parametrize(
    ("accepts", "is_compressed"),
    [("gzip", True), ("gzip, deflate, br", True), ("*", True), ("GZIP;q=0.5", True), ("identity", False),
     ("gzip;q=0", False), ("gzip; q=0.0, *", False), ("br", False), ("", False)],
)  # fmt: skip
def test_an_answer_is_compressed_only_when_asked(house: House, accepts: str, is_compressed: bool) -> None:
    """`Accept-Encoding` decides; both forms say the same (D16)."""
    plain = house.ask(INTROSPECTION)
    reply = house.ask(INTROSPECTION, headers={"Accept-Encoding": accepts})

    assert ("gzip" if is_compressed else None) == reply.headers.get("content-encoding")
    assert plain.body == (gzip.decompress(reply.body) if is_compressed else reply.body)
    assert "Accept-Encoding" == reply.headers["vary"]


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP"])
@pytest.mark.parametrize("members", [1, 2])
def test_a_compressed_body_is_read(house: House, encoding: str, members: int) -> None:
    """A gzip body is inflated, also one of several members."""
    document = mutation(creates(order(an_id()))).encode()
    body = b"".join(gzip.compress(part) for part in (document[:40], document[40:])[-members:])
    if members == 1:
        body = gzip.compress(document)

    assert house.ask(body, headers={"Content-Encoding": encoding}).payload()["errors"] is None


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", BUILD.encode()),
        ("gzip", gzip.compress(BUILD.encode())[:-9]),
        ("gzip", gzip.compress(BUILD.encode()) + b"tail"),
        ("gzip", b""),
        ("br", BUILD.encode()),
        ("deflate", BUILD.encode()),
        ("gzip, gzip", gzip.compress(gzip.compress(BUILD.encode()))),
    ],
    ids=["not compressed", "cut short", "followed by more", "empty", "another", "a third", "twice"],
)
def test_a_body_that_cannot_be_inflated_is_invalid(house: House, encoding: str, body: bytes) -> None:
    """Broken gzip and encodings that nobody offered are Invalid Syntax, like any unusable body."""
    assert "Invalid Syntax" == house.ask(body, headers={"Content-Encoding": encoding}).message


# ── connections ──────────────────────────────────────────────────────────────────────────────────────


def head(house: House, length: int, *more: str) -> bytes:
    """The head of a POST with a token."""
    lines = ["POST /graphql HTTP/1.1", "Host: localhost", f"Authorization: Bearer {house.tokens['live']}"]
    return "\r\n".join([*lines, f"Content-Length: {length}", *more, "", ""]).encode()


def test_who_expects_to_be_told_to_continue_is_told(house: House) -> None:
    """`Expect: 100-continue` is honoured: first 100, then the answer."""
    answer = house.served().raw(
        head(house, len(BUILD), "Expect: 100-continue", "Connection: close"), BUILD.encode()
    )

    first, _, rest = answer.partition(b"\r\n\r\n")
    assert b"HTTP/1.1 100 Continue" == first
    assert b"getBuildNumber" in rest


def test_who_has_no_token_is_not_told_to_continue(house: House) -> None:
    """A body that would be refused unread is not asked for."""
    answer = house.served().raw(
        b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n"
        b"Connection: close\r\n\r\n"
    )

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b"Missing Token" in answer


def test_an_offer_to_speak_http_2_is_ignored(house: House) -> None:
    """`Upgrade: h2c` changes nothing, also for the next request on the same connection (D16)."""
    headers = {
        "Connection": "Upgrade, HTTP2-Settings",
        "Upgrade": "h2c",
        "HTTP2-Settings": "AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA",
        "Authorization": f"Bearer {house.tokens['live']}",
    }
    with house.served().connection() as connection:
        answers = [connection.ask("POST", "/graphql", BUILD.encode(), headers) for _ in range(2)]

    assert [200, 200] == [reply.status for reply in answers]
    assert [True, True] == ["getBuildNumber" in reply.json["data"] for reply in answers]


def test_a_body_in_chunks_is_read(house: House) -> None:
    """A body without a length is read to its end."""
    chunks = "".join(f"{len(each):x}\r\n{each}\r\n" for each in ("{ getBuild", "Number }"))
    headers = head(house, 0, "Transfer-Encoding: chunked", "Connection: close").replace(
        b"Content-Length: 0\r\n", b""
    )

    assert b"getBuildNumber" in house.served().raw(headers, chunks.encode(), b"0\r\n\r\n")


def test_one_connection_serves_many_requests(house: House) -> None:
    """A connection is kept after refusals as after successes, also where the body was not read."""
    bodies: list[tuple[bytes, dict[str, str]]] = [
        (BUILD.encode(), {}),
        (b"x" * 300_000, {}),
        (b"{", {"Authorization": f"Bearer {house.tokens['live']}"}),
        (BUILD.encode(), {"Authorization": f"Bearer {house.tokens['live']}"}),
    ]
    with house.served().connection() as connection:
        answers = [connection.ask("POST", "/graphql", body, headers).json for body, headers in bodies]

    assert [
        "Missing Token",
        "Missing Token",
        "Invalid Syntax : offending token '<EOF>' at line 1 column 2",
    ] == [answer["errors"][0]["message"] for answer in answers[:3]]
    assert "getBuildNumber" in answers[3]["data"]
