"""Standing: what is known at each place in the log, and what every order is.

Owns the judge's lists of the network's versions, of settings, orders and records. Next: changing.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from tests.properties.credit import Key
from tests.properties.generations import Generation, Record, Settings
from tests.properties.programme import Click, Programme
from tests.properties.reckoning import State, Wait, price
from tests.properties.sent import Sent


@dataclass
class Books:
    """What came to be known, by its place in the log, and what it made of every order."""

    clicks: dict[str, tuple[datetime, Click]]
    known: list[tuple[int, Programme]]
    settings: list[tuple[int, Settings]] = field(default_factory=lambda: [(0, Settings())])
    orders: dict[Key, list[Generation]] = field(default_factory=dict)
    past: dict[Key, list[tuple[int, Generation]]] = field(default_factory=dict)
    records: dict[Key, list[Record]] = field(default_factory=dict)

    def book(self, position: int) -> Programme:
        """The network as a place in the log sees it (D151)."""
        return [programme for since, programme in self.known if since < position][-1]

    def rates(self, position: int, at: datetime) -> Callable[[str], Fraction]:
        """Units of a currency for one euro: the last one known then, or else the first to arrive (D151)."""

        def per_euro(currency: str) -> Fraction:
            if currency == "EUR":
                return Fraction(1)
            later = [programme for since, programme in self.known if since >= position]
            for programme in [self.book(position), *later]:
                rates = [(since, value) for name, since, value in programme.rates if name == currency]
                if served := [rate for rate in rates if rate[0] <= at.date()]:
                    return Fraction(max(served)[1])
            raise Wait

        return per_euro

    def priced(self, sent: Sent, it: Generation, position: int, at: datetime) -> State:
        """The figures of what is said, by the terms that the order was opened under."""
        assert it.terms is not None
        assert it.paid is not None
        now = self.book(position)
        own = (now.currencies[it.advertiser], now.currencies[it.publisher], "USD")
        return price((it.terms, it.paid), it.event, own, sent, it.book, self.rates(position, at), it.state)

    def post(self, sent: Sent, records: list[Record]) -> None:
        """Records are only added."""
        self.records.setdefault(key_of(sent), []).extend(records)


def key_of(sent: Sent) -> Key:
    """Which order in which ledger."""
    return (sent.mode, sent.enterprise, sent.tracker, sent.order_id)
