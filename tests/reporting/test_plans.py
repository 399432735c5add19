"""Plans: on a large ledger no common filter reads a table, nor much more than it chooses.

Owns the filters that have to be fast, and how many rows each may touch. Asks 200,000 records, and with the
marker `deep` a million. Next: many_records.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from counterfoil.store import reports
from counterfoil.store.queries import sql
from counterfoil.store.reports import Conditions
from tests.desk import BEGINNING, Desk
from tests.reporting.many_records import FIRST_ID, Many, fill

DAY = timedelta(days=1)
PAGE = 10_001
"""Lines that a page asks for: one more than it shows."""

LARGE = (
    "commission_record",
    "action_current",
    "action",
    "order_version",
    "action_status",
    "event",
    "posting",
)
COLUMNS = ("commission_id", "action_status", "order_id", "commission_usd", "credit")

WINDOWS: dict[str, dict[str, Any]] = {
    "posting": {"since_posting": BEGINNING - 100 * DAY, "before_posting": BEGINNING - 99 * DAY},
    "posting month": {"since_posting": BEGINNING - 130 * DAY, "before_posting": BEGINNING - 99 * DAY},
    "last day": {"since_posting": BEGINNING - DAY},
    "event": {"since_event": BEGINNING - 100 * DAY, "before_event": BEGINNING - 99 * DAY},
    "event month": {"since_event": BEGINNING - 130 * DAY, "before_event": BEGINNING - 99 * DAY},
    "locking": {"since_locking": BEGINNING - 60 * DAY, "before_locking": BEGINNING - 29 * DAY},
}
SINCE_ALWAYS = {"since_id": 0}
COMMON: dict[str, dict[str, Any]] = {
    **WINDOWS,
    "everything": SINCE_ALWAYS,
    "commission ids": {"commission_ids": [FIRST_ID, FIRST_ID + 7, FIRST_ID + 70_000]},
    **{
        f"all that is {status}": {**SINCE_ALWAYS, "statuses": [status]}
        for status in ("new", "extended", "locked", "closed")
    },
    "all that is open": {**SINCE_ALWAYS, "statuses": ["new", "extended"]},
    **{
        f"all that is {status}": {**SINCE_ALWAYS, "validations": [status]}
        for status in ("PENDING", "DECLINED", "AUTOMATED")
    },
    "all that is open-ended": {**SINCE_ALWAYS, "locking_methods": ["OPEN_ENDED"]},
    "new of the last day": {**WINDOWS["last day"], "statuses": ["new"]},
    "closed in a month": {**WINDOWS["posting month"], "statuses": ["closed"]},
    "pending by event": {**WINDOWS["event month"], "validations": ["PENDING"]},
    "order ids": {"order_ids": ["M-5", "M-10006", "no such order"]},
    "updated in a day": {"updated_since": BEGINNING - DAY},
    "updated in a week": {"updated_since": BEGINNING - 7 * DAY},
}


def scans(plan: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Table, way and rows read of every node of a plan that reads a table."""
    if "Relation Name" in plan:
        rows = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
        yield plan["Relation Name"], plan["Node Type"], round(rows * plan["Actual Loops"])
    for each in plan.get("Plans", ()):
        yield from scans(each)


def explained(
    desk: Desk, conditions: Conditions, lines_max: int | None
) -> tuple[int, list[tuple[str, str, int]]]:
    """How many lines a question gives, and what was read for them."""
    with desk.connection.transaction():
        desk.connection.execute(sql("reports", "plan_by_key"))
        values = reports.values(desk.connection, conditions, BEGINNING, lines_max)
        question = b"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + reports.statement(COLUMNS)
        row = desk.connection.execute(question, values, prepare=False).fetchone()
    assert row is not None
    plan = row[0][0]["Plan"]
    return round(plan["Actual Rows"]), list(scans(plan))


@pytest.mark.parametrize("records", [200_000, pytest.param(1_000_000, marks=pytest.mark.deep)])
def test_no_common_filter_reads_a_table(desk: Desk, administrator: str, records: int) -> None:
    """Every large table is entered by a key, and few rows more are touched than are chosen."""
    many = fill(desk, administrator, records)

    assert [] == [
        (name, conditions.is_publisher, fault)
        for name, conditions in _questions(many)
        for fault in _faults(desk, many, conditions)
    ]


def _questions(many: Many) -> Iterator[tuple[str, Conditions]]:
    places = {f"from {place}": {"since_id": FIRST_ID + many.records * place // 100} for place in (10, 50, 99)}
    for name, given in {**COMMON, **places}.items():
        for is_publisher, company in ((False, 5500001), (True, 7700001)):
            yield name, Conditions(is_publisher=is_publisher, companies=[company], **given)


def _faults(desk: Desk, many: Many, conditions: Conditions) -> Iterator[object]:
    chosen, read = explained(desk, conditions, PAGE)
    yield from ((table, way) for table, way, _ in read if way == "Seq Scan" and table in LARGE)
    touched = sum(rows for table, _, rows in read if table in ("commission_record", "action_current"))
    # What has to be sorted by id is read as a whole: all that is chosen, and at worst what is not closed.
    spared = 4 * PAGE + many.actions // 5
    if touched > spared and touched > spared + 3 * explained(desk, conditions, None)[0]:
        yield chosen, touched
