"""Changing: what a restatement or a cancellation makes of an order.

Owns the judge's reading of spec/processing.md, sections 10 to 14, and of D113. Next: model.py.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tests.properties import remarks
from tests.properties.credit import refused_restatement
from tests.properties.generations import (
    Generation,
    Record,
    Settings,
    refused_change,
    refused_status,
)
from tests.properties.locks import next_cycle
from tests.properties.reckoning import ZERO, Priced, State
from tests.properties.sent import Sent
from tests.properties.standing import Books, key_of


class Changes(Books):
    """The books, and changes of what is in them."""

    def met(self, sent: Sent, position: int) -> Generation | None:
        """The order a change meets; in test mode a live one, as it was at the change's place (D113)."""
        if mine := self.orders.get(key_of(sent)):
            return mine[-1]
        live = [it for p, it in self.past.get(("live", *key_of(sent)[1:]), []) if p < position]
        return live[-1] if live and sent.mode == "test" else None

    def change(self, sent: Sent, position: int, at: datetime, settings: Settings) -> str:
        """A restatement or cancellation: two records, and the copy of a live order before them (D113)."""
        it, book = self.met(sent, position), self.book(position)
        refusal = refused_change(sent, it, at, settings)
        if refusal is None and it is not None:
            refusal = refused_restatement(sent, it, book) if sent.kind == "restate" else None
            refusal = refusal or refused_status(sent, it, settings)
        if refusal:
            return f"rejected {refusal}"
        assert it is not None
        assert it.state is not None
        odd, gone = remarks.of_values(sent) | remarks.of_change(sent, it), []
        if sent.kind == "restate":
            state = self.priced(sent, it, position, at)
            odd |= remarks.of_source(sent, is_item=book.trackers[sent.tracker][1])
            gone = remarks.removed(sent, it, state.currency)
            odd |= {"FIELDS_REMOVED"} if gone else set()
        else:
            lines = tuple(Priced(line.sku, 0, ZERO, ZERO, ZERO) for line in it.state.items)
            state = State(it.state.currency, it.state.rates, ZERO, ZERO, ZERO, ZERO, lines, cancelled=True)
        if not self.orders[key_of(sent)]:
            it = replace(it, number=1, versions=1, closed=False)
            assert it.state is not None
            self.orders[key_of(sent)] = [it]
            self.post(sent, [Record("original", 1, it.state, 1, None)])
        before = it.state
        assert before is not None
        self.move(sent, it, state, at, settings)
        pair = (("reversal", -1, before), ("correction", 1, state))
        self.post(sent, [Record(kind, sign, each, it.number, sent.reason) for kind, sign, each in pair])
        return remarks.worded("posted", odd, gone)

    def move(self, sent: Sent, it: Generation, state: State, at: datetime, settings: Settings) -> None:
        """What the order is after a change."""
        it.state, it.versions = state, it.versions + 1
        it.said = sent if sent.kind == "restate" else it.said
        it.latest_update = max(each for each in (it.latest_update, sent.update) if each)
        if sent.status == "Declined" and it.validation != "AUTOMATED":
            it.validation, it.lock_date, it.locks_at = "DECLINED", at, at
        if sent.status == "Accepted" and it.validation == "PENDING":
            it.validation = "ACCEPTED"
            it.lock_date, it.locks_at = (at, at) if settings.locks_at_once else next_cycle(at)
