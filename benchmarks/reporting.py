"""Reporting: a page of 10,000 records with 20 fields, beside the bare query and beside plain graphql-core.

Owns the measuring: server time in its three parts, the best of several runs, and the sums that all three ways
have to agree on. The ledger is that of tests/reporting/many_records.py.

    python -m benchmarks.reporting [--records N] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
from graphql import graphql_sync

from benchmarks.scratch import scratch_database
from counterfoil.api import schemas
from counterfoil.api.graphql import check
from counterfoil.api.printing import encode
from counterfoil.api.projection import fields_of_records, page_printer
from counterfoil.api.selection import RootField
from counterfoil.reporting import Filters, Page, read_filters
from counterfoil.reporting.pages import conditions, page_of
from counterfoil.reporting.records import columns_for
from counterfoil.store.facts import Networks
from counterfoil.store.queries import sql
from counterfoil.store.reports import lines
from tests.api.asking import operation
from tests.desk import BEGINNING, Desk
from tests.reporting.many_records import FIRST_ID, fill

T = TypeVar("T")

PAGE = 10_000
RUNS = 7
ADVERTISER = 5500001
TIMES_BARE_MAX, TIMES_PLAIN_MIN = Decimal(2), Decimal(15)
"""A page takes at most so many times the bare query with its encoding. Without the database, whose share is
the same for both, plain resolution takes at least so many times what projection and encoding take."""

FIGURES = ("saleAmountUsd", "pubCommissionAmountUsd", "advCommissionAmountUsd")
COLUMNS = {
    "commissionId": "record.commission_id::text",
    "orderId": "current.order_id",
    "originalActionId": "record.original_action_id::text",
    "actionTrackerId": "record.action_tracker_id::text",
    "advertiserId": "record.advertiser_id::text",
    "publisherId": "record.publisher_id::text",
    "websiteId": "record.property_id::text",
    "aid": "record.ad_id::text",
    "original": "record.kind = 'original'",
    "correctionReason": "record.correction_reason",
    "validationStatus": "current.validation",
    "lockingMethod": "current.locking_method",
    "actionStatus": "CASE WHEN current.closed_at IS NOT NULL THEN 'closed' WHEN current.locks_at <= %(now)s"
    " THEN 'locked' WHEN current.extended THEN 'extended' ELSE 'new' END",
    **{
        name: f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
        for name, column in (
            ("postingDate", "record.posted_at"),
            ("eventDate", "record.event_time"),
            ("lockingDate", "current.locking_date"),
        )
    },
    "source": "CASE WHEN action.click_id IS NULL THEN 'NA' ELSE 'CLICK' END",
    "saleAmountUsd": "trim_scale(record.sign * version.sale_usd)::text",
    "pubCommissionAmountUsd": "trim_scale(record.sign * version.commission_usd)::text",
    "advCommissionAmountUsd": "trim_scale(-record.sign * (version.commission_usd + version.fee_usd))::text",
}
"""The 20 fields of the page, and where the bare query has them from."""

BARE = f"""
SELECT {", ".join(f'{column} AS "{name}"' for name, column in COLUMNS.items())}
FROM commission_record AS record
    JOIN order_version AS version USING (enterprise_id, original_action_id, version)
    JOIN action_current AS current USING (enterprise_id, original_action_id)
    JOIN action USING (enterprise_id, original_action_id)
