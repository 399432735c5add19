"""Fixtures: a journal for each test, and one ground for the rounds of a test process.

Owns nothing else. Next: rounds.py for tests on processes, inside.py for tests in this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.crash import rounds
from tests.crash.faults import FAULTS
from tests.crash.ground import Ground
from tests.crash.journal import Journal

PlayRound = Callable[[str, int], rounds.Told]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """A journal of the test's own."""
    kept = Journal(tmp_path / "journal.jsonl")
    yield kept
    kept.close()


@pytest.fixture(scope="session")
def grounds() -> Iterator[list[Ground]]:
    """The ground that rounds share, if one stands."""
    if not Path("/proc/self/environ").exists():
        pytest.skip("processes are found by /proc, which this system does not have")
    standing: list[Ground] = []
    yield standing
    for ground in standing:
        ground.clear()


@pytest.fixture
def play_round(grounds: list[Ground]) -> PlayRound:
    """Plays one round of a fault by its seed, on the shared ground where it fits."""

    def play(kind: str, seed: int) -> rounds.Told:
        fault = FAULTS[kind]
        if reason := fault.probe():
            pytest.skip(f"{kind}: {reason}")
        if grounds and not rounds.fits(grounds[0], fault):
            grounds.pop().clear()
        if not grounds:
            grounds.append(rounds.fresh(fault))
        told = rounds.play(grounds[0], fault, seed)
        if told.found:
            grounds.pop().clear()
        if told.skipped:
            pytest.skip(f"{kind}: {told.skipped}")
        return told

    return play
