"""The sender against a server on a real socket: what arrives, how often, and what is remembered.

Owns retries, refusals, resumption and concurrency. Leaves the meaning of answers to test_requests.py.
"""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from counterfoil import sending
from counterfoil.sending import BadRow, Fixed, Patience, Plan, RefusedBatch, Stopped, Tally, Unsendable
from tests.sending.compatible_server import (
    CompatibleServer,
    refusing,
    refusing_at_the_top,
    running,
    saying,
    with_status,
)

QUICK = Patience(attempts=4, first_pause_s=0.001, longest_pause_s=0.01, answer_s=5)
Planned = Callable[..., Plan]


class Heard:
    """A watcher that keeps what it was told."""

    def __init__(self) -> None:
        self.bad_rows: list[int] = []
        self.refusals: list[RefusedBatch] = []
        self.reasons: list[str] = []
        self.moves = 0

    def bad_row(self, row: BadRow) -> None:
        self.bad_rows.append(row.line)

    def refused(self, batch: RefusedBatch) -> None:
        self.refusals.append(batch)

    def again(self, reason: str, pause_s: float) -> None:
        assert pause_s <= QUICK.longest_pause_s
        self.reasons.append(reason)

    def moved(self, tally: Tally) -> None:
        self.moves += 1


@pytest.fixture
async def server() -> AsyncIterator[CompatibleServer]:
    """A server that accepts everything unless told otherwise."""
    async with running() as up:
        yield up


@pytest.fixture
def heard() -> Heard:
    """The test's own watcher."""
    return Heard()


@pytest.fixture
def planned(tmp_path: Path, server: CompatibleServer) -> Planned:
    """Makes the plan for a file of six orders, `A-1` to `A-6`, in batches of two."""
    (tmp_path / "orders.csv").write_text("id,sum\n" + "".join(f"A-{n},{n}.50\n" for n in range(1, 7)))

    def make(**changes: object) -> Plan:
        wanted: dict[str, object] = {"batch_size": 2, "state_path": tmp_path / "state.json", **changes}
        return sending.plan(
            tmp_path / "orders.csv",
            server.url,
            ["order_id=id", "amount=sum"],
            Fixed(enterprise_id="1500001", action_tracker_id=401),
            **wanted,  # type: ignore[arg-type]
        )

    return make


def ids(orders: list[dict[str, str]]) -> list[str]:
    """The order ids, in the order of arrival."""
    return [order["orderId"] for order in orders]


async def test_every_row_arrives_once_and_in_order(
    server: CompatibleServer, planned: Planned, heard: Heard
) -> None:
    """A file goes over in batches, with the token, and all is accepted."""
    report = await sending.send(planned(), "secret", heard, QUICK)

    assert ["A-1", "A-2", "A-3", "A-4", "A-5", "A-6"] == ids(server.accepted)
    assert [2, 2, 2] == [len(request) for request in server.requests]
    assert {"Bearer secret"} == {headers["Authorization"] for headers in server.headers}
    assert (Tally(accepted=6), True, 3) == (report.tally, report.all_accepted, heard.moves)


async def test_a_second_run_has_nothing_left_to_send(
    server: CompatibleServer, planned: Planned, heard: Heard
) -> None:
    """What is accepted is remembered, and not sent again."""
    await sending.send(planned(), "secret", heard, QUICK)
    report = await sending.send(planned(), "secret", heard, QUICK)

    assert 3 == len(server.requests)
    assert Tally(before=6) == report.tally


async def test_a_run_over_the_first_rows_is_continued_by_one_over_all(
    server: CompatibleServer, planned: Planned, heard: Heard
) -> None:
    """The limit is no part of what a state stands for, and neither is the size of a batch."""
    await sending.send(planned(limit=3), "secret", heard, QUICK)
    report = await sending.send(planned(batch_size=10), "secret", heard, QUICK)

    assert [["A-1", "A-2"], ["A-3"], ["A-4", "A-5", "A-6"]] == [ids(request) for request in server.requests]
    assert Tally(before=3, accepted=3) == report.tally


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_an_overloaded_server_gets_the_same_request_again(
    status: int, server: CompatibleServer, planned: Planned, heard: Heard
) -> None:
    """After two refusals to listen the batch is accepted, and counted once."""
    server.answers = [with_status(status), with_status(status)]
    report = await sending.send(planned(), "secret", heard, QUICK)

    assert server.requests[0] == server.requests[1] == server.requests[2]
    assert [f"status {status}"] * 2 == heard.reasons
    assert Tally(accepted=6, again=2) == report.tally


