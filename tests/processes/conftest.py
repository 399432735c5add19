"""Fixtures: data directories with the demo network in them, and servers that nobody has to clean up after.

Owns one seeded directory for a test process; each test works on a copy, or on a server that several share.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.processes.running_server import RunningServer, counterfoil

_numbers = count(1)
StartServer = Callable[..., RunningServer]


class Seeded(NamedTuple):
    """A stopped data directory that holds the demo network, and what `seed-demo --json` said of it."""

    data_dir: Path
    told: dict[str, Any]


@pytest.fixture(scope="session", autouse=True)
def _needs_proc() -> None:
    if not Path("/proc/self/environ").exists():
        pytest.skip("processes are found by /proc, which this system does not have")


@pytest.fixture(scope="session")
def seeded_directory(home: Path) -> Seeded:
    """The demo network, seeded once by the command a person would type."""
    data_dir = home / "seeded"
    seeded = counterfoil("seed-demo", "--json", "--data-dir", data_dir)
    assert seeded.returncode == 0, seeded.stderr
    return Seeded(data_dir, json.loads(seeded.stdout))


@pytest.fixture(scope="session")
def seeded(seeded_directory: Seeded) -> dict[str, Any]:
    """Ids, tokens and clicks of the demo network."""
    return seeded_directory.told


@pytest.fixture(scope="session")
def new_copy(seeded_directory: Seeded, home: Path) -> Callable[[], Path]:
    """Makes data directories that hold the demo network."""

    def copy() -> Path:
        folder = home / f"copy-{next(_numbers)}"
        # `cp` keeps the owners: as root the database's files belong to an account of their own.
        subprocess.run(["/bin/cp", "-a", str(seeded_directory.data_dir), str(folder)], check=True)
        return folder

    return copy


@pytest.fixture
def data_dir(new_copy: Callable[[], Path]) -> Path:
    """A data directory of the test's own, with the demo network in it."""
    return new_copy()


@pytest.fixture
def start(data_dir: Path) -> Iterator[StartServer]:
    """Starts a server on the test's data directory, ready to serve."""
    started: list[RunningServer] = []

    def begin(
        *options: str, ready: bool = True, on: Path | None = None, command: str = "serve", **settings: str
    ) -> RunningServer:
        server = RunningServer(on or data_dir, *options, command=command, **settings)
        started.append(server)
        if ready:
            server.wait_ready()
        return server

    yield begin
    for server in started:
        server.clear()


@pytest.fixture(scope="session")
def shared(new_copy: Callable[[], Path]) -> Iterator[RunningServer]:
    """A server for tests that leave it as it is: they may send orders with ids of their own."""
    server = RunningServer(new_copy())
    try:
        server.wait_ready()
        yield server
    finally:
        server.clear()
