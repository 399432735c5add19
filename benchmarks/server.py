"""A server under measurement: `counterfoil serve` in a scratch data directory, as a person would start it.

Owns starting, seeding by the real commands, asking over HTTP, and what its processes use, from /proc.
Looks into nothing of the product but its database, by an address of its own. Next: sums.py.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple, Self

import psycopg
from psycopg.conninfo import make_conninfo

from benchmarks.orders import Body, Target
from counterfoil.store.embedded import acquire, place, postmaster_pid, roles

ROOT = Path(__file__).resolve().parents[1]
READY_S = 60
STOP_S = 30
TROUBLES_MAX = 20
DECIDED_S = 1800
PATIENCE_S = 600
TRACKER = 402
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_PROGRAM = [sys.executable, "-m", "counterfoil"]


class Answer(NamedTuple):
    """One answer, and the seconds from the connection to its last byte."""

    status: int
    body: bytes
    seconds: float

    @property
    def is_accepted(self) -> bool:
        """Whether it says the ids of accepted orders, and no error."""
        return self.status == 200 and b'"submissionId"' in self.body and b'"errors":[' not in self.body


class Used(NamedTuple):
    """What a server used by role: seconds of CPU, and the peaks of its processes added up, in MB."""

    cpu: dict[str, float]
    peak_mb: dict[str, float]

    @property
    def cpu_s(self) -> float:
        """All of it, the database's too."""
        return sum(self.cpu.values())

    @property
    def server_mb(self) -> float:
        """All processes of ours, without those of PostgreSQL."""
        return sum(size for role, size in self.peak_mb.items() if role != "postgres")


class Server:
    """One data directory, its database, and the processes that work on it from time to time."""

    def __init__(self, folder: Path) -> None:
        """Makes the database in the folder and seeds the demo network; serves nothing yet."""
        # The embedded database may run under another account, which has to pass through.
        folder.chmod(0o711)
        self.data_dir = folder / "data"
        self._log = folder / "server.log"
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        # Our lease keeps the database up between two servers, so that nothing is measured cold by accident.
        self._lease = acquire(self.data_dir, purpose="benchmark")
        self.command("migrate")
        self.seed = json.loads(self.command("seed-demo", "--json"))
        self.token: str = self.seed["tokens"]["advertiser"]
        self.port = free_port()
        self.owner_url = self._lease.urls.owner
        self.admin_url = make_conninfo(
            self.owner_url, user=roles.ADMIN, password=roles.passwords(place.find(self.data_dir)).admin
        )
        self.connection = psycopg.connect(self.owner_url, autocommit=True)

    @property
    def target(self) -> Target:
        """To whom orders go, as of now."""
        when = datetime.now(UTC) - timedelta(seconds=120)
        click = self.seed["publishers"]["b"]["cjevent"]
        return Target(self.seed["enterprise_id"], TRACKER, click, when.replace(microsecond=0))

    def command(self, *words: str) -> str:
        """What a command of ours prints on standard output."""
        return subprocess.run(
            [*_PROGRAM, *words, "--data-dir", str(self.data_dir)],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        ).stdout

    @contextmanager
    def serving(self, *options: str) -> Iterator[Self]:
        """`counterfoil serve` while it is needed; ready when this begins, gone when it ends."""
        with self._started("serve", "--port", str(self.port), *options):
            self._wait_ready()
            yield self

    @contextmanager
    def working(self, processors: int) -> Iterator[Self]:
        """`counterfoil worker` with so many processors."""
        with self._started("worker", "--processors", str(processors)):
            yield self

    @contextmanager
    def _started(self, command: str, *options: str) -> Iterator[None]:
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                [*_PROGRAM, command, "--data-dir", str(self.data_dir), *options],
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._running[command] = process
        try:
            yield
        finally:
            del self._running[command]
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_S)
            finally:
                process.kill()
                process.wait()

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline and self._running["serve"].poll() is None:
            with suppress(OSError):
                if self._ask("GET", "/health/ready", None, {}).status == 200:
                    return
            time.sleep(0.05)
        raise SystemExit(f"The server did not start:\n{self._log.read_text()[-2000:]}")

    def post(self, body: Body | bytes) -> Answer:
        """Sends one request to the Tracking API on a connection of its own."""
        text = body.text if isinstance(body, Body) else body
        kind = "application/json" if text.startswith(b'{"query') else "application/graphql"
        return self._ask("POST", "/graphql", text, {"Content-Type": kind})

    def _ask(self, method: str, path: str, text: bytes | None, headers: Mapping[str, str]) -> Answer:
        return ask(self.port, method, path, text, {"Authorization": f"Bearer {self.token}", **headers})

    def troubles(self) -> list[str]:
        """What its processes had to say that is no ordinary line."""
        lines = self._log.read_text("utf-8", "replace").splitlines() if self._log.exists() else []
        return [line for line in lines if '"level":"info"' not in line][-TROUBLES_MAX:]

    def wait_decided(self) -> float:
        """Returns when nothing accepted waits any more; how many seconds that took."""
        begin = time.monotonic()
        while self.connection.execute("SELECT EXISTS (SELECT FROM intake_pending)").fetchone() == (True,):
            if time.monotonic() - begin > DECIDED_S:
                raise SystemExit("Orders are still undecided after half an hour.")
            time.sleep(0.01)
        return time.monotonic() - begin

    def stored(self) -> int:
        """How many orders the ledger holds, as the roll-up counts them."""
        found = self.connection.execute(
            "SELECT coalesce(sum(originals), 0)::bigint FROM daily_total"
        ).fetchone()
        assert found is not None
        return int(found[0])

    def roles(self) -> dict[int, str]:
        """Every living process of ours, and of the database, with what it is there for."""
        begin = {process.pid: command for command, process in self._running.items()}
        postmaster = postmaster_pid(self.data_dir)
        assert postmaster is not None
        return _family(begin | {postmaster: "postgres"})

    @contextmanager
    def measured(self) -> Iterator[list[Used]]:
        """What is used between begin and end; the list holds it afterwards."""
        found: list[Used] = []
        for pid in self.roles():
            _forget_peak(pid)
        before = self.ticks()
        yield found
        cpu = self.ticks()
        cpu.subtract(before)
        peak: Counter[str] = Counter()
        for pid, role in self.roles().items():
            peak[role] += _peak_kb(pid)
        found.append(
            Used(
                {role: ticks / TICKS_A_SECOND for role, ticks in cpu.items()},
                {role: size / 1024 for role, size in peak.items()},
            )
        )

    def ticks(self) -> Counter[str]:
        """CPU used so far, by role, in ticks of the system's clock."""
        used: Counter[str] = Counter()
        for pid, role in self.roles().items():
            used[role] += _ticks(pid)
        return used

    def close(self) -> None:
        """Lets go of the database, which then stops."""
        self.connection.close()
        self._lease.release()


