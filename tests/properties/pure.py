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
from uuid import UUID

from msgspec.structs import replace

from counterfoil import network
from counterfoil.model.ledger import (
    Click,
    Decided,
    Held,
    OrderVersion,
    Standing,
)
from counterfoil.model.orders import (
    Channel,
    Kind,
    Mode,
    OrderKey,
    Submission,
    lane_of,
    submission_id,
)
from counterfoil.model.programme import Network, RateQuote
from counterfoil.money import round3
from counterfoil.processing import Facts, Options, Waiting, decide_in_order
from counterfoil.rules import locking
from counterfoil.rules.conversion import Conversion, KnownRate, conversion
from counterfoil.rules.incentives import month_span
from tests.properties.generations import Settings
from tests.properties.history import Close
from tests.properties.judging import Key, LineView, View, clicks_at
from tests.properties.months import Earned
from tests.properties.programme import Click as ModelClick
from tests.properties.programme import written
from tests.properties.reckoning import Figure
from tests.properties.remarks import worded
from tests.properties.sent import Sent
from tests.properties.translating import line_view, options_of, order_of, rewarded, standing_view


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
        self._options = [(0, Options())]
        self._past: dict[OrderKey, list[tuple[int, Standing]]] = {}
        self.facts = Facts(
            standings={},
            clicks={name: _click(name, at, click) for name, (at, click) in clicks_at(beginning).items()},
            used={},
            network_at=lambda position: [each for each in self._networks if each.position < position][-1],
            network_of=lambda version: next(each for each in self._networks if each.version == version),
            find_rate=self._find_rate,
            options_at=lambda position: [each for since, each in self._options if since < position][-1],
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
        self.facts.live_before = self._live_before()
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
                outcome = decision.outcome
                word = " ".join(str(each) for each in (outcome.kind, outcome.code) if each)
                words.append(worded(word, outcome.warnings, outcome.removed))
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

    def _live_before(self) -> dict[tuple[OrderKey, int], Standing]:
        """What the store would find of live orders at the places of test changes that wait."""
        found = {}
        for each in self._waiting:
            submission = each.submission if isinstance(each, Waiting) else each
            key = submission.key._replace(mode=Mode.LIVE)
            known = [standing for place, standing in self._past.get(key, []) if place < submission.position]
            if known:
                found[key, submission.position] = known[-1]
        return found

    def _note(self, decision: Decided) -> None:
        if decision.standing is not None:
            at = decision.submission.position
            self._past.setdefault(decision.submission.key, []).append((at, decision.standing))
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

    def set(self, settings: Settings) -> int:
        """Notes settings."""
        self._position += 1
        self._options.append((self._position, options_of(settings)))
        return self._position

    def close(self, step: Close, now: datetime) -> tuple[int, list[Earned]]:
        """Closes what is locked and has nothing held, as the store does in one statement."""
        self._position += 1
        submissions = [each.submission if isinstance(each, Waiting) else each for each in self._waiting]
        held = {submission.key for submission in submissions}
        given = self._incentives(step.month, now)
        for key, standing in self.facts.standings.items():
            status = standing.status
            if key.mode is Mode.TEST or status is None or status.closed_at or key in held:
                continue
            if locking.is_locked(status, now):
                closed = replace(
                    status, position=self._position, closed_at=now, closed_position=self._position
                )
                self.facts.standings[key] = replace(standing, status=closed)
                self._past[key].append((self._position, self.facts.standings[key]))
        return self._position, given

    def _incentives(self, month: date, now: datetime) -> list[Earned]:
        known = self.facts.network_at(self._position)
        since, before = month_span(month)
        brought: dict[tuple[int, int, int], list[OrderVersion]] = {}
        for key, standing in self.facts.standings.items():
            action, version, status = standing.action, standing.version, standing.status
            if key.mode is Mode.TEST or version is None or status is None or action.credit is None:
                continue
            if status.validation in ("ACCEPTED", "AUTOMATED") and since <= action.event_time < before:
                group = (action.advertiser_id, action.credit.publisher_id, key.action_tracker_id)
                brought.setdefault(group, []).append(version)
        return sorted(
            Earned(publisher, tracker, self._converted(amount, known, advertiser, publisher, now))
            for (advertiser, publisher, tracker), versions in brought.items()
            if (amount := rewarded(known, advertiser, publisher, tracker, versions, before)) is not None
        )

    def _converted(
        self, amount: Decimal, known: Network, advertiser: int, publisher: int, now: datetime
    ) -> Figure:
        own, theirs = known.advertisers[advertiser].currency, known.publishers[publisher].currency
        found = conversion(
            own,
            advertiser=own,
            publisher=theirs,
            day=now.date(),
            position=self._position,
            find=self._find_rate,
        )
        assert isinstance(found, Conversion)
        rates = (found.rates.adv, found.rates.pub, found.rates.usd)
        sums = [Fraction(round3(amount * rate.value)) for rate in rates]
        return sums[0], sums[1], sums[2]

    def view(self, key: Key) -> View | None:
        """What an order is now."""
        standing = self.facts.standings.get(OrderKey(Mode(key[0]), *key[1:]))
        return standing_view(standing, key) if standing else None

    def records(self, key: Key) -> list[LineView]:
        """All records of an order."""
        return self._lines.get(OrderKey(Mode(key[0]), *key[1:]), [])

    def is_closed(self, key: Key) -> bool:
        """Whether a closing took the action."""
        standing = self.facts.standings[OrderKey(Mode(key[0]), *key[1:])]
        return bool(standing.status and standing.status.closed_at)


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
