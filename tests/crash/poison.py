"""Poison: sixty kinds of submissions that something about them is wrong with.

Owns the kinds, and what is expected of each: posted with a warning, recorded, rejected, held, or not let in.
Next: test_poison.py.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from counterfoil.model.orders import (
    BypassChannel,
    Cancellation,
    CancellationStatus,
    NameValuePair,
    NewOrder,
    Order,
    OrderItem,
    OrderStatus,
    Restatement,
)
from tests.desk import CLICK_A, CLICK_B_ALPINE, NORTHWIND

NOT_LET_IN = "not let in"
HELD = "held PROCESSING_ERROR"
UPDATED = "2026-03-01T09:00:00Z"


class Kind(NamedTuple):
    """One kind: what is sent, what is done to its row in the log, and what must become of it."""

    name: str
    order: Order
    becomes: str
    body: bytes | None = None
    """Stands in the log in place of what was sent, as a fault of ours would leave it."""
    is_refused_by_the_database: bool = False
    decision_fails: str = ""
    """Name of an exception that deciding ends with."""


def _new(name: str, becomes: str, **fields: Any) -> Kind:
    key: dict[str, Any] = {"enterprise_id": NORTHWIND, "action_tracker_id": 401, "order_id": f"P {name}"}
    return Kind(name, NewOrder(**{**key, "amount": "10.00", "cj_event": CLICK_A} | fields), becomes)


def _items(*items: OrderItem) -> dict[str, Any]:
    return {"action_tracker_id": 402, "amount": None, "items": items}


def _item(unit_price: str = "10.00", quantity: int = 1, sku: str = "LP-1", **more: Any) -> OrderItem:
    return OrderItem(unit_price=unit_price, quantity=quantity, sku=sku, **more)


def _change(name: str, becomes: str, **fields: Any) -> Kind:
    key: dict[str, Any] = {"enterprise_id": NORTHWIND, "action_tracker_id": 401, "order_id": f"P {name}"}
    return Kind(name, Restatement(**{**key, "amount": "10.00", "update_time": UPDATED} | fields), becomes)


def _cancel(name: str, becomes: str, **fields: Any) -> Kind:
    key: dict[str, Any] = {"enterprise_id": NORTHWIND, "action_tracker_id": 401, "order_id": f"P {name}"}
    return Kind(name, Cancellation(**{**key, "update_time": UPDATED} | fields), becomes)


def _spoilt(name: str, body: bytes) -> Kind:
    return _new(name, HELD)._replace(body=body)


KINDS: tuple[Kind, ...] = (
    # Amounts; some come as by a door that forgot its pattern.
    _new("400 digits", "posted", amount="9" * 400),
    _new("400 decimals", "posted", amount="0." + "1" * 400),
    _new("a huge exponent", HELD, amount="1e999999"),
    _new("not a number", HELD, amount="NaN"),
    _new("no digits", HELD, amount="ten"),
    _new("an empty amount", HELD, amount=""),
    _new("a negative amount", "posted", amount="-5.00"),
    _new("minus nothing", "posted", amount="-0"),
    _new("more discount than amount", "posted", discount="99.00"),
    _new("a discount without digits", HELD, discount="x"),
    _new("no amount at all", "posted", amount=None),
    # Currencies.
    _new("an unknown currency", "CURRENCY_UNKNOWN", currency="QQQ"),
    _new("a currency in Arabic letters", "CURRENCY_UNKNOWN", currency="\u062f\u0631\u0647"),
    _new("a giant currency", "CURRENCY_UNKNOWN", currency="USD" * 10_000),
    _new("no rate yet", "held RATE_MISSING", currency="JPY"),
    _new("no rate yet for three decimals", "held RATE_MISSING", currency="KWD"),
    # Texts.
    _new("NUL in the order id", "posted", order_id="P nul \x00"),
    _new("half a character", "posted", order_id="P half \ud800"),
    _new("NUL in the coupon", "posted", coupon="A\x00B"),
    _new("half a character in the sid", "posted", sid="\udfff"),
    _new("NUL in a custom parameter", "posted", custom_parameters=(NameValuePair(name="a", value="\x00"),)),
    _new("a megabyte of coupon", "posted", coupon="x" * 1_000_000),
    _new("a thousand parameters", "posted",
         custom_parameters=tuple(NameValuePair(name=f"n{n}", value="v" * 100) for n in range(1000))),
    _new("no order id", "ORDER_ID_EMPTY", order_id=""),
    _new("a long order id", "ORDER_ID_TOO_LONG", order_id="P" * 97),
    _new("a giant order id", "ORDER_ID_TOO_LONG", order_id="P" * 10_000),
    _new("a line break at the end", "posted", order_id="P break\n"),
    _new("right to left", "posted", order_id="P \u202e gnp"),
    # Items.
    _new("101 items by the API", "posted", **_items(*[_item(sku=f"S{n}") for n in range(101)])),
    _new("a hundred items", "posted", **_items(*[_item(sku=f"S{n}") for n in range(100)])),
    _new("quantity nothing", "posted", **_items(_item(quantity=0))),
    _new("a negative quantity", "posted", **_items(_item(quantity=-3))),
    _new("nine trillion million pieces", "posted", **_items(_item(quantity=10**18 * 9))),
    _new("a price without digits", HELD, **_items(_item(unit_price="free"))),
    _new("NUL in the sku", "posted", **_items(_item(sku="\x00"))),
    _new("no items at all", "posted", **_items()),
    # Who and where.
    _new("an unknown click", "UNATTRIBUTED", cj_event="nobody-clicked"),
    _new("NUL in the click", "UNATTRIBUTED", cj_event="\x00"),
    _new("a click of another advertiser", "CLICK_OF_OTHER_ADVERTISER", cj_event=CLICK_B_ALPINE),
    _new("no such ad", "AD_OR_PROPERTY_UNKNOWN", cj_event=None, ad_id=1, promotional_property_id=1),
    _new("an unknown tracker", "ACTION_NOT_OWNED", action_tracker_id=999),
    _new("a tracker that no column holds", NOT_LET_IN, action_tracker_id=10**30),
    _new("a tracker of somebody else", "ACTION_NOT_OWNED", action_tracker_id=451),
    _new("an enterprise that no column holds", NOT_LET_IN, enterprise_id="9" * 30),
    _new("an event before its click", "EVENT_BEFORE_CLICK", event_time="1970-01-01T00:00:00Z"),
    _new("an event in the far future", "REFERRAL_PERIOD_OVER", event_time="9999-12-31T23:59:59Z"),
    _new("an event at no time", HELD, event_time="yesterday"),
    _new("a strange channel", "posted", bypass_channel=BypassChannel(name="\x00", timestamp=UPDATED)),
    # Changes.
    _change("a change of nothing", "ORDER_NOT_FOUND"),
    _cancel("the end of nothing", "ORDER_NOT_FOUND"),
    _change("a change of nothing at no time", "ORDER_NOT_FOUND", update_time="tomorrow"),
    _cancel("a status that does not apply", "ORDER_NOT_FOUND", status=CancellationStatus.DECLINED),
    _change("accepted, which nobody opened", "ORDER_NOT_FOUND", status=OrderStatus.ACCEPTED),
    # Rows of the log that we spoilt ourselves.
    _spoilt("half a document", b'{"enterpriseId":'),
    _spoilt("no document", b""),
    _spoilt("bytes that are no text", b"\xff\xfe\x00"),
    _spoilt("ten thousand brackets", b"[" * 10_000),
    _spoilt("a field that nobody knows", b'{"enterpriseId":"1","actionTrackerId":4,"orderId":"x","z":1}'),
    # Our own mistakes.
    _new("a row that the database refuses", HELD)._replace(is_refused_by_the_database=True),
    _new("a division by zero", HELD)._replace(decision_fails="ZeroDivisionError"),
    _new("a promise that does not hold", HELD)._replace(decision_fails="AssertionError"),
    _new("a recursion without end", HELD)._replace(decision_fails="RecursionError"),
    _new("no memory left", HELD)._replace(decision_fails="MemoryError"),
)  # fmt: skip
