"""The book: what a data directory's database says became of the orders, asked beside the server or after it.

Owns a lease on the database and the questions. Changes nothing. Next: running_server.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import psycopg

from counterfoil.store.connection import connect
from counterfoil.store.embedded import acquire
from tests.processes.running_server import PATIENCE_S, until


class Kept(NamedTuple):
    """What is kept of one order: its outcomes in log order, and its records as (kind, commission in USD)."""

    outcomes: list[str]
    records: list[tuple[str, Decimal]]

    @property
    def commission(self) -> Decimal:
        """What the order earns in the end."""
        return sum((commission for _, commission in self.records), Decimal(0))


class Book:
    """One connection to the embedded database, which runs for as long as the book is open."""

    def __init__(self, data_dir: Path) -> None:
        self._lease = acquire(data_dir, purpose="test's book")
        self.owner_url = self._lease.urls.owner
        self.server_url = self._lease.urls.server
        self._connection: psycopg.Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.drop()
        self._lease.release()

    def drop(self) -> None:
        """Lets go of the connection; the next question makes another."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def ask(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that answer a question in SQL."""
        if self._connection is None:
            self._connection = connect(self.server_url, name="book", autocommit=True)
        return self._connection.execute(question.encode(), values).fetchall()

    def wait_decided(self, seconds: float = PATIENCE_S) -> None:
        """Returns when no accepted submission waits any more."""
        until(lambda: self.undecided() == 0, "everything decided", seconds)

    def undecided(self) -> int:
        """How much work waits: lanes of requests."""
        return int(self.ask("SELECT count(*) FROM intake_pending")[0][0])

    def outcomes(self, submission_ids: Sequence[str]) -> Counter[str]:
        """How often each submission of these has an outcome; one without is not in it."""
        rows = self.ask(
            "SELECT submission_id::text FROM submission_outcome WHERE submission_id = ANY(%s::uuid[])",
            list(submission_ids),
        )
        return Counter(row[0] for row in rows)

    def kept(self, order_id: str) -> Kept:
        """What is kept of an order of the live ledger."""
        outcomes = self.ask(
            "SELECT coalesce(code, outcome) FROM submission_outcome WHERE order_id = %s AND mode = 'live'"
            " ORDER BY position, submission_id",
            order_id,
        )
        records = self.ask(
            "SELECT record.kind, record.sign * version.commission_usd FROM commission_record AS record"
            " JOIN action USING (enterprise_id, original_action_id)"
            " JOIN order_version AS version USING (enterprise_id, original_action_id, version)"
            " WHERE action.order_id = %s AND record.mode = 'live' ORDER BY record.commission_id",
            order_id,
        )
        return Kept([row[0] for row in outcomes], [(row[0], row[1]) for row in records])
