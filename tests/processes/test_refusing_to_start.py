"""Refusing to start: a sentence that says what is wrong, one that says what to do, and exit code 3."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from tests.processes.book import Book
from tests.processes.conftest import StartServer
from tests.processes.running_server import RunningServer, counterfoil, processes_on

WRONG_SETTING = 3


def _refused(data_dir: Path, *words: str, command: str = "serve") -> str:
    """What is said on stderr by a start that is refused."""
    ran = counterfoil(command, "--data-dir", data_dir, *words)
    assert (WRONG_SETTING, "") == (ran.returncode, ran.stdout), ran.stderr
    assert "Traceback" not in ran.stderr
    assert "fix: " in ran.stderr
    return ran.stderr


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_that_is_taken(home: Path, command: str) -> None:
    """The sentence names the port and both ways to choose another; no database was started for it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = _refused(home / "port", "--port", str(port), command=command)

    assert f"error: Port {port} on 127.0.0.1 cannot be used: Address already in use." in said
    assert "--port " in said
    assert "COUNTERFOIL_PORT=" in said
    assert [] == processes_on(home / "port")
    assert not (home / "port" / "postgresql").exists()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--port", "70000"), "70000"),
        (("--host", "no-such-host.invalid"), "no-such-host.invalid"),
        (("--host", "192.0.2.1"), "192.0.2.1"),
    ],
)
def test_an_address_that_cannot_be(home: Path, words: tuple[str, ...], named: str) -> None:
    """A port out of range, a host that has no address, and an address of another machine are named."""
    assert named in _refused(home / "address", *words)


def test_a_data_directory_that_cannot_be(home: Path) -> None:
    """A file where the directory should be is named, not reported as a fault of ours."""
    file = home / "a-file"
    file.write_text("mine")
    for command in ("serve", "migrate"):
        assert str(file) in _refused(file, command=command)
    assert "mine" == file.read_text()


def test_a_data_directory_that_is_in_use(shared: RunningServer) -> None:
    """A second server on the same directory is refused, and the first does not notice."""
    said = _refused(shared.data_dir, "--port", "0")

    assert f"error: Another server runs on the data directory {shared.data_dir}." in said
    assert "--data-dir" in said
    assert 200 == shared.ask("GET", "/health/ready").status


def test_a_schema_that_does_not_fit(data_dir: Path) -> None:
    """A schema newer than the program, and a migration that was changed, are refused."""
    with Book(data_dir) as book, psycopg.connect(book.owner_url, autocommit=True) as owner:
        owner.execute("INSERT INTO schema_migration (number, title, checksum) VALUES (9999, 'Later.', 'x')")
        for command in ("serve", "worker", "demo"):
            said = _refused(data_dir, command=command)
            assert "error: The database has migration 9999" in said
            assert "newer" in said

        owner.execute("DELETE FROM schema_migration WHERE number = 9999")
        owner.execute("UPDATE schema_migration SET checksum = 'changed' WHERE number = 1")
        said = _refused(data_dir)
        assert "error: Migration 1 was changed after it had been applied." in said
    assert [] == processes_on(data_dir)


def test_two_that_start_together(home: Path) -> None:
    """Two `migrate` on a new directory at once: both succeed, and each step was applied by one of them."""
    data_dir = home / "together"
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: counterfoil("migrate", "--data-dir", data_dir), range(2)))

    assert [0, 0] == [ran.returncode for ran in both], [ran.stderr for ran in both]
    applied = sorted(line for ran in both for line in ran.stdout.splitlines())
    with Book(data_dir) as book, psycopg.connect(book.owner_url) as owner:
        rows = owner.execute("SELECT number, title FROM schema_migration ORDER BY number").fetchall()
    assert [f"{number:04} {title}" for number, title in rows] == applied
    assert [] == processes_on(data_dir)


def test_a_server_that_serves_while_others_migrate(start: StartServer, data_dir: Path) -> None:
    """`migrate` beside a running server does nothing, says so, and disturbs nobody."""
    server = start()
    ran = counterfoil("migrate", "--data-dir", data_dir)

    assert (0, "") == (ran.returncode, ran.stdout)
    assert "Nothing to do" in ran.stderr
    assert 200 == server.ask("GET", "/health/ready").status
