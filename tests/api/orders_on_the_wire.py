"""Orders on the wire: documents as a client of Northwind writes them, good ones and each kind of bad one.

Owns the wording. Times are before the house's clock unless a test wants otherwise. Next: test_http_stages.py.
"""

from __future__ import annotations

from itertools import count

ANSWER = "{ orders { submissionId orderId } errors { message fields } }"
FUTURE = "2026-03-01T10:00:01Z"
PAST = "2026-03-01T09:00:00Z"

_numbers = count(1)


def an_id(prefix: str = "W") -> str:
    """An order id that no other test uses."""
    return f"{prefix}-{next(_numbers)}"


def order(order_id: str, more: str = "", enterprise: str = "1500001", event_time: str = PAST) -> str:
    """A new order."""
    return (
        f'{{enterpriseId: {enterprise}, actionTrackerId: 401, orderId: "{order_id}", '
        f'eventTime: "{event_time}", cjEvent: "click-a", amount: 10.00, currency: "USD"{more}}}'
    )


def change(order_id: str, more: str = "", enterprise: str = "1500001", update_time: str = PAST) -> str:
    """A restatement or a cancellation."""
    return (
        f'{{enterpriseId: {enterprise}, actionTrackerId: 401, orderId: "{order_id}", '
        f'updateTime: "{update_time}"{more}}}'
    )


def creates(*orders: str, key: str = "") -> str:
    """The field that creates them."""
    return f"{key}createOrders(newOrders: [{', '.join(orders)}]) {ANSWER}"


def restates(*orders: str) -> str:
    """The field that restates them."""
    return f"restateOrders(restatedOrders: [{', '.join(orders)}]) {ANSWER}"


def cancels(*orders: str) -> str:
    """The field that cancels them."""
    return f"cancelOrders(cancelledOrders: [{', '.join(orders)}]) {ANSWER}"


def mutation(*fields: str) -> str:
    """One document with these fields."""
    return f"mutation {{ {' '.join(fields)} }}"


def items(number: int) -> str:
    """So many items, as a field of an order."""
    return ", items: [" + ", ".join(['{unitPrice: 1, quantity: 1, sku: "S"}'] * number) + "]"
