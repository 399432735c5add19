"""The short way of small requests: nobody can tell it from the way of all others.

Owns the comparison, and what the short way does not take. Next: api/at_once.py.
"""

from __future__ import annotations

import gzip
import re
import socket

from tests.api.orders_on_the_wire import an_id, creates, mutation, order
from tests.api.serving import LIVE, House, Served

_OWN = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{6}|[0-9-]{10}T[0-9:.]{8,15}Z")
_OWN_HEADERS = re.compile(rb"(?<=\r\n)((?:date|x-request-id): )[^\r]*")
_LENGTH = re.compile(rb"(?<=\r\ncontent-length: )[0-9]+")


def replied(served: Served, request: bytes) -> bytes:
    """The answer to a request that is sent in one piece, to its last byte; the connection is kept."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as plain:
        plain.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += plain.recv(65536)
        head, _, body = received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        assert length is not None
        while len(body) < int(length[0]):
            body += plain.recv(65536)
        return head + b"\r\n\r\n" + body


def comparable(reply: bytes) -> tuple[bytes, bytes]:
    """Head and body of an answer without what differs from request to request."""
    head, _, body = reply.partition(b"\r\n\r\n")
    head = _OWN_HEADERS.sub(rb"\1", head)
    if b"content-encoding: gzip" in head:
        # Compressed ids of other digits take other lengths.
        return _LENGTH.sub(b"", head), _OWN.sub(b"", gzip.decompress(body))
    return head, _OWN.sub(b"", body)


def test_both_ways_answer_the_same(house: House) -> None:
    """Accepted, refused, broken, foreign, asking only: every byte is the same either way."""
    whole = mutation(creates(order(an_id())))
    bodies = [
        whole,
        mutation(creates(order(an_id(), ", sid: 7x"))),
        mutation(creates(order(an_id(), ', eventTime: "2999-01-01T00:00:00Z"'))),
        whole[:-3],
        "",
        "{ __typename getBuildNumber }",
        '{ submissions(batchId: "x") { submissionId } }',
        mutation(creates(", ".join(order(an_id()) for _ in range(60)))),
    ]
    for more in ("", "Accept-Encoding: gzip\r\n", "Accept: application/graphql-response+json\r\n"):
        for token in (LIVE, "alpine", "reporting", "nobody", None):
            given = f"Authorization: Bearer {house.tokens.get(token, token)}\r\n" if token else ""
            for body in bodies:
                head = (
                    f"POST /graphql HTTP/1.1\r\nHost: a\r\n{given}{more}Content-Length: {len(body)}\r\n\r\n"
                )
                either = [
                    comparable(replied(house.served(at_once=at_once), (head + body).encode()))
                    for at_once in (True, False)
                ]
                assert either[0] == either[1], (body, token)


def test_requests_in_a_row_are_answered_in_a_row(house: House) -> None:
    """Requests that are sent without waiting for answers get theirs in order, the last with a farewell."""
    served = house.served(at_once=True)
    # A token that was just used is known, and its requests go the short way.
    assert house.ask("{ __typename }", at_once=True).status == 200
    head = f"POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {house.tokens[LIVE]}\r\n"
    documents = [f"{{ a{n}: __typename }}" for n in range(3)]
    sent = [f"{head}Content-Length: {len(each)}\r\n\r\n{each}" for each in documents[:2]]
    last = f"{head}Connection: close\r\nContent-Length: {len(documents[2])}\r\n\r\n{documents[2]}"
    received = served.raw("".join((*sent, last)).encode())

    assert [b"a0", b"a1", b"a2"] == re.findall(rb"a[0-9](?=\":)", received)
    assert 1 == received.lower().count(b"connection: close")


def test_a_body_that_comes_in_pieces_is_read_to_its_end(house: House) -> None:
    """A small body in two pieces is one request."""
    served = house.served(at_once=True)
    assert house.ask("{ __typename }", at_once=True).status == 200
    order_id = an_id()
    document = mutation(creates(order(order_id))).encode()
    head = f"POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {house.tokens[LIVE]}\r\n"
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as plain:
        plain.sendall(f"{head}Content-Length: {len(document)}\r\n\r\n".encode() + document[:50])
        plain.sendall(document[50:])
        received = plain.recv(65536)

    assert b'"submissionId"' in received
    assert 1 == house.kept(order_id)


def test_who_expects_to_be_told_to_continue_is_told(house: House) -> None:
    """`Expect: 100-continue` is honoured although the body is there: first 100, then the answer."""
    assert house.ask("{ __typename }", at_once=True).status == 200
    document = "{ __typename }"
    answer = house.served(at_once=True).raw(
        (
            f"POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {house.tokens[LIVE]}\r\n"
            f"Expect: 100-continue\r\nConnection: close\r\nContent-Length: {len(document)}\r\n\r\n{document}"
        ).encode()
    )

    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")
