"""Model and product agree after every step of every history.

Owns the bounded slice of `make test`; deep.py has the long run. Next: test_found.py, what was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.desk import BEGINNING, Desk
from tests.properties.deep import BEGINNINGS, judged
from tests.properties.history import Author, Step, seeded
from tests.properties.judging import Judge
from tests.properties.pure import Pure
from tests.properties.stored import Stored


class Lifecycle(RuleBasedStateMachine):
    """Orders are created, changed, repeated; the clock moves, the network changes, months are closed."""

    @initialize(data=st.data(), beginning=st.sampled_from(BEGINNINGS))
    def begin(self, data: st.DataObject, beginning: datetime) -> None:
        """Nothing has happened."""
        self.judge = Judge(Pure(beginning), beginning)
        self.data = data
        self.author = Author(self._choose, self.judge.model, beginning)

    def _choose(self, options: Sequence[object]) -> object:
        return self.data.draw(st.sampled_from(options))

    def _do(self, data: st.DataObject, name: str) -> None:
        self.data = data
        step: Step = self.author.next(name)
        note(repr(step))
        self.judge.do(step)

    @rule(data=st.data())
    def create(self, data: st.DataObject) -> None:
        """New orders come."""
        self._do(data, "create")

    @rule(data=st.data())
    def change(self, data: st.DataObject) -> None:
        """Orders are restated or cancelled."""
        self._do(data, "change")

    @rule(data=st.data())
    def extend(self, data: st.DataObject) -> None:
        """Orders are to lock later."""
        self._do(data, "extend")

    @rule(data=st.data())
    def set(self, data: st.DataObject) -> None:
        """A setting changes."""
        self._do(data, "set")

    @rule(data=st.data())
    def again(self, data: st.DataObject) -> None:
        """Something is sent again."""
        self._do(data, "again")

    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        """Time passes."""
        self._do(data, "move")

    @rule(data=st.data())
    def learn(self, data: st.DataObject) -> None:
        """The network changes."""
        self._do(data, "learn")

    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        """A month is closed."""
        self._do(data, "close")


TestLifecycle = Lifecycle.TestCase
TestLifecycle.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("first", range(0, 120, 15))
def test_seeded_histories_agree(first: int) -> None:
    """Model and product say the same of every submission, order and record."""
    assert [""] * 15 == [judged(seed, 60)[2] for seed in range(first, first + 15)]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_history_on_the_real_store_agrees(seed: int, desk: Desk) -> None:
    """Intake, worker and closing leave in the database what the model says, and every invariant holds."""
    stored = Stored(desk, BEGINNING)
    judge = Judge(stored, BEGINNING)
    author = Author(seeded(seed), judge.model, BEGINNING)

    for _ in range(40):
        judge.do(author.step())

    stored.verified()


def test_the_same_seed_gives_the_same_history() -> None:
    """A seed that is printed can be replayed."""
    assert judged(7, 60) == judged(7, 60)
