"""Pages: the records that a caller may read and that the filters mean, a page at a time.

Owns rights (D125), paging (D121, D123, D124) and the default window (D115). Leaves the query to the store.
Next: records.py for what a record says.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar

from msgspec import Struct
from psycopg import Connection

from counterfoil.model.programme import Network
from counterfoil.reporting.filters import Filters, Side
from counterfoil.reporting.records import PERIOD_KINDS, Records, columns_for
from counterfoil.reporting.windows import Window, last_day
from counterfoil.store.facts import Networks
from counterfoil.store.reports import Conditions, lines
from counterfoil.tokens import Caller

PAGE_MAX = 10_000
"""Records on a page (spec/commission-detail-api.md, section 4)."""

ACTION_STATUSES = frozenset({"new", "extended", "locked", "closed"})
_ALWAYS = Window(None, None)
_NOBODY = Network(version=0, position=0)


class Page(Struct, frozen=True, kw_only=True):
    """One answer: its records ascending by id, and whether more follow.

    `max_commission_id` is the id of its last record, `None` when there is none (D123).
    """

    records: Records
    count: int
    limit: int
    max_commission_id: str | None
    payload_complete: bool


def page(
    connection: Connection,
    caller: Caller,
    filters: Filters,
    now: datetime,
    networks: Networks,
    fields: Collection[str],
    *,
    limit: int = PAGE_MAX,
) -> Page:
    """The first `limit` records of the live ledger that meet the filters, with these of their fields.

    Companies that the caller may not read are ignored; with none left the page is empty (D125). `now` is
    business time: statuses and the default window are as of then. Names are those of the latest network.
    """
    companies = readable(caller, filters)
    columns = columns_for(filters.side, fields)
    found: list[tuple[Any, ...]] = []
    if companies:
        wanted = conditions(connection, filters, companies, now, networks)
        found = lines(connection, wanted, columns, now, limit + 1)
    # Read after the records, so that it knows everyone they name.
    network = networks.in_force(connection) if found else _NOBODY
    return page_of(found, columns, filters.side, network, limit)


def page_of(
    found: Sequence[tuple[Any, ...]], columns: Sequence[str], side: Side, network: Network, limit: int
) -> Page:
    """The page that lines with these columns make; a line beyond the limit says that more follow."""
    shown = found[:limit]
    by_name = dict(zip(columns, zip(*shown, strict=True) if shown else [()] * len(columns), strict=True))
    records = Records(by_name, len(shown), side, network)
    return Page(
        records=records,
        count=len(shown),
        limit=limit,
        max_commission_id=str(by_name["commission_id"][-1]) if shown else None,
        payload_complete=len(found) <= limit,
    )


def readable(caller: Caller, filters: Filters) -> list[int]:
    """The companies of the filters that the caller may read on their side (D125)."""
    sees = caller.sees_publisher if filters.side is Side.PUBLISHER else caller.sees_advertiser
    return [company for company in filters.companies if sees(company)]


def conditions(
    connection: Connection, filters: Filters, companies: list[int], now: datetime, networks: Networks
) -> Conditions:
    """What the filters mean for the lines of these companies, as of `now`."""
    posting = filters.posting or (last_day(now) if filters.is_of_the_last_day else _ALWAYS)
    event, locking = filters.event or _ALWAYS, filters.locking or _ALWAYS
    trackers, period_kinds = None, None
    if filters.action_types is not None:
        known = networks.in_force(connection).action_trackers.values()
        trackers = [tracker.id for tracker in known if tracker.type in filters.action_types]
        period_kinds = [kind for kind in PERIOD_KINDS if kind in filters.action_types]
    return Conditions(
        is_publisher=filters.side is Side.PUBLISHER,
        companies=companies,
        since_id=filters.since_commission_id,
        commission_ids=_listed(filters.commission_ids),
        since_posting=posting.since,
        before_posting=posting.before,
        since_event=event.since,
        before_event=event.before,
        since_locking=locking.since,
        before_locking=locking.before,
        advertiser_ids=_listed(filters.advertiser_ids),
        publisher_ids=_listed(filters.publisher_ids),
        ad_ids=_listed(filters.ad_ids),
        property_ids=_listed(filters.website_ids),
        trackers=trackers,
        period_kinds=period_kinds,
        locking_methods=_listed(filters.locking_methods),
        validations=_listed(filters.validation_statuses),
        # What is no status matches nothing, and is nothing the database can be asked for (D126, D145).
        statuses=_listed(filters.action_statuses, among=ACTION_STATUSES),
        order_ids=_listed(filters.order_ids),
        updated_since=filters.updated_since,
    )


_Value = TypeVar("_Value", int, str)


def _listed(
    values: tuple[_Value, ...] | None, among: Collection[_Value] | None = None
) -> list[_Value] | None:
    # A tuple would be sent as a row, a list is sent as an array.
    return None if values is None else [value for value in values if among is None or value in among]
