"""Exports: all records that a caller may read and the filters mean, as of one moment, batch by batch.

Owns that moment, and the name of the file. Leaves parameters to export_parameters.py and the forms of a file
to export_forms.py. Next: pages.py, whose rights and conditions hold here too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Generator
from datetime import datetime
from typing import NamedTuple

from psycopg import Connection

from counterfoil.model.programme import Network
from counterfoil.reporting.filters import Filters, Side
from counterfoil.reporting.pages import conditions, readable
from counterfoil.reporting.records import Records, columns_for
from counterfoil.reporting.windows import Window, last_day
from counterfoil.store.facts import Networks
from counterfoil.store.reports import all_lines, settled_at
from counterfoil.tokens import Caller

_NAME_LENGTH = 40


class Export(NamedTuple):
    """An export under way: the moment it is of, the name for its file without an ending, and its records."""

    as_of: datetime
    file_name: str
    batches: Generator[Records, None, None]


def export(
    connection: Connection,
    caller: Caller,
    filters: Filters,
    networks: Networks,
    fields: Collection[str],
    *,
    pause_s: int,
) -> Export:
    """All records of the live ledger that meet the filters, ascending by id, with these of their fields.

    Rights are those of a page (D125). Everything posted before `as_of` is in it, and statuses are those at
    that moment: as `updatedSince` of the next export it leaves nothing out. Between two batches the caller
    may take `pause_s` seconds. The connection is in no transaction until the last batch was taken.
    """
    as_of = settled_at(connection)
    companies = readable(caller, filters)
    name = file_name(filters, companies, networks.in_force(connection), as_of)
    return Export(as_of, name, _batches(connection, filters, companies, as_of, networks, fields, pause_s))


def _batches(
    connection: Connection,
    filters: Filters,
    companies: list[int],
    as_of: datetime,
    networks: Networks,
    fields: Collection[str],
    pause_s: int,
) -> Generator[Records, None, None]:
    if not companies:
        return
    columns = columns_for(filters.side, fields)
    wanted = conditions(connection, filters, companies, as_of, networks)
    for rows in all_lines(connection, wanted, columns, as_of, pause_s=pause_s):
        by_name = dict(zip(columns, zip(*rows, strict=True), strict=True))
        # Read after the records, so that it knows everyone they name.
        yield Records(by_name, len(rows), filters.side, networks.in_force(connection))


def file_name(filters: Filters, companies: list[int], network: Network, as_of: datetime) -> str:
    """Company, report and period: `vinyl-digest_publisher-commissions_2026-03-01_2026-03-08`."""
    period = next(filter(None, (filters.posting, filters.event, filters.locking)), None)
    if period is None and filters.is_of_the_last_day:
        period = last_day(as_of)
    return "_".join(
        [
            _company_name(filters.side, companies, network),
            f"{filters.side}-commissions",
            *(_days(period, as_of) if period else ["until", f"{as_of:%Y-%m-%d}"]),
        ]
    )


def _company_name(side: Side, companies: list[int], network: Network) -> str:
    if len(companies) != 1:
        return f"{len(companies)}-companies"
    known = network.advertisers if side is Side.ADVERTISER else network.publishers
    company = known.get(companies[0])
    plain = re.sub(r"[^a-z0-9]+", "-", company.name.lower()).strip("-") if company is not None else ""
    return plain[:_NAME_LENGTH].rstrip("-") or str(companies[0])


def _days(period: Window, as_of: datetime) -> list[str]:
    # `%Y` has no leading zeros on every system; ISO has.
    return [(each or as_of).date().isoformat() for each in period]