@contextmanager
def scratch(parent: Path | None = None) -> Iterator[Server]:
    """A server in a folder of its own on a disk, which is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="counterfoil-bench-", dir=parent))
    try:
        server = Server(folder)
        try:
            yield server
        finally:
            server.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def ask(port: int, method: str, path: str, text: bytes | None, headers: Mapping[str, str]) -> Answer:
    """One request on a connection of its own to a server on loopback."""
    begin = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request(method, path, text, dict(headers))
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    return Answer(response.status, body, time.perf_counter() - begin)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("COUNTERFOIL_")}


def free_port() -> int:
    """A port on loopback that nobody uses now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


# ── /proc ────────────────────────────────────────────────────────────────────────────────────────────


def _family(begin: Mapping[int, str]) -> dict[int, str]:
    """These processes and all below them; one without a name of its own has its parent's role."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parents[int(entry.name)] = int(_stat(int(entry.name))[1])
    found = dict(begin)
    grown = True
    while grown:
        below = {pid: found[up] for pid, up in parents.items() if up in found and pid not in found}
        found |= {pid: _named(pid) or role for pid, role in below.items()}
        grown = bool(below)
    return found


def _named(pid: int) -> str:
    """What a child of ours says it is: the word after its module."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except OSError:
        return ""
    return words[words.index("counterfoil.child") + 1] if "counterfoil.child" in words[:-1] else ""


def _stat(pid: int) -> list[str]:
    # The second field is the name in brackets, which may hold anything.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _ticks(pid: int) -> int:
    """CPU of a process and of its children that have ended."""
    try:
        return sum(map(int, _stat(pid)[11:15]))
    except OSError:
        return 0


def cpu_s(pid: int) -> float:
    """Seconds of CPU that a process has used so far."""
    return _ticks(pid) / TICKS_A_SECOND


def _forget_peak(pid: int) -> None:
    # Only possible for processes of ours; otherwise the peak is that of its whole life, which is no less.
    with suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def _peak_kb(pid: int) -> int:
    """The highest memory of a process, less what it shares with others beyond its own portion."""
    try:
        told = Path(f"/proc/{pid}/status").read_text()
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return _kb(told, "VmHWM") - (_kb(rollup, "Rss") - _kb(rollup, "Pss"))


def _kb(told: str, name: str) -> int:
    return next((int(line.split()[1]) for line in told.splitlines() if line.startswith(f"{name}:")), 0)


def machine() -> dict[str, Any]:
    """What a figure has to be read with."""
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        "unknown",
    )
    memory = next(line.split()[1] for line in Path("/proc/meminfo").read_text().splitlines())
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_gb": round(int(memory) / 1024 / 1024),
        "load_at_start": os.getloadavg()[0],
        "python": sys.version.split()[0],
    }
