"""Bad input: whatever is sent, the answer is JSON that says why, and the server goes on.

Owns a list of bodies and headers that no honest client sends. Leaves exact sentences to the tests of reading.
"""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Mapping
from typing import Any

import pytest

from tests.processes.book import Book
from tests.processes.documents import create
from tests.processes.running_server import Reply, RunningServer

ENDPOINTS = ("/graphql", "/graphqltest", "/query")
ORDER = b'{enterpriseId: "1500001", actionTrackerId: 401, orderId: "BAD", eventTime: "2026-01-01T00:00:00Z", '


def _create(fields: bytes) -> bytes:
    return b"mutation { createOrders(newOrders: [" + ORDER + fields + b"}]) { orders { submissionId } } }"


BODIES: Mapping[str, bytes] = {
    "empty": b"",
    "blank": b" \n\t ",
    "a byte order mark": b"\xef\xbb\xbf",
    "NUL": b"\0",
    "NULs": b"\0" * 10_000,
    "half of a document": b"mutation { createOrders(newOrders: [",
    "a closing brace": b"}",
    "braces": b"{" * 50_000,
    "brackets": b"[" * 50_000,
    "nested lists": _create(b"items: " + b"[" * 5_000 + b"]" * 5_000),
    "nested objects": _create(b"a: {" * 5_000),
    "nested selections": b"{ a" * 5_000 + b" }" * 5_000,
    "no JSON": b'{"query": ',
    "JSON of another kind": b"[1, 2, 3]",
    "a JSON string": b'"mutation"',
    "null": b"null",
    "a batch": b'[{"query": "{ __typename }"}]',
    "query is a number": b'{"query": 7}',
    "query is missing": b'{"variables": {}}',
    "NaN": b'{"query": "{ __typename }", "variables": {"a": NaN}}',
    "deep variables": b'{"query": "{ __typename }", "variables": ' + b'{"a":' * 20_000 + b"1" + b"}" * 20_001,
    "two queries": b'{"query": "{ __typename }", "query": "}"}',
    "a form": b"query=%7B__typename%7D",
    "invalid UTF-8": _create(b'currency: "\xff\xfe"'),
    "overlong UTF-8": b"{ \xc0\xae }",
    "UTF-16": "{ __typename }".encode("utf-16"),
    "half a surrogate pair": b'{"query": "{ a(b: \\"\\ud800\\") }"}',
    "a NUL in a text": _create(b'couponCode: "a\0b"'),
    "a huge tracker": _create(b"actionTrackerId: " + b"9" * 5_000),
    "a text without end": _create(b'couponCode: "abc'),
    "a block text without end": _create(b'couponCode: """abc'),
    "an endless comment": b"#" * 200_000,
    "many aliases": b"{ " + b" ".join(b"a%d: __typename" % n for n in range(5_000)) + b" }",
    "many repeats": b"{ " + b"__typename " * 5_000 + b" }",
    "a circle of fragments": b"{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
    "many directives": b"{ __typename " + b"@skip(if: false) " * 5_000 + b"}",
    "a subscription": b"subscription { a }",
    "no operation": b"fragment A on Query { __typename }",
    "random bytes": bytes((n * 7919 + n // 13) % 256 for n in range(5_000)),
}

STRANGE: Mapping[str, bytes] = {
    "an escaped half pair": b'currency: "\\ud800"',
    "an escaped NUL": b'coupon: "\\u0000", amount: 1, currency: "USD"',
    "a number of 400 digits": b'currency: "USD", amount: ' + b"9" * 400,
    "an exponent": b'currency: "USD", amount: 1e999999999',
    "a small exponent": b'currency: "USD", amount: 1e-999999999',
    "a long fraction": b'currency: "USD", amount: 0.' + b"1" * 100_000,
    "a negative zero": b'currency: "USD", amount: -0.0',
    "a long text": b'coupon: "' + b"x" * 1_000_000 + b'", amount: 1, currency: "USD"',
    "right to left": 'coupon: "\u202e\u200b", amount: 1, currency: "USD"'.encode(),
}
"""Fields of an order that may be accepted; then they have to be decided or held as any other."""

BOMB = zlib.compressobj(9, wbits=31)
GZIPPED: Mapping[str, bytes] = {
    "no gzip at all": b"{ __typename }",
    "an empty body": b"",
    "half of a stream": gzip.compress(b"{ __typename }" * 100)[:-12],
    "a broken stream": gzip.compress(b"{ __typename }" * 100)[:20] + b"\xff" * 40,
    "a bomb": b"".join([*(BOMB.compress(b" " * 1_048_576) for _ in range(110)), BOMB.flush()]),
}


def _assert_is_told(reply: Reply, what: str) -> None:
    shown = f"{what}: {reply}"[:400]
    assert reply.status in (200, 504), shown
    answer = reply.json
    assert answer.get("errors"), shown
    assert all(error["message"] for error in answer["errors"]), shown
    assert "Traceback" not in str(answer), shown


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_bad_body_is_told(shared: RunningServer, seeded: dict[str, Any], endpoint: str) -> None:
    """Every body of the list gets an error in JSON, with a token and without one."""
    api = shared.child("api")
    for what, body in BODIES.items():
        reply = shared.post(endpoint, seeded["tokens"]["advertiser"], body)
        _assert_is_told(reply, what)
        assert reply.content_type.startswith("application/json"), what
        _assert_is_told(shared.ask("POST", endpoint, body), f"{what}, without a token")
    assert api == shared.child("api")
    assert "request_failed" not in shared.output


def test_strange_values_stop_nobody(shared: RunningServer, seeded: dict[str, Any]) -> None:
    """Each is told at once, or accepted and then decided or held; the processor goes on."""
    processor = shared.child("processor")
    accepted: list[str] = []
    for what, fields in STRANGE.items():
        reply = shared.post("/graphql", seeded["tokens"]["advertiser"], _create(fields))
        assert 200 == reply.status, what
        assert reply.submission_ids or reply.json["errors"] or reply.json["data"], what
        accepted += reply.submission_ids

    with Book(shared.data_dir) as book:
        book.wait_decided()
        held = book.ask("SELECT submission_id::text FROM held_submission")
        assert set(accepted) == {*book.outcomes(accepted), *(row[0] for row in held)}
    assert processor == shared.child("processor")


@pytest.mark.parametrize("encoding", ["gzip", "br", "gzip, gzip", "x" * 1_000])
def test_a_bad_compression_is_told(shared: RunningServer, seeded: dict[str, Any], encoding: str) -> None:
    """Broken streams, bombs, and compressions that are not known are refused."""
    headers = {"Authorization": f"Bearer {seeded['tokens']['advertiser']}", "Content-Encoding": encoding}
    for what, body in GZIPPED.items():
        reply = shared.ask("POST", "/graphql", body, headers)
        _assert_is_told(reply, what)
    assert "request_failed" not in shared.output


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        *((method, path, 405) for method in ("GET", "PUT", "DELETE", "PATCH") for path in ENDPOINTS),
        ("POST", "/", 404),
        ("GET", "/nowhere", 404),
        ("POST", "/graphql/x", 404),
        ("POST", "/GRAPHQL", 404),
        ("GET", "/%00", 404),
        ("GET", "/%ff%fe", 404),
        ("GET", "/../../etc/passwd", 404),
        ("GET", "/schema/../auth.py", 404),
        ("POST", "/schema/tracking.graphql", 404),
    ],
)
def test_a_wrong_method_or_path_is_told(shared: RunningServer, method: str, path: str, status: int) -> None:
    """405 for another method than POST, 404 for an unknown path, both with an error in JSON."""
    reply = shared.ask(method, path, None, {"Accept": "application/json"})

    assert status == reply.status
    assert reply.json["errors"][0]["message"]


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwYXNz",
        "Bearer \xff\xfe",
        "Bearer " + "x" * 10_000,
        "Bearer cfoil_live_" + "0" * 46,
        "bearer\tcfoil",
    ],
)
def test_a_bad_token_is_told(shared: RunningServer, authorization: str) -> None:
    """A token that cannot be one is refused by a sentence of the catalogue."""
    reply = shared.ask("POST", "/graphql", b"{ __typename }", {"Authorization": authorization})

    assert 200 == reply.status
    assert reply.json["errors"][0]["message"] in ("Missing Token", "Invalid Token")


