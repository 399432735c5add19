"""Large requests that nobody takes: told at once, not read, and cut soon.

Owns what a refusal before the body costs, and what its sender sees of it. Leaves the queue itself to
test_http_load.py.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from counterfoil.api import http, leaving, turns
from counterfoil.api.leaving import Leaving
from counterfoil.api.wire import TAKEN_IN_BYTES_MAX
from tests.api.serving import LIVE, House

MB = 1024 * 1024
LARGE = 64 * MB
BUFFERS = 16 * MB
"""More than all buffers between two programs hold."""

ONE: dict[str, Any] = {"large_requests_max": 1, "large_waiting_max": 0}
OVERLOADED = b'{"errors":[{"message":"504"}],"data":null}'
BUILD = b"{ getBuildNumber }"


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    # A busy machine may let a request stand for a second, which is none of these tests' business.
    monkeypatch.setattr(http, "BACKLOG_S", 60.0)


@contextmanager
def begun(
    house: House, size: int, sent: bytes = b"", token: str | None = LIVE, path: str = "/graphql"
) -> Iterator[socket.socket]:
    """A request with a body of this size, of which so much has been sent."""
    bearer = f"Authorization: Bearer {house.tokens[token]}\r\n" if token else ""
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\n{bearer}Content-Length: {size}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", house.served(**ONE).port), timeout=10) as sender:
        sender.sendall(head.encode() + sent)
        yield sender


@pytest.fixture
def busy(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A server whose one place for large requests is taken by one whose body comes in."""
    monkeypatch.setattr(turns, "COMING_S", 60)
    places = house.served(**ONE).service.api.turns
    with begun(house, LARGE):
        _until(lambda: places.free() == 0, "the first is on its way in")
        yield house
    _until(lambda: places.free() == 1, "the first is gone")


def _until(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.01)


def _to_the_end(sender: socket.socket) -> bytes:
    received = b""
    while piece := sender.recv(65536):
        received += piece
    return received


def _pushed(sender: socket.socket) -> int:
    """How much can be sent until the line is full or cut."""
    count, piece = 0, bytes(MB)
    sender.settimeout(0.2)
    try:
        while count < LARGE:
            count += sender.send(piece)
    except (TimeoutError, ConnectionError):
        pass
    sender.settimeout(10)
    return count


def test_a_refusal_comes_before_the_body(busy: House) -> None:
    """Who finds no place is told so by its head alone, and told too that its connection ends."""
    with begun(busy, LARGE) as sender:
        answer = _to_the_end(sender)

    assert answer.startswith(b"HTTP/1.1 504 ")
    assert b"\r\nconnection: close\r\n" in answer
    assert answer.endswith(b"\r\n\r\n" + OVERLOADED)


def test_nobody_reads_on_after_a_refusal(busy: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sends on is held back by full buffers, is cut when the moment is over, and has its answer."""
    monkeypatch.setattr(leaving, "STAY_S", 1.0)
    with begun(busy, LARGE) as sender:
        assert sender.recv(1) == b"H"
        begin = time.monotonic()
        pushed = _pushed(sender)
        _until(lambda: not _is_open(sender), "its line is cut")
        stayed = time.monotonic() - begin
        answer = _to_the_end(sender)

    assert 0 < pushed < BUFFERS
    assert 0.7 < stayed < 15
    assert answer.endswith(OVERLOADED)


def test_a_body_that_comes_slowly_takes_nobodys_place(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its second on the way in the place is another's, and the slow one is read to its end."""
    monkeypatch.setattr(turns, "COMING_S", 60)
    body = BUILD.ljust(2 * TAKEN_IN_BYTES_MAX)
    places = house.served(**ONE).service.api.turns
    with begun(house, len(body), body[:-1]) as slow:
        _until(lambda: places.free() == 0, "the slow one is on its way in")
        monkeypatch.setattr(turns, "COMING_S", 0)
        other = house.ask(body, **ONE)
        slow.sendall(body[-1:])
        assert slow.recv(65536).startswith(b"HTTP/1.1 200 ")
    assert 200 == other.status


def test_a_short_body_is_taken_in_and_its_connection_serves_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 504 before a short body leaves the connection as it was, whoever was told it."""
    monkeypatch.setattr(http, "BACKLOG_S", -1.0)
    body = b"x" * TAKEN_IN_BYTES_MAX
    with begun(house, len(body)) as sender:
        refused = sender.recv(65536)
        monkeypatch.setattr(http, "BACKLOG_S", 60.0)
        sender.sendall(body + b"GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        served = _to_the_end(sender)

    assert refused.startswith(b"HTTP/1.1 504 ")
    assert b"connection: close" not in refused
    assert served.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("path", "told"), [("/graphql", b"Missing Token"), ("/nowhere", b"HTTP/1.1 404 ")], ids=["token", "path"]
)
def test_another_refusal_lets_its_sender_finish(house: House, path: str, told: bytes) -> None:
    """What is wrong with a request and stays wrong is heard by its sender: its body is thrown away."""
    size = 4 * MB
    with begun(house, size, token=None, path=path) as sender:
        sender.sendall(b"x" * size + b"GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        answers = _to_the_end(sender)

    assert told in answers
    assert b'{"status":"alive"}' in answers


async def test_only_so_many_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more than may stay, and the oldest is closed; the others after their moment."""
    monkeypatch.setattr(leaving, "LEAVING_MAX", 2)
    monkeypatch.setattr(leaving, "STAY_S", 1.0)
    loop, here, lines = asyncio.get_running_loop(), Leaving(), []
    for _ in range(3):
        ours, theirs = socket.socketpair()
        transport, _protocol = await loop.create_connection(asyncio.Protocol, sock=ours)
        here.keep(transport, loop)
        transport.close()
        lines.append(theirs)
    await asyncio.sleep(0)
    stay = [_is_open(each) for each in lines]
    await asyncio.sleep(1.5)
    later = [_is_open(each) for each in lines]
    for each in lines:
        each.close()

    assert [False, True, True] == stay
    assert [False, False, False] == later
    assert 0 == len(here)


def _is_open(line: socket.socket) -> bool:
    try:
        line.send(b"x")
    except ConnectionError:
        return False
    return True
