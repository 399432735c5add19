"""Crash points: a process ends at one of them, and what was accepted still has one outcome, once.

Owns the passing of the points that tests/crash/points.py lists. Each runs with the real process it stands
in: an API process, or a processor.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

import counterfoil
from counterfoil.crashpoint import EXIT_CODE
from counterfoil.store.connection import connect
from counterfoil.store.log import FEW
from counterfoil.worker import Worker
from tests.crash.points import BESIDE, IN_A_PROCESSOR, IN_THE_API, NOT_IN_THE_CODE
from tests.processes.book import Book, Kept
from tests.processes.documents import cancels, create, creates, document, restates
from tests.processes.running_server import Part, RunningServer, Wire, until

TURNS = [1, *(pytest.param(n, marks=pytest.mark.deep) for n in range(2, 21))]
"""In the deep run each point is passed twenty times: where an end falls within a commit is chance."""

CREATED = Kept(["posted"], [("original", Decimal(6))])
RESTATED = Kept(
    ["posted", "posted"],
    [("original", Decimal(6)), ("reversal", Decimal(-6)), ("correction", Decimal(3))],
)
CANCELLED = Kept(
    ["posted", "posted"],
    [("original", Decimal(6)), ("reversal", Decimal(-6)), ("correction", Decimal(0))],
)


def test_every_point_is_listed() -> None:
    """The points in the code are those that are listed, and none of those that are said to be missing."""
    sources = Path(counterfoil.__file__).parent.rglob("*.py")
    found = [name for file in sources for name in re.findall(r'crashpoint\("([^"]+)"\)', file.read_text())]

    assert {*IN_THE_API, *IN_A_PROCESSOR, *BESIDE} == set(found)
    assert set() == NOT_IN_THE_CODE.keys() & set(found)


@pytest.fixture(scope="module")
def crashing(new_copy: Callable[[], Path]) -> Iterator[tuple[RunningServer, Book]]:
    """A server without processors, on which nothing is decided unless a test does it."""
    server = RunningServer(new_copy(), "--processors", "0")
    try:
        server.wait_ready()
        with Book(server.data_dir) as book:
            yield server, book
    finally:
        server.clear()


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("point", IN_A_PROCESSOR)
def test_a_processor_that_ends_in_the_middle(
    crashing: tuple[RunningServer, Book], seeded: dict[str, Any], point: str, turn: int
) -> None:
    """An accepted create, restatement and cancellation are posted once, by whoever comes next."""
    server, book = crashing
    ids = _prepare(server, book, seeded, f"{point}-{turn}")
    accepted = _send(server, seeded, ids)

    assert EXIT_CODE == Part(server.data_dir, "processor", crashpoint=point).wait()
    posted = [(1,)] if point == "post.committed" else [(0,)]
    assert posted == book.ask("SELECT count(*) FROM submission_outcome WHERE order_id = %s", ids[0])
    _decide(book)

    assert dict.fromkeys(accepted, 1) == book.outcomes(accepted)
    assert [CREATED, RESTATED, CANCELLED] == [book.kept(order_id) for order_id in ids]


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("point", IN_THE_API)
def test_an_api_process_that_ends_in_the_middle(
    crashing: tuple[RunningServer, Book], seeded: dict[str, Any], point: str, turn: int
) -> None:
    """A request without an answer had its whole effect or none; sent again, the sums are of one send."""
    server, book = crashing
    ids = _prepare(server, book, seeded, f"{point}-{turn}")
    # Only what is more than a few rows is written before the rest.
    beside = [f"{ids[0]}-{n}" for n in range(FEW)] if point == "intake.log_inserted" else []
    armed = Part(server.data_dir, "api", crashpoint=point)
    try:
        _send(armed, seeded, ids, beside)
        # The one point that the answer may overtake: another thread sends it.
        assert point == "intake.group_leader_committed"
    except (OSError, HTTPException):
        pass
    assert EXIT_CODE == armed.wait()
    _decide(book)
    kept = [book.kept(order_id) for order_id in ids]
    nothing_more = [Kept([], []), CREATED, CREATED]
    assert kept in ([CREATED, RESTATED, CANCELLED], nothing_more)
    assert ("committed" in point) == (kept != nothing_more)

    again = _send(server, seeded, ids, beside)
    _decide(book)

    assert dict.fromkeys(again, 1) == book.outcomes(again)
    after = [book.kept(order_id) for order_id in ids]
    assert [Decimal(6), Decimal(3), Decimal(0)] == [each.commission for each in after]
    assert ["original"] == [kind for kind, _ in after[0].records]
    assert CANCELLED.records == after[2].records


def _decide(book: Book) -> None:
    """Decides all that waits, in this process; a lane is free once the database saw its holder's end."""
    worker = Worker(lambda: connect(book.server_url, name="test"), chunk_max=1000)
    try:
        until(lambda: worker.drain() >= 0 and book.undecided() == 0, "everything is decided")
    finally:
        worker.close()


def _prepare(server: Wire, book: Book, seeded: dict[str, Any], name: str) -> list[str]:
    """Order ids for one test: the first is new, the others are posted already."""
    ids = [f"{name}-{kind}" for kind in ("create", "restate", "cancel")]
    reply = server.post("/graphql", seeded["tokens"]["advertiser"], create(seeded, *ids[1:]))
    assert 2 == len(reply.submission_ids)
    _decide(book)
    assert [CREATED, CREATED] == [book.kept(order_id) for order_id in ids[1:]]
    return ids


def _send(server: Wire, seeded: dict[str, Any], ids: list[str], beside: Sequence[str] = ()) -> list[str]:
    """Sends a create, a restatement and a cancellation as one request, and creates beside them.

    Answers what was accepted.
    """
    fields = creates(seeded, [ids[0], *beside]), restates(ids[1], amount="50.00"), cancels(ids[2])
    accepted = server.post("/graphql", seeded["tokens"]["advertiser"], document(*fields)).submission_ids
    assert 3 + len(beside) == len(accepted)
    return accepted
