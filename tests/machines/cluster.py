"""A primary and its synchronous standby, each on a machine of its own, from the product's PostgreSQL.

Owns both servers: made, killed, promoted. Loads nothing and judges nothing. Next: test_machines.py.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import Connection
from psycopg.conninfo import make_conninfo

from counterfoil.store.embedded import binaries, place
from counterfoil.store.embedded.account import Account, choose
from tests.machines.net import Machine
from tests.processes.running_server import until

ADMIN, OWNER, SERVER = "admin", "shop_owner", "shop_server"
# What docs/how-to/run-on-several-machines.md asks for, and what keeps a test small.
SETTINGS = """
listen_addresses = '*'
unix_socket_directories = ''
max_connections = 100
shared_buffers = 64MB
wal_level = replica
max_wal_senders = 5
hot_standby = on
synchronous_commit = on
password_encryption = 'scram-sha-256'
wal_receiver_timeout = 5s
wal_sender_timeout = 5s
tcp_keepalives_idle = 3
"""


class Node:
    """One PostgreSQL server in a folder, on a machine."""

    def __init__(
        self, machine: Machine, folder: Path, account: Account, programs: Path, password: str
    ) -> None:
        """Starts nothing yet."""
        self.machine = machine
        self.folder = folder
        self._account = account
        self._programs = programs
        self._password = password

    def make(self) -> None:
        """A new cluster."""
        words = self.folder.with_suffix(".password")
        words.write_text(self._password)
        words.chmod(0o644)
        self.run(
            "initdb", "-U", ADMIN, "--auth=scram-sha-256", f"--pwfile={words}", "-E", "UTF8", "--no-sync"
        )
        with (self.folder / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS)
        everyone = "host all all 10.0.0.0/8 scram-sha-256\nhost replication all 10.0.0.0/8 scram-sha-256\n"
        (self.folder / "pg_hba.conf").write_text(everyone)

    def follow(self, primary: Node) -> None:
        """A copy of the primary that follows it."""
        source = make_conninfo(
            host=primary.machine.back, user=ADMIN, password=self._password, application_name="standby"
        )
        self.run("pg_basebackup", "-d", source, "-R", "-X", "stream", "-c", "fast", "--no-sync")

    def start(self) -> None:
        """Returns when it takes connections."""
        self.run("pg_ctl", "start", "-w", "-s", "-l", f"{self.folder}/server.log")

    def promote(self) -> None:
        """Makes the standby a primary that waits for nobody."""
        with self.connect() as connection:
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = ''")
            connection.execute("SELECT pg_reload_conf()")
        self.run("pg_ctl", "promote", "-w", "-s")

    def kill(self) -> None:
        """SIGKILL to the server and all its children at once."""
        pid = int((self.folder / "postmaster.pid").read_text().splitlines()[0])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        self._account_kill("-9", [str(pid), *children])

    def stop(self) -> None:
        """However it is."""
        self.run("pg_ctl", "stop", "-m", "immediate", "-s", check=False)

    def connect(self, **more: str) -> Connection:
        """As the administrator, by the front line."""
        url = make_conninfo(
            host=self.machine.front, user=ADMIN, password=self._password, connect_timeout=5,
            **{"dbname": "postgres", **more},
        )  # fmt: skip
        return psycopg.connect(url, autocommit=True)

    def run(self, program: str, *words: str, check: bool = True) -> None:
        """One of PostgreSQL's programs, on the machine and under the account."""
        account = self._account
        rights = ["--reuid", str(account.uid), "--regid", str(account.gid), "--clear-groups"]
        switch = ["setpriv", *rights] if account.switches else []
        root = Account("root", 0, 0, switches=False)
        status, said = root.run(
            *self.machine.inside, *switch, self._programs / program, "-D", self.folder, *words
        )
        assert status == 0 or not check, f"{program}: {said}"

    def _account_kill(self, by: str, pids: Sequence[str]) -> None:
        Account("root", 0, 0, switches=False).run("/bin/kill", by, *pids)


class Pair:
    """A primary and a synchronous standby with an empty database, and the addresses by which it is used."""

    def __init__(self, folder: Path, primary: Machine, standby: Machine) -> None:
        """Starts both; returns when the standby follows."""
        here = place.find(folder / "pair")
        place.own(here)
        account = choose(here.cluster, "counterfoil", _nothing)
        place.let_pass(here, account)
        programs = binaries.ready_for(account, here, _nothing)
        self._password = secrets.token_urlsafe(16)
        self.primary, self.standby = (
            Node(machine, self._folder(here.folder / name, account), account, programs, self._password)
            for machine, name in ((primary, "postgresql-one"), (standby, "postgresql-two"))
        )
        self.primary.make()
        self.primary.start()
        with self.primary.connect() as admin:
            for role in (OWNER, SERVER):
                admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{self._password}'".encode())
            admin.execute(f"CREATE DATABASE shop OWNER {OWNER}".encode())
        self.standby.follow(self.primary)
        self.standby.start()
        with self.primary.connect() as admin:
            admin.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
            admin.execute("SELECT pg_reload_conf()")
            until(lambda: self._is_followed(admin), "the standby follows")

    @property
    def settings(self) -> dict[str, str]:
        """What every machine is told: both servers, of which the one that takes writes is meant."""
        return {"database_url": self._url(SERVER), "database_owner_url": self._url(OWNER)}

    def stop(self) -> None:
        """Both, however they are."""
        self.primary.stop()
        self.standby.stop()

    def _url(self, role: str) -> str:
        hosts = f"{self.primary.machine.back},{self.standby.machine.back}"
        return f"postgresql://{role}:{self._password}@{hosts}/shop?target_session_attrs=read-write"

    @staticmethod
    def _is_followed(admin: Connection) -> bool:
        row = admin.execute("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'").fetchone()
        return row == (1,)

    @staticmethod
    def _folder(folder: Path, account: Account) -> Path:
        place.give_folder(folder, account)
        return folder


def _nothing(_sentence: str) -> None:
    pass
