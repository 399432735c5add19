"""Rounds: whatever is killed, paused or away, the journal and the ledger agree afterwards."""

from __future__ import annotations

import pytest

from tests.crash.conftest import PlayRound
from tests.crash.faults import FAULTS
from tests.crash.rounds import command

QUICK = (
    "kill-api",
    "kill-processor",
    "kill-back-end",
    "kill-database",
    "kill-supervisor",
    "kill-everything",
    "restart-database",
    "terminate-sessions",
    "exhaust-connections",
    "pause",
)
SEED = 2026


def _assert_held(play_round: PlayRound, kind: str) -> None:
    told = play_round(kind, SEED)
    assert [] == told.found, command(told)
    assert told.acknowledged > 0


def test_nothing_accepted_is_lost_or_doubled(play_round: PlayRound) -> None:
    """R5, R8, R26: six kills, three outages and a pause, on one server, one after the other."""
    for kind in QUICK:
        _assert_held(play_round, kind)


@pytest.mark.deep
@pytest.mark.parametrize("kind", [kind for kind in FAULTS if kind not in QUICK])
def test_the_slower_faults(play_round: PlayRound, kind: str) -> None:
    """R6, R7, R8, R26: a full or failing disk, a bad line, a power cut, long pauses and outages."""
    _assert_held(play_round, kind)
