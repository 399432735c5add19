"""What an advertiser sends, in the judge's own words.

Owns the shape of one order as it is sent. Next: model.py, which says what becomes of it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import NamedTuple


class Item(NamedTuple):
    """One line; the discount is a line total (D73)."""

    sku: str
    quantity: int
    price: str
    discount: str | None = None


@dataclass(frozen=True, repr=False)
class Sent:
    """What an advertiser sends."""

    kind: str
    tracker: int
    order_id: str
    enterprise: int = 1500001
    mode: str = "live"
    channel: str = "api"
    click: str | None = None
    ad: int | None = None
    property: int | None = None
    sid: str | None = None
    event: datetime | None = None
    amount: str | None = None
    discount: str | None = None
    items: tuple[Item, ...] = ()
    coupon: str | None = None
    currency: str | None = None
    vertical: tuple[tuple[str, str], ...] = ()
    bypass: str | None = None
    update: datetime | None = None
    status: str | None = None
    reason: str | None = None

    def __repr__(self) -> str:
        """Only what differs from the defaults, so that a history can be read and pasted into a test."""
        said = [
            (each.name, getattr(self, each.name))
            for each in fields(self)
            if getattr(self, each.name) != each.default
        ]
        return f"Sent({', '.join(f'{name}={value!r}' for name, value in said)})"
