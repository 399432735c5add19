"""A simulated run agrees with the model, whatever fails, and the same seed gives the same run.

Owns the slice of `make test`; pieces.py has the long runs. Next: test_controls.py, who judges the judge.
"""

from __future__ import annotations

import pytest

from counterfoil.store.connection import DatabaseUrls
from counterfoil.store.embedded import EmbeddedUrls
from tests.desk import Desk
from tests.simulation.ground import Ground
from tests.simulation.pure_world import pure_run
from tests.simulation.runs import run, store_world

QUICK, PURE_STEPS, FAULTS_MIN = 2000, 2000, 10


def test_a_run_on_the_real_store_agrees(desk: Desk) -> None:
    """Clients, intake, processors, closings and faults leave what the model says of the log."""
    with store_world(desk.urls, "1", size_max=20, fault_rate=0.006) as world:
        run(world, QUICK, settles=3)

    assert sum(world.told.values()) > FAULTS_MIN
    assert world.court.words["posted"] > 0


@pytest.mark.parametrize("first", [0, 5])
def test_pure_runs_agree(first: int) -> None:
    """Ten seeds of mail, lanes and crashes without a database."""
    assert [""] * 5 == [pure_run(f"1.{n}", PURE_STEPS)[2] for n in range(first, first + 5)]


def test_the_same_seed_gives_the_same_run(server: EmbeddedUrls, administrator: str, template: str) -> None:
    """Everything that a run leaves, ids and posting dates too, follows from its seed."""
    place = Ground(DatabaseUrls(server=server.server, owner=server.owner), administrator, template)
    told = []
    for _ in range(2):
        with place.database() as urls, store_world(urls, "twice", fault_rate=0.01) as world:
            told.append((run(world, 250, settles=1), world.steps, world.told, world.mail.told))

    assert told[0] == told[1]
