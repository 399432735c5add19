"""The history: two months of orders of every kind, so that each field and each filter has something to tell.

Owns what was sent and when. Words that only an advertiser may see are marked. Next: counter.py.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from counterfoil.model.orders import CancellationStatus, CorrectionReason, Extension, Mode, OrderStatus
from counterfoil.statements import Bonus, Books
from tests.desk import ALPINE, BEGINNING, CLICK_A, CLICK_B, CLICK_B_ALPINE, NORTHWIND, Desk
from tests.reporting.bookkeeping import cancel, create, items, post, restate

SECRET = "ONLY-THE-ADVERTISER-SEES-THIS"
MARCH = date(2026, 3, 1)
LAST = datetime(2026, 4, 11, 12, tzinfo=UTC)
"""When the history ends: March has locked, and was closed just now."""

_ATTRIBUTES = {
    "customerStatus": "New",
    "customerCountry": "DE",
    "brand": "Vinyl & more",
    "ancillarySpend": f"{SECRET}-1",
    "margin": f"{SECRET}-2",
    "marketingChannel": f"{SECRET}-3",
}


def books(desk: Desk) -> Books:
    """The books of the desk's network; no least payment."""
    return desk.books(age_days=60)


def bonus(desk: Desk, publisher: int, amount: str) -> None:
    """A bonus for a publisher of Northwind's."""
    books(desk).add_bonus(
        Bonus(
            publisher_id=publisher,
            action_tracker_id=401,
            month=MARCH,
            amount=Decimal(amount),
            reason="a good month",
            added_by="tests",
        )
    )


def _stay(order_id: str, **fields: Any) -> Any:
    return create(order_id, 451, enterprise_id=ALPINE, cj_event=CLICK_B_ALPINE, currency="EUR", **fields)


def tell(desk: Desk) -> None:
    """Sends it all; the desk's clock stands at LAST then."""
    sold = items(("LP-1001", "40.00", 2), ("X-1", "15.55", 1))
    post(
        desk,
        create("A-1", coupon="VINYL10", vertical_parameters=_ATTRIBUTES),
        create("A-2", cj_event=CLICK_B, currency="GBP", discount="3"),
        create("A-3", 402, items=sold, vertical_parameters=_ATTRIBUTES, coupon="=HYPERLINK(1)"),
        create("A-4", 403, amount=None),
        create("A-5", cj_event=None, ad_id=12000001, promotional_property_id=9900001, sid="news-7"),
        create("N-1", cj_event=None),
        _stay("B-1", vertical_parameters={"duration": "9"}),
        _stay("B-2"),
    )
    desk.send([create("T-1", coupon="TEST-LEDGER")], mode=Mode.TEST)
    desk.clock(BEGINNING + timedelta(days=2))
    post(
        desk,
        restate("A-1", amount="50", correction_reason=CorrectionReason.RETURNED_MERCHANDISE),
        create("R-1", 405, cj_event=CLICK_A),
        create("R-2", 405, cj_event=CLICK_B),
        create("R-3", 405, cj_event=CLICK_A),
        cancel("A-2", correction_reason=CorrectionReason.OTHER),
    )
    desk.clock(BEGINNING + timedelta(days=3, hours=1, seconds=7))
    post(
        desk,
        restate("R-2", 405, amount="80", status=OrderStatus.ACCEPTED),
        cancel("R-3", 405, status=CancellationStatus.DECLINED),
        Extension(enterprise_id=NORTHWIND, action_tracker_id=402, order_id="A-3"),
    )
    bonus(desk, 7700001, "25.50")
    desk.clock(BEGINNING + timedelta(days=33))
    post(
        desk,
        create("A-6", event_time="2026-04-01T08:00:00Z"),
        _stay("B-3", event_time="2026-04-02T00:00:00Z"),
    )
    desk.clock(LAST)
    books(desk).close(MARCH, "tests")
    bonus(desk, 7700002, "-4")
    last: dict[str, Any] = {"event_time": "2026-04-11T11:00:00Z"}
    post(desk, create("A-7", cj_event=CLICK_B, **last), create("A-8", 403, amount=None, **last))
