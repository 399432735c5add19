"""The pure side: the product's deciding without a database.

Owns the adapter to `decide_in_order`: it keeps the log, the waiting ones and the standings in plain lists,
and stands in for what the store does. Next: stored.py, the side with everything real.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from counterfoil import network
from counterfoil.model.ledger import Click, Decided, Held, Line, Money3, PricedItem, Standing, VersionState
from counterfoil.model.orders import (
    BypassChannel,
    Cancellation,
    CancellationStatus,
    Channel,
    CorrectionReason,
    Kind,
    Mode,
    NewOrder,
    Order,
    OrderItem,
    OrderKey,
    OrderStatus,
    Restatement,
    Submission,
    lane_of,
    submission_id,
)
from counterfoil.model.programme import Network, RateQuote
from counterfoil.processing import Facts, Options, Waiting, decide_in_order
from counterfoil.rules.conversion import KnownRate
from tests.properties.history import Close
from tests.properties.judging import Key, LineView, View, clicks_at, is_item_action
from tests.properties.programme import Click as ModelClick
from tests.properties.programme import written
from tests.properties.reckoning import Figure
from tests.properties.sent import Sent


class Pure:
    """Answers like the store, from memory."""

    def __init__(self, beginning: datetime) -> None:
        """Begins with the demo network at place 0."""
        self._text = network.demo_network()
        self._networks: list[Network] = []
        self._rates: list[tuple[int, RateQuote]] = []
        self._position = self._number = 0
        self._learn(self._text)
        self._waiting: list[Submission | Waiting] = []
        self._lines: dict[OrderKey, list[LineView]] = {}
        self.facts = Facts(
            standings={},
            clicks={name: _click(name, at, click) for name, (at, click) in clicks_at(beginning).items()},
            used={},
            network_at=lambda position: [each for each in self._networks if each.position < position][-1],
            network_of=lambda version: next(each for each in self._networks if each.version == version),
            find_rate=self._find_rate,
            options=Options(),
        )

    def _learn(self, text: str) -> None:
        rows, quotes = _read(text)
        self._networks.append(network.build(len(self._networks) + 1, self._position, rows))
        known = {(quote.currency, quote.day) for _, quote in self._rates}
        for quote in quotes:
            if (quote.currency, quote.day) not in known:
                self._rates.append((self._position, quote))

    def _find_rate(self, currency: str, on: date, position: int) -> KnownRate | None:
        served = [
            (since, quote) for since, quote in self._rates if quote.currency == currency and quote.day <= on
        ]
        known = [quote for since, quote in served if since < position]
        if known:
            return KnownRate(max(known, key=lambda quote: quote.day), None)
        if served:
            since, quote = min(served, key=lambda each: each[0])
            return KnownRate(quote, since)
        return None

    def send(self, batch: Sequence[Sent], now: datetime) -> tuple[int, datetime]:
        """Accepts a batch."""
        self._position += 1
        batch_id = UUID(int=self._position << 24)
        for n, sent in enumerate(batch, 1):
            self._number += 1
            key = OrderKey(Mode(sent.mode), sent.enterprise, sent.tracker, sent.order_id)
            self._waiting.append(
                Submission(
                    submission_id=submission_id(batch_id, n),
                    batch_id=batch_id,
                    n=n,
                    lane=lane_of(*key[1:]),
                    position=self._position,
                    number=self._number,
                    received_at=now,
                    mode=key.mode,
                    channel=Channel(sent.channel),
                    kind=Kind(sent.kind),
                    order=order_of(sent),
                    key=key,
                )
            )
        return self._position, now

    def process(self) -> list[str]:
        """Decides what waits."""
        decisions = {
            decision.submission.submission_id: decision
            for decision in decide_in_order(self._waiting, self.facts)
        }
        words: list[str] = []
        left: list[Submission | Waiting] = []
        for each in self._waiting:
            submission = each.submission if isinstance(each, Waiting) else each
            decision = decisions.get(submission.submission_id)
            if isinstance(decision, Decided):
                words.append(
                    " ".join(str(each) for each in (decision.outcome.kind, decision.outcome.code) if each)
                )
                self._note(decision)
                continue
            code = str(
                decision.code
                if isinstance(decision, Held)
                else each.code
                if isinstance(each, Waiting)
                else "?"
            )
            words.append(f"held {code}")
            left.append(Waiting(submission, code, is_released=False))
        self._waiting = left
        return words

    def _note(self, decision: Decided) -> None:
        for line in decision.lines:
            assert decision.standing is not None
            view = line_view(line, decision.standing.action.generation, decision.submission.key)
            self._lines.setdefault(decision.submission.key, []).append(view)

    def move(self, to: datetime) -> None:
        """Nothing here keeps a clock."""

    def learn(self, change: str) -> int:
        """Applies a version of the network."""
        self._position += 1
        self._text = written(self._text, change, len(self._networks))
        self._learn(self._text)
        self._waiting = [
            replace(each, is_released=each.code == "RATE_MISSING") if isinstance(each, Waiting) else each
            for each in self._waiting
        ]
        return self._position

    def close(self, step: Close, now: datetime) -> None:
        """Notes a closing."""
        self._position += 1
        self.facts.closings = (*self.facts.closings, (self._position, now))

    def view(self, key: Key) -> View | None:
        """What an order is now."""
        standing = self.facts.standings.get(OrderKey(Mode(key[0]), *key[1:]))
        return standing_view(standing, key) if standing else None

    def records(self, key: Key) -> list[LineView]:
        """All records of an order."""
        return self._lines.get(OrderKey(Mode(key[0]), *key[1:]), [])

    def is_closed(self, key: Key) -> bool | None:
        """The store's to tell."""
        return None


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[tuple[tuple[str, str, bytes], ...], tuple[RateQuote, ...]]:
    """The rows that the store would keep of a network file, and its rates."""
    file = network.read(text, "judge")
    assert isinstance(file, network.NetworkFile), file
    quotes = tuple(
        RateQuote(
            currency=currency,
            day=block["valid_from"],
            source=block["source"],
            per_euro=Decimal(value),
            is_fixed=True,
        )
        for block in tomllib.loads(text)["rates"]
        for currency, value in block["per_euro"].items()
    )
    return tuple((kind, name, body) for (kind, name), body in file.entries.items()), quotes


