"""The store's side: what the database has of a simulated run, asked for many at once.

Owns the questions to the tables, and the digest of a whole run. Next: store_world.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import namedtuple_row

from counterfoil.store.queries import sql
from counterfoil.store.rows import read_priced, standing
from counterfoil.verification import as_text, verify
from tests.properties.judging import Key, LineView, View, is_item_action
from tests.properties.months import Earned
from tests.properties.remarks import worded
from tests.properties.translating import standing_view

_OUTCOMES = (
    "SELECT submission_id, concat_ws(' ', outcome, code), warnings, removed FROM submission_outcome"
    " WHERE submission_id = ANY(%(ids)s)"
    " UNION ALL SELECT submission_id, 'held ' || code, '{}', '{}' FROM held_submission"
    " WHERE submission_id = ANY(%(ids)s)"
)
_LINES = (
    "SELECT action.mode, enterprise_id, action.action_tracker_id, action.order_id, record.kind,"
    " action.generation, record.sign, record.correction_reason, version.priced, version.sale_adv,"
    " version.sale_pub, version.sale_usd, version.commission_adv, version.commission_pub,"
    " version.commission_usd, version.fee_adv, version.fee_pub, version.fee_usd, version.discount_adv,"
    " version.discount_pub, version.discount_usd"
    " FROM unnest(%(modes)s::text[], %(enterprises)s::bigint[], %(trackers)s::bigint[],"
    " %(order_ids)s::text[]) AS wanted (mode, enterprise_id, action_tracker_id, order_id)"
    " JOIN action USING (mode, enterprise_id, action_tracker_id, order_id)"
    " JOIN commission_record AS record USING (enterprise_id, original_action_id)"
    " JOIN order_version AS version USING (enterprise_id, original_action_id, version)"
    " ORDER BY record.commission_id"
)
_TAIL = (
    "SELECT position, batch_id, received_at, submissions, channel FROM intake_request"
    " WHERE position > %s ORDER BY position"
)
DIGESTED = {
    "intake_request": "position",
    "intake_log": "batch_id, n",
    "submission_outcome": "position, submission_id",
    "held_submission": "position, n",
    "action": "original_action_id",
    "order_version": "original_action_id, version",
    "action_status": "original_action_id, since, cause, position, submission_id",
    "action_current": "original_action_id",
    "posting": "mode, first_commission_id",
    "commission_record": "commission_id",
    "event": "event_id",
    "daily_total": "mode, day, advertiser_id, publisher_id, action_tracker_id, currency",
    "referral_use": "mode, click_id, action_tracker_id, ordinal",
    "statement_line": "kind, year, sequence, commission_id",
}
LEFT_OUT = {"action_status": "status_id", "intake_request": "batch_id"}
"""The statuses of one closing are numbered in no order; the template's network has an id of chance,
and the ids of all requests with orders are in `intake_log` too."""
FIGURES = ("sale", "commission", "fee", "discount")


class Logged(NamedTuple):
    """A place in the log."""

    position: int
    batch_id: UUID
    received_at: datetime
    submissions: int
    channel: str


class StoreSide:
    """Reads through connections that commit by themselves; `seeking` looks into indexes alone."""

    def __init__(self, connection: Connection[Any], seeking: Connection[Any]) -> None:
        """A database that was just filled has no statistics, by which it could choose well."""
        self.connection, self.seeking = connection, seeking
        for way in ("seqscan", "hashjoin", "mergejoin"):
            seeking.execute(f"SET enable_{way} = off".encode())

    def tail(self, after: int) -> list[Logged]:
        """What came to the log after a place."""
        return [Logged(*row) for row in self.connection.execute(_TAIL, (after,))]

    def outcomes(self, submission_ids: Sequence[UUID]) -> Mapping[UUID, str]:
        """Outcome, warnings and removed fields of each, or `held CODE`."""
        rows = self.seeking.execute(_OUTCOMES, {"ids": list(submission_ids)})
        return {row[0]: worded(*row[1:]) for row in rows}

    def views(self, keys: Sequence[Key]) -> Mapping[Key, tuple[View, bool]]:
        """What each order is, and whether a closing took it."""
        found: dict[Key, tuple[View, bool]] = {}
        for row in self.seeking.execute(sql("facts", "standings"), _columns(keys)).fetchall():
            it = standing(row)[1]
            key: Key = (str(it.action.key.mode), *it.action.key[1:])
            found[key] = standing_view(it, key), bool(it.status and it.status.closed_at)
        return found

    def lines(self, keys: Sequence[Key]) -> Mapping[Key, list[LineView]]:
        """The records of each order."""
        found: dict[Key, list[LineView]] = {}
        cursor: Any = self.seeking.cursor(row_factory=namedtuple_row)
        for row in cursor.execute(_LINES, _columns(keys)):
            key: Key = (row.mode, row.enterprise_id, row.action_tracker_id, row.order_id)
            quantity = 0
            if is_item_action(key):
                quantity = row.sign * sum(item.quantity for item in read_priced(row.priced).items)
            figures = [
                tuple(Fraction(row.sign * getattr(row, f"{name}_{c}")) for c in ("adv", "pub", "usd"))
                for name in FIGURES
            ]
            line = LineView(row.kind, row.generation, row.correction_reason, tuple(figures), quantity)  # type: ignore[arg-type]
            found.setdefault(key, []).append(line)
        return found

    def given(self, month: date) -> list[Earned]:
        """The incentives of a month."""
        rows = self.connection.execute(
            "SELECT publisher_id, action_tracker_id, commission_adv, commission_pub, commission_usd"
            " FROM period_record WHERE month = %s",
            (month,),
        )
        return sorted(
            Earned(row[0], row[1], (Fraction(row[2]), Fraction(row[3]), Fraction(row[4]))) for row in rows
        )

    def verified(self) -> None:
        """Every invariant holds. Raises AssertionError."""
        report = verify(self.connection)
        assert report.is_clean, as_text(report)

    def digest(self) -> str:
        """One number for everything that a run left, ids and posting dates too."""
        told = sha256()
        for table, order in DIGESTED.items():
            left_out = LEFT_OUT.get(table, "")
            row = self.connection.execute(
                f"SELECT count(*), md5(string_agg((to_jsonb(it) - '{left_out}')::text, '|' ORDER BY {order}))"  # noqa: S608 - names of ours
                f" FROM {table} AS it".encode()
            ).fetchone()
            told.update(f"{table} {row}".encode())
        return told.hexdigest()[:16]


def _columns(keys: Sequence[Key]) -> dict[str, list[Any]]:
    names = ("modes", "enterprises", "trackers", "order_ids")
    return {name: [key[at] for key in keys] for at, name in enumerate(names)}
