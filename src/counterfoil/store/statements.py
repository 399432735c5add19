"""Statements: the rows of closings, invoices, statements and period records.

Owns their statements to the database; reckons nothing. Next: statements.py above.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from counterfoil.model.orders import Mode
from counterfoil.store.queries import sql


class Closing(NamedTuple):
    """A month that is being closed, or was."""

    month: date
    position: int
    received_at: datetime
    closed_by: str
    finished_at: datetime | None


class Waiting(NamedTuple):
    """A submission whose order is left to the next closing."""

    enterprise_id: int
    action_tracker_id: int
    order_id: str
    submission_id: UUID
    code: str


class DueLine(NamedTuple):
    """A record that goes on an invoice and on a statement."""

    enterprise_id: int
    commission_id: int
    advertiser_id: int
    publisher_id: int
    commission_adv: Decimal
    fee_adv: Decimal
    commission_pub: Decimal


class MonthFigures(NamedTuple):
    """What a publisher brought by one tracker in a month, in the advertiser's currency."""

    enterprise_id: int
    advertiser_id: int
    publisher_id: int
    action_tracker_id: int
    orders: int
    sales: Decimal
    commission: Decimal


class Statement(NamedTuple):
    """An invoice or a statement, and whether it was paid."""

    kind: str
    year: int
    sequence: int
    month: date
    company_id: int
    currency: str
    total: Decimal
    brought_forward: Decimal
    payable: Decimal
    carried_forward: Decimal
    paid_on: date | None
    reference: str | None

    @property
    def number(self) -> str:
        """How people name it: `INV-2026-000001`, `ST-2026-000001`."""
        return f"{'INV' if self.kind == 'invoice' else 'ST'}-{self.year}-{self.sequence:06}"


class StatementLine(NamedTuple):
    """One record on an invoice or statement."""

    commission_id: int
    kind: str
    posted_at: datetime
    event_time: datetime
    advertiser_id: int
    publisher_id: int
    action_tracker_id: int
    order_id: str | None
    commission: Decimal
    fee: Decimal


def lock(connection: Connection) -> None:
    """Keeps other closings away until the transaction ends."""
    connection.execute(sql("statements", "take_closing_lock"))


def find(connection: Connection, month: date) -> Closing | None:
    """What is known of a month's closing."""
    cursor = connection.cursor(row_factory=class_row(Closing))
    return cursor.execute(sql("statements", "find_closing"), {"month": month}).fetchone()


def note(connection: Connection, closing: Closing) -> None:
    """Notes the place in the log of a closing."""
    connection.execute(sql("statements", "note_closing"), closing._asdict())


def finish(connection: Connection, month: date) -> None:
    """Notes that the statements of a month are written."""
    connection.execute(sql("statements", "finish_closing"), {"month": month})


def waiting(connection: Connection, closing: Closing) -> list[Waiting]:
    """Held submissions of locked actions, and held new orders, as of a closing."""
    cursor = connection.cursor(row_factory=class_row(Waiting))
    return cursor.execute(sql("statements", "waiting_actions"), closing._asdict()).fetchall()


def close_actions(connection: Connection, closing: Closing) -> int:
    """Closes what is locked as of the closing; answers how many actions. The connection has its drafts."""
    return connection.execute(sql("statements", "close_actions"), closing._asdict()).rowcount


def due_lines(connection: Connection) -> list[DueLine]:
    """Every record that belongs on an invoice and a statement now."""
    cursor = connection.cursor(row_factory=class_row(DueLine))
    return cursor.execute(sql("statements", "due_lines")).fetchall()


def month_figures(
    connection: Connection, since: datetime, before: datetime, position: int
) -> list[MonthFigures]:
    """What each publisher brought by each tracker in a span of event time, as of a place in the log."""
    cursor = connection.cursor(row_factory=class_row(MonthFigures))
    values = {"since": since, "before": before, "position": position}
    return cursor.execute(sql("statements", "month_figures"), values).fetchall()


def last_sequence(connection: Connection, kind: str, year: int) -> int:
    """The last number given in a year."""
    row = connection.execute(sql("statements", "last_sequence"), {"kind": kind, "year": year}).fetchone()
    assert row is not None
    return int(row[0])


