"""The worker: processors of their own, beside a server that has none."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.processes.book import Book
from tests.processes.conftest import StartServer
from tests.processes.documents import create
from tests.processes.running_server import kill, processes_on, until


def test_a_worker_alone_posts_what_a_server_accepts(
    start: StartServer, data_dir: Path, seeded: dict[str, Any]
) -> None:
    """Without processors a server only accepts; a worker beside it posts; either may end first."""
    token = seeded["tokens"]["advertiser"]
    server = start("--processors", "0")
    accepted = server.post("/graphql", token, create(seeded, "WORK-1")).submission_ids
    with Book(data_dir) as book:
        assert 1 == book.undecided()
        worker = start("--processors", "2", command="worker", ready=False)
        book.wait_decided()
        assert {accepted[0]: 1} == book.outcomes(accepted)

        dead = worker.child("processor")
        assert dead is not None
        kill(dead)
        accepted += server.post("/graphql", token, create(seeded, "WORK-2")).submission_ids
        book.wait_decided()
        assert dict.fromkeys(accepted, 1) == book.outcomes(accepted)

    assert 0 == server.stop()
    assert worker.child("processor") is not None
    assert 0 == worker.stop()
    assert [] == processes_on(data_dir)


def test_a_start_notes_the_settings_of_deciding(start: StartServer, data_dir: Path) -> None:
    """They have a place in the log before anything is accepted; the same ones again take none."""
    asked = "SELECT rejects_stale_changes, items_max FROM deciding_options ORDER BY position"
    with Book(data_dir) as book:
        assert 0 == start().stop()
        assert [(False, 100)] == book.ask(asked)
        assert 0 == start(update_time_behind="reject").stop()
        assert 0 == start(update_time_behind="reject").stop()
        assert [(False, 100), (True, 100)] == book.ask(asked)


@pytest.mark.parametrize(("niceness", "given"), [(5, {}), (0, {"processor_niceness": "0"})])
def test_processors_stand_back(start: StartServer, niceness: int, given: dict[str, str]) -> None:
    """A processor has a lower priority than an API process: by five, or by what the setting says."""
    server = start(**given)
    api, processor = server.child("api"), server.child("processor")
    assert api is not None
    assert processor is not None

    until(lambda: niceness == os.getpriority(os.PRIO_PROCESS, processor.pid), f"niceness {niceness}")
    assert 0 == os.getpriority(os.PRIO_PROCESS, api.pid)
    assert 0 == server.stop()
