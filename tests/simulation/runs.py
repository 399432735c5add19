"""Runs: a world over the real store from its beginning to its digest.

Owns how long a run is and when it comes to rest. Next: store_world.py for the steps, pieces.py for long ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from counterfoil.store.connection import DatabaseUrls
from tests.simulation.stepped import standing
from tests.simulation.store_world import StoreWorld


@contextmanager
def store_world(urls: DatabaseUrls, seed: str, **more: Any) -> Iterator[StoreWorld]:
    """A run that machine time does not touch."""
    with standing(Random(f"{seed} ids")) as machine:
        world = StoreWorld(urls, seed, machine, **more)
        try:
            yield world
        finally:
            world.close()


def run(world: StoreWorld, submissions: int, *, settles: int) -> str:
    """Goes on until so many submissions were decided, at rest now and then; answers the digest."""
    goals = [submissions * n // settles for n in range(1, settles + 1)]
    for goal in goals:
        while world.court.submissions < goal:
            world.step()
        world.settle(verifies=goal in (goals[-1], goals[len(goals) // 2]))
    world.replayed()
    return world.side.digest()
