"""Every call to the database fails once, in three ways, in each of twelve operations.

Owns the trial: the n-th call fails, the state is the old or the new, a retry converges. Next: operations.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from counterfoil.intake import NotKept, Unknown
from counterfoil.store import lanes
from counterfoil.verification import as_text, verify
from tests.desk import Desk
from tests.simulation.calls import Fault, Lost, opened
from tests.simulation.operations import AcceptOne, Operation, Restate
from tests.simulation.papers import OPERATIONS
from tests.simulation.stepped import standing

WAYS = (Fault.ERROR, Fault.LOST_BEFORE, Fault.LOST_AFTER)
CALLS_MAX = 120
SAMPLED = 2
SEED = 1


class Nth:
    """Lets the n-th call of all its connections fail; opening one counts as well."""

    def __init__(self, url: str, n: int, way: Fault) -> None:
        """`n` counts from 1."""
        self.calls = 0
        self._url, self._n, self._way = url, n, way

    def open(self) -> Connection:
        """A connection, unless it is the n-th call."""
        if self.ask("open") is not None:
            raise Lost("nobody answers")
        return opened(self._url, "simulated", self.ask)

    def ask(self, _call: str) -> Fault | None:
        """Counts."""
        self.calls += 1
        return self._way if self.calls == self._n else None


class Trials:
    """One operation, and what it does when nothing fails."""

    def __init__(self, kind: type[Operation], desk: Desk) -> None:
        """Does it once."""
        self._kind, self._desk = kind, desk
        calls = Nth(desk.urls.server, 0, Fault.ERROR)
        undisturbed = kind(desk)
        self._old = undisturbed.state()
        undisturbed.act(calls.open)
        self._new = undisturbed.state()
        undisturbed.settle()
        self._settled = undisturbed.settled()
        self.calls = calls.calls

    def fail(self, n: int, way: Fault) -> int:
        """The n-th call fails, on a new subject; how many calls were made, fewer than `n` if none failed."""
        subject, calls = self._kind(self._desk), Nth(self._desk.urls.server, n, way)
        what = f"{subject.intends}, call {n}, {way}"
        assert self._old == subject.state(), what
        is_told = _act(subject, calls)
        got = subject.state()
        assert got in (self._old, self._new), f"{what}: {got} is neither {self._old} nor {self._new}"
        assert not is_told or got == self._new, f"{what}: told that it is done, and it is not: {got}"
        # A client that knows nothing sends again; a person looks first.
        if not is_told and (isinstance(subject, AcceptOne) or got == self._old):
            assert _act(subject, Nth(self._desk.urls.server, 0, way)), f"{what}: the retry fails"
        subject.settle()
        assert self._settled == subject.settled(), what
        return calls.calls


def _act(subject: Operation, calls: Nth) -> bool:
    """Whether it was told that it is done."""
    try:
        subject.act(calls.open)
    except (psycopg.OperationalError, psycopg.InterfaceError, NotKept, Unknown):
        return False
    return True


@pytest.fixture
def still() -> Iterator[None]:
    """Machine time stands."""
    with standing(Random(SEED)):
        yield


def _verified(desk: Desk) -> None:
    report = verify(desk.connection)
    assert report.is_clean, as_text(report)


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("kind", OPERATIONS, ids=lambda kind: kind.intends.replace(" ", "-"))
def test_a_failed_call_leaves_the_old_or_the_new(kind: type[Operation], desk: Desk) -> None:
    """Calls sampled by seed; a retry converges and every invariant holds."""
    trials = Trials(kind, desk)
    random = Random(f"{SEED} {kind.intends}")
    for way in WAYS:
        for n in random.sample(range(1, trials.calls + 1), min(SAMPLED, trials.calls)):
            trials.fail(n, way)

    _verified(desk)


@pytest.mark.usefixtures("still")
def test_a_commit_in_between_is_seen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control: who commits half of a posting is found out by one of the calls that follow."""
    trials, finish = Trials(Restate, desk), lanes.finish

    def committed(connection: Connection, *given: Any, **more: Any) -> None:
        finish(connection, *given, **more)
        connection.commit()

    monkeypatch.setattr(lanes, "finish", committed)
    with pytest.raises(AssertionError, match="is neither"):
        _fail_each(trials)


def _fail_each(trials: Trials) -> None:
    for n in range(trials.calls, 0, -1):
        trials.fail(n, Fault.LOST_BEFORE)


@pytest.mark.deep
@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way).replace(" ", "-"))
@pytest.mark.parametrize("kind", OPERATIONS, ids=lambda kind: kind.intends.replace(" ", "-"))
def test_every_call_fails_once(kind: type[Operation], way: Fault, desk: Desk) -> None:
    """The first, the second and so on, until the operation succeeds."""
    trials, n = Trials(kind, desk), 1
    while trials.fail(n, way) >= n:
        n += 1
        assert n < CALLS_MAX

    _verified(desk)
