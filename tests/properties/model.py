"""The naive model: what the specification says becomes of each order, as plainly as it can be said.

Owns its own reading of spec/processing.md and spec/decisions.md; imports nothing of the product and shares no
code with it. Everything is looked up by going through lists. Next: judging.py, which compares.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from tests.properties import remarks
from tests.properties.changing import Changes
from tests.properties.credit import Key, attribute
from tests.properties.generations import (
    Generation,
    Record,
    refused_create,
    refused_extension,
)
from tests.properties.locks import lock, month_later
from tests.properties.months import Earned, earned
from tests.properties.reckoning import Wait
from tests.properties.sent import Sent
from tests.properties.standing import key_of


@dataclass
class Model(Changes):
    """The log that came in, and what it made of every order.

    `without` says how much was known when an order was found without a rate: only more brings it on.
    """

    waiting: list[tuple[int, datetime, Sent]] = field(default_factory=list)
    without: dict[Key, int] = field(default_factory=dict)

    def process(self) -> list[str]:
        """Decides what waits, in log order; one word for each."""
        words, left = [], []
        stuck: set[Key] = set()
        for position, at, sent in self.waiting:
            key = key_of(sent)
            word = "held WAITING_BEHIND"
            if not stuck & {key, ("live", *key[1:])} and self.without.get(key) == len(self.known):
                word = "held RATE_MISSING"
            elif not stuck & {key, ("live", *key[1:])}:
                self.without.pop(key, None)
                try:
                    word = self.decide(sent, position, at)
                    self.past.setdefault(key, []).extend(
                        (position, replace(it)) for it in self.orders.get(key, [])[-1:]
                    )
                except Wait:
                    word, self.without[key] = "held RATE_MISSING", len(self.known)
            if word.startswith("held"):
                stuck.add(key)
                left.append((position, at, sent))
            words.append(word)
        self.waiting = left
        return words

    def close(self, month: date, position: int, at: datetime) -> list[Earned]:
        """A closing takes what has locked; an order with something held is left to the next."""
        held = {key_of(sent) for _, _, sent in self.waiting}
        live = [
            (key, it) for key, generations in self.orders.items() if key[0] == "live" for it in generations
        ]
        for key, it in live:
            if it.is_locked(at) and key not in held:
                it.closed = True
        trackers = [(key[2], it) for key, it in live]
        return earned(month, trackers, self.book(position), self.rates(position, at))

    def decide(self, sent: Sent, position: int, at: datetime) -> str:
        """Section 17, from the top."""
        book, settings = self.book(position), [each for p, each in self.settings if p < position][-1]
        mine = self.orders.setdefault(key_of(sent), [])
        last = mine[-1] if mine else None
        if sent.kind == "extend":
            return self.extend(last, at)
        enterprise, is_item = book.trackers.get(sent.tracker, (0, False))
        if enterprise != sent.enterprise:
            return "rejected ACTION_NOT_OWNED"
        if sent.kind != "create":
            return self.change(sent, position, at, settings)
        if refusal := refused_create(sent, last, at, settings):
            return f"duplicate {refusal}" if refusal == "DUPLICATE_ORDER" else f"rejected {refusal}"
        return self.create(sent, position, at, is_item=is_item)

    def create(self, sent: Sent, position: int, at: datetime, *, is_item: bool) -> str:
        """A new order, or a new generation of one."""
        mine, book = self.orders[key_of(sent)], self.book(position)
        new = Generation(len(mine) + 1, sent.event or at, sent, book, sent)
        new.advertiser = book.enterprises[sent.enterprise]
        new.code = attribute(new, sent, self.clicks, self.orders)
        odd = remarks.of_values(sent)
        if new.code not in ("UNATTRIBUTED", "CLICK_OF_OTHER_ADVERTISER"):
            odd |= remarks.of_click(sent, self.clicks)
        if new.code is not None:
            mine.append(new)
            return remarks.worded(f"recorded {new.code}", odd)
        assert new.paid is not None
        new.state = self.priced(sent, new, position, at)
        new.versions = 1
        new.validation = "PENDING" if new.paid.locking == "OPEN_ENDED" else "AUTOMATED"
        new.lock_date, new.locks_at = lock(new.paid, new.event, at)
        mine.append(new)
        self.post(sent, [Record("original", 1, new.state, new.number, None)])
        odd |= remarks.of_source(sent, is_item=is_item) | remarks.of_stay(sent, new)
        return remarks.worded("posted", odd)

    def extend(self, it: Generation | None, at: datetime) -> str:
        """The lock moves once, by a month; nothing is posted."""
        if refusal := refused_extension(it, at):
            return f"rejected {refusal}"
        assert it is not None
        assert it.lock_date is not None
        it.extended, (it.lock_date, it.locks_at) = True, month_later(it.lock_date)
        return "applied"
