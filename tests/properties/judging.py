"""Judging: runs a history on the model and on the product, and compares the two after every step.

Owns the comparison and what is compared. Next: pure.py and stored.py, the product's two sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import NamedTuple, Protocol

from tests.properties.generations import Generation, Record, Settings
from tests.properties.history import Close, Learn, Move, Send, Set, Step
from tests.properties.model import Model
from tests.properties.months import Earned
from tests.properties.programme import CLICKS, Click, Programme, later
from tests.properties.reckoning import Figure
from tests.properties.sent import Sent

Key = tuple[str, int, int, str]


def clicks_at(beginning: datetime) -> dict[str, tuple[datetime, Click]]:
    """The demo network's clicks, with the time of each."""
    return {name: (beginning - timedelta(hours=click.hours_before), click) for name, click in CLICKS.items()}


class View(NamedTuple):
    """What an order is now, in the judge's words."""

    state: str
    generation: int
    event: datetime
    version: int = 0
    publisher: int = 0
    currency: str = ""
    figures: tuple[Figure, ...] = ()
    items: tuple[tuple[object, ...], ...] = ()
    validation: str = ""
    lock_date: datetime | None = None
    locks_at: datetime | None = None
    extended: bool = False


class LineView(NamedTuple):
    """One record: sale, commission, fee and discount with the sign of the ledger."""

    kind: str
    generation: int
    reason: str | None
    figures: tuple[Figure, ...]
    quantity: int


class Product(Protocol):
    """One side that is judged."""

    def send(self, batch: Sequence[Sent], now: datetime) -> tuple[int, datetime]:
        """Accepts a batch; answers its place in the log and when it was received."""

    def process(self) -> list[str]:
        """Decides what waits; outcome, warnings and removed fields of each, in log order."""

    def move(self, to: datetime) -> None:
        """Moves the clock."""

    def learn(self, change: str) -> int:
        """Applies a version of the network; answers its place in the log."""

    def close(self, step: Close, now: datetime) -> tuple[int, list[Earned]]:
        """Closes a month; answers its place in the log and what was earned besides orders."""

    def set(self, settings: Settings) -> int:
        """Changes settings; answers their place in the log."""

    def view(self, key: Key) -> View | None:
        """What an order is now."""

    def records(self, key: Key) -> list[LineView]:
        """All records of an order."""

    def is_closed(self, key: Key) -> bool:
        """Whether a closing took its action."""


class Judge:
    """Does each step on both sides. `told` is the history so far, as it can be written into a test."""

    def __init__(self, product: Product, beginning: datetime) -> None:
        """Both begin with the demo network and its clicks."""
        self.model = Model(clicks_at(beginning), [(0, Programme())])
        self.product = product
        self.now = beginning
        self.told: list[Step] = []
        self.words: dict[str, int] = {}
        self._lines: dict[Key, list[LineView]] = {}

    def do(self, step: Step) -> None:
        """Raises AssertionError where the two part."""
        self.told.append(step)
        touched: set[Key] = set()
        match step:
            case Send(batch):
                position, at = self.product.send(batch, self.now)
                self.model.waiting += [(position, at, sent) for sent in batch]
            case Move(to):
                self.now = to
                self.product.move(to)
            case Learn(change):
                position = self.product.learn(change)
                self.model.known.append((position, later(self.model.known[-1][1], change)))
            case Set(settings):
                self.model.settings.append((self.product.set(settings), settings))
            case Close(month):
                position, given = self.product.close(step, self.now)
                same("incentives", self.model.close(month, position, self.now), given)
                self.words["incentive"] = self.words.get("incentive", 0) + len(given)
                touched = {key for key in self.model.orders if key[0] == "live"}
        touched |= {
            (sent.mode, sent.enterprise, sent.tracker, sent.order_id) for _, _, sent in self.model.waiting
        }
        expected, got = self.model.process(), self.product.process()
        same("outcomes", expected, got)
        for word in expected:
            for part in told_parts(word):
                self.words[part] = self.words.get(part, 0) + 1
        for key in touched:
            self._compare(key)

    def _compare(self, key: Key) -> None:
        generations = self.model.orders.get(key, [])
        same(f"order {key}", view_of(generations[-1], key) if generations else None, self.product.view(key))
        lines, records = self._lines.setdefault(key, []), self.model.records.get(key, [])
        lines += [line_of(record, key) for record in records[len(lines) :]]
        same(f"records {key}", lines, self.product.records(key))
        self._check_sum(key, lines)
        if key[0] == "live" and generations and generations[-1].state:
            same(f"closed {key}", generations[-1].closed, self.product.is_closed(key))

    def _check_sum(self, key: Key, lines: list[LineView]) -> None:
        """The records of a generation sum to its last state (section 10)."""
        for generation in self.model.orders.get(key, [])[-1:]:
            of_it = [line for line in lines if line.generation == generation.number]
            for n in range(4):
                total = tuple(sum((line.figures[n][c] for line in of_it), Fraction(0)) for c in range(3))
                state = generation.state
                same(f"sum {key}", figures(state, 1)[n] if state else (0, 0, 0), total)


def told_parts(word: str) -> list[str]:
    """The outcome and each warning, for counting."""
    parts = word.split()
    return [" ".join(part for part in parts if part[0] not in "+-"), *(p for p in parts if p[0] == "+")]


def same(what: str, expected: object, got: object) -> None:
    """Raises AssertionError that shows both."""
    if expected != got:
        raise AssertionError(f"{what}\n  model    {expected}\n  product  {got}")


def figures(state: object, sign: int) -> tuple[Figure, ...]:
    """Sale, commission, fee and discount of a state, with a sign."""
    return tuple(
        (sign * each[0], sign * each[1], sign * each[2])
        for each in (getattr(state, name) for name in ("sale", "commission", "fee", "discount"))
    )


def view_of(it: Generation, key: Key) -> View:
    """The model's order as it is compared."""
    if it.state is None:
        return View(f"recorded {it.code}", it.number, it.event)
    return View(
        "cancelled" if it.state.cancelled else "standing",
        it.number,
        it.event,
        it.versions,
        it.publisher,
        it.state.currency,
        figures(it.state, 1),
        tuple(tuple(item) for item in it.state.items) if is_item_action(key) else (),
        it.validation,
        it.lock_date,
        it.locks_at,
        it.extended,
    )


def line_of(record: Record, key: Key) -> LineView:
    """The model's record as it is compared."""
    quantity = sum(item.quantity for item in record.state.items) if is_item_action(key) else 0
    return LineView(
        record.kind,
        record.generation,
        record.reason,
        figures(record.state, record.sign),
        record.sign * quantity,
    )


def is_item_action(key: Key) -> bool:
    """What simple actions show of items, the specification does not say; it is not compared."""
    return key[2] in (402, 404)
