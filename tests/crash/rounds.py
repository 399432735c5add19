"""Rounds: load, a fault at a random moment, mending, and the judge; one seed is one round.

Owns the schedule of a round and what it tells. The same seed and the same kinds give the same schedule. Next:
clients.py, faults.py, judge.py, in that order.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from counterfoil.store.connection import connect
from tests.crash.clients import Client
from tests.crash.faults import FAULTS, Cannot, Fault
from tests.crash.ground import Ground, is_on_another_disk
from tests.crash.journal import History, Journal, State
from tests.crash.judge import faults_in, violations
from tests.processes.book import Book
from tests.processes.running_server import until

CLIENTS = 4
HEALED_S = 30.0
"""After a fault, new orders are accepted from every client within this time, or the round is lost."""
HEALED_PROMISED_S = 5.0
"""What is promised on an idle machine; a round that takes longer is counted, not lost."""
AFTERWARDS_S = 0.2


class Told(NamedTuple):
    """What one round found; `found` is empty where every promise held."""

    seed: int
    kind: str
    found: list[str]
    acknowledged: int = 0
    refused: int = 0
    unknown: int = 0
    healed_s: float = 0.0
    longest_answer_s: float = 0.0
    skipped: str = ""


def drawn(seed: int, kinds: Sequence[str]) -> Fault:
    """The fault of a round's seed."""
    return FAULTS[Random(f"kind {seed}").choice(list(kinds))]


def fresh(fault: Fault) -> Ground:
    """A ground on which this fault can be made."""
    return Ground(fault.disk, behind_proxies=fault.behind_proxies, processors="2", workers="2")


def fits(ground: Ground, fault: Fault) -> bool:
    """Whether the ground of another round serves."""
    return ground.disk is fault.disk and (ground.to_api is not None) is fault.behind_proxies


def play(ground: Ground, fault: Fault, seed: int) -> Told:
    """One round on a ground that is in order."""
    random = Random(f"round {seed}")
    with tempfile.TemporaryDirectory(prefix="counterfoil-journal-", dir=_journals()) as folder:
        journal = Journal(Path(folder) / "journal.jsonl")
        assert is_on_another_disk(journal.path, ground.mounted), "the journal lies where the fault strikes"
        prefix = f"{fault.name}-{seed}-{time.time_ns() % 10**6}-"
        clients = [
            Client(f"{prefix}{n}", f"client {seed} {n}", journal, lambda: ground.wire, ground.seeded)
            for n in range(CLIENTS)
        ]
        found: list[str] = []
        healed_s, skipped = 0.0, ""
        try:
            until(
                lambda: all(client.accepted for client in clients), "every client was accepted once", HEALED_S
            )
            time.sleep(random.uniform(0, 0.4))
            ground.mended_at = time.monotonic()
            fault.strike(ground, random)
            _heal(clients)
            healed_s = time.monotonic() - ground.mended_at
            time.sleep(AFTERWARDS_S)
        except Cannot as reason:
            skipped = str(reason)
        except AssertionError as lost:
            found.append(f"{lost}\n{ground.server.output[-2000:]}")
        finally:
            finished = [client.finish(HEALED_S) for client in clients]
            journal.close()
        if not all(finished):
            found.append("a client was not answered in the end")
        history = History(journal.path)
    found += judged(ground, history, prefix, fault.copies)
    return Told(
        seed,
        fault.name,
        found,
        history.count(State.ACKNOWLEDGED),
        history.count(State.REFUSED),
        history.count(State.UNKNOWN),
        round(healed_s, 2),
        max(attempt.took_s for attempt in history.attempts),
        skipped,
    )


def judged(ground: Ground, history: History, prefix: str, copies: int) -> list[str]:
    """What the judge and `ledger verify` say, once everything is decided."""
    with Book(ground.data_dir) as book:
        try:
            book.wait_decided()
        except AssertionError as lost:
            return [f"{lost}\n{ground.server.output[-2000:]}"]
        found = faults_in(history, book.ask, prefix=prefix, copies=copies)
        with connect(book.server_url, name="verify", autocommit=True) as connection:
            found += violations(connection)
    if "Traceback" in ground.server.output:
        found.append(f"the server told a traceback:\n{ground.server.output[-3000:]}")
    return found


def command(told: Told) -> str:
    """The line that plays a round again."""
    return f"python -m tests.crash --rounds 1 --seed {told.seed} --kinds {told.kind}"


def _heal(clients: Sequence[Client]) -> None:
    before = [client.accepted for client in clients]
    # The first answer may have been under way when the fault struck.
    until(
        lambda: all(client.accepted > then + 1 for client, then in zip(clients, before, strict=True)),
        "every client is accepted again",
        HEALED_S,
    )


def _journals() -> Path | None:
    memory = Path("/dev/shm")  # noqa: S108 - another disk than any that is broken
    return memory if memory.exists() else None