async def test_a_broken_connection_is_no_loss(
    server: CompatibleServer, planned: Planned, heard: Heard
) -> None:
    """The server had kept the orders already; the same order keys come again, and no order is missing."""
    server.answers = [server.accept_and_hang_up]
    report = await sending.send(planned(), "secret", heard, QUICK)

    assert ["A-1", "A-2", "A-1", "A-2", "A-3", "A-4", "A-5", "A-6"] == ids(server.accepted)
    assert Tally(accepted=6, again=1) == report.tally
    assert heard.reasons[0].startswith("the connection broke")


async def test_an_answer_that_is_no_json_is_no_answer(
    server: CompatibleServer, planned: Planned, heard: Heard
) -> None:
    """A proxy's page with status 200 does not count as acceptance."""
    server.answers = [with_status(200, "<html>busy</html>"), saying({"data": None})]
    report = await sending.send(planned(), "secret", heard, QUICK)

    assert ["the answer is not JSON", "the answer says nothing about the orders"] == heard.reasons
    assert Tally(accepted=6, again=2) == report.tally


async def test_patience_ends_and_what_was_accepted_stays(
    server: CompatibleServer, planned: Planned, heard: Heard
) -> None:
    """A server that does not come back stops the run; the next one goes on where it stood."""
    server.answers = [server.accept, *[with_status(503)] * QUICK.attempts]
    with pytest.raises(Stopped, match="did not take the orders in 4 attempts: status 503"):
        await sending.send(planned(), "secret", heard, QUICK)
    report = await sending.send(planned(), "secret", heard, QUICK)

    assert ["A-1", "A-2", "A-3", "A-4", "A-5", "A-6"] == ids(server.accepted)
    assert Tally(before=2, accepted=4) == report.tally


async def test_no_server_at_all_is_told_as_such(tmp_path: Path, planned: Planned, heard: Heard) -> None:
    """A port on which nobody listens stops the run after the attempts."""
    async with running() as gone:
        plan = sending.plan(
            tmp_path / "orders.csv",
            gone.url,
            ["order_id=id"],
            Fixed(enterprise_id="1", action_tracker_id=1),
            state_path=tmp_path / "gone.json",
        )
    planned()
    with pytest.raises(Stopped, match="no connection"):
        await sending.send(plan, "secret", heard, QUICK)


async def test_a_refused_batch_does_not_hold_up_the_others(
    server: CompatibleServer, planned: Planned, heard: Heard
) -> None:
    """The refusal is told with its rows, and the next run tries that batch again."""
    server.answers = [server.accept, refusing("Unauthorized", "enterpriseId")]
    report = await sending.send(planned(), "secret", heard, QUICK)
    again = await sending.send(planned(), "secret", heard, QUICK)

    assert [RefusedBatch((3, 4), (4, 5), 2, "Unauthorized", ("enterpriseId",), None)] == heard.refusals
    assert (Tally(accepted=4, refused=2), False) == (report.tally, report.all_accepted)
    assert ["A-1", "A-2", "A-5", "A-6", "A-3", "A-4"] == ids(server.accepted)
    assert (Tally(before=4, accepted=2), True) == (again.tally, again.all_accepted)


async def test_gaps_of_several_refusals_are_closed_by_one_request(
    server: CompatibleServer, planned: Planned, heard: Heard
) -> None:
    """What was refused here and there goes over together, and after that nothing is left."""
    server.answers = [server.accept, refusing("no"), server.accept, refusing("no")]
    await sending.send(planned(batch_size=1), "secret", heard, QUICK)
    for _ in range(2):
        report = await sending.send(planned(batch_size=10), "secret", heard, QUICK)

    assert ["A-2", "A-4"] == ids(server.requests[-1])
    assert 7 == len(server.requests)
    assert Tally(before=6) == report.tally


async def test_a_refusal_names_the_line_of_the_order_it_speaks_of(
    server: CompatibleServer, planned: Planned, heard: Heard
) -> None:
    """The position in the request is turned into the line of the file."""
    server.answers = [server.accept, refusing_at_the_top("argument 'newOrders[1].amount' with value …")]
    await sending.send(planned(), "secret", heard, QUICK)

    assert [5] == [refused.line for refused in heard.refusals]


async def test_a_run_may_end_at_the_first_refusal(
    server: CompatibleServer, planned: Planned, heard: Heard
) -> None:
    """With stop-on-refusal nothing is sent after it."""
    server.answers = [refusing("Unauthorized")]
    report = await sending.send(planned(stop_on_refusal=True), "secret", heard, QUICK)

    assert 1 == len(server.requests)
    assert (Tally(refused=2), False) == (report.tally, report.is_whole)


