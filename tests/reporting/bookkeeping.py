"""The reading side of the desk: pages of its ledger, for its advertisers and publishers.

Owns the short hand of the reporting tests. Judges nothing. Next: test_pages.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from counterfoil.model.orders import Cancellation, NewOrder, Order, OrderItem, Restatement
from counterfoil.reporting import Filters, Page, page, read_filters
from counterfoil.store.facts import Networks
from counterfoil.tokens import Caller, Scope, TokenKind
from tests.desk import CLICK_A, NORTHWIND, Desk

NORTHWIND_CID, ALPINE_CID = "5500001", "5500002"
VINYL_DIGEST, SPARFUCHS = "7700001", "7700002"

OPERATOR = Caller(
    token_id="operator", kind=TokenKind.LIVE, scopes=frozenset({Scope.REPORTING}), is_operator=True
)


def advertiser(company: int) -> Caller:
    """A caller who reads the advertiser's side of this company."""
    return Caller(
        token_id="a",
        kind=TokenKind.LIVE,
        scopes=frozenset({Scope.REPORTING}),
        company_id=company,
        advertisers=frozenset({company}),
    )


def publisher(company: int) -> Caller:
    """A caller who reads the publisher's side of this company."""
    return Caller(
        token_id="p",
        kind=TokenKind.LIVE,
        scopes=frozenset({Scope.REPORTING}),
        company_id=company,
        publishers=frozenset({company}),
    )


def filters(field_name: str, **arguments: Any) -> Filters:
    """The filters of arguments that can be read."""
    read = read_filters(field_name, arguments)
    assert isinstance(read, Filters), read
    return read


def read(
    desk: Desk,
    *fields: str,
    side: str = "advertiser",
    caller: Caller = OPERATOR,
    now: datetime | None = None,
    limit: int = 10_000,
    **arguments: Any,
) -> Page:
    """A page of the desk's ledger; without companies, of all its advertisers or publishers."""
    whose = {"advertiser": "forAdvertisers", "publisher": "forPublishers"}[side]
    everyone = {"advertiser": [NORTHWIND_CID, ALPINE_CID], "publisher": [VINYL_DIGEST, SPARFUCHS]}[side]
    found = filters(f"{side}Commissions", **{whose: everyone, **arguments})
    return page(desk.connection, caller, found, now or desk.now(), Networks(), fields, limit=limit)


def column(desk: Desk, field: str, **arguments: Any) -> list[Any]:
    """What one field says of each record."""
    return list(read(desk, field, **arguments).records.values(field))  # type: ignore[arg-type]


def create(order_id: str, tracker: int = 401, **fields: Any) -> NewOrder:
    """A new order of Northwind's, half an hour before BEGINNING, through Vinyl Digest's click."""
    told = {"cj_event": CLICK_A, "event_time": "2026-03-01T09:30:00Z", **fields}
    if not told.get("items"):
        told.setdefault("amount", "100.00")
    enterprise = told.pop("enterprise_id", NORTHWIND)
    return NewOrder(enterprise_id=enterprise, action_tracker_id=tracker, order_id=order_id, **told)


def restate(order_id: str, tracker: int = 401, **fields: Any) -> Restatement:
    """A restatement of such an order."""
    told = {"update_time": "2026-03-01T09:45:00Z", **fields}
    return Restatement(enterprise_id=NORTHWIND, action_tracker_id=tracker, order_id=order_id, **told)


def cancel(order_id: str, tracker: int = 401, **fields: Any) -> Cancellation:
    """A cancellation of such an order."""
    told = {"update_time": "2026-03-01T09:50:00Z", **fields}
    return Cancellation(enterprise_id=NORTHWIND, action_tracker_id=tracker, order_id=order_id, **told)


def items(*lines: tuple[str, str, int]) -> tuple[OrderItem, ...]:
    """Items of SKU, unit price, quantity."""
    return tuple(OrderItem(sku=sku, unit_price=price, quantity=quantity) for sku, price, quantity in lines)


def post(desk: Desk, *orders: Order) -> None:
    """Sends the orders one by one and has them processed."""
    for order in orders:
        desk.send([order])
    desk.process()


def order_ids(desk: Desk, **arguments: Any) -> list[str]:
    """The orders of the records of a page."""
    return column(desk, "orderId", **arguments)


def distinct(values: Iterable[str]) -> list[str]:
    """Each value once, in the order of its first coming."""
    return list(dict.fromkeys(values))
