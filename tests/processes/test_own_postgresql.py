"""An own PostgreSQL: the oldest version that is promised, started by the test, with two roles."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

from tests.processes.documents import create
from tests.processes.running_server import RunningServer, counterfoil, processes_on, until

PROGRAMS = Path("/usr/lib/postgresql/15/bin")


class Urls(NamedTuple):
    """Where the database is, for the role that serves and for its owner."""

    server: str
    owner: str

    @property
    def settings(self) -> dict[str, str]:
        """As settings of both roles."""
        return {"database_url": self.server, "database_owner_url": self.owner}


@pytest.fixture(scope="module")
def own(home: Path) -> Iterator[Urls]:
    """A PostgreSQL 15 of the operator's own, with an owner and a serving role."""
    if not (PROGRAMS / "initdb").exists():
        pytest.skip(f"PostgreSQL 15 is not installed in {PROGRAMS}")
    folder = home / "own"
    folder.mkdir()
    account = _account()
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)

    def run(program: str, *words: str) -> None:
        subprocess.run(
            [PROGRAMS / program, "-D", folder / "cluster", *words],
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            cwd="/",
            check=True,
            stdout=subprocess.DEVNULL,
        )

    run("initdb", "-U", "admin", "--auth=trust", "-E", "UTF8", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c shared_buffers=16MB"
    run("pg_ctl", "start", "-w", "-s", "-o", options, "-l", str(folder / "log"))
    try:
        with psycopg.connect(f"host={folder} user=admin dbname=postgres", autocommit=True) as admin:
            admin.execute("CREATE ROLE shop_owner LOGIN")
            admin.execute("CREATE ROLE shop_server LOGIN")
            admin.execute("CREATE DATABASE shop OWNER shop_owner")
            admin.execute("CREATE DATABASE empty OWNER shop_owner")
        where = f"host={folder} dbname=shop user="
        yield Urls(server=f"{where}shop_server", owner=f"{where}shop_owner")
    finally:
        run("pg_ctl", "stop", "-w", "-s", "-m", "immediate")


@pytest.fixture
def empty(own: Urls) -> Urls:
    """Another database of the same server, in which nothing was made yet."""
    return Urls(*(url.replace("dbname=shop", "dbname=empty") for url in own))


def _account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root, so root borrows an account; anyone else runs it as themselves."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def test_an_own_database_serves(own: Urls, home: Path) -> None:
    """With both addresses set: migrated by the owner, served by the other role, and an order posted."""
    data_dir = home / "beside-own"
    here = ("--data-dir", data_dir)
    first = counterfoil("migrate", *here, **own.settings)
    assert first.returncode == 0, first.stderr
    seeded = counterfoil("seed-demo", "--json", *here, **own.settings)
    assert seeded.returncode == 0, seeded.stderr

    server = RunningServer(data_dir, **own.settings)
    try:
        server.wait_ready()
        _assert_posts(server, own, _json(seeded.stdout), "OWN-1")
        assert 0 == server.stop()
    finally:
        server.clear()
    assert not (data_dir / "postgresql").exists()


def test_a_machine_without_the_owner_s_address_serves(own: Urls, home: Path) -> None:
    """A server, or a worker, that knows the serving role alone runs on a schema that is up to date."""
    data_dir = home / "without-owner"
    seeded = counterfoil("seed-demo", "--json", "--data-dir", home / "owner", **own.settings)
    assert seeded.returncode == 0, seeded.stderr
    server = RunningServer(data_dir, database_url=own.server)
    try:
        server.wait_ready()
        _assert_posts(server, own, _json(seeded.stdout), "OWN-2")
        assert 0 == server.stop()
    finally:
        server.clear()
    assert [] == processes_on(data_dir)


def test_a_machine_without_the_owner_s_address_does_not_migrate(empty: Urls, home: Path) -> None:
    """On a database without our tables it says who has to make them, and how."""
    ran = counterfoil("serve", "--data-dir", home / "too-early", database_url=empty.server)

    assert 3 == ran.returncode
    assert "error: The database's role may not migrate" in ran.stderr
    assert "COUNTERFOIL_DATABASE_OWNER_URL" in ran.stderr


def test_an_own_database_that_is_away(home: Path) -> None:
    """An address at which nobody answers is exit code 3 and two sentences, without the password."""
    away = f"postgresql://shop:secret-word@/shop?host={home}/nowhere"
    ran = counterfoil("serve", "--data-dir", home / "away", database_url=away)

    assert 3 == ran.returncode
    assert "error: The database cannot be reached" in ran.stderr
    assert "COUNTERFOIL_DATABASE_URL" in ran.stderr
    assert "secret-word" not in ran.stderr


def _json(text: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(text)
    return told


def _assert_posts(server: RunningServer, own: Urls, seeded: dict[str, Any], order_id: str) -> None:
    accepted = server.post(
        "/graphql", seeded["tokens"]["advertiser"], create(seeded, order_id)
    ).submission_ids
    assert 1 == len(accepted)
    with psycopg.connect(own.owner, autocommit=True) as owner:
        question = "SELECT outcome FROM submission_outcome WHERE submission_id = %s"
        until(
            lambda: owner.execute(question, accepted).fetchall() == [("posted",)], f"posted\n{server.output}"
        )