WHERE record.mode = 'live' AND record.advertiser_id = %(advertiser)s AND record.commission_id > %(since)s
ORDER BY record.commission_id
LIMIT %(lines)s
""".encode()  # noqa: S608 - columns of ours


class Sums(NamedTuple):
    """What a page comes to, in whichever way it was made."""

    records: int
    last_id: str
    figures: tuple[Decimal, ...]


class Measured(NamedTuple):
    """Milliseconds of each part, and what the page came to."""

    database: float
    projection: float
    encoding: float
    sums: Sums

    @property
    def beside_database(self) -> float:
        """From rows to bytes."""
        return self.projection + self.encoding

    @property
    def total(self) -> float:
        """The whole page."""
        return self.database + self.beside_database


def main() -> int:
    """Measures; 0 when the sums agree and both bars hold, 1 otherwise."""
    arguments = _arguments()
    with _ledger(arguments.records) as (desk, records):
        since = FIRST_ID + records // 2
        found = {name: way(desk, since) for name, way in WAYS.items()}
    page, bare, plain = found["page"], found["bare"], found["plain"]
    ratios = {
        "times_bare": page.total / bare.total,
        "times_faster_than_plain": plain.beside_database / page.beside_database,
        "times_faster_in_all": plain.total / page.total,
    }
    _print(found, ratios, records)
    if arguments.json:
        told = {name: {**each._asdict(), "total": each.total, "sums": None} for name, each in found.items()}
        arguments.json.write_text(json.dumps({"records": records, "ms": told, **ratios}, indent=2) + "\n")
    agree = page.sums == bare.sums == plain.sums
    print("sums agree" if agree else f"SUMS DIFFER: {[each.sums for each in found.values()]}")
    is_fast = ratios["times_bare"] <= TIMES_BARE_MAX and ratios["times_faster_than_plain"] >= TIMES_PLAIN_MIN
    return 0 if agree and is_fast else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure a page of 10,000 commission records.")
    parser.add_argument("--records", type=int, default=1_000_000, help="records in the ledger")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    return parser.parse_args()


@contextmanager
def _ledger(records: int) -> Iterator[tuple[Desk, int]]:
    """A desk with so many records on a server of its own, which is gone afterwards."""
    with scratch_database("reporting") as scratch, Desk(scratch.urls) as desk:
        yield desk, fill(desk, scratch.administrator, records).records


def _best(function: Callable[[], T]) -> tuple[float, T]:
    """Milliseconds of the quickest of several runs, and what it gave."""
    times = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        result = function()
        times.append((time.perf_counter() - begin) * 1000)
    return min(times), result


def _document(since: int) -> str:
    return (
        f'{{ advertiserCommissions(forAdvertisers: ["{ADVERTISER}"], sinceCommissionId: "{since}")'
        f" {{ count payloadComplete maxCommissionId records {{ {' '.join(COLUMNS)} }} }} }}"
    )


def _sums(records: list[dict[str, str]]) -> Sums:
    figures = tuple(sum((Decimal(each[name]) for each in records), Decimal(0)) for name in FIGURES)
    return Sums(len(records), records[-1]["commissionId"], figures)


def page(desk: Desk, since: int) -> Measured:
    """The page as the server makes it."""
    field = _root_field(since)
    filters = read_filters(field.name, field.arguments)
    assert isinstance(filters, Filters)
    networks, columns = Networks(), columns_for(filters.side, fields_of_records(field))
    wanted = conditions(desk.connection, filters, [ADVERTISER], BEGINNING, networks)
    network = networks.in_force(desk.connection)
    database, found = _best(lambda: lines(desk.connection, wanted, columns, BEGINNING, PAGE + 1))
    print_ = page_printer(field)

    def project() -> Any:
        made: Page = page_of(found, columns, filters.side, network, PAGE)
        return print_(made)

    projection, printed = _best(project)
    encoding, body = _best(lambda: encode(printed))
    return Measured(database, projection, encoding, _sums(msgspec.json.decode(body)["records"]))


def _root_field(since: int) -> RootField:
    fields = check(operation(_document(since), schema=schemas.commission_detail()))
    assert isinstance(fields, tuple)
    return fields[0]


def _bare_rows(desk: Desk, since: int) -> list[tuple[Any, ...]]:
    values = {"now": BEGINNING, "advertiser": ADVERTISER, "since": since, "lines": PAGE}
    with desk.connection.transaction(), desk.connection.cursor(binary=True) as cursor:
        cursor.execute(sql("reports", "plan_by_key"))
        return cursor.execute(BARE, values, prepare=False).fetchall()


def bare(desk: Desk, since: int) -> Measured:
    """The bare query, its rows as dicts, and those encoded: nothing judged, nothing selected."""
    database, rows = _best(lambda: _bare_rows(desk, since))
    encoder = msgspec.json.Encoder()
    projection, records = _best(lambda: [dict(zip(COLUMNS, row, strict=True)) for row in rows])
    encoding, _ = _best(lambda: encoder.encode({"count": len(records), "records": records}))
    return Measured(database, projection, encoding, _sums(records))


def plain(desk: Desk, since: int) -> Measured:
    """The bare query, resolved field by field by graphql-core as it comes, and encoded."""
    database, rows = _best(lambda: _bare_rows(desk, since))
    schema, document = schemas.commission_detail().types, _document(since)

    def resolve() -> Any:
        records = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        made = {"count": len(records), "payloadComplete": False, "records": records}
        result = graphql_sync(schema, document, {"advertiserCommissions": lambda *_, **__: made})
        assert not result.errors, result.errors
        return result.data

    projection, data = _best(resolve)
    encoding, body = _best(lambda: json.dumps(data).encode())
    return Measured(
        database, projection, encoding, _sums(json.loads(body)["advertiserCommissions"]["records"])
    )


WAYS: dict[str, Callable[[Desk, int], Measured]] = {"page": page, "bare": bare, "plain": plain}
_TITLES = {
    "page": "the page as it is served",
    "bare": "bare query and JSON",
    "plain": "plain graphql-core",
}


def _print(found: dict[str, Measured], ratios: dict[str, float], records: int) -> None:
    print(f"{PAGE:,} records with {len(COLUMNS)} fields out of {records:,}; ms, best of {RUNS}\n")
    print(f"{'':26}{'database':>10}{'projection':>12}{'encoding':>10}{'all':>10}")
    for name, each in found.items():
        print(
            f"{_TITLES[name]:26}{each.database:10.1f}{each.projection:12.1f}{each.encoding:10.1f}{each.total:10.1f}"
        )
    print(f"\n{ratios['times_bare']:.2f} times the bare query (at most {TIMES_BARE_MAX})")
    print(f"{ratios['times_faster_than_plain']:.1f} times faster than resolving (at least {TIMES_PLAIN_MIN})")
    print(f"{ratios['times_faster_in_all']:.1f} times faster with the same query before it")


if __name__ == "__main__":
    sys.exit(main())
