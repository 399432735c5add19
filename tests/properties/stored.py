"""The stored side: the product's own intake, worker, administration and closing, on a real database.

Owns the adapter to the desk. Next: test_state_machine.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from counterfoil import network
from counterfoil.administration import apply_network
from counterfoil.model.orders import Channel, Mode, OrderKey
from counterfoil.replaying import replay_log
from counterfoil.store import log
from counterfoil.store.connection import connect
from counterfoil.verification import as_text, verify
from tests.desk import Desk, RecordLine
from tests.properties.generations import Settings
from tests.properties.history import Close
from tests.properties.judging import Key, LineView, View, clicks_at, is_item_action
from tests.properties.months import Earned
from tests.properties.programme import written
from tests.properties.remarks import worded
from tests.properties.sent import Sent
from tests.properties.translating import figure, options_of, order_of, standing_view

_OUTCOMES = (
    "SELECT submission_id, concat_ws(' ', outcome, code), warnings, removed FROM submission_outcome"
    " WHERE submission_id = ANY(%(ids)s)"
    " UNION ALL SELECT submission_id, 'held ' || code, '{}', '{}' FROM held_submission"
    " WHERE submission_id = ANY(%(ids)s)"
)


class Stored:
    """Sends through the desk."""

    def __init__(self, desk: Desk, beginning: datetime) -> None:
        """The desk's database holds the demo network; the clicks it lacks are made."""
        self._desk = desk
        self._text = network.demo_network()
        self._versions = 1
        self._waiting: list[UUID] = []
        self._books = desk.books()
        assert beginning == desk.now()
        desk.note(options_of(Settings()))
        for name, (at, click) in clicks_at(beginning).items():
            desk.click(name, click.property, click.publisher, click.ad, click.advertiser, at=at)

    def send(self, batch: Sequence[Sent], now: datetime) -> tuple[int, datetime]:
        """Accepts a batch."""
        orders = [order_of(sent) for sent in batch]
        sent = self._desk.send(orders, Mode(batch[0].mode), Channel(batch[0].channel))
        self._waiting += sent.submission_ids
        return sent.receipt.position, sent.receipt.received_at

    def process(self) -> list[str]:
        """Decides what waits."""
        self._desk.process()
        found: dict[UUID, str] = {
            row[0]: worded(*row[1:])
            for row in self._desk.connection.execute(_OUTCOMES, {"ids": self._waiting})
        }
        words = [found.get(each, "pending") for each in self._waiting]
        self._waiting = [
            each for each, word in zip(self._waiting, words, strict=True) if word.startswith("held")
        ]
        return words

    def move(self, to: datetime) -> None:
        """Moves the business clock."""
        self._desk.clock(to)

    def learn(self, change: str) -> int:
        """Applies a network file."""
        self._text = written(self._text, change, self._versions)
        applied = apply_network(self._desk.connection, self._text, "judge", "tests")
        assert not isinstance(applied, list), applied
        self._versions = applied.version
        return self._last()

    def set(self, settings: Settings) -> int:
        """Notes settings."""
        self._desk.note(options_of(settings))
        return self._last()

    def close(self, step: Close, now: datetime) -> tuple[int, list[Earned]]:
        """Closes a month."""
        self._books.close(step.month, "tests")
        rows: Any = self._desk.connection.execute(
            "SELECT publisher_id, action_tracker_id, commission_adv, commission_pub, commission_usd"
            " FROM period_record WHERE month = %(month)s",
            {"month": step.month},
        )
        given = [
            Earned(row[0], row[1], (Fraction(row[2]), Fraction(row[3]), Fraction(row[4]))) for row in rows
        ]
        return self._last(), sorted(given)

    def _last(self) -> int:
        """The place in the log of what was just done."""
        return log.head(self._desk.connection).position

    def view(self, key: Key) -> View | None:
        """What an order is now."""
        standing = self._desk.standing(OrderKey(Mode(key[0]), *key[1:]))
        return standing_view(standing, key) if standing else None

    def records(self, key: Key) -> list[LineView]:
        """All records of an order."""
        return [_line(record, key) for record in self._desk.records(OrderKey(Mode(key[0]), *key[1:]))]

    def is_closed(self, key: Key) -> bool:
        """Whether a closing took the action."""
        standing = self._desk.standing(OrderKey(Mode(key[0]), *key[1:]))
        return bool(standing and standing.status and standing.status.closed_at)

    def verified(self) -> None:
        """Every invariant of the ledger holds, and the log gives the same ledger again."""
        report = verify(self._desk.connection)
        assert report.is_clean, as_text(report)
        with connect(self._desk.urls.server, name="replay") as connection:
            assert () == replay_log(connection).differences


def _line(record: RecordLine, key: Key) -> LineView:
    return LineView(
        record.kind,
        record.generation,
        record.reason,
        tuple(figure(record.figures[name]) for name in ("sale", "commission", "fee", "discount")),
        record.quantity if is_item_action(key) else 0,
    )
