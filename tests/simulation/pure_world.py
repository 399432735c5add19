"""The world without a database: the product's deciding behind the same mail and the same court.

Owns a log in memory, processors that take lanes in any order, and the end of one before it could write. Next:
store_world.py, the same with everything real.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from counterfoil.model.orders import Mode, OrderKey, Submission
from counterfoil.processing import Waiting, decide_in_order
from tests.properties.deep import BEGINNINGS
from tests.properties.generations import Settings
from tests.properties.history import Close
from tests.properties.judging import Key, LineView, View, clicks_at
from tests.properties.locks import pacific, tenth_after
from tests.properties.model import Model
from tests.properties.programme import CHANGES, Programme
from tests.properties.pure import Pure
from tests.properties.sent import Sent
from tests.simulation.court import Court
from tests.simulation.mail import Mail
from tests.simulation.stepped import ids_of
from tests.simulation.traffic import Traffic, is_poison

STEPS = {"write": 20, "deliver": 24, "process": 30, "move": 2, "learn": 1, "set": 1, "close": 1}
SETTLES_EVERY = 500


class Lanes(Pure):
    """The pure side, whose processors decide some lanes at a time."""

    def __init__(self, beginning: datetime) -> None:
        """Nothing was decided."""
        super().__init__(beginning)
        self.said: dict[UUID, str] = {}

    def accept(self, batch: Sequence[Sent], now: datetime) -> tuple[int, list[UUID]]:
        """Takes a request in; answers its place, and the ids of its submissions."""
        before = len(self._waiting)
        position, _ = self.send(batch, now)
        return position, [_submission(each).submission_id for each in self._waiting[before:]]

    def decide_some(self, random: Random, share: float) -> None:
        """A processor takes some lanes; it may end before it has written anything."""
        lanes = {_submission(each).lane for each in self._waiting}
        taken = {lane for lane in sorted(lanes) if random.random() < share}
        chunk = [each for each in self._waiting if _submission(each).lane in taken]
        if not chunk:
            return
        if random.random() < 0.1:
            self._decide_in_vain(chunk)
        others = [each for each in self._waiting if _submission(each).lane not in taken]
        self._waiting = chunk
        ids = [_submission(each).submission_id for each in chunk]
        self.said.update(zip(ids, self.process(), strict=True))
        self._waiting = sorted([*others, *self._waiting], key=lambda it: _submission(it).number)

    def _decide_in_vain(self, chunk: list[Submission | Waiting]) -> None:
        facts = self.facts
        standings, used = dict(facts.standings), {key: set(taken) for key, taken in facts.used.items()}
        facts.live_before = {}
        decide_in_order(chunk, facts)
        facts.standings, facts.used = standings, used

    def outcomes(self, submission_ids: Sequence[UUID]) -> Mapping[UUID, str]:
        """What was said last of each."""
        return self.said

    def views(self, keys: Sequence[Key]) -> Mapping[Key, tuple[View, bool]]:
        """What each order is, and whether a closing took it."""
        found = {}
        for key in keys:
            standing = self.facts.standings.get(OrderKey(Mode(key[0]), *key[1:]))
            view = self.view(key)
            if standing is not None and view is not None:
                found[key] = view, bool(standing.status and standing.status.closed_at)
        return found

    def lines(self, keys: Sequence[Key]) -> Mapping[Key, list[LineView]]:
        """The records of each order."""
        return {key: self.records(key) for key in keys}


class PureWorld:
    """One run."""

    def __init__(self, seed: str) -> None:
        """The seed chooses everything, the beginning too."""
        self.random = Random(seed)
        beginning = self.random.choice(BEGINNINGS)
        model = Model(clicks_at(beginning), [(0, Programme())])
        self.side, self.court = Lanes(beginning), Court(model)
        self.traffic = Traffic(self.random, model, beginning, size_max=4)
        self.mail = Mail(self.random, ids_of(self.random))
        self.steps = 0
        self._settings, self._learned = Settings(), set[str]()
        self._month = date(beginning.year, beginning.month, 1)

    def step(self) -> None:
        """One step. Raises AssertionError where product and model part."""
        self.steps += 1
        name = self.random.choices(list(STEPS), list(STEPS.values()))[0]
        getattr(self, f"_{name}")()
        if self.steps % SETTLES_EVERY == 0:
            self.settle()

    def settle(self) -> None:
        """Everything that waits is decided, and compared."""
        self.side.decide_some(self.random, 1.0)
        self.court.compare(self.side)

    def _write(self) -> None:
        if len(self.mail) < 40:
            request = self.traffic.request(3)
            # What poison does is the store's to show.
            sound = tuple(sent for sent in request.batch if not is_poison(sent))
            self.mail.send(request._replace(batch=sound))

    def _deliver(self) -> None:
        delivery = self.mail.arrive()
        if delivery is None:
            return
        if self.random.random() < 0.02:
            # Lost before the commit: the client does not know, the log has nothing.
            self.mail.answer(delivery, is_kept=None)
            return
        now = self.traffic.now
        position, ids = self.side.accept(delivery.batch, now)
        self.court.accepted(position, now, delivery.batch, ids)
        self.mail.answer(delivery, is_kept=True if self.random.random() < 0.98 else None)

    def _process(self) -> None:
        self.side.decide_some(self.random, self.random.choice((0.2, 0.5, 1.0)))

    def _move(self) -> None:
        self.traffic.move()

    def _learn(self) -> None:
        left = [change for change in CHANGES if change not in self._learned]
        if left:
            change = self.random.choice(left)
            self._learned.add(change)
            self.court.learned(change, self.side.learn(change))

    def _set(self) -> None:
        field = self.random.choice(("rejects_stale", "ignores_declined", "locks_at_once"))
        self._settings = self._settings._replace(**{field: not getattr(self._settings, field)})
        self.court.set(self._settings, self.side.set(self._settings))

    def _close(self) -> None:
        now = self.traffic.now
        if now < pacific(tenth_after(self._month) + timedelta(days=1), 2):
            return
        self.side.decide_some(self.random, 1.0)
        position, given = self.side.close(Close(self._month), now)
        self.court.closing(self._month, position, now)
        self.court.closed(self._month, given)
        self._month = tenth_after(self._month).replace(day=1)


def _submission(each: Submission | Waiting) -> Submission:
    return each.submission if isinstance(each, Waiting) else each


def pure_run(seed: str, steps: int) -> tuple[str, int, str]:
    """A run of so many steps; the submissions it had, and where it parted or nothing."""
    world = PureWorld(seed)
    try:
        while world.steps < steps:
            world.step()
        world.settle()
    except AssertionError as parted:
        return seed, world.court.submissions, f"step {world.steps}: {parted}"
    return seed, world.court.submissions, ""