async def test_a_wrong_token_stops_at_once(server: CompatibleServer, planned: Planned, heard: Heard) -> None:
    """One request is enough to know."""
    server.answers = [refusing_at_the_top("Invalid Token")]
    with pytest.raises(Stopped, match="Invalid Token"):
        await sending.send(planned(), "secret", heard, QUICK)

    assert 1 == len(server.requests)


async def test_the_token_does_not_follow_a_redirect(
    server: CompatibleServer, planned: Planned, heard: Heard
) -> None:
    """A moved address is told, not followed."""
    server.answers = [with_status(307, Location=server.url)]
    with pytest.raises(Stopped, match="status 307"):
        await sending.send(planned(), "secret", heard, QUICK)

    assert 1 == len(server.requests)


async def test_bad_rows_are_left_out_and_told_every_time(
    tmp_path: Path, server: CompatibleServer, planned: Planned, heard: Heard
) -> None:
    """A row that cannot be sent holds up no other, and is told again until it is corrected."""
    planned()
    (tmp_path / "orders.csv").write_text("id,sum\nA-1,1.50\nA-2,oops\nA-3,3.50\n,4.50\n")
    first = await sending.send(planned(), "secret", heard, QUICK)
    second = await sending.send(planned(), "secret", heard, QUICK)

    assert [["A-1", "A-3"]] == [ids(request) for request in server.requests]
    assert [3, 5, 3, 5] == heard.bad_rows
    assert (Tally(accepted=2, bad_rows=2), False) == (first.tally, first.all_accepted)
    assert (Tally(before=2, bad_rows=2), False) == (second.tally, second.all_accepted)


async def test_what_stands_before_a_broken_place_is_sent(
    tmp_path: Path, server: CompatibleServer, planned: Planned, heard: Heard
) -> None:
    """A file that is broken further on ends the run there, and what is on its way is remembered."""
    planned()
    (tmp_path / "orders.csv").write_text('id,sum\nA-1,1.50\nA-2,2.50\nA-3,"3.50\n')
    server.answers = [server.accept_slowly]
    plan = planned(concurrency=2)
    with pytest.raises(Unsendable, match="from line 4 on"):
        await sending.send(plan, "secret", heard, QUICK)

    assert ["A-1", "A-2"] == ids(server.accepted)
    assert 2 == sending.load(plan.state_path, plan.digest, plan.file).accepted


async def test_several_requests_at_once_are_as_many_as_wanted(
    server: CompatibleServer, planned: Planned, heard: Heard
) -> None:
    """Concurrency is used and kept, and nothing is lost or doubled by it."""
    server.answers = [server.accept_slowly] * 6
    report = await sending.send(planned(batch_size=1, concurrency=3), "secret", heard, QUICK)

    assert 3 == server.most_at_once
    assert ["A-1", "A-2", "A-3", "A-4", "A-5", "A-6"] == sorted(ids(server.accepted))
    assert 6 == report.tally.accepted


async def test_counting_goes_on_in_the_second_run(
    tmp_path: Path, server: CompatibleServer, heard: Heard
) -> None:
    """An order gets the same id in whichever run it is sent."""
    (tmp_path / "orders.csv").write_text("who\n7\n7\n8\n7\n")
    for limit in (1, 3, None):
        plan = sending.plan(
            tmp_path / "orders.csv",
            server.url,
            ["order_id={who}-{n}"],
            Fixed(enterprise_id="1", action_tracker_id=1),
            limit=limit,
            state_path=tmp_path / "state.json",
        )
        await sending.send(plan, "secret", heard, QUICK)

    assert ["7-1", "7-2", "8-1", "7-3"] == ids(server.accepted)


@pytest.mark.parametrize("url", ["localhost:8080/graphql", "/graphql", "ftp://host/graphql", "http://"])
async def test_an_address_is_checked_before_anything_is_sent(url: str) -> None:
    """A text that is no address of a web server is wrong usage."""
    with pytest.raises(Unsendable, match="not the address of a server"):
        sending.check_address(url)


def test_pauses_double_up_to_the_longest() -> None:
    """A server's own wish counts when it is longer than ours, but not beyond the longest pause."""
    patience = Patience(first_pause_s=1, longest_pause_s=10)

    assert [1, 2, 4, 8, 10] == [patience.pause_s(attempt, None) for attempt in range(1, 6)]
    assert [5, 10] == [patience.pause_s(1, 5), patience.pause_s(1, 3600)]