def _click(name: str, at: datetime, click: ModelClick) -> Click:
    return Click(
        click_id=name,
        clicked_at=at,
        publisher_id=click.publisher,
        property_id=click.property,
        advertiser_id=click.advertiser,
        ad_id=click.ad,
        device_type="Desktop",
    )


def written_instant(at: datetime) -> str:
    """An instant as it stands in the log."""
    return at.isoformat().replace("+00:00", "Z")


def order_of(sent: Sent) -> Order:
    """The order as the product's intake takes it."""
    keys: dict[str, Any] = {
        "enterprise_id": str(sent.enterprise),
        "action_tracker_id": sent.tracker,
        "order_id": sent.order_id,
    }
    reason = CorrectionReason(sent.reason) if sent.reason else None
    update = written_instant(sent.update) if sent.update else ""
    if sent.kind == "cancel":
        ended = CancellationStatus(sent.status) if sent.status else None
        return Cancellation(**keys, update_time=update, status=ended, correction_reason=reason)
    stated: dict[str, Any] = {
        "cj_event": sent.click,
        "amount": sent.amount,
        "discount": sent.discount,
        "vertical_parameters": dict(sent.vertical) or None,
        "items": tuple(
            OrderItem(sku=i.sku, quantity=i.quantity, unit_price=i.price, discount=i.discount)
            for i in sent.items
        )
        or None,
        "coupon": sent.coupon,
        "currency": sent.currency,
        "bypass_channel": sent.bypass and BypassChannel(name=sent.bypass, timestamp="2026-03-01T00:00:00Z"),
    }
    if sent.kind == "restate":
        status = OrderStatus(sent.status) if sent.status else None
        return Restatement(**keys, **stated, update_time=update, status=status, correction_reason=reason)
    return NewOrder(
        **keys,
        **stated,
        ad_id=sent.ad,
        promotional_property_id=sent.property,
        sid=sent.sid,
        event_time=written_instant(sent.event) if sent.event else None,
    )


def figure(money: Money3, sign: int = 1) -> Figure:
    """The product's figure in the judge's words; exact, since neither side rounds here."""
    return (sign * Fraction(money.adv), sign * Fraction(money.pub), sign * Fraction(money.usd))


def _item(item: PricedItem) -> tuple[object, ...]:
    return (item.sku, item.quantity, figure(item.per_item), figure(item.commission), figure(item.discount))


def standing_view(standing: Standing, key: Key) -> View:
    """The product's order as it is compared."""
    action, version, status = standing.action, standing.version, standing.status
    if version is None:
        return View(f"recorded {action.code}", action.generation, action.event_time)
    assert action.credit is not None
    assert status is not None
    amounts = version.pricing.amounts
    return View(
        "cancelled" if version.state is VersionState.CANCELLED else "standing",
        action.generation,
        action.event_time,
        version.version,
        action.credit.publisher_id,
        version.currency,
        tuple(
            figure(each) for each in (amounts.sale, amounts.commission, amounts.fee, amounts.order_discount)
        ),
        tuple(_item(item) for item in version.pricing.items) if is_item_action(key) else (),
        str(status.validation),
        status.locking_date,
        status.locks_at,
    )


def line_view(line: Line, generation: int, key: OrderKey) -> LineView:
    """The product's record as it is compared."""
    amounts, sign = line.version.pricing.amounts, line.sign
    quantity = sum(item.quantity for item in line.version.pricing.items) if key[2] in (402, 404) else 0
    return LineView(
        str(line.kind),
        generation,
        line.correction_reason and str(line.correction_reason),
        tuple(
            figure(each, sign)
            for each in (amounts.sale, amounts.commission, amounts.fee, amounts.order_discount)
        ),
        sign * quantity,
    )
