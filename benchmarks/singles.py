"""Part c: one-order requests from 64 connections, alone and beside back-to-back bulks.

Owns the runs and what is said of them; the client is load.py, in a process of its own. Next: latency.py.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks import limits, load, orders
from benchmarks.figures import Part, Target, lines_of
from benchmarks.orders import NAME_LETTERS, Body, Order

CONNECTIONS = 64
RUNS = 3
BULKS = 12
A_SECOND = Target(4_000, is_least=True)
P99_MS, BESIDE_MS = Target(40), Target(100)


def measure(part: Part, made: Sequence[Order], *, is_full: bool) -> float:
    """Requests a second and their times, beside bare commits; answers the median of the rates."""
    seconds = 10.0 if is_full else 2.5
    with bodies_of(made) as bodies:
        # The first requests of a process find nothing prepared.
        bodies.sent(part, seconds=0.5)
        runs = [bodies.sent(part, seconds=seconds) for _ in range(RUNS)]
    lost = sum(run.lost for run in runs)
    note = f"{lost} lost" if lost else ""
    rate = part.found(
        "one-order requests a second", [run.accepted_a_second for run in runs], "/s", A_SECOND, note
    )
    part.found("one-order requests: p50", [run.p50 for run in runs], "ms")
    part.found("one-order requests: p99", [run.p99 for run in runs], "ms", P99_MS)
    part.found("one-order requests: CPU of the client", [run.cpu_s / run.seconds for run in runs], "cores")
    part.server.wait_decided()
    commits = part.found(
        "bare commits a second, one after the other", limits.commits(part.server.admin_url), "/s"
    )
    part.found("one-order requests for each bare commit", rate / commits, "×")
    return rate


def beside_bulks(part: Part, made: Sequence[Order], *, is_full: bool) -> None:
    """Singles while 10,000-order requests arrive one after the other on a connection of their own."""
    seconds = 10.0 if is_full else 2.5
    whole = orders.literals(made)
    with bodies_of(made) as bodies, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bulks"
        fresh = [part.new_name() for _ in range(BULKS)]
        with file.open("wb") as out:
            for name in fresh:
                out.write(whole.renamed(name).text + b"\n")
        bulks = load.Beside(bodies.plan(part, connections=1, seconds=seconds)._replace(bodies=str(file)))
        run = bodies.sent(part, seconds=seconds)
        heavy = bulks.outcome()
    if heavy.lost or heavy.accepted != heavy.sent:
        part.fault(f"bulks: {heavy.answers}, {heavy.lost} lost")
    for name in fresh[: heavy.accepted]:
        part.accepted(name, whole.sums)
    note = f"beside {heavy.accepted} bulks of 10,000 literals"
    part.found("singles beside bulks: p99", run.p99, "ms", BESIDE_MS, note)
    part.found("singles beside bulks: requests a second", run.accepted_a_second, "/s")
    part.found("bulks beside singles: p50", heavy.p50 / 1000, "s")


class Bodies:
    """A file of one-order requests that is sent again and again, under new ids each time."""

    def __init__(self, made: Sequence[Order], file: Path) -> None:
        self._made = made
        self._file = file
        self._name = "N" * NAME_LETTERS
        file.write_bytes(lines_of(made, self._name))

    def plan(
        self, part: Part, *, connections: int = CONNECTIONS, seconds: float, rate: float = 0
    ) -> load.Plan:
        """A plan of load.py for this server."""
        return load.Plan(
            port=part.server.port,
            token=part.server.token,
            connections=connections,
            seconds=seconds,
            rate=rate,
            bodies=str(self._file),
        )

    def fresh(self, part: Part) -> str:
        """Puts new ids into the file; answers their name."""
        name = part.new_name()
        told = Body(self._name, self._file.read_bytes(), orders.sums_of(()))
        self._file.write_bytes(told.renamed(name).text)
        self._name = name
        return name

    def sent(self, part: Part, *, seconds: float, rate: float = 0) -> load.Outcome:
        """Sends for so long; what was accepted has to be found."""
        name = self.fresh(part)
        run = load.run(self.plan(part, seconds=seconds, rate=rate))
        self.settle(part, name, run)
        return run

    def settle(self, part: Part, name: str, run: load.Outcome) -> None:
        """Notes what has to be found: requests are sent in order, so it is the first so many."""
        if run.lost or run.accepted != run.sent:
            part.fault(f"singles: {run.answers}, {run.lost} lost")
        part.accepted(name, orders.sums_of(self._made[: run.accepted]))


@contextmanager
def bodies_of(made: Sequence[Order]) -> Iterator[Bodies]:
    """The file, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        yield Bodies(made, Path(folder) / "bodies")
