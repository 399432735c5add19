"""Documents: what a client of the demo network sends.

Owns the wording of creates, restatements, cancellations and reports. All orders are sent to action tracker
401 with publisher B's click, so that 100.00 USD earn 6.00 USD.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

# After the clicks, which are an hour old when the network is seeded, and never in the future.
_WHEN = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
_ANSWER = "{ orders { submissionId orderId } errors { message fields } }"
_KEY = 'enterpriseId: "1500001", actionTrackerId: 401, orderId: "{}"'


def create(seeded: dict[str, Any], *order_ids: str, amount: str = "100.00") -> str:
    """A document that creates these orders."""
    return _mutation(creates(seeded, order_ids, amount))


def creates(seeded: dict[str, Any], order_ids: Iterable[str], amount: str = "100.00") -> str:
    """The field that creates these orders."""
    click = seeded["publishers"]["b"]["cjevent"]
    orders = ", ".join(
        f'{{{_KEY.format(order_id)}, eventTime: "{_WHEN}", cjEvent: "{click}", '
        f'amount: {amount}, currency: "USD"}}'
        for order_id in order_ids
    )
    return f"createOrders(newOrders: [{orders}]) {_ANSWER}"


def restates(*order_ids: str, amount: str) -> str:
    """The field that restates these orders to the amount."""
    orders = ", ".join(
        f'{{{_KEY.format(order_id)}, updateTime: "{_WHEN}", '
        f'amount: {amount}, currency: "USD", correctionReason: ReturnedMerchandise}}'
        for order_id in order_ids
    )
    return f"restateOrders(restatedOrders: [{orders}]) {_ANSWER}"


def cancels(*order_ids: str) -> str:
    """The field that cancels these orders."""
    orders = ", ".join(f'{{{_KEY.format(order_id)}, updateTime: "{_WHEN}"}}' for order_id in order_ids)
    return f"cancelOrders(cancelledOrders: [{orders}]) {_ANSWER}"


def document(*fields: str) -> str:
    """One mutation with several fields: they are accepted or refused together."""
    return _mutation(*fields)


def _mutation(*fields: str) -> str:
    return f"mutation {{ {' '.join(fields)} }}"


ADVERTISER_REPORT = (
    '{ advertiserCommissions(forAdvertisers: ["5500001"]) '
    "{ records { orderId original saleAmountUsd pubCommissionAmountUsd } } }"
)
PUBLISHER_REPORT = (
    '{ publisherCommissions(forPublishers: ["7700002"]) '
    "{ records { orderId original saleAmountUsd pubCommissionAmountUsd } } }"
)
