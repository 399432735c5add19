"""Overload: more is sent than can be served. What is answered is right, memory stays bounded, all recovers.

Owns counts and kinds of answers. The quick form asks no times of a machine that others use; the deep one, by
`-m deep`, also asks for what R13 promises: goodput, refusals within a second.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.load import Beside, Outcome, Plan
from tests.processes.book import Book
from tests.processes.conftest import StartServer
from tests.processes.documents import create
from tests.processes.running_server import RunningServer

ACCEPTED = "200 accepted"
REFUSED = '504 {"errors":[{"message":"504"}],"data":null}'
API_MB_MAX, READER_MB_MAX = 250, 350
GOODPUT_MIN = 0.8
REFUSAL_MS_MAX = 1_000


def _plan(server: RunningServer, seeded: dict[str, Any], name: str, **more: Any) -> Plan:
    return Plan(port=server.port, token=seeded["tokens"]["advertiser"], name=name, **more)


def _kept(data_dir: Path, name: str) -> int:
    with Book(data_dir) as book:
        return int(book.ask("SELECT count(*) FROM intake_log WHERE order_id LIKE %s", f"{name}-%")[0][0])


def _peak_mb(server: RunningServer, part: str) -> float:
    """The most memory that a process ever had."""
    process = server.child(part)
    assert process is not None
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _assert_right(outcome: Outcome, kept: int, orders: int) -> None:
    """Every request was answered, in JSON; what was accepted is in the log, what was refused is not."""
    assert outcome.answers.keys() <= {ACCEPTED, REFUSED}, outcome
    assert (outcome.sent, 0) == (sum(outcome.answers.values()), outcome.lost)
    assert outcome.accepted > 0
    assert outcome.accepted * orders == kept


def test_overload_is_told_and_passes(start: StartServer, data_dir: Path, seeded: dict[str, Any]) -> None:
    """Three times as many large requests as may wait, beside 200 busy connections with small ones."""
    server = start(large_requests_max="1", large_waiting_max="1")
    orders = 1_000
    many = Beside(_plan(server, seeded, "SMALL", connections=200, seconds=2.5, literals=False))
    large = Beside(_plan(server, seeded, "LARGE", connections=6, seconds=2.5, orders=orders, literals=False))
    small_outcome, large_outcome = many.outcome(), large.outcome()
    after = server.post("/graphql", seeded["tokens"]["advertiser"], create(seeded, "AFTER"))

    _assert_right(small_outcome, _kept(data_dir, "SMALL"), 1)
    _assert_right(large_outcome, _kept(data_dir, "LARGE"), orders)
    assert large_outcome.answers[REFUSED] > 0, "it was no overload"
    assert 1 == len(after.submission_ids)
    assert _peak_mb(server, "api") < API_MB_MAX
    assert _peak_mb(server, "reader") < READER_MB_MAX
    assert "request_failed" not in server.output


def _peak(server: RunningServer, seeded: dict[str, Any], name: str, orders: int) -> float:
    """Requests a second where as many come as can be served."""
    plan = _plan(server, seeded, name, connections=3, seconds=10, orders=orders, literals=False)
    return Beside(plan).outcome().accepted_a_second


@pytest.mark.deep
@pytest.mark.parametrize("times", [2, 5, 10])
def test_overload_for_long_costs_little(
    start: StartServer, data_dir: Path, seeded: dict[str, Any], times: int
) -> None:
    """30 s of several times the capacity in 10,000-order requests: four fifths of the peak get through."""
    server = start(large_waiting_max="4")
    orders = 10_000
    before = _peak(server, seeded, "BEFORE", orders)
    plan = _plan(server, seeded, "OVER", connections=64, seconds=30, orders=orders, literals=False)
    outcome = Beside(plan._replace(rate=times * before)).outcome()
    # What a machine can do drifts by more than a fifth within a minute: the peak is that of both sides.
    capacity = (before + _peak(server, seeded, "BEHIND", orders)) / 2
    after = server.post("/graphql", seeded["tokens"]["advertiser"], create(seeded, "AFTER"))

    _assert_right(outcome, _kept(data_dir, "OVER"), orders)
    assert outcome.accepted_a_second >= GOODPUT_MIN * capacity, outcome
    assert outcome.longest_refusal < REFUSAL_MS_MAX, outcome
    assert 1 == len(after.submission_ids)
    assert _peak_mb(server, "reader") < 2 * READER_MB_MAX
    assert _peak_mb(server, "api") < 512 + API_MB_MAX
