"""Readers: large requests are judged beside the API process, and nobody can tell from the answers.

Owns handing over, what happens when no reader is there, when the caller goes away, and where time went. Next:
test_http_load.py for limits; the processes themselves are tested in tests/processes/test_readers.py.
"""

from __future__ import annotations

import gzip
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from counterfoil.api import handing
from tests.api.orders_on_the_wire import an_id, creates, items, mutation, order
from tests.api.serving import LIVE, House, Served

PATIENCE_S = 5
WITH: dict[str, Any] = {"reader": True, "large_body_kb": 2}
WITHOUT: dict[str, Any] = {"large_body_kb": 2}
STEPS = {"read", "check", "append", "answer"}


def large(order_id: str, more: str = "") -> str:
    """A document with one order, over the size from which a reader has it here."""
    return mutation(creates(order(order_id, items(90) + more)))


def request(house: House, document: str) -> bytes:
    """The bytes of a POST."""
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {house.tokens[LIVE]}\r\n"
        f"Content-Length: {len(document)}\r\n\r\n"
    )
    return (head + document).encode()


def test_a_reader_answers_as_the_api_process_does(house: House) -> None:
    """Accepted, refused, unauthorised, broken: status, headers and body are the same with a reader."""
    for more in (
        "",
        ", sid: 7x",
        ', ids: [{name: "a"}]',
        ', currency: "USD"',
        ', eventTime: "2031-01-01T00:00:00Z"',
        "\x00",
    ):
        order_id = an_id()
        document = large(order_id, more)
        with_reader, without = (house.ask(document, **settings) for settings in (WITH, WITHOUT))

        assert without.status == with_reader.status, more
        assert _told(without.body) == _told(with_reader.body), more
        assert without.headers.keys() == with_reader.headers.keys(), more
    foreign = large(an_id()).replace("1500001", "1500099")
    assert house.ask(foreign).json == house.ask(foreign, **WITH).json


def _told(body: bytes) -> bytes:
    """An answer without the ids that differ from request to request."""
    return re.sub(rb'"submissionId":"[^"]+"', b"", body)


def test_a_reader_keeps_what_it_accepts(house: House) -> None:
    """The order is in the log once, and the answer compressed for who takes that."""
    order_id = an_id()

    reply = house.ask(large(order_id), headers={"Accept-Encoding": "gzip"}, **WITH)
    many = mutation(creates(*[order(an_id()) for _ in range(60)]))
    packed = house.ask(many, headers={"Accept-Encoding": "gzip"}, **WITH)

    assert [order_id] == [each["orderId"] for each in reply.payload()["orders"]]
    assert 1 == house.kept(order_id)
    assert ("gzip", "Accept-Encoding") == (packed.headers["content-encoding"], packed.headers["vary"])
    assert b"submissionId" in gzip.decompress(packed.body)


def test_without_a_reader_nothing_is_kept(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """When no reader takes it in time the answer is 504, and a later reader does not find it either."""
    monkeypatch.setattr(handing, "WAIT_S", 0.2)
    settings: dict[str, Any] = {**WITH, "future_tolerance_s": 1}
    served = house.served(**settings)
    served.stop_reader()
    order_id = an_id()

    refused = house.ask(large(order_id), **settings)
    small = house.ask(mutation(creates(order(an_id()))), **settings)
    served.start_reader()
    again = house.ask(large(an_id()), **settings)

    assert (504, {"errors": [{"message": "504"}], "data": None}) == (refused.status, refused.json)
    assert (200, 200, 0) == (small.status, again.status, house.kept(order_id))


@contextmanager
def intake_lock(house: House) -> Iterator[None]:
    """Nobody can commit to the log for as long as this lasts."""
    connection = house.desk.connection
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(4100002)")
        yield


@pytest.mark.parametrize("settings", [WITH, WITHOUT], ids=["a reader", "the API process"])
def test_who_goes_away_before_its_turn_leaves_nothing(house: House, settings: dict[str, Any]) -> None:
    """Behind a commit that waits, a large request whose caller closes is dropped; the one before is kept."""
    first, second = an_id(), an_id()
    with ThreadPoolExecutor(1) as beside:
        with intake_lock(house):
            waits = beside.submit(house.ask, large(first), **settings)
            _until_waiting(house)
            with socket.create_connection(("127.0.0.1", house.served(**settings).port)) as leaving:
                leaving.sendall(request(house, large(second)))
                time.sleep(0.3)
            time.sleep(0.3)
        assert 200 == waits.result(timeout=PATIENCE_S).status

    assert 200 == house.ask(large(an_id()), **settings).status
    assert (1, 0) == (house.kept(first), house.kept(second))


def _until_waiting(house: House) -> None:
    """Returns when a commit waits for the lock."""
    end = time.monotonic() + PATIENCE_S
    question = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    while not house.desk.connection.execute(question).fetchone()[0]:  # type: ignore[index]
        assert time.monotonic() < end, "nobody waits"
        time.sleep(0.01)


@pytest.mark.parametrize("settings", [WITH, WITHOUT], ids=["a reader", "the API process"])
def test_the_time_is_told_to_who_asks_for_details(house: House, settings: dict[str, Any]) -> None:
    """`Server-Timing` has the four steps in milliseconds for a detailed answer, and no other has it."""
    headers = {"Counterfoil-Errors": "detailed"}

    detailed = house.ask(large(an_id()), headers=headers, **settings)
    plain = house.ask(large(an_id()), **settings)

    steps = dict(re.findall(r"(\w+);dur=(\d+\.\d\d)", detailed.headers["server-timing"]))
    assert STEPS == steps.keys()
    assert all(float(each) >= 0 for each in steps.values())
    assert "server-timing" not in plain.headers


def forwarded(served: Served, token: str) -> str:
    """What a token for 192.0.2.7 alone gets, from here, with the claim to come from there."""
    headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": "192.0.2.7"}
    return served.ask("POST", "/graphql", b"{ getBuildNumber }", headers).body.decode()


def test_who_speaks_for_others_is_believed_only_if_it_is_trusted(house: House) -> None:
    """X-Forwarded-For from loopback means nothing, unless loopback is on the list of proxies."""
    token = house.new_token_for("192.0.2.7/32")

    assert "Invalid Token" in forwarded(house.served(), token)
    assert "getBuildNumber" in forwarded(house.served(trusted_proxies="127.0.0.1, 10.0.0.0/8"), token)
