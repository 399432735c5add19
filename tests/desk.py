"""The desk: sends orders into a real log, has them processed, and reads what became of them.

Owns the words in which tests speak about orders. Everything goes through the product's own intake and worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import TracebackType
from typing import Any, NamedTuple, Self
from uuid import UUID

from psycopg.rows import namedtuple_row

from counterfoil.administration import create_token, note_options
from counterfoil.intake import Intake, new_batch_id, prepared
from counterfoil.model.ledger import Money3, Standing
from counterfoil.model.orders import (
    Cancellation,
    Channel,
    Extension,
    Kind,
    Mode,
    NewOrder,
    Order,
    OrderKey,
    Receipt,
    Restatement,
    SubmissionBatch,
    submission_id,
)
from counterfoil.processing import Options
from counterfoil.statements import Books
from counterfoil.store import reference
from counterfoil.store.connection import DatabaseUrls, connect
from counterfoil.store.queries import sql
from counterfoil.store.rows import read_priced, standing
from counterfoil.tokens import Scope, TokenKind
from counterfoil.worker import Worker

BEGINNING = datetime(2026, 3, 1, 10, tzinfo=UTC)
NORTHWIND, ALPINE = "1500001", "1500002"
PUBLISHER_A, PUBLISHER_B = 9900001, 9900002
AD_NORTHWIND, AD_ALPINE = 12000001, 12000002
CLICK_A, CLICK_B, CLICK_B_ALPINE = "click-a", "click-b", "click-b-alpine"


class Sent(NamedTuple):
    """A batch that was accepted."""

    receipt: Receipt
    submission_ids: tuple[UUID, ...]


class LedgerLine(NamedTuple):
    """One record as the ledger has it: kind, sale and commission in the publisher's currency."""

    kind: str
    sale: Decimal
    commission: Decimal


class RecordLine(NamedTuple):
    """One record with all its figures, by name: sale, commission, fee, discount; signed as the ledger is."""

    kind: str
    generation: int
    advertiser_id: int
    publisher_id: int
    figures: dict[str, Money3]
    quantity: int
    reason: str | None


class SubmissionLine(NamedTuple):
    """What became of one submission, as `outcomes` says it, and all that its outcome tells."""

    outcome: str
    warnings: tuple[str, ...]
    skipped: tuple[str, ...]
    removed: tuple[str, ...]


