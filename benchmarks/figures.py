"""Figures: what a part of the benchmark found, and whether its orders add up.

Owns the figure with its target, and the part, which voids all of its figures when one order is missing or
there twice. Next: table.py prints them; sums.py compares.
"""

from __future__ import annotations

import itertools
import string
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import NamedTuple

from benchmarks import orders as made
from benchmarks import sums
from benchmarks.orders import NAME_LETTERS, Body, Order, Sums
from benchmarks.server import Server

SLOW_S = 4.0
"""A request that takes longer is not repeated: its noise matters less than the minutes."""


class Target(NamedTuple):
    """What a figure is to reach: at most this, or at least."""

    value: float
    is_least: bool = False

    def is_met(self, value: float) -> bool:
        """Whether the figure reaches it."""
        return value >= self.value if self.is_least else value <= self.value


class Figure(NamedTuple):
    """One line of the table. `spread` is (largest - smallest) / median of the repeated runs."""

    part: str
    name: str
    value: float | None
    unit: str
    target: Target | None = None
    spread: float | None = None
    note: str = ""
    is_void: bool = False

    @property
    def is_met(self) -> bool | None:
        """Whether its target is met; None without one, or without a figure that counts."""
        if self.target is None or self.value is None or self.is_void:
            return None
        return self.target.is_met(self.value)


class Part:
    """What one part sends and finds."""

    def __init__(self, letter: str, server: Server, names: Iterator[str]) -> None:
        self.letter = letter
        self.server = server
        self._names = names
        self.sent: dict[str, Sums] = {}
        self.figures: list[Figure] = []
        self.faults: list[str] = []

    def new(self, body: Body) -> Body:
        """The same orders under ids that nobody has had yet."""
        return body.renamed(next(self._names))

    def new_name(self) -> str:
        """A name that no batch has had yet."""
        return next(self._names)

    def accepted(self, name: str, sent: Sums) -> None:
        """These orders were accepted, and have to be found."""
        if sent.orders:
            self.sent[name] = sent

    def found(
        self,
        name: str,
        value: float | Sequence[float] | None,
        unit: str,
        target: Target | None = None,
        note: str = "",
    ) -> float:
        """Adds a figure, of several runs their median; answers it."""
        runs = [] if value is None else list(value) if isinstance(value, Sequence) else [value]
        middle = median(runs) if runs else None
        spread = (max(runs) - min(runs)) / middle if middle and len(runs) > 1 else None
        self.figures.append(Figure(self.letter, name, middle, unit, target, spread, note))
        print(f"   {name}: {middle} {unit}", file=sys.stderr)
        return middle or 0.0

    def fault(self, sentence: str) -> None:
        """Something was answered wrongly; no figure of this part counts."""
        self.faults.append(sentence)


@contextmanager
def checked(letter: str, server: Server, names: Iterator[str], into: list[Figure]) -> Iterator[Part]:
    """A part: when it ends, everything it sent is decided and compared, and its figures are kept, or void."""
    server.wait_decided()
    begin = sums.mark(server.connection)
    part = Part(letter, server, names)
    yield part
    server.wait_decided()
    faults = part.faults + sums.difference_since(server.connection, begin, part.sent)
    for fault in faults[:10]:
        print(f"VOID  part {letter}: {fault}")
    for line in server.troubles() if faults else ():
        print(f"      the server said: {line[:500]}")
    into += [figure._replace(is_void=bool(faults)) for figure in part.figures]


def names() -> Iterator[str]:
    """Names of batches, each once."""
    for letters in itertools.product(string.ascii_uppercase, repeat=NAME_LETTERS - 1):
        yield "B" + "".join(letters)


def repeated(times: int, run: Callable[[], float]) -> list[float]:
    """So many runs, or one if it is slow."""
    found = [run()]
    while len(found) < times and found[0] < SLOW_S:
        found.append(run())
    return found


def lines_of(orders: Sequence[Order], name: str) -> bytes:
    """One request for each order, a line each, as load.py takes them."""
    return b"\n".join(made.singles(orders, name)) + b"\n"
