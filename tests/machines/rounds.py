"""Rounds on several machines: clients at two hosts, one fault, and the judgement afterwards.

Owns the hosts, the load and the three faults. The clients, their journal and the judge are those of the crash
tests. Next: test_machines.py for one of each, __main__.py for many.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.crash.clients import Client
from tests.crash.journal import History, Journal, State
from tests.crash.judge import faults_in, violations
from tests.machines.cluster import Pair
from tests.machines.net import Machine, Net
from tests.processes.running_server import PROGRAM, Wire, environment, until

LOAD_S = 1.5
HEALING_S = 60.0
CUT_S = 12
CLIENTS_A_MACHINE = 2


class Host:
    """`counterfoil serve` on a machine, and the way to it."""

    def __init__(self, machine: Machine, folder: Path, settings: dict[str, str]) -> None:
        """Starts it; `wait` returns when it can be used."""
        self.machine = machine
        self.wire = Wire(8080, machine.front)
        self._log = folder / f"{machine.name}.log"
        words = ["serve", "--host", machine.front, "--port", "8080", "--data-dir", str(folder / machine.name)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*machine.inside, str(PROGRAM), *words],
                env=environment(**settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait(self) -> None:
        """Returns when orders can be served."""
        until(self.is_ready, f"ready: {self._log.read_text()}", 45)

    def is_ready(self) -> bool:
        """Whether it says so."""
        try:
            return self.wire.ask("GET", "/health/ready", timeout=5).status == 200
        except OSError:
            return False

    def stop(self) -> None:
        """Asks, and then insists."""
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Field:
    """Two databases and two hosts, clients at both hosts, and their journal."""

    def __init__(self, home: Path, net: Net) -> None:
        """Everything runs when it returns, and the clients have begun."""
        self.net = net
        self.pair = Pair(home, net.machine(), net.machine())
        seeding = net.machine()
        seeded = subprocess.run(
            [*seeding.inside, str(PROGRAM), "seed-demo", "--json", "--data-dir", str(home / "seeding")],
            env=environment(**self.pair.settings), capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert seeded.returncode == 0, seeded.stderr
        self.seeded: dict[str, Any] = json.loads(seeded.stdout)
        self.hosts = [Host(net.machine(), home, self.pair.settings) for _ in range(2)]
        for host in self.hosts:
            host.wait()
        self.journal = Journal(home / f"journal-{seeding.name}")
        self.clients = [
            Client(f"H{n}C{m}", f"{n}-{m}", self.journal, lambda host=host: host.wire, self.seeded)  # type: ignore[misc]
            for n, host in enumerate(self.hosts, start=1)
            for m in range(CLIENTS_A_MACHINE)
        ]
        time.sleep(LOAD_S)

    def faults(self) -> list[str]:
        """Lets the clients finish, waits until all is decided, and judges; empty when every promise holds."""
        done = [client.finish(HEALING_S) for client in self.clients]
        self.journal.close()
        if not all(done):
            return [f"clients that got no answer within {HEALING_S} s: {done}"]
        history = History(self.journal.path)
        assert history.count(State.ACKNOWLEDGED) > 0
        with self.writable() as connection:
            until(
                lambda: connection.execute("SELECT count(*) FROM intake_pending").fetchone() == (0,),
                "decided",
            )

            def ask(statement: str, *values: Any) -> list[tuple[Any, ...]]:
                rows: list[tuple[Any, ...]] = connection.execute(statement.encode(), values).fetchall()
                return rows

            return faults_in(history, ask, prefix="H") + violations(connection)

    def writable(self) -> Any:
        """A connection to the server that is the primary now."""
        for node in (self.pair.standby, self.pair.primary):
            try:
                connection = node.connect(dbname="shop")
            except OSError:
                continue
            if connection.execute("SELECT pg_is_in_recovery()").fetchone() == (False,):
                return connection
            connection.close()
        raise AssertionError("no primary answers")

    def clear(self) -> None:
        """Nothing of it is left."""
        for client in self.clients:
            client.finish(0)
        for host in self.hosts:
            host.stop()
        self.pair.stop()


def cut_off(field: Field) -> list[str]:
    """One machine is cut off in the middle of its transactions: it refuses, the other goes on."""
    cut = field.hosts[0]
    beside = field.clients[CLIENTS_A_MACHINE:]
    before = sum(client.accepted for client in beside)
    field.net.cut(cut.machine)
    time.sleep(CUT_S)
    found = [] if sum(client.accepted for client in beside) > before else ["the other machine stood still"]
    status = cut.wire.ask("GET", "/health/ready", timeout=20).status
    field.net.mend(cut.machine)
    return found + ([] if status == 503 else [f"the machine that was cut off said {status}"]) + field.faults()


def promoted(field: Field) -> list[str]:
    """The primary dies with all its children; the standby takes over."""
    field.pair.primary.kill()
    field.pair.standby.promote()
    at = sum(client.accepted for client in field.clients)
    until(lambda: sum(client.accepted for client in field.clients) > at, "orders accepted again", HEALING_S)
    time.sleep(LOAD_S)
    return field.faults()


def without_standby(field: Field) -> list[str]:
    """The standby is away: nothing is answered as accepted until it is back."""
    field.net.cut(field.pair.standby.machine)
    time.sleep(2)
    at = [client.accepted for client in field.clients]
    time.sleep(4)
    found = [] if at == [client.accepted for client in field.clients] else ["accepted without the standby"]
    field.net.mend(field.pair.standby.machine)
    return found + field.faults()


ROUNDS: dict[str, Callable[[Field], list[str]]] = {
    "cut-off": cut_off,
    "promoted": promoted,
    "without-standby": without_standby,
}


def play(name: str, home: Path) -> list[str]:
    """One round in a folder of its own below `home`; the faults found."""
    folder = Path(tempfile.mkdtemp(prefix="machines-", dir=home))
    folder.chmod(0o711)
    with Net() as net:
        field = Field(folder, net)
        try:
            return ROUNDS[name](field)
        finally:
            field.clear()
