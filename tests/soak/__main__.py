"""`python -m tests.soak`: a mixed load at a steady rate for hours, and whether anything grows (R14).

Owns the server, the samples and the file of results. The load stands in load.py, the judging in verdict.py.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event
from time import monotonic, sleep
from typing import Any

from tests.processes.running_server import RunningServer, counterfoil, processes_on
from tests.soak.load import Client
from tests.soak.verdict import Sample, verdict

FOLDER = Path("build/soak")
GIVING_UP_S = 20.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Answers 1 where something grew, a process ended, or the ledger violates an invariant."""
    given = _parsed(arguments)
    home = Path(tempfile.mkdtemp(prefix="counterfoil-soak-", dir=given.on))
    home.chmod(0o711)
    data_dir = home / "data"
    seeded = counterfoil("seed-demo", "--json", "--data-dir", data_dir)
    if seeded.returncode:
        sys.stderr.write(seeded.stderr)
        return 2
    server = RunningServer(data_dir, *given.serve.split())
    try:
        server.wait_ready()
        told = _soaked(server, json.loads(seeded.stdout), given)
        server.stop(patience_s=60)
        verified = counterfoil("ledger", "verify", "--data-dir", data_dir)
        if verified.returncode:
            told["verdict"] = "failed"
            told["faults"] = [*told["faults"], f"ledger verify: {verified.stdout[-500:]}"]
    finally:
        server.clear()
        shutil.rmtree(home, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"seed-{given.seed}.json"
    file.write_text(json.dumps(told, indent=2) + "\n")
    sys.stdout.write(json.dumps(told, indent=2) + f"\nKept in {file}.\n")
    return 1 if told["verdict"] == "failed" else 0


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="Load a server for hours.")
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--rate", type=float, default=60, help="requests a second, of all clients")
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1, help="of the load")
    parser.add_argument("--every", type=float, default=10, help="seconds between two samples")
    parser.add_argument("--on", type=Path, help="the folder whose disk is used")
    parser.add_argument("--serve", default="", help="more options of `counterfoil serve`")
    return parser.parse_args(arguments)


def _soaked(server: RunningServer, seeded: dict[str, Any], given: argparse.Namespace) -> dict[str, Any]:
    stop = Event()
    clients = [
        Client(server.port, seeded, given.rate / given.clients, given.seed * 1000 + n, stop)
        for n in range(given.clients)
    ]
    for client in clients:
        client.start()
    begin = monotonic()
    samples: list[Sample] = []
    while monotonic() - begin < 60 * given.minutes and server.is_alive():
        sleep(given.every)
        samples.append(sampled(server, monotonic() - begin, sum(client.submissions for client in clients)))
    stop.set()
    for client in clients:
        client.join(GIVING_UP_S)
    answers: Counter[str] = sum((client.answers for client in clients), Counter())
    return {**verdict(samples), "requests": answers.total(), "answers": dict(sorted(answers.items()))}


def sampled(server: RunningServer, at_s: float, submissions: int) -> Sample:
    """One look at every process on the data directory, at its backlog and its disk."""
    pids: dict[str, list[int]] = {}
    memory: Counter[str] = Counter()
    files: Counter[str] = Counter()
    for process in processes_on(server.data_dir):
        role = _role(process.command)
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
            opened = sum(1 for _ in Path(f"/proc/{process.pid}/fd").iterdir())
        except OSError:
            continue
        if "RssAnon:" not in status:
            # It ended between the two looks, and has no memory any more.
            continue
        # Shared memory is the database's own cache, and as large as it was configured.
        memory[role] += int(status.partition("RssAnon:")[2].split()[0]) * 1024
        files[role] += opened
        pids.setdefault(role, []).append(process.pid)
    return Sample(
        at_s,
        {role: sorted(found) for role, found in pids.items()},
        dict(memory),
        dict(files),
        _backlog(server),
        _size(server.data_dir),
        submissions,
    )


def _role(command: str) -> str:
    if "postgres" in command.partition(" ")[0]:
        return "database"
    return command.partition("counterfoil.child ")[2].partition(" ")[0] or "supervisor"


def _backlog(server: RunningServer) -> int:
    page = server.ask("GET", "/metrics").body.decode()
    lines = [line for line in page.splitlines() if line.startswith("counterfoil_pending ")]
    return int(float(lines[0].split()[1])) if lines else 0


def _size(folder: Path) -> int:
    """Bytes of all files; the database makes and removes some while they are counted."""
    size = 0
    for file in folder.rglob("*"):
        with suppress(OSError):
            size += file.lstat().st_size
    return size


if __name__ == "__main__":
    raise SystemExit(main())
