"""The short way on a connection: what may go it, in which order, and that nothing is lost beside it.

Owns connections without a network: bytes in, bytes out. Leaves answers to test_http_at_once.py, heads to
test_heads.py. Next: api/passing.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, cast

import pytest
import uvicorn
from uvicorn.server import ServerState

from counterfoil.api.connection import ARRIVED, BACKLOG_S
from counterfoil.api.heads import Head, Whole
from counterfoil.api.passing import PassingProtocol, guarded
from tests.api.lines import Line, echo, post

KEEP_S = 0.1


class Clerk:
    """Who answers on the short way, when the test lets it."""

    def __init__(self) -> None:
        self.declines = False
        self.taken: list[bytes] = []

    def may_take(self, head: Head, size: int) -> bool:
        return head.path == "/graphql"

    def take(self, request: Whole, connection: PassingProtocol) -> bool:
        if not self.declines:
            self.taken.append(request.body)
        return not self.declines


class Counter:
    """One connection with a clerk behind it."""

    def __init__(self) -> None:
        self.clerk = Clerk()
        self.line = Line()
        self.state = ServerState()
        config = uvicorn.Config(
            echo, log_config=None, access_log=False, timeout_keep_alive=cast("int", KEEP_S)
        )
        self.connection = guarded(10, 10, self.clerk)(config, self.state, {})
        self.connection.connection_made(self.line)

    async def hears(self, data: bytes) -> None:
        """Bytes come in, and everything that follows at once happens."""
        self.connection.data_received(data)
        for _ in range(5):
            await asyncio.sleep(0)

    def answers(self, body: bytes) -> None:
        """The clerk has its answer."""
        self.connection.reply(200, b"content-length: %d\r\n" % len(body), body)


def at_a_counter(told: Callable[[Counter], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """The test on a loop of its own."""

    def run() -> None:
        async def opened() -> None:
            counter = Counter()
            await told(counter)
            counter.connection.connection_lost(None)

        asyncio.run(opened())

    run.__name__, run.__doc__ = told.__name__, told.__doc__
    return run


@at_a_counter
async def test_a_whole_request_goes_the_short_way(counter: Counter) -> None:
    """Its body is the clerk's, and its answer is one piece."""
    await counter.hears(post(b"one"))
    counter.answers(b"yes")

    assert [b"one"] == counter.clerk.taken
    assert b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nyes" == counter.line.sent


@at_a_counter
async def test_what_is_declined_is_read_as_if_nobody_had_looked(counter: Counter) -> None:
    """The long way gets the same request, and the next may pass again."""
    counter.clerk.declines = True
    await counter.hears(post(b"one"))
    assert counter.line.sent.endswith(b"long one")

    counter.clerk.declines = False
    await counter.hears(post(b"two"))
    assert [b"two"] == counter.clerk.taken


@pytest.mark.parametrize(
    "data",
    [
        post(b"one", path="/query"),
        post(b"one", more="Connection: close\r\n"),
        post(b"one", more="Expect: 100-continue\r\n"),
        post(b"one", more="Content-Encoding: gzip\r\n"),
        post(b"one", more="Upgrade: h2c\r\n"),
        post(b"one").replace(b"1.1", b"1.0"),
        post(b"one").replace(b"POST", b"PUT"),
    ],
)
def test_what_is_unusual_does_not_pass(data: bytes) -> None:
    """Other paths, methods and versions, and headers that ask for more, go the long way."""

    @at_a_counter
    async def heard(counter: Counter) -> None:
        await counter.hears(data)
        assert [] == counter.clerk.taken
        assert counter.line.sent.endswith(b"long one")

    heard()


@at_a_counter
async def test_what_comes_meanwhile_is_held(counter: Counter) -> None:
    """Requests that come before the answer wait, unread, and are answered after it, in their order."""
    await counter.hears(post(b"one"))
    await counter.hears(post(b"two")[:30])
    await counter.hears(post(b"two")[30:] + post(b"three"))
    assert [b"one"] == counter.clerk.taken
    assert not counter.line.is_reading()

    counter.answers(b"yes")
    for _ in range(5):
        await asyncio.sleep(0)
    assert counter.line.is_reading()
    assert counter.line.sent.index(b"yes") < counter.line.sent.index(b"long two")
    assert counter.line.sent.endswith(b"long three")


