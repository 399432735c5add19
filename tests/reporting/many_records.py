"""Many records: a database with a year of them, generated where they are stored.

Owns its size; many_records.sql has its shape: two advertisers, three publishers, restatements, open-ended
orders, closed months. Next: test_plans.py.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.desk import BEGINNING, Desk
from tests.reporting.bookkeeping import create, items, post

SPAN = timedelta(days=400)
"""From the first posting to BEGINNING, which is now."""

FIRST_ID = 2_000_000_001
RECORDS_A_BLOCK, ACTIONS_A_BLOCK = 7, 5
RECORDS_A_POSTING = 700


class Many(NamedTuple):
    """What was generated: how many records and actions, and the last commission id."""

    records: int
    actions: int
    last_id: int


_TABLES = (
    "commission_record",
    "action_current",
    "action",
    "order_version",
    "action_status",
    "posting",
    "event",
)
_INDEXES = """
SELECT index.indexrelid::regclass::text, pg_get_indexdef(index.indexrelid)
FROM pg_index AS index
WHERE index.indrelid::regclass::text = ANY(%s)
    AND NOT EXISTS (SELECT FROM pg_constraint AS held WHERE held.conindid = index.indexrelid)
"""
_SCRIPT = Path(__file__).with_suffix(".sql")


def fill(desk: Desk, administrator: str, records: int) -> Many:
    """Fills the desk's database; whatever orders it had are gone.

    `administrator` is the address of the superuser, in whose session no trigger runs.
    """
    sold = items(("LP-1001", "40.00", 2), ("X-1", "15.55", 1))
    told = {"customerStatus": "New", "brand": "Vinyl"}
    post(desk, create("SAMPLE", 402, items=sold, coupon="VINYL10", vertical_parameters=told))
    postings = max(1, records // RECORDS_A_POSTING)
    actions = postings * RECORDS_A_POSTING // RECORDS_A_BLOCK * ACTIONS_A_BLOCK
    values = {
        "begin": BEGINNING - SPAN,
        "now": BEGINNING,
        "span": SPAN,
        "postings": postings,
        "actions": actions,
        "first_id": FIRST_ID,
        "records_a_posting": RECORDS_A_POSTING,
        "actions_a_posting": RECORDS_A_POSTING // RECORDS_A_BLOCK * ACTIONS_A_BLOCK,
    }
    name = str(conninfo_to_dict(desk.urls.server)["dbname"])
    with psycopg.connect(make_conninfo(administrator, dbname=name), autocommit=True) as admin:
        cursor = psycopg.ClientCursor(admin)
        # An index that is made at the end costs a fraction of one that grows row by row.
        indexes = admin.execute(_INDEXES, (list(_TABLES),)).fetchall()
        for index, _ in indexes:
            admin.execute(f"DROP INDEX {index}".encode())
        for statement in filter(str.strip, _SCRIPT.read_text("utf-8").split(";\n")):
            cursor.execute(statement.encode(), values)
        for _, definition in indexes:
            admin.execute(definition.encode())
        admin.execute(f"ANALYZE {', '.join(_TABLES)}".encode())
    total = postings * RECORDS_A_POSTING
    return Many(total, actions, FIRST_ID + total - 1)
