"""Steps: what a story does and expects, as frozen records.

Owns shapes only. Next: reading.py makes them, telling.py runs them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from counterfoil.model.orders import Channel, Mode, Order, OrderKey
from tests.stories.words import Place

AMOUNTS_OF_STANDING = ("sale", "commission", "fee", "rate")
NUMBERS = ("generation", "version", "publisher", "property", "ad", "network", "rule", "ordinal")
TEXTS = ("code", "sid", "click", "coupon", "situation", "in")


class Step(Struct, frozen=True):
    """One thing that a story says."""

    place: Place


class At(Step, frozen=True):
    """Moves the clock."""

    time: datetime


class Click(Step, frozen=True):
    """A click, now."""

    click_id: str
    property_id: int
    ad_id: int
    sid: str | None


class Send(Step, frozen=True):
    """One batch. The orders are still to be given the present time where they name none."""

    kind: str
    mode: Mode
    channel: Channel
    orders: tuple[Order, ...]

    def with_another(self, other: Send) -> Send:
        """The batch with one more order."""
        return replace(self, orders=(*self.orders, *other.orders))


class Process(Step, frozen=True):
    """Decides what waits; outcomes of what was sent since the last time, all `posted` if none is named."""

    expected: tuple[str, ...]


class Figures(Struct, frozen=True):
    """What a record shows in one currency, the publisher's if `columns` names none."""

    sale: Decimal
    commission: Decimal
    columns: Mapping[str, object]


class Record(Struct, frozen=True):
    """One expected record, in one currency or several."""

    place: Place
    kind: str
    figures: tuple[Figures, ...]


class Ledger(Step, frozen=True):
    """All records of an order that the story has not shown yet."""

    key: OrderKey
    records: tuple[Record, ...]

    def continues(self, other: Ledger) -> bool:
        """Whether the other's records belong to this list."""
        return self.key == other.key and bool(self.records) and bool(other.records)

    def with_records(self, other: Ledger) -> Ledger:
        """The list with the other's records behind."""
        return replace(self, records=(*self.records, *other.records))

    def with_figures(self, figures: Figures) -> Ledger:
        """The list with the last record shown in another currency as well."""
        *before, last = self.records
        return replace(self, records=(*before, replace(last, figures=(*last.figures, figures))))


class StandingIs(Step, frozen=True):
    """What an order is now; only the fields named are compared."""

    key: OrderKey
    state: str
    fields: Mapping[str, object]


class ItemIs(Step, frozen=True):
    """What the present version shows of one item."""

    key: OrderKey
    sku: str
    fields: Mapping[str, object]


class StatusIs(Step, frozen=True):
    """Until when an order can change, by the present time."""

    key: OrderKey
    action: str
    validation: str
    fields: Mapping[str, object]


class HeldAre(Step, frozen=True):
    """Codes of the held submissions of an order, in log order."""

    key: OrderKey
    codes: tuple[str, ...]


class SubmissionIs(Step, frozen=True):
    """What became of a submission: the last of the order, or the one numbered. Removed fields are compared
    where they are named.
    """

    key: OrderKey
    number: int | None
    outcome: str
    warnings: tuple[str, ...]
    skipped: tuple[str, ...]
    removed: tuple[str, ...]


class Told(Step, frozen=True):
    """What the look-up says of a submission's code: the sentence, and what to do."""

    key: OrderKey
    number: int | None
    code: str
    sentence: str
    remedy: str


class Damage(Step, frozen=True):
    """The log's bytes of what was sent about an order cannot be read any more, or can again."""

    key: OrderKey
    repairs: bool


class Release(Step, frozen=True):
    """An operator releases what holds an order up."""

    key: OrderKey


class Close(Step, frozen=True):
    """Closes a month; what is `None` is not compared. `leaving` are the orders left to the next closing."""

    month: date
    actions: int | None
    leaving: tuple[str, ...]
    word: str


class Bonus(Step, frozen=True):
    """A bonus, entered by hand; `refused` tells that it cannot be."""

    publisher: int
    tracker: int
    month: date
    amount: Decimal
    reason: str


class Paid(Step, frozen=True):
    """A paper is marked as paid."""

    number: str
    day: date
    reference: str


class PaperIs(Step, frozen=True):
    """What an invoice or statement says."""

    number: str
    fields: Mapping[str, Decimal]
    paid: str | None


class RateArrives(Step, frozen=True):
    """One more rate: a fixed one in a new network version, or that of a day from the central bank's file."""

    currency: str
    per_euro: str
    day: date
    is_daily: bool


class Network(Step, frozen=True):
    """A new network version: lines that go, come and stay."""

    edits: tuple[tuple[str, str], ...]


class Setting(Step, frozen=True):
    """A processor with another setting from here on."""

    name: str
    value: str
