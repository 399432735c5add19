"""Stopping: what runs ends with 0 when it is asked to, leaves nothing behind, and can be started again."""

from __future__ import annotations

import shlex
import signal
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.processes.book import Book
from tests.processes.conftest import StartServer
from tests.processes.documents import create
from tests.processes.running_server import PATIENCE_S, processes_on, until

EVENTS = (
    "posted DEMO-2  commission 8.40 USD",
    "restated DEMO-2  commission 5.94 USD",
    "cancelled DEMO-2  commission 0.00 USD",
)


def test_a_stopped_server_leaves_nothing_and_goes_on_later(
    start: StartServer, data_dir: Path, seeded: dict[str, Any]
) -> None:
    """SIGTERM, then SIGINT: exit code 0 in time, no process left, orders kept, the next start continues."""
    token = seeded["tokens"]["advertiser"]
    accepted = []
    for n, by in enumerate((signal.SIGTERM, signal.SIGINT)):
        server = start()
        accepted += server.post("/graphql", token, create(seeded, f"STOP-{n}")).submission_ids
        assert 0 == server.stop(by)
        assert [] == processes_on(data_dir)
        assert "Stopped." in server.output
        assert "process_killed" not in server.output, "each child ended by itself"
        assert "Traceback" not in server.output
    start()

    with Book(data_dir) as book:
        book.wait_decided()
        assert dict.fromkeys(accepted, 1) == book.outcomes(accepted)
        assert 2 == len(accepted)


def test_a_client_that_keeps_its_connection_does_not_delay_the_stop(
    start: StartServer, data_dir: Path
) -> None:
    """An idle connection, and one whose request never ends, do not hold the server longer than promised."""
    server = start()
    idle = HTTPConnection("127.0.0.1", server.port, timeout=10)
    idle.request("GET", "/health/live")
    idle.getresponse().read()
    half = HTTPConnection("127.0.0.1", server.port, timeout=10)
    half.putrequest("POST", "/graphql")
    half.putheader("Content-Length", "1000")
    half.endheaders(b"mutation {")
    try:
        assert 0 == server.stop()
        assert [] == processes_on(data_dir)
    finally:
        idle.close()
        half.close()


def test_a_server_that_is_still_starting_stops_as_well(start: StartServer, home: Path) -> None:
    """SIGTERM while the very first start makes its database: exit code 0 and nothing left."""
    data_dir = home / "barely-begun"
    server = start(ready=False, on=data_dir)
    until(lambda: "Making a database" in server.output, "its beginning")
    assert 0 == server.stop(patience_s=PATIENCE_S)
    assert [] == processes_on(data_dir)
    assert "Traceback" not in server.output


def test_a_stopped_worker_leaves_nothing(start: StartServer, data_dir: Path) -> None:
    """`counterfoil worker` ends with 0 on both signals, and its database with it."""
    for by in (signal.SIGTERM, signal.SIGINT):
        worker = start(command="worker", ready=False)
        until(lambda at=worker: at.child("processor") is not None, "its processor")  # type: ignore[misc]
        assert 0 == worker.stop(by)
        assert [] == processes_on(data_dir)
        assert "Stopped." in worker.output


def test_the_demo_s_lines_work_and_it_stops_cleanly(
    start: StartServer, data_dir: Path, seeded: dict[str, Any]
) -> None:
    """Each printed curl line works as it stands, and its order's way is told; Ctrl-C leaves nothing."""
    demo = start(command="demo", ready=False)
    until(lambda: "Stop with Ctrl-C." in demo.output, "the lines to go on")
    lines = [line for line in demo.output.splitlines() if line.startswith("curl ")]
    assert 4 == len(lines)
    for line, event in zip(lines, EVENTS, strict=False):
        _, _, address, _, header, _, body = shlex.split(line)
        assert address.startswith(f"http://127.0.0.1:{demo.port}/")
        reply = demo.post("/" + address.rpartition("/")[2], header.rpartition(" ")[2], body)
        assert "errors" not in reply.json
        until(lambda told=event: told in demo.output, event)  # type: ignore[misc]
    assert 3 == demo.output.count("accepted 1\n")
    assert "\x1b" not in demo.output

    assert 0 == demo.stop(signal.SIGINT)
    assert [] == processes_on(data_dir)
    assert "Stopped." == demo.output.rstrip().splitlines()[-1]
    assert "Traceback" not in demo.output
