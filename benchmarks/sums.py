"""Sums: whether every order that was sent is there exactly once, in the log, decided, and in the ledger.

Owns the comparison of what a part sent with what the tables hold since then. Reckons nothing itself: what
must come out is said by orders.py. Next: figures.py, which voids a part whose sums differ.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection

from benchmarks.orders import Sums

CLOCK_STEPS_MS = 2_000
"""How far the system's clock may have been set back without an order being overlooked."""


class Mark(NamedTuple):
    """A moment: what was in the tables before it is none of a part's business."""

    position: int
    commission_id: int
    first_batch: UUID


class Kept(NamedTuple):
    """What one table holds of a batch: rows, different orders, the first and the last, and their sums."""

    rows: int
    orders: int
    first: str
    last: str
    sale: Decimal | None = None
    commission: Decimal | None = None


Book = dict[str, Kept]
"""By the name of the batch."""

# The log as it was accepted.
_LOG = b"""
SELECT split_part(order_id, '-', 1), count(*), count(DISTINCT order_id), min(order_id), max(order_id)
FROM intake_request AS request JOIN intake_log AS log USING (batch_id)
WHERE request.position > %(position)s AND log.kind = 'create'
GROUP BY 1
"""
# What was posted; every other outcome makes an order that is missing.
_OUTCOMES = b"""
SELECT split_part(order_id, '-', 1), count(*), count(DISTINCT order_id), min(order_id), max(order_id)
FROM submission_outcome
WHERE submission_id > %(first_batch)s AND position > %(position)s AND outcome = 'posted' AND kind = 'create'
GROUP BY 1
"""
# What is owed.
_RECORDS = b"""
SELECT split_part(order_id, '-', 1), count(*), count(DISTINCT order_id), min(order_id), max(order_id),
    sum(record.sign * version.sale_usd), sum(record.sign * version.commission_usd)
FROM commission_record AS record
    JOIN action USING (enterprise_id, original_action_id)
    JOIN order_version AS version USING (enterprise_id, original_action_id, version)
WHERE record.commission_id > %(commission_id)s
GROUP BY 1
"""
_END = b"""
SELECT (SELECT position FROM intake_head), (SELECT coalesce(max(commission_id), 0) FROM commission_record)
"""


def mark(connection: Connection) -> Mark:
    """Now; nothing may be under way."""
    found = connection.execute(_END).fetchone()
    assert found is not None
    moment = int(time.time() * 1000) - CLOCK_STEPS_MS
    return Mark(found[0], found[1], UUID(int=moment << 80))


def difference_since(connection: Connection, begin: Mark, sent: dict[str, Sums]) -> list[str]:
    """What is wrong with the tables since the mark, if these batches and no others were accepted."""
    faults: list[str] = []
    for what, question in (("log", _LOG), ("outcomes", _OUTCOMES), ("records", _RECORDS)):
        rows = connection.execute(question, begin._asdict()).fetchall()
        faults += differences(what, {row[0]: Kept(*row[1:]) for row in rows}, sent)
    held = connection.execute(b"SELECT count(*) FROM held_submission").fetchone()
    return faults if held == (0,) else [*faults, f"held: {held}"]


def differences(what: str, kept: Book, sent: dict[str, Sums]) -> list[str]:
    """Every batch of which an order is missing or there twice, or whose sums are others; in words."""
    return [
        f"{what}: {fault}"
        for name in sorted(kept.keys() | sent.keys())
        for fault in _faults(name, kept.get(name), sent.get(name))
    ]


def _faults(name: str, kept: Kept | None, sent: Sums | None) -> Iterable[str]:
    if sent is None:
        yield f"{name} was never sent"
        return
    if kept is None:
        if sent.orders:
            yield f"{name} is missing"
        return
    if kept.orders != sent.orders:
        yield f"{name} has {kept.orders} orders, and {sent.orders} were accepted"
    lines = sent.lines if kept.sale is not None else 1
    if kept.rows != kept.orders * lines:
        yield f"{name} has {kept.rows} rows for {kept.orders} orders of {lines} each"
    ids = f"{name}-{0:06}", f"{name}-{sent.orders - 1:06}"
    if (kept.first, kept.last) != ids:
        yield f"{name} runs from {kept.first} to {kept.last}, and should from {ids[0]} to {ids[1]}"
    for figure, got, wanted in (
        ("sale", kept.sale, sent.sale),
        ("commission", kept.commission, sent.commission),
    ):
        if got is not None and got != wanted:
            yield f"{name} has {figure} {got}, and should have {wanted}"