def test_two_tokens_are_no_token(shared: RunningServer, seeded: dict[str, Any]) -> None:
    """Two Authorization headers say two things: neither is believed."""
    body = create(seeded, "BAD-TWICE").encode()
    token = seeded["tokens"]["advertiser"].encode()
    answer = _raw(
        shared,
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n" % len(body)
        + b"Authorization: Bearer %s\r\nAuthorization: Bearer %s\r\n\r\n" % (token, token)
        + body,
    )

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b'"Missing Token"' in answer


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"POST /graphql HTTP/9.9\r\nHost: x\r\n\r\n",
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(5_000)) + b"\r\n",
    ],
)
def test_what_is_no_http_disturbs_nobody(shared: RunningServer, request_bytes: bytes) -> None:
    """Requests outside HTTP are refused with a 400 or cut off, never with a 500, and others are served."""
    api = shared.child("api")
    answer = _raw(shared, request_bytes)

    assert b" 500 " not in answer.partition(b"\r\n")[0]
    assert b"Traceback" not in answer
    assert 200 == shared.ask("GET", "/health/ready").status
    assert api == shared.child("api")


def _raw(server: RunningServer, request_bytes: bytes) -> bytes:
    """Sends bytes as they are; what came back until the server closed, or fell silent for a second."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=1) as wire:
        pieces = []
        try:
            wire.sendall(request_bytes)
            while piece := wire.recv(65_536):
                pieces.append(piece)
        except OSError:
            pass
        return b"".join(pieces)
