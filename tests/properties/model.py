"""The naive model: what the specification says becomes of each order, as plainly as it can be said.

Owns its own reading of spec/processing.md and spec/decisions.md; imports nothing of the product and shares no
code with it. Everything is looked up by going through lists. Next: judging.py, which compares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction

from tests.properties.generations import Generation, Record, coupons, excludes, refused_change, refused_create
from tests.properties.programme import Click, Programme
from tests.properties.reckoning import ZERO, Priced, State, Wait, lock, next_cycle, price
from tests.properties.sent import Sent


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
        """The network as a place in the log sees it (D151)."""
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
        """Section 17, from the top."""
        book = self.book(position)
        enterprise = book.trackers.get(sent.tracker, (0, False))[0]
        if enterprise != sent.enterprise:
            return "rejected ACTION_NOT_OWNED"
        return (self.create if sent.kind == "create" else self.change)(sent, position, at, book)

    def create(self, sent: Sent, position: int, at: datetime, book: Programme) -> str:
        """A new order, or a new generation of one."""
        mine = self.orders.setdefault((sent.mode, sent.enterprise, sent.tracker, sent.order_id), [])
        if refusal := refused_create(sent, mine[-1] if mine else None, at):
            return f"duplicate {refusal}" if refusal == "DUPLICATE_ORDER" else f"rejected {refusal}"
        new = Generation(
            len(mine) + 1, sent.event or at, sent, book, advertiser=book.enterprises[sent.enterprise]
        )
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
        new.lock_date, new.locks_at = lock(new.paid, new.event, at)
        mine.append(new)
        self.post(sent, [Record("original", 1, new.state, new.number, None)])
        return "posted"

    def attribute(self, new: Generation, sent: Sent, book: Programme) -> str | None:
        """Sections 3 and 4: who is credited, and by which terms; the first condition that fails."""
        clicked_at, click = self.clicks.get(sent.click or "", (None, None))
        if click is None and (sent.ad is None or sent.property is None):
            return "UNATTRIBUTED"
        if click is not None and click.advertiser != new.advertiser:
            return "CLICK_OF_OTHER_ADVERTISER"
        if click is None and (
            book.ads.get(sent.ad or 0) != new.advertiser or sent.property not in book.properties
        ):
            return "AD_OR_PROPERTY_UNKNOWN"
        new.publisher = click.publisher if click else book.properties[sent.property or 0]
        new.click = sent.click if click else None
        pair = (new.advertiser, new.publisher)
        end = book.contracts.get(pair, new.event)
        if end is None or new.event < end:
            new.terms = [terms for terms in book.terms[pair] if terms.valid_from <= new.event][-1]
            new.paid = new.terms.paid.get(sent.tracker)
        if clicked_at is not None and (code := self.too_far(new, sent, clicked_at)):
            return code
        if new.terms is None:
            return "NO_ACTIVE_CONTRACT"
        if new.paid is None:
            return "ACTION_NOT_IN_TERMS"
        if verdicts := coupons(new, sent, book):
            return "COUPON_EXCLUDED" if 0 in verdicts else "COUPON_OF_OTHER_PUBLISHER"
        return "CHANNEL_EXCLUDED" if excludes(new.paid, sent) else None

    def too_far(self, new: Generation, sent: Sent, clicked_at: datetime) -> str | None:
        """What asks for a click: D63 to D65."""
        if new.event < clicked_at - timedelta(hours=24):
            return "EVENT_BEFORE_CLICK"
        if new.paid and new.event > clicked_at + timedelta(hours=24 * new.paid.referral_days):
            return "REFERRAL_PERIOD_OVER"
        if new.paid and new.paid.limit is not None and self.uses(sent) >= new.paid.limit:
            return "REFERRAL_LIMIT_REACHED"
        return None

    def uses(self, sent: Sent) -> int:
        """Commissionable orders of this click and action that are not cancelled (D65)."""
        alike = [
            g for key, gs in self.orders.items() if (key[0], key[2]) == (sent.mode, sent.tracker) for g in gs
        ]
        return sum(g.click == sent.click and g.state is not None and not g.state.cancelled for g in alike)

    def change(self, sent: Sent, position: int, at: datetime, book: Programme) -> str:
        """A restatement or cancellation: two records, and the copy of a live order before them (D113)."""
        key = (sent.mode, sent.enterprise, sent.tracker, sent.order_id)
        adopts = sent.mode == "test" and not self.orders.get(key)
        theirs = self.orders.get(("live", *key[1:]) if adopts else key)
        it = theirs[-1] if theirs else None
        if refusal := refused_change(sent, it, at, book):
            return f"rejected {refusal}"
        assert it is not None
        assert it.paid is not None
        assert it.state is not None
        if sent.kind == "restate":
            own = (book.currencies[it.advertiser], book.currencies[it.publisher], "USD")
            assert it.terms is not None
            state = price(
                (it.terms, it.paid), it.event, own, sent, it.book, self.rates(position, at), it.state
            )
        else:
            gone = tuple(Priced(line.sku, 0, ZERO, ZERO, ZERO) for line in it.state.items)
            state = State(it.state.currency, it.state.rates, ZERO, ZERO, ZERO, ZERO, gone, cancelled=True)
        if adopts:
            it = replace(it, number=1, versions=1, closed=False)
            assert it.state is not None
            self.orders[key] = [it]
            self.post(sent, [Record("original", 1, it.state, 1, None)])
        before = it.state
        assert before is not None
        it.state, it.versions = state, it.versions + 1
        if sent.status == "Declined":
            it.validation, it.lock_date, it.locks_at = "DECLINED", at, at
        if sent.status == "Accepted" and it.validation == "PENDING":
            it.validation, (it.lock_date, it.locks_at) = "ACCEPTED", next_cycle(at)
        pair = (("reversal", -1, before), ("correction", 1, state))
        self.post(sent, [Record(kind, sign, each, it.number, sent.reason) for kind, sign, each in pair])
        return "posted"

    def post(self, sent: Sent, records: list[Record]) -> None:
        """Records are only added."""
        key = (sent.mode, sent.enterprise, sent.tracker, sent.order_id)
        self.records.setdefault(key, []).extend(records)
