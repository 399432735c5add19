"""Size, time and load: what is too large, too slow or too much answers 504 before memory grows.

Owns D17, D18 and the patience with senders, and what a bug of ours looks like from outside. Next:
test_http_bad_input.py.
"""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from counterfoil.api import connection, http, receiving
from counterfoil.intake import Intake
from tests.api.orders_on_the_wire import an_id, creates, mutation, order
from tests.api.serving import LIVE, House

BUILD = b"{ getBuildNumber }"
MB = 1024 * 1024
PATIENCE_S = 5

OVERLOADED = {"errors": [{"message": "504"}], "data": None}


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "in chunks"])
def test_a_body_over_the_limit(house: House, declared: bool) -> None:
    """At the limit a body is read, one byte more answers 504, declared or not (D17)."""
    served = house.served(body_mb_max=1)
    headers = {"Authorization": f"Bearer {house.tokens[LIVE]}"}
    for size, status in ((MB, 200), (MB + 1, 504)):
        body = BUILD.ljust(size)
        with served.connection() as kept:
            if declared:
                reply = kept.ask("POST", "/graphql", body, headers)
            else:
                pieces: Iterator[bytes] = iter([body[: size // 2], body[size // 2 :]])
                reply = kept.ask("POST", "/graphql", pieces, headers)  # type: ignore[arg-type]

        assert (size, status) == (size, reply.status)
        assert status == 200 or reply.json == OVERLOADED


def test_an_inflated_body_over_the_limit(house: House) -> None:
    """The same limit holds after decompression, and a bomb is defused before it is inflated (D17)."""
    for inflated, status in ((MB, 200), (MB + 1, 504)):
        # Random digits, so that the size is what is refused and not the ratio.
        text = BUILD + b"#" + b"".join(b"%d " % (n * 7919 % 1_000_003) for n in range(inflated // 6))
        body = text[: MB // 32].ljust(inflated)
        reply = house.ask(gzip.compress(body, 1), headers={"Content-Encoding": "gzip"}, body_mb_max=1)

        assert (inflated, status) == (inflated, reply.status)

    bomb = gzip.compress(b" " * (50 * MB), 9)
    assert len(bomb) < 60_000
    assert 504 == house.ask(bomb, headers={"Content-Encoding": "gzip"}).status


@contextmanager
def begun(house: House, size: int, sent: int, **settings: Any) -> Iterator[socket.socket]:
    """A request with a body of this size of which so much has been sent."""
    port = house.served(**settings).port
    with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
        slow.sendall(
            b"POST /graphql HTTP/1.1\r\nHost: localhost\r\n"
            + f"Authorization: Bearer {house.tokens[LIVE]}\r\nContent-Length: {size}\r\n\r\n".encode()
            + BUILD.ljust(sent)
        )
        yield slow


def test_bodies_share_one_room(house: House) -> None:
    """When the bodies on their way in fill the room, the next answers 504 before memory grows."""
    settings: dict[str, Any] = {"body_mb_max": 1, "bodies_mb_max": 1}
    with begun(house, 900_000, 800_000, **settings) as slow:
        room = house.served(**settings).service.api.room
        end = time.monotonic() + PATIENCE_S
        while room.free > 248_576:
            assert time.monotonic() < end, "the bytes are not counted"
            time.sleep(0.01)
        reply = house.ask(BUILD.ljust(500_000), **settings)
        assert OVERLOADED == reply.json
        slow.sendall(b" " * 100_000)
        assert b'{"data":{"getBuildNumber"' in slow.recv(65536)

    assert 200 == house.ask(BUILD.ljust(500_000), **settings).status


def test_large_requests_wait_in_a_bounded_queue(house: House) -> None:
    """While one large request is judged and no other may wait, the next answers 504; small ones pass."""
    settings: dict[str, Any] = {"large_requests_max": 1, "large_waiting_max": 0}
    large = mutation(creates(*[order(an_id()) for _ in range(3000)]))
    turns = house.served(**settings).service.api.turns
    with ThreadPoolExecutor(1) as beside:
        first = beside.submit(house.ask, large, **settings)
        end = time.monotonic() + PATIENCE_S
        while not turns.locked():
            assert time.monotonic() < end, "the large request took no turn"
        second = house.ask(BUILD.ljust(70_000), **settings)
        assert 200 == house.ask(BUILD, **settings).status
        assert not first.done(), "the large request was too quick for this test"

    assert (504, OVERLOADED) == (second.status, second.json)
    assert 3000 == len(first.result().payload()["orders"])


def test_what_stood_too_long_is_told_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """504 before anything is judged; not for what stands behind another request on its connection."""
    monkeypatch.setattr(http, "BACKLOG_S", 0.0)
    order_id = an_id()
    document = mutation(creates(order(order_id)))
    whole = (
        f"POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {house.tokens[LIVE]}\r\n"
        f"Content-Length: {len(document)}\r\n"
    )
    last = f"{whole}Connection: close\r\n\r\n{document}"

    answers = house.served().raw(f"{whole}\r\n{document}{last}".encode())

    assert (1, 1) == (answers.count(b"HTTP/1.1 504 "), answers.count(b"HTTP/1.1 200 "))
    assert answers.startswith(b"HTTP/1.1 504 ")
    assert 1 == house.kept(order_id)
    assert 200 == house.served().ask("GET", "/health/live").status


class BrokenIntake(Intake):
    """An intake with a bug in it."""

    def __init__(self) -> None:
        """Nothing is opened."""

    def awaited(self, entries: object) -> Any:
        """Falls."""
        raise ZeroDivisionError("secret of the house")


def test_a_bug_is_told_in_the_engines_words(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected failure names the field and the request's id, never what went wrong (9.6)."""
    served = house.served(items_max=99)
    monkeypatch.setattr(served.service.api, "_intake", BrokenIntake())

    reply = house.ask(mutation(creates(order(an_id()), key="mine: ")), items_max=99)

    request_id = reply.headers["x-request-id"]
    assert {
        "errors": [
            {
                "message": f"Exception while fetching data (/mine) : Internal error, request {request_id}",
                "extensions": {"classification": "DataFetchingException"},
                "path": ["mine"],
            }
        ],
        "data": None,
    } == reply.json
    assert (200, False) == (reply.status, b"secret" in reply.body)
    assert 200 == house.ask("{ getBuildNumber }", items_max=99).status


def test_a_sender_who_falls_silent_is_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing for the time allowed, and the request answers 504."""
    monkeypatch.setattr(receiving, "IDLE_S", 0.2)
    with begun(house, 1000, 500) as slow:
        slow.settimeout(5)
        assert slow.recv(65536).startswith(b"HTTP/1.1 504")


def test_a_sender_who_crawls_is_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body below the least average answers 504, however steadily it comes."""
    monkeypatch.setattr(receiving, "AVERAGE_FROM_S", 0.3)
    with begun(house, 1000, 1) as slow:
        for _ in range(40):
            slow.sendall(b" ")
            time.sleep(0.02)
        slow.settimeout(3)
        assert slow.recv(65536).startswith(b"HTTP/1.1 504")


def test_a_head_that_does_not_come_ends_the_connection(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who opens a connection has to finish the headers of a request in the time allowed."""
    monkeypatch.setattr(connection, "HEAD_S", 0.3)

    assert b"" == house.served().raw(b"POST /graphql HTTP/1.1\r\nHost: lo", timeout=5)
    assert b"" == house.served().raw(timeout=5)


def test_an_unread_body_does_not_hold_its_connection_for_ever(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is refused before the body was read gets the answer, and has to finish the body some day."""
    monkeypatch.setattr(connection, "LINGER_S", 0.3)

    reply = house.served().raw(
        b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\nabc", timeout=5
    )

    assert b"Missing Token" in reply


# ── connections ──────────────────────────────────────────────────────────────────────────────────────


def test_one_address_gets_so_many_connections(house: House) -> None:
    """One more than allowed is told 504 and closed; when another has gone, the next is served."""
    served = house.served(connections_address_max=2)
    held = [served.connection(), served.connection()]
    answers = [each.ask("GET", "/health/live") for each in held]
    refused = served.raw(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n")
    held.pop().close()

    assert [200, 200] == [each.status for each in answers]
    assert refused.startswith(b"HTTP/1.1 504 ")
    assert refused.endswith(b'\r\n\r\n{"errors":[{"message":"504"}],"data":null}')
    end = time.monotonic() + PATIENCE_S
    while served.raw(b"GET /health/live HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 504 "):
        assert time.monotonic() < end, "the place of who has gone stays taken"
    held.pop().close()


def test_a_crowd_is_not_even_told(house: House) -> None:
    """Twice as many connections as allowed are closed at once, and cost no memory."""
    served = house.served(connections_max=3, future_tolerance_s=2)
    held = [socket.create_connection(("127.0.0.1", served.port), timeout=5) for _ in range(6)]
    try:
        with socket.create_connection(("127.0.0.1", served.port), timeout=5) as last:
            assert 0 == read_to_the_end(last)
    finally:
        for each in held:
            each.close()


SCHEMA = b"GET /schema/tracking.graphql HTTP/1.1\r\nHost: a\r\n\r\n"
TIMES = 400


@contextmanager
def reader(house: House) -> Iterator[socket.socket]:
    """Asks for more than any buffer holds."""
    with socket.socket() as slow:
        slow.settimeout(10)
        slow.connect(("127.0.0.1", house.served().port))
        slow.sendall(SCHEMA * TIMES)
        yield slow


def read_to_the_end(slow: socket.socket, pause_s: float = 0.0, most: int = 1 << 30) -> int:
    """How many bytes come until the connection ends, or until there are enough."""
    count = 0
    try:
        while count < most and (piece := slow.recv(1 << 18)):
            count += len(piece)
            time.sleep(pause_s)
    except ConnectionError:
        pass
    return count


@pytest.mark.parametrize("piece_bytes_max", [0, connection.PIECE_BYTES_MAX], ids=["an answer", "a piece"])
def test_who_does_not_take_its_answer_is_cut_off(
    house: House, monkeypatch: pytest.MonkeyPatch, piece_bytes_max: int
) -> None:
    """What waits for a reader who takes nothing is thrown away with its connection."""
    monkeypatch.setattr(connection, "TAKE_S", 0.1)
    monkeypatch.setattr(connection, "PIECE_BYTES_MAX", piece_bytes_max)
    whole = len(house.served().ask("GET", "/schema/tracking.graphql").body)
    with reader(house) as slow:
        end = time.monotonic() + PATIENCE_S
        for there in (1, 0):
            while there != house.served().connections_from("127.0.0.1"):
                assert time.monotonic() < end, f"waited in vain for {there}"
                time.sleep(0.01)
        assert read_to_the_end(slow) < whole * TIMES


def test_who_takes_its_answer_slowly_gets_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader who takes enough between two looks is waited for, however long it takes in all."""
    monkeypatch.setattr(connection, "TAKE_S", 0.3)
    monkeypatch.setattr(connection, "PIECE_BYTES_MAX", 0)
    whole = len(house.served().ask("GET", "/schema/tracking.graphql").body)
    with reader(house) as slow:
        assert whole * TIMES <= read_to_the_end(slow, pause_s=0.01, most=whole * TIMES)
