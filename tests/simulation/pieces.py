"""Pieces: long runs over the real store, cut into pieces that each have a database of their own.

Owns the file of finished pieces, so that a run goes on where it stopped, and what is told of one that failed.
Next: __main__.py.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import monotonic, process_time
from typing import Any

from tests.simulation.ground import Ground
from tests.simulation.runs import run, store_world

SIZE_MAX = 150
"""Orders of a request in a long run."""
FAULT_RATE = 0.005
SETTLES = 5

Say = Callable[[str], None]


def piece_seed(seed: int, number: int) -> str:
    """The seed of one piece."""
    return f"{seed}.{number}"


def one_piece(ground: Ground, seed: str, submissions: int, size_max: int = SIZE_MAX) -> dict[str, Any]:
    """Runs a piece; what it did, and where it parted if it did."""
    began, worked = monotonic(), process_time()
    fault = digest = ""
    with (
        ground.database() as urls,
        store_world(urls, seed, size_max=size_max, fault_rate=FAULT_RATE) as world,
    ):
        try:
            digest = run(world, submissions, settles=SETTLES)
        except AssertionError as parted:
            fault = f"seed {seed}, step {world.steps}: {parted}"
        return {
            "seed": seed,
            "steps": world.steps,
            "submissions": world.court.submissions,
            "digest": digest,
            "fault": fault,
            "seconds": round(monotonic() - began, 1),
            "cpu_seconds": round(process_time() - worked, 1),
            "faults_made": world.told,
            "mail": world.mail.told,
            "outcomes": world.court.words,
        }


class Results:
    """The finished pieces, one line each, in a file that survives whoever writes it."""

    def __init__(self, path: Path) -> None:
        """Reads what there is."""
        self.path = path
        lines = path.read_text().splitlines() if path.exists() else []
        self.pieces: list[dict[str, Any]] = [json.loads(line) for line in lines]

    def add(self, piece: dict[str, Any]) -> None:
        """Appends one."""
        self.pieces.append(piece)
        with self.path.open("a") as file:
            file.write(json.dumps(piece) + "\n")

    def summary(self) -> dict[str, Any]:
        """All of them together."""
        faults: Counter[str] = Counter()
        outcomes: Counter[str] = Counter()
        mail: Counter[str] = Counter()
        for piece in self.pieces:
            faults.update(piece["faults_made"])
            outcomes.update(piece["outcomes"])
            mail.update(piece["mail"])
        seconds = sum(piece["seconds"] for piece in self.pieces)
        submissions = sum(piece["submissions"] for piece in self.pieces)
        return {
            "pieces": len(self.pieces),
            "submissions": submissions,
            "steps": sum(piece["steps"] for piece in self.pieces),
            "seconds": round(seconds),
            "submissions_per_second": round(submissions / seconds) if seconds else 0,
            "parted": [piece["fault"] for piece in self.pieces if piece["fault"]],
            "faults_made": dict(faults.most_common()),
            "mail": dict(mail.most_common()),
            "outcomes": dict(outcomes.most_common()),
        }