class Desk:
    """Sends, processes, reads; its clock stands at BEGINNING until it is moved."""

    def __init__(self, urls: DatabaseUrls) -> None:
        self.urls = urls
        self.connection = connect(urls.server, name="desk", autocommit=True)
        self.intake = Intake(self.opener("intake"), waiting_bytes_max=2**28)
        self.worker = self.new_worker()
        self.click(CLICK_A, PUBLISHER_A, 7700001, AD_NORTHWIND, 5500001)
        self.click(CLICK_B, PUBLISHER_B, 7700002, AD_NORTHWIND, 5500001)
        self.click(CLICK_B_ALPINE, PUBLISHER_B, 7700002, AD_ALPINE, 5500002)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.intake.close()
        self.worker.close()
        self.connection.close()

    def opener(self, name: str) -> Callable[[], Any]:
        """A way to open a connection of the serving role."""
        return lambda: connect(self.urls.server, name=name)

    def new_worker(self, chunk_max: int = 1000) -> Worker:
        """Another processor on the same log."""
        return Worker(self.opener("worker"), chunk_max=chunk_max)

    def books(self, *, minimum: Decimal = Decimal(0), age_days: int = 5) -> Books:
        """The books of the network: the least amount that is paid, and the oldest rate that serves."""
        return Books(
            lambda name: self.opener(name)(),
            self.new_worker,
            minimum_payment=minimum,
            rate_age_days_max=age_days,
        )

    def shop_token(self) -> str:
        """A new token with which Northwind's shop sends orders."""
        return create_token(
            self.connection,
            name="shop",
            kind=TokenKind.LIVE,
            scopes=[Scope.TRACKING],
            company_id=5500001,
            created_by="tests",
        )

    def note(self, options: Options) -> None:
        """Settings of deciding, for what is sent from here on."""
        note_options(self.connection, options, "tests")

    def click(
        self,
        click_id: str,
        property_id: int,
        publisher: int,
        ad: int,
        advertiser: int,
        *,
        at: datetime | None = None,
        sid: str | None = None,
    ) -> None:
        """A click, one hour before the present time if no other is given."""
        self.connection.execute(
            sql("facts", "insert_click"),
            {
                "click_id": click_id,
                "clicked_at": at or self.now() - timedelta(hours=1),
                "publisher_id": publisher,
                "property_id": property_id,
                "advertiser_id": advertiser,
                "ad_id": ad,
                "sid": sid,
                "referring_url": "https://vinyldigest.example/reviews",
                "browser": "Firefox",
                "device_type": "Desktop",
                "device_name": "Firefox - Linux",
                "country": "US",
            },
        )

    def now(self) -> datetime:
        """The business time."""
        return reference.read_clock(self.connection)[0]

    def clock(self, at: datetime) -> None:
        """Moves the business time forward."""
        assert reference.move_clock(self.connection, at), f"the clock cannot go to {at}"

    def send(self, orders: Sequence[Order], mode: Mode = Mode.LIVE, channel: Channel = Channel.API) -> Sent:
        """Accepts one batch of orders of one kind."""
        kind = {
            NewOrder: Kind.CREATE,
            Restatement: Kind.RESTATE,
            Cancellation: Kind.CANCEL,
            Extension: Kind.EXTEND,
        }[type(orders[0])]
        assert len({type(order) for order in orders}) == 1, "a batch has orders of one kind"
        batch = SubmissionBatch(
            batch_id=new_batch_id(),
            mode=mode,
            channel=channel,
            kind=kind,
            sender="tests",
            orders=tuple(orders),
        )
        receipt = self.intake.receive([prepared(batch)]).result(timeout=10)[0]
        return Sent(receipt, tuple(submission_id(batch.batch_id, n) for n in range(1, len(orders) + 1)))

    def process(self) -> int:
        """Decides everything that waits."""
        return self.worker.drain()

    def outcomes(self, sent: Sent) -> list[str]:
        """The word on each submission: its code if it has one, otherwise its kind; `held CODE`; `pending`."""
        found: dict[UUID, str] = dict(
            self.connection.execute(
                "SELECT submission_id, coalesce(code, outcome) FROM submission_outcome"
                " WHERE submission_id = ANY(%s)"
                " UNION ALL SELECT submission_id, 'held ' || code FROM held_submission"
                " WHERE submission_id = ANY(%s)",
                (list(sent.submission_ids), list(sent.submission_ids)),
            ).fetchall()
        )
        return [found.get(each, "pending") for each in sent.submission_ids]

    def ledger(self, order_id: str, mode: Mode = Mode.LIVE) -> list[LedgerLine]:
        """The records of all generations of an order, in the order of their ids."""
        rows: Iterable[Any] = self.connection.cursor(row_factory=namedtuple_row).execute(
            "SELECT record.kind, record.sign * version.sale_pub AS sale,"
            " record.sign * version.commission_pub AS commission"
            " FROM commission_record AS record JOIN action USING (enterprise_id, original_action_id)"
            " JOIN order_version AS version USING (enterprise_id, original_action_id, version)"
            " WHERE action.order_id = %s AND record.mode = %s ORDER BY record.commission_id",
            (order_id, str(mode)),
        )
        return [LedgerLine(row.kind, row.sale, row.commission) for row in rows]

    def records(self, key: OrderKey) -> list[RecordLine]:
        """The records of all generations of an order, in the order of their ids, with all figures."""
        rows: Iterable[Any] = self.connection.cursor(row_factory=namedtuple_row).execute(
            "SELECT record.kind, action.generation, record.advertiser_id, record.publisher_id, record.sign,"
            " record.correction_reason, version.priced, version.sale_adv, version.sale_pub, version.sale_usd,"
            " version.commission_adv, version.commission_pub, version.commission_usd, version.fee_adv,"
            " version.fee_pub, version.fee_usd, version.discount_adv, version.discount_pub,"
            " version.discount_usd"
            " FROM commission_record AS record JOIN action USING (enterprise_id, original_action_id)"
            " JOIN order_version AS version USING (enterprise_id, original_action_id, version)"
            " WHERE action.mode = %s AND action.enterprise_id = %s AND action.action_tracker_id = %s"
            " AND action.order_id = %s ORDER BY record.commission_id",
            (str(key.mode), *key[1:]),
        )
        return [
            RecordLine(
                row.kind,
                row.generation,
                row.advertiser_id,
                row.publisher_id,
                {
                    name: Money3(**{c: row.sign * getattr(row, f"{name}_{c}") for c in ("adv", "pub", "usd")})
                    for name in ("sale", "commission", "fee", "discount")
                },
                row.sign * sum(item.quantity for item in read_priced(row.priced).items),
                row.correction_reason,
            )
            for row in rows
        ]

    def standing(self, key: OrderKey) -> Standing | None:
        """What an order is now, `None` if no order has this key."""
        mode, enterprise, tracker, order_id = key
        found = self.connection.execute(
            sql("facts", "standings"),
            {
                "modes": [str(mode)],
                "enterprises": [enterprise],
                "trackers": [tracker],
                "order_ids": [order_id],
            },
        ).fetchall()
        return standing(found[0])[1] if found else None

    def submissions(self, key: OrderKey) -> list[SubmissionLine]:
        """What became of every submission of an order, in log order."""
        rows = self.connection.execute(
            "SELECT position, submission_id, coalesce(code, outcome), warnings, skipped, removed"
            " FROM submission_outcome"
            " WHERE (mode, enterprise_id, action_tracker_id, order_id) = (%s, %s, %s, %s)"
            " UNION ALL SELECT position, submission_id, 'held ' || code, '{}', '{}', '{}'"
            " FROM held_submission"
            " WHERE (mode, enterprise_id, action_tracker_id, order_id) = (%s, %s, %s, %s)"
            " ORDER BY position, submission_id",
            (str(key.mode), *key[1:]) * 2,
        )
        return [SubmissionLine(row[2], tuple(row[3]), tuple(row[4]), tuple(row[5])) for row in rows]

    def submission_ids(self, key: OrderKey) -> list[UUID]:
        """The decided and held submissions of an order, in log order."""
        rows = self.connection.execute(
            "SELECT submission_id FROM ("
            " SELECT position, submission_id FROM submission_outcome"
            " WHERE (mode, enterprise_id, action_tracker_id, order_id) = (%s, %s, %s, %s)"
            " UNION ALL SELECT position, submission_id FROM held_submission"
            " WHERE (mode, enterprise_id, action_tracker_id, order_id) = (%s, %s, %s, %s)"
            ") AS found ORDER BY position, submission_id",
            (str(key.mode), *key[1:]) * 2,
        )
        return [submission_id for (submission_id,) in rows]

    def held(self, key: OrderKey) -> list[str]:
        """Codes of the held submissions of an order, in log order."""
        return [
            line.outcome.removeprefix("held ")
            for line in self.submissions(key)
            if line.outcome.startswith("held ")
        ]
