"""`counterfoil doctor` on real data directories: beside a server, at rest, and where a start is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from counterfoil.store.embedded import acquire, place, roles
from tests.processes.conftest import StartServer
from tests.processes.running_server import counterfoil, processes_on


def examined(data_dir: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code, and the checks by name; of two with one name the last."""
    ran = counterfoil("doctor", "--json", "--data-dir", data_dir, *words)
    assert "Traceback" not in ran.stderr
    told = json.loads(ran.stdout)
    assert told["is_healthy"] == (ran.returncode == 0)
    return ran.returncode, {check["name"]: check for check in told["checks"]}


def test_without_a_server(data_dir: Path) -> None:
    """All is well on a directory at rest, and nothing runs on afterwards; each check has its line."""
    code, checks = examined(data_dir)
    assert (0, {"ok"}) == (code, {check["state"] for check in checks.values()})
    assert "Nothing else runs" in checks["processes"]["says"]
    assert [] == processes_on(data_dir)

    ran = counterfoil("doctor", "--settings", "--data-dir", data_dir)
    lines = ran.stdout.splitlines()
    assert all(line.startswith(f"ok    {name}: ") for name, line in zip(checks, lines, strict=False))
    assert f"{len(checks)} checks: 0 failed, 0 with a warning." == lines[len(checks)]
    assert ["port", "8080", "default"] in [line.split() for line in lines]


def test_beside_a_server(start: StartServer, data_dir: Path) -> None:
    """The processes at work are named, and they do not notice."""
    start()
    code, checks = examined(data_dir)

    assert 0 == code
    for purpose in ("serve", "api", "processor"):
        assert f"{purpose} (process " in checks["processes"]["says"]


def test_without_a_database(home: Path) -> None:
    """On a directory with nothing in it the doctor says so, and makes nothing."""
    code, checks = examined(home / "nothing-here")

    assert (1, "fail") == (code, checks["database"]["state"])
    assert "counterfoil serve" in checks["database"]["fix"]
    assert not (home / "nothing-here").exists()


def test_secrets_are_hidden(home: Path) -> None:
    """An address with a password in it is told as given, never shown."""
    url = f"postgresql://shop:secret-word@/shop?host={home}/nowhere"
    ran = counterfoil("doctor", "--settings", "--data-dir", home / "away", database_url=url)

    assert 1 == ran.returncode
    assert "secret-word" not in ran.stdout + ran.stderr
    assert ["database_url", "***", "environment"] in [line.split() for line in ran.stdout.splitlines()]


def test_a_server_that_does_not_flush(data_dir: Path) -> None:
    """Switched off for good by ALTER SYSTEM: the doctor sees it, `serve` and `worker` refuse to start."""
    with acquire(data_dir, purpose="test") as lease:
        words = roles.passwords(place.find(data_dir))
        admin_url = make_conninfo(lease.urls.owner, user=roles.ADMIN, password=words.admin, dbname="postgres")
        with psycopg.connect(admin_url, autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET fsync = off")
            admin.execute("ALTER SYSTEM SET full_page_writes = off")
            admin.execute("SELECT pg_reload_conf()")
        code, checks = examined(data_dir)
        assert (1, "fail", "fail") == (code, checks["fsync"]["state"], checks["full_page_writes"]["state"])
        assert "postgresql.conf" in checks["fsync"]["fix"]

        for command in ("serve", "worker"):
            port = ("--port", "0") if command == "serve" else ()
            ran = counterfoil(command, "--data-dir", data_dir, *port)
            assert 3 == ran.returncode
            assert "error: fsync is off on the database server" in ran.stderr
            assert "fix: Set fsync = on" in ran.stderr
    assert [] == processes_on(data_dir)


def test_a_secret_that_others_may_read(data_dir: Path) -> None:
    """A file of passwords that everyone may read fails, with the command that closes it."""
    (data_dir / "secrets.json").chmod(0o644)
    code, checks = examined(data_dir)

    assert (1, "fail") == (code, checks["folders"]["state"])
    assert f"chmod 600 {data_dir / 'secrets.json'}" in checks["folders"]["fix"]