@at_a_counter
async def test_what_was_held_may_pass_in_its_turn(counter: Counter) -> None:
    """A whole request that came too early goes the short way too, and its caller is read again."""
    await counter.hears(post(b"one"))
    await counter.hears(post(b"two"))
    counter.answers(b"yes")
    await asyncio.sleep(0)

    assert [b"one", b"two"] == counter.clerk.taken
    assert counter.line.is_reading()


@pytest.mark.parametrize(
    "begun", [b"POST /query HTTP/1.1\r\n", post(b"a" * len(post(b"two")), "/query")[:50]]
)
def test_a_request_inside_another_is_none(begun: bytes) -> None:
    """What stands in a head or in a body is read as that, whatever it looks like."""

    @at_a_counter
    async def heard(counter: Counter) -> None:
        await counter.hears(begun)
        await counter.hears(post(b"two"))
        assert [] == counter.clerk.taken

    heard()


@at_a_counter
async def test_a_request_behind_a_long_one_waits_for_it(counter: Counter) -> None:
    """No answer overtakes another, whichever way they go."""
    counter.connection.data_received(post(b"one", path="/query"))
    counter.connection.data_received(post(b"two"))
    for _ in range(9):
        await asyncio.sleep(0)

    assert [] == counter.clerk.taken
    assert counter.line.sent.index(b"long one") < counter.line.sent.index(b"long two")


@at_a_counter
async def test_a_body_in_pieces_is_read_to_its_end(counter: Counter) -> None:
    """What is not whole goes the long way, and what follows it may pass."""
    await counter.hears(post(b"one")[:-1])
    await counter.hears(post(b"one")[-1:])
    await counter.hears(post(b"two"))

    assert counter.line.sent.endswith(b"long one")
    assert [b"two"] == counter.clerk.taken


@at_a_counter
async def test_who_is_gone_is_neither_judged_nor_answered(counter: Counter) -> None:
    """A caller that left before its turn costs nothing; one that left before its answer gets none."""
    counter.connection.data_received(post(b"one"))
    counter.line.close()
    await asyncio.sleep(0)
    assert [] == counter.clerk.taken

    counter.answers(b"yes")
    assert b"" == counter.line.sent


@at_a_counter
async def test_a_stop_lets_the_answer_out(counter: Counter) -> None:
    """Asked to stop, a connection still gives the answer it owes, says farewell, and ends."""
    await counter.hears(post(b"one"))
    counter.connection.shutdown()
    assert not counter.line.is_cut

    counter.answers(b"yes")
    assert b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\nyes" == counter.line.sent
    assert counter.line.is_cut


@at_a_counter
async def test_a_connection_is_kept_from_the_last_answer_on(counter: Counter) -> None:
    """However many requests pass, it ends when nothing was asked for the time that it is kept."""
    for _ in range(3):
        await counter.hears(post(b"one"))
        counter.answers(b"yes")
        await asyncio.sleep(0.7 * KEEP_S)
    assert not counter.line.is_cut

    await asyncio.sleep(KEEP_S)
    assert counter.line.is_cut


@at_a_counter
async def test_a_connection_is_kept_while_an_answer_is_owed(counter: Counter) -> None:
    """A commit may take longer than an idle connection is kept."""
    await counter.hears(post(b"one"))
    counter.answers(b"yes")
    await counter.hears(post(b"two"))
    await asyncio.sleep(3 * KEEP_S)

    assert not counter.line.is_cut


@at_a_counter
async def test_who_waited_too_long_goes_the_long_way(counter: Counter) -> None:
    """There the answer is 504, by the time at which the request came."""
    loop = asyncio.get_running_loop()
    counter.connection.data_received(post(b"one"))
    began = loop.time()
    while loop.time() - began <= BACKLOG_S:
        # The loop stands still, as under a heavy load.
        pass
    await counter.hears(b"")

    assert [] == counter.clerk.taken
    assert counter.connection.scope["state"][ARRIVED] <= began
