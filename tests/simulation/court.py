"""Court: feeds the naive model what the log has, in its order, and compares what both make of it.

Owns the comparison of a simulated run, in bulk. Decides nothing: the model does. Next: store_world.py and
pure_world.py, the two sides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from tests.properties.generations import Settings
from tests.properties.judging import Key, LineView, View, line_of, same, view_of
from tests.properties.model import Model
from tests.properties.months import Earned
from tests.properties.programme import later
from tests.properties.sent import Sent
from tests.properties.standing import key_of
from tests.simulation.traffic import LIMITED, is_poison

POISON, BEHIND = "held PROCESSING_ERROR", "held WAITING_BEHIND"


class Side(Protocol):
    """What the product has, asked for many at once."""

    def outcomes(self, submission_ids: Sequence[UUID]) -> Mapping[UUID, str]:
        """Outcome, warnings and removed fields of each, or `held CODE`."""

    def views(self, keys: Sequence[Key]) -> Mapping[Key, tuple[View, bool]]:
        """What each order is, and whether a closing took it."""

    def lines(self, keys: Sequence[Key]) -> Mapping[Key, list[LineView]]:
        """The records of each order."""


class Court:
    """One run's judge."""

    def __init__(self, model: Model) -> None:
        """The model has met nothing."""
        self.model = model
        self.submissions = 0
        self.words: dict[str, int] = {}
        self._waiting: list[UUID] = []
        self._expected: dict[UUID, str] = {}
        self._touched: dict[Key, None] = {}
        self._poisoned: set[Key] = set()
        self._limited: dict[UUID, str] = {}
        self._earned: dict[date, list[Earned]] = {}

    def accepted(
        self, position: int, at: datetime, batch: Iterable[Sent], submission_ids: Iterable[UUID]
    ) -> None:
        """A request of the log, in log order."""
        for sent, submission_id in zip(batch, submission_ids, strict=True):
            self.submissions += 1
            if is_poison(sent):
                # It has an order of its own, where its repeats wait behind it.
                self._expected[submission_id] = BEHIND if key_of(sent) in self._poisoned else POISON
                self._poisoned.add(key_of(sent))
                continue
            self.model.waiting.append((position, at, sent))
            self._waiting.append(submission_id)
            if sent.tracker != LIMITED:
                self._touched[key_of(sent)] = None
        self._decide()

    def learned(self, change: str, position: int) -> None:
        """A version of the network."""
        self.model.known.append((position, later(self.model.known[-1][1], change)))
        self._decide()

    def set(self, settings: Settings, position: int) -> None:
        """Settings of deciding."""
        self.model.settings.append((position, settings))

    def closing(self, month: date, position: int, at: datetime) -> None:
        """A closing has its place in the log."""
        self._earned[month] = self.model.close(month, position, at)
        self._touched.update((key, None) for key in self.model.orders if key[0] == "live")

    def closed(self, month: date, given: Sequence[Earned]) -> None:
        """It was carried out, with what it gave. Raises AssertionError."""
        same("incentives", self._earned[month], list(given))

    def _decide(self) -> None:
        keys = [key_of(sent) for _, _, sent in self.model.waiting]
        words = self.model.process()
        left = []
        for submission_id, key, word in zip(self._waiting, keys, words, strict=True):
            if key[2] == LIMITED:
                self._limited[submission_id] = word
            elif self._expected.get(submission_id) != word:
                self._expected[submission_id] = word
                self._touched[key] = None
            if word.startswith("held"):
                left.append(submission_id)
        self._waiting = left

    def compare(self, side: Side) -> None:
        """Raises AssertionError at the first difference. The product has decided all that it can."""
        got = side.outcomes(list(self._expected))
        for submission_id, word in self._expected.items():
            same(f"outcome of {submission_id}", word, got.get(submission_id, "pending"))
            plain = word.partition(" +")[0].partition(" -")[0]
            if not plain.startswith("held R") and word != BEHIND:
                self.words[plain] = self.words.get(plain, 0) + 1
        self._expected = {each: self._expected[each] for each in self._waiting}
        self._compare_orders(side)
        # Which order uses a click under a limit is drawn when it is posted (D65): compared is how many do.
        limited = side.outcomes(list(self._limited))
        counted = Counter(limited.get(each, "pending") for each in self._limited)
        same("uses of clicks", Counter(self._limited.values()), counted)
        self._touched = {}

    def _compare_orders(self, side: Side) -> None:
        keys = list(self._touched)
        views, lines = side.views(keys), side.lines(keys)
        for key in keys:
            generations = self.model.orders.get(key, [])
            view, is_closed = views.get(key, (None, False))
            same(f"order {key}", view_of(generations[-1], key) if generations else None, view)
            expected = [line_of(record, key) for record in self.model.records.get(key, [])]
            same(f"records of {key}", expected, lines.get(key, []))
            if key[0] == "live" and generations and generations[-1].state:
                same(f"closed {key}", generations[-1].closed, is_closed)
