"""The naive model: what the specification says becomes of each order, as plainly as it can be said.

Owns its own reading of spec/processing.md and spec/decisions.md; imports nothing of the product and shares no
code with it. Everything is looked up by going through lists. Next: judging.py, which compares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from tests.properties.programme import Click, Paid, Programme, Terms
from tests.properties.reckoning import ZERO, Priced, State, Wait, lock, next_cycle, price
from tests.properties.sent import Sent

ISO = {"USD", "EUR", "GBP", "CHF"}


class Record(NamedTuple):
    """A line of the ledger: kind, sign, the version it shows, the reason."""

    kind: str
    sign: int
    state: State
    generation: int
    reason: str | None


@dataclass
class Generation:
    number: int
    event: datetime
    opening: Sent
    book: Programme
    code: str | None = None
    publisher: int = 0
    click: str | None = None
    advertiser: int = 0
    terms: Terms | None = None
    paid: Paid | None = None
    state: State | None = None
    versions: int = 0
    validation: str = ""
    lock_date: datetime | None = None
    locks_at: datetime | None = None
    closed: bool = False


@dataclass
class Model:
    """The log that came in, and what it made of every order."""

    clicks: dict[str, tuple[datetime, Click]]
    known: list[tuple[int, Programme]]
    orders: dict[tuple[str, int, int, str], list[Generation]] = field(default_factory=dict)
    records: dict[tuple[str, int, int, str], list[Record]] = field(default_factory=dict)
    waiting: list[tuple[int, datetime, Sent]] = field(default_factory=list)

    def process(self) -> list[str]:
        """Decides what waits, in log order; one word for each."""
        words, left = [], []
        stuck: set[tuple[int, int, str]] = set()
        for position, at, sent in self.waiting:
            key = (sent.enterprise, sent.tracker, sent.order_id)
            word = "held WAITING_BEHIND"
            if key not in stuck:
                try:
                    word = self.decide(sent, position, at)
                except Wait:
                    word = "held RATE_MISSING"
            if word.startswith("held"):
                stuck.add(key)
                left.append((position, at, sent))
            words.append(word)
        self.waiting = left
        return words

    def close(self, at: datetime) -> None:
        """A closing takes what has locked; an order with something held is left to the next."""
        held = {(s.enterprise, s.tracker, s.order_id) for _, _, s in self.waiting if s.mode == "live"}
        for (mode, *key), generations in self.orders.items():
            for it in generations:
                if mode == "live" and it.locks_at and it.locks_at <= at and tuple(key) not in held:
                    it.closed = True

    def book(self, position: int) -> Programme:
        return [programme for since, programme in self.known if since < position][-1]

    def rates(self, position: int, at: datetime) -> Callable[[str], Fraction]:
        """Units of a currency for one euro: the last one known then, or else the first to arrive (D151)."""

        def per_euro(currency: str) -> Fraction:
            if currency == "EUR":
                return Fraction(1)
            for programme in [self.book(position)] + [
                later for since, later in self.known if since >= position
            ]:
                rates = [(since, value) for name, since, value in programme.rates if name == currency]
                if served := [rate for rate in rates if rate[0] <= at.date()]:
                    return Fraction(max(served)[1])
            raise Wait

        return per_euro

    def decide(self, sent: Sent, position: int, at: datetime) -> str:
        book = self.book(position)
        enterprise = book.trackers.get(sent.tracker, (0, False))[0]
        if enterprise != sent.enterprise:
            return "rejected ACTION_NOT_OWNED"
        word = (self.create if sent.kind == "create" else self.change)(sent, position, at, book)
        return word if " " in word or word == "posted" else f"rejected {word}"

    def create(self, sent: Sent, position: int, at: datetime, book: Programme) -> str:
        if sent.order_id == "":
            return "ORDER_ID_EMPTY"
        if len(sent.order_id) > 96:
            return "ORDER_ID_TOO_LONG"
        mine = self.orders.setdefault((sent.mode, sent.enterprise, sent.tracker, sent.order_id), [])
        if mine and not reopens(mine[-1], sent):
            return "duplicate DUPLICATE_ORDER"
        event = sent.event or at
        if sent.channel != "api" and event > at + timedelta(hours=2 if sent.channel == "postback" else 0):
            return "EVENT_TIME_IN_FUTURE"
        if sent.channel != "api" and len(sent.items) > 100:
            return "TOO_MANY_ITEMS"
        if sent.currency is not None and sent.currency.upper() not in ISO:
            return "CURRENCY_UNKNOWN"
        new = Generation(len(mine) + 1, event, sent, book, advertiser=book.enterprises[sent.enterprise])
        new.code = self.attribute(new, sent, book)
        if new.code is not None:
            mine.append(new)
            return f"recorded {new.code}"
        assert new.paid is not None
        own = (book.currencies[new.advertiser], book.currencies[new.publisher], "USD")
        assert new.terms is not None
        new.state = price((new.terms, new.paid), new.event, own, sent, book, self.rates(position, at), None)
        new.versions = 1
        new.validation = "PENDING" if new.paid.locking == "OPEN_ENDED" else "AUTOMATED"
        new.lock_date, new.locks_at = lock(new.paid, event, at)
        mine.append(new)
        self.post(sent, [Record("original", 1, new.state, new.number, None)])
        return "posted"

    def attribute(self, new: Generation, sent: Sent, book: Programme) -> str | None:
        """Sections 3 to 6: the first condition that fails; fills in who is credited and by which terms."""
        clicked_at, click = self.clicks.get(sent.click or "", (None, None))
        if click is not None:
            if click.advertiser != new.advertiser:
                return "CLICK_OF_OTHER_ADVERTISER"
            new.publisher, new.click = click.publisher, sent.click
        elif sent.ad is None or sent.property is None:
            return "UNATTRIBUTED"
        elif book.ads.get(sent.ad) != new.advertiser or sent.property not in book.properties:
            return "AD_OR_PROPERTY_UNKNOWN"
        else:
            new.publisher = book.properties[sent.property]
        pair = (new.advertiser, new.publisher)
        active = pair in book.contracts and new.event < (
            book.contracts[pair] or datetime.max.replace(tzinfo=UTC)
        )
        if active:
            new.terms = [terms for terms in book.terms[pair] if terms.valid_from <= new.event][-1]
            new.paid = new.terms.paid.get(sent.tracker)
        if clicked_at is not None:
            if new.event < clicked_at - timedelta(hours=24):
                return "EVENT_BEFORE_CLICK"
            if new.paid and new.event > clicked_at + timedelta(hours=24 * new.paid.referral_days):
                return "REFERRAL_PERIOD_OVER"
            if new.paid and new.paid.limit is not None and self.uses(sent) >= new.paid.limit:
                return "REFERRAL_LIMIT_REACHED"
        if not active:
            return "NO_ACTIVE_CONTRACT"
        if new.paid is None:
            return "ACTION_NOT_IN_TERMS"
        verdicts = coupons(new, sent, book)
        if 0 in verdicts:
            return "COUPON_EXCLUDED"
        if verdicts:
            return "COUPON_OF_OTHER_PUBLISHER"
        return "CHANNEL_EXCLUDED" if excludes(new.paid, sent) else None

    def uses(self, sent: Sent) -> int:
        """Commissionable orders of this click and action that are not cancelled (D65)."""
        alike = [
            g for key, gs in self.orders.items() if (key[0], key[2]) == (sent.mode, sent.tracker) for g in gs
        ]
        return sum(g.click == sent.click and g.state is not None and not g.state.cancelled for g in alike)

    def change(self, sent: Sent, position: int, at: datetime, book: Programme) -> str:
        key = (sent.mode, sent.enterprise, sent.tracker, sent.order_id)
        adopts = sent.mode == "test" and not self.orders.get(key)
        theirs = self.orders.get(("live", *key[1:]) if adopts else key)
        if not theirs:
            return "ORDER_NOT_FOUND"
        it = theirs[-1]
        if it.state is None or it.paid is None:
            return "ORDER_NOT_COMMISSIONABLE"
        if it.state.cancelled:
            return "ORDER_CANCELLED"
        if sent.mode == "live" and it.closed:
            return "ORDER_CLOSED"
        if sent.mode == "live" and it.locks_at and at >= it.locks_at:
            return "ORDER_LOCKED"
        if sent.channel != "api" and sent.update and sent.update > at:
            return "UPDATE_TIME_IN_FUTURE"
        if sent.channel != "api" and len(sent.items) > 100:
            return "TOO_MANY_ITEMS"
        is_open_ended = it.paid.locking == "OPEN_ENDED"
        if sent.kind == "restate":
            verdicts = coupons(it, sent, book)
            if 0 in verdicts or excludes(it.paid, sent):
                return "CHANGES_COMMISSIONABILITY"
            if verdicts:
                return "CHANGES_PUBLISHER"
            if sent.currency is not None and sent.currency.upper() not in ISO:
                return "CURRENCY_UNKNOWN"
        if is_open_ended and sent.status is None:
            return "STATUS_REQUIRED"
        if is_open_ended and it.validation == "ACCEPTED" and sent.status == "Pending":
            return "STATUS_BACKWARDS"
        if not is_open_ended and sent.status == "Declined":
            return "STATUS_NOT_APPLICABLE"
        if sent.kind == "restate":
            own = (book.currencies[it.advertiser], book.currencies[it.publisher], "USD")
            assert it.terms is not None
            state = price((it.terms, it.paid), it.event, own, sent, it.book, self.rates(position, at), it.state)
        else:
            gone = tuple(Priced(line.sku, 0, ZERO, ZERO, ZERO) for line in it.state.items)
            state = State(it.state.currency, it.state.rates, ZERO, ZERO, ZERO, ZERO, gone, cancelled=True)
        if adopts:
            it = replace(it, number=1, versions=1, closed=False)
            assert it.state is not None
            self.orders[key] = [it]
            self.post(sent, [Record("original", 1, it.state, 1, None)])
        before, it.state, it.versions = it.state, state, it.versions + 1
        if sent.status == "Declined":
            it.validation, it.lock_date, it.locks_at = "DECLINED", at, at
        if is_open_ended and sent.status == "Accepted" and it.validation == "PENDING":
            it.validation, (it.lock_date, it.locks_at) = "ACCEPTED", next_cycle(at)
        pair = (("reversal", -1, before), ("correction", 1, state))
        self.post(sent, [Record(kind, sign, each, it.number, sent.reason) for kind, sign, each in pair])
        return "posted"

    def post(self, sent: Sent, records: list[Record]) -> None:
        key = (sent.mode, sent.enterprise, sent.tracker, sent.order_id)
        self.records.setdefault(key, []).extend(records)


def reopens(last: Generation, sent: Sent) -> bool:
    """D54 and D55."""
    if sent.channel not in ("api", "file") or sent.event is None:
        return False
    if last.state is not None:
        return last.state.cancelled and sent.event > last.event
    old = last.opening
    was = (old.click, old.ad, old.property, old.sid, old.coupon, old.bypass)
    now = (sent.click, sent.ad, sent.property, sent.sid, sent.coupon, sent.bypass)
    return sent.event > last.event or (sent.event == last.event and was != now)


def coupons(it: Generation, sent: Sent, book: Programme) -> set[int]:
    """Whose the coupons are, if they withhold commission: 0 for an excluded one, or another publisher."""
    found = set()
    for code in (sent.coupon or "").split(","):
        for since, until, owner in book.coupons.get((it.advertiser, code.strip().lower()), []):
            if since <= it.event and (until is None or it.event < until) and owner != it.publisher:
                found.add(owner)
    return found


def excludes(paid: Paid, sent: Sent) -> bool:
    return (sent.bypass or "").lower() in [name.lower() for name in paid.channels]
