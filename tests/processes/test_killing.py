"""Killing: what is left alone ends, what dies is started again, and accepted orders are there, once.

Owns who lives afterwards. Kills at random moments under load are tests/crash/rounds.py.
"""

from __future__ import annotations

import subprocess
import sys
from http.client import HTTPException
from pathlib import Path
from threading import Event, Thread
from typing import Any

from tests.processes.book import Book
from tests.processes.conftest import StartServer
from tests.processes.documents import create
from tests.processes.running_server import (
    READY_S,
    Reply,
    RunningServer,
    environment,
    kill,
    processes_on,
    until,
)


def _assert_each_once(book: Book, accepted: list[str], order_ids: list[str]) -> None:
    """Every accepted submission has one outcome, every order one record, and nothing waits."""
    book.wait_decided()
    assert dict.fromkeys(accepted, 1) == book.outcomes(accepted)
    for order_id in order_ids:
        assert (["posted"], ["original"]) == _kinds(book, order_id)


def _kinds(book: Book, order_id: str) -> tuple[list[str], list[str]]:
    kept = book.kept(order_id)
    return kept.outcomes, [kind for kind, _ in kept.records]


def test_children_end_when_their_supervisor_is_killed(
    start: StartServer, data_dir: Path, seeded: dict[str, Any]
) -> None:
    """SIGKILL of the supervisor: its children and the database end by themselves; the next serve works."""
    server = start()
    accepted = server.post("/graphql", seeded["tokens"]["advertiser"], create(seeded, "ALONE-1"))
    server.kill()
    again = start(ready=False)
    until(lambda: again.is_ready() or not again.is_alive(), "the next server")
    assert again.is_alive(), again.output
    with Book(data_dir) as book:
        _assert_each_once(book, accepted.submission_ids, ["ALONE-1"])

    again.kill()
    until(lambda: processes_on(data_dir) == [], "no process is left")


def test_a_child_that_is_never_told_to_begin_does_nothing(data_dir: Path) -> None:
    """It loads, and ends with its supervisor; a database that does not run is not started for it."""
    ran = subprocess.run(
        [sys.executable, "-m", "counterfoil.child", "processor"],
        env=environment(data_dir=str(data_dir)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=READY_S,
        check=False,
    )

    assert (0, b"", b"") == (ran.returncode, ran.stdout, ran.stderr)
    assert [] == processes_on(data_dir)


class _Client:
    """Sends one order after another, and remembers what it was told."""

    def __init__(self, server: RunningServer, seeded: dict[str, Any], prefix: str) -> None:
        self.replies: list[tuple[str, Reply]] = []
        self.unanswered = 0
        self._server = server
        self._seeded = seeded
        self._prefix = prefix
        self._stop = Event()
        self._thread = Thread(target=self._send)
        self._thread.start()

    def answered(self) -> int:
        return len(self.replies)

    def accepted(self) -> dict[str, str]:
        """Order id and submission id of everything that was accepted."""
        return {name: reply.submission_ids[0] for name, reply in self.replies if reply.status == 200}

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _send(self) -> None:
        n = 0
        while not self._stop.wait(0.01):
            n += 1
            name = f"{self._prefix}-{n}"
            try:
                reply = self._server.post(
                    "/graphql", self._seeded["tokens"]["advertiser"], create(self._seeded, name)
                )
            except (OSError, HTTPException):
                self.unanswered += 1
                continue
            self.replies.append((name, reply))


def test_what_dies_is_started_again(start: StartServer, data_dir: Path, seeded: dict[str, Any]) -> None:
    """A killed processor, API process or database comes back by itself, and orders go on; 504 meanwhile."""
    server = start()
    client = _Client(server, seeded, "AGAIN")
    try:
        for part in ("processor", "api"):
            until(lambda: client.answered() > 0, "answers")
            dead = server.child(part)
            assert dead is not None
            kill(dead)
            until(lambda at=part, old=dead: _is_another(server, at, old), f"another {part}")  # type: ignore[misc]
            _until_answered_anew(client)
        unanswered = client.unanswered
        dead = server.postmaster()
        kill(dead)
        _until_answered_anew(client)
        assert unanswered == client.unanswered, "the API answered all the time while its database was away"
    finally:
        client.stop()

    with Book(data_dir) as book:
        _assert_each_once(book, list(client.accepted().values()), list(client.accepted())[-20:])
        assert [(0,)] == book.ask("SELECT count(*) - count(DISTINCT submission_id) FROM submission_outcome")
    for name, reply in client.replies:
        assert reply.status in (200, 504), (name, reply)
        assert "errors" not in reply.json or reply.status == 504, (name, reply)
    assert "Traceback" not in server.output


def _is_another(server: RunningServer, part: str, old: object) -> bool:
    now = server.child(part)
    return now is not None and now != old


def _until_answered_anew(client: _Client) -> None:
    before = len(client.accepted())
    until(lambda: len(client.accepted()) > before + 2, "new orders are accepted")