def carried_forward(connection: Connection, kind: str) -> dict[int, tuple[str, Decimal]]:
    """Currency and amount that each company's latest statement carried forward, where there is any."""
    rows = connection.execute(sql("statements", "carried_forward"), {"kind": kind})
    return {company: (currency, amount) for company, currency, amount in rows if amount}


def insert_statements(
    connection: Connection, statements: Sequence[Statement], lines: Sequence[tuple[Any, ...]]
) -> None:
    """Writes papers of one kind, year and month; a line is (sequence, enterprise, id, commission, fee)."""
    if not statements:
        return
    first = statements[0]
    connection.execute(
        sql("statements", "insert_statements"),
        {
            "kind": first.kind,
            "year": first.year,
            "month": first.month,
            "sequences": [each.sequence for each in statements],
            "companies": [each.company_id for each in statements],
            "currencies": [each.currency for each in statements],
            "totals": [each.total for each in statements],
            "broughts": [each.brought_forward for each in statements],
            "payables": [each.payable for each in statements],
            "carrieds": [each.carried_forward for each in statements],
        },
    )
    connection.execute(
        sql("statements", "insert_lines"),
        {
            "kind": first.kind,
            "year": first.year,
            "sequences": [line[0] for line in lines],
            "enterprises": [line[1] for line in lines],
            "commission_ids": [line[2] for line in lines],
            "commissions": [line[3] for line in lines],
            "fees": [line[4] for line in lines],
        },
    )


def post_period_records(connection: Connection, rows: Sequence[dict[str, Any]], event_time: datetime) -> None:
    """Adds the period records of one job and their lines; the caller commits.

    From here to the commit nobody else draws a commission id.
    """
    if not rows:
        return
    for row in rows:
        connection.execute(sql("statements", "insert_period_record"), row)
    connection.execute(sql("posting", "take_posting_lock"))
    connection.execute(sql("posting", "insert_posting"), {"mode": str(Mode.LIVE), "records": len(rows)})
    values = {"job_id": rows[0]["job_id"], "event_time": event_time}
    connection.execute(sql("statements", "insert_period_lines"), values)
    connection.execute(sql("posting", "upsert_totals"), _totals(rows))


def write_events(connection: Connection) -> None:
    """Gives the drafted events their numbers; the caller commits."""
    connection.execute(sql("posting", "take_posting_lock"))
    connection.execute(sql("posting", "insert_events"))


def read_statements(connection: Connection, month: date | None) -> list[Statement]:
    """Invoices and statements of a month, or all."""
    cursor = connection.cursor(row_factory=class_row(Statement))
    return cursor.execute(sql("statements", "statements"), {"month": month}).fetchall()


def read_lines(connection: Connection, statement: Statement) -> list[StatementLine]:
    """The lines of one invoice or statement."""
    cursor = connection.cursor(row_factory=class_row(StatementLine))
    return cursor.execute(sql("statements", "statement_lines"), statement._asdict()).fetchall()


def mark_paid(connection: Connection, values: dict[str, Any]) -> bool:
    """Marks an invoice or statement as paid; answers whether it was there and unpaid."""
    if connection.execute(sql("statements", "insert_payment"), values).fetchone() is None:
        return False
    connection.execute(sql("statements", "event_paid"), values)
    write_events(connection)
    return True


def _totals(rows: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    sums: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        group = (row["advertiser_id"], row["publisher_id"], row["action_tracker_id"], row["currency"])
        total = sums.setdefault(group, [0, Decimal(0), Decimal(0), Decimal(0)])
        total[0] += 1
        for at, name in enumerate(("commission_adv", "commission_pub", "commission_usd"), start=1):
            total[at] += row[name]
    none = [Decimal(0)] * len(sums)
    return {
        "modes": [str(Mode.LIVE)] * len(sums),
        "advertisers": [group[0] for group in sums],
        "publishers": [group[1] for group in sums],
        "trackers": [group[2] for group in sums],
        "currencies": [group[3] for group in sums],
        "records": [total[0] for total in sums.values()],
        "originals": [0] * len(sums),
        **dict.fromkeys(("sale_adv", "sale_pub", "sale_usd", "fee_adv", "fee_usd"), none),
        "commission_adv": [total[1] for total in sums.values()],
        "commission_pub": [total[2] for total in sums.values()],
        "commission_usd": [total[3] for total in sums.values()],
    }
