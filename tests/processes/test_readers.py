"""Readers as processes: one that dies costs its own request alone, and is started again."""

from __future__ import annotations

from http.client import RemoteDisconnected
from pathlib import Path
from typing import Any

import pytest

from tests.processes.book import Book
from tests.processes.conftest import StartServer
from tests.processes.documents import create
from tests.processes.running_server import RunningServer, kill, until

ORDERS = 600
"""Enough for a request that a reader has."""


def _large(seeded: dict[str, Any], name: str) -> str:
    return create(seeded, *[f"{name}-{n}" for n in range(ORDERS)])


def _kept(data_dir: Path, name: str) -> int:
    with Book(data_dir) as book:
        return int(book.ask("SELECT count(*) FROM intake_log WHERE order_id LIKE %s", f"{name}-%")[0][0])


def _another_reader_than(server: RunningServer, pid: int) -> bool:
    reader = server.child("reader")
    return reader is not None and reader.pid != pid


@pytest.mark.parametrize(
    ("crashpoint", "kept"), [("reader.taken", 0), ("intake.committed_unanswered", ORDERS)]
)
def test_a_reader_that_dies_leaves_its_caller_in_doubt(
    start: StartServer, data_dir: Path, seeded: dict[str, Any], crashpoint: str, kept: int
) -> None:
    """No answer, before the commit as after it (C7); the API process goes on, another reader is started."""
    server = start(crashpoint=crashpoint)
    token = seeded["tokens"]["advertiser"]
    api, reader = server.child("api"), server.child("reader")
    assert reader is not None

    with pytest.raises((ConnectionError, RemoteDisconnected)):
        server.post("/graphql", token, _large(seeded, "DOUBT"))
    small = server.post("/graphql", token, "{ getBuildNumber }")

    assert (200, api) == (small.status, server.child("api"))
    until(lambda: _another_reader_than(server, reader.pid), "another reader")
    assert kept == _kept(data_dir, "DOUBT")


def test_requests_wait_for_a_reader_that_is_started_again(
    start: StartServer, data_dir: Path, seeded: dict[str, Any]
) -> None:
    """SIGKILL of an idle reader: the next large request is taken by its successor, and kept once."""
    server = start()
    reader = server.child("reader")
    assert reader is not None
    for n in range(2):
        kill(reader)
        reply = server.post("/graphql", seeded["tokens"]["advertiser"], _large(seeded, f"NEXT{n}"))
        assert ORDERS == len(reply.submission_ids)
        reader = server.child("reader")
        assert reader is not None
    assert [ORDERS] * 2 == [_kept(data_dir, f"NEXT{n}") for n in range(2)]
