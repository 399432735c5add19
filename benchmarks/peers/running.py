"""Running a peer: uvicorn with its fast parser and loop, one process, on loopback.

Owns starting and stopping. Next: one_request.py, which asks peers and product alike.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from benchmarks import server
from benchmarks.peers.keeping import URL

PEERS = {"graphql-core": "graphql_core", "strawberry": "strawberry_app"}
READY_S = 60


class Peer(NamedTuple):
    """A peer that runs."""

    name: str
    port: int
    pid: int


def is_installed(peer: str) -> bool:
    """Whether what it is made of is there; strawberry comes with `pip install -r requirements/bench.txt`."""
    return importlib.util.find_spec(peer.replace("-core", "")) is not None


@contextmanager
def running(peer: str, url: str) -> Iterator[Peer]:
    """A peer that is ready."""
    port = server.free_port()
    process = subprocess.Popen(
        [
            sys.executable, "-m", "uvicorn", f"benchmarks.peers.{PEERS[peer]}:app",
            "--port", str(port), "--loop", "uvloop", "--http", "httptools", "--lifespan", "off",
            "--no-access-log", "--log-level", "warning",
        ],
        env={**os.environ, URL: url},
        cwd=server.ROOT,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_ready(port, process)
        yield Peer(peer, port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(10)
        finally:
            process.kill()
            process.wait()


def _wait_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_S
    asked = b'{"query": "{ __typename }"}'
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError):
            if server.ask(port, "POST", "/", asked, {"Content-Type": "application/json"}).status == 200:
                return
        time.sleep(0.05)
    raise SystemExit("A peer did not start.")
