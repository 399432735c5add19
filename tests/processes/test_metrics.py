"""Metrics of a running server: whichever process is asked answers for all, before and after a death."""

from __future__ import annotations

from typing import Any

from tests.processes.conftest import StartServer
from tests.processes.documents import create
from tests.processes.running_server import RunningServer, kill, until


def counted(server: RunningServer, series: str) -> float:
    """The value of one series, 0 where nothing counted yet."""
    page = server.ask("GET", "/metrics").body.decode()
    found = [line.rpartition(" ")[2] for line in page.splitlines() if line.startswith(f"{series} ")]
    return float(found[0]) if found else 0.0


def test_all_processes_count_together(start: StartServer, seeded: dict[str, Any]) -> None:
    """Two API processes and a processor: each answer tells of all; a killed one's counts stay."""
    accepted = 'counterfoil_submissions_total{endpoint="graphql",outcome="accepted"}'
    posted = 'counterfoil_submissions_total{endpoint="graphql",outcome="posted"}'
    server = start("--workers", "2")
    for n in range(10):
        server.post("/graphql", seeded["tokens"]["advertiser"], create(seeded, f"MET-{n}"))
    until(lambda: counted(server, posted) == 10, "ten orders counted as posted")
    assert {10.0} == {counted(server, accepted) for _ in range(8)}
    assert 0 < counted(server, "counterfoil_processing_seconds_count") <= 10

    process = server.child("api")
    assert process is not None
    kill(process)
    until(lambda: (again := server.child("api")) is not None and again.pid != process.pid, "another process")
    server.wait_ready()
    assert {10.0} == {counted(server, accepted) for _ in range(8)}
