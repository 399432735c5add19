"""Pages: which records a caller gets, in what order, and where a page ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from counterfoil.model.orders import Mode
from counterfoil.tokens import Caller
from tests.desk import CLICK_B, CLICK_B_ALPINE, ALPINE, BEGINNING, Desk
from tests.reporting.bookkeeping import (
    ALPINE_CID,
    NORTHWIND_CID,
    SPARFUCHS,
    VINYL_DIGEST,
    advertiser,
    cancel,
    column,
    create,
    order_ids,
    post,
    publisher,
    read,
    restate,
)


def test_smoke(desk: Desk) -> None:
    post(desk, create("A-1"), restate("A-1", amount="50"), create("A-2", cj_event=CLICK_B))
    from counterfoil.reporting.records import field_names, Side
    for side in ("advertiser", "publisher"):
        page = read(desk, *field_names(Side(side)), side=side)
        for name in sorted(field_names(Side(side))):
            v = page.records.values(name)
            print(name, v if isinstance(v, list | tuple) else (type(v).__name__, vars(v)))
        print(page.count, page.max_commission_id, page.payload_complete)
