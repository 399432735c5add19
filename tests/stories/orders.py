"""Orders: what a `create`, `restate` or `cancel` line says.

Owns the fields of an order line and the memory of which action an order belongs to. Next: steps.py.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from counterfoil.model.orders import (
    BypassChannel,
    Cancellation,
    CancellationStatus,
    Channel,
    CorrectionReason,
    Extension,
    Mode,
    NameValuePair,
    NewOrder,
    Order,
    OrderItem,
    OrderKey,
    OrderStatus,
    Restatement,
    clean_text,
)
from tests.stories.steps import Send
from tests.stories.words import Words

LATER = ""
"""Stands for the present time in `update_time`, until the story comes to the line."""

ENTERPRISE_OF = {451: 1500002}
NORTHWIND = 1500001

_IDS = ("enterprise", "tracker")
_STATED = ("click", "amount", "discount", "coupon", "currency", "bypass", "item", "items", "custom")
_FIELDS = {
    "create": (*_IDS, *_STATED, "ad", "property", "sid", "event"),
    "restate": (*_IDS, *_STATED, "update", "status", "reason"),
    "cancel": (*_IDS, "update", "status", "reason"),
    "extend": _IDS,
}
_NAME_OF = {"ad": "ad_id", "click": "cj_event", "property": "promotional_property_id"}
_CHANNELS = ("api", "tag", "postback", "file")


class Memory:
    """Which action and account each order was first named with."""

    def __init__(self) -> None:
        """Knows no order."""
        self._known: dict[str, tuple[int, int]] = {}

    def key(
        self, order_id: str, enterprise: int | None, tracker: int | None, mode: Mode, words: Words
    ) -> OrderKey:
        """The order's key; what the line leaves out is as it was first named."""
        known = self._known.get(order_id)
        if tracker is None:
            if known is None:
                raise words.fault(f"names no tracker for {order_id!r}, and no line before it does")
            tracker = known[1]
            enterprise = enterprise or known[0]
        enterprise = enterprise or ENTERPRISE_OF.get(tracker, NORTHWIND)
        self._known.setdefault(order_id, (enterprise, tracker))
        return OrderKey(mode, enterprise, tracker, clean_text(order_id))


def read_reference(words: Words, memory: Memory) -> OrderKey:
    """An order that is spoken of: its id, then `test`, `tracker`, `enterprise` where they are needed."""
    order_id = words.take("the order's id")
    mode, enterprise, tracker = Mode.LIVE, None, None
    while words.peek() in ("test", "tracker", "enterprise"):
        match words.take("a field"):
            case "test":
                mode = Mode.TEST
            case "tracker":
                tracker = words.whole("the tracker")
            case _:
                enterprise = words.whole("the enterprise")
    return memory.key(order_id, enterprise, tracker, mode, words)


def read_order(kind: str, words: Words, memory: Memory, *, first: Send | None = None) -> Send:
    """A batch of one order; `first` is the batch that it joins."""
    order_id = words.take("the order's id")
    fields: dict[str, Any] = {}
    mode, channel = (first.mode, first.channel) if first else (Mode.LIVE, Channel.API)
    if kind == "extend":
        channel = Channel.PAGE
    while words:
        word = words.peek() or ""
        if first is None and word in ("live", "test"):
            mode = Mode(words.take("a mode"))
        elif first is None and words.takes("channel"):
            channel = Channel(words.one_of("a channel", _CHANNELS))
        elif (currency := words.currency()) is not None:
            fields["currency"] = currency
        elif "=" in word and kind in ("create", "restate"):
            name, _, value = words.take("a vertical parameter").partition("=")
            fields.setdefault("vertical_parameters", {})[name] = value
        else:
            _read_field(words.one_of("a field", _FIELDS[kind]), words, fields)
    key = memory.key(order_id, fields.pop("enterprise", None), fields.pop("tracker", None), mode, words)
    return Send(words.place, kind, mode, channel, (_order(kind, key, order_id, fields, words),))


def _read_field(field: str, words: Words, fields: dict[str, Any]) -> None:
    match field:
        case "enterprise" | "tracker":
            fields[field] = words.whole(f"the {field}")
        case "ad" | "property":
            fields[_NAME_OF[field]] = words.whole(f"the {field}")
        case "amount" | "discount":
            fields[field] = words.decimal_text(f"the {field}")
        case "event" | "update":
            fields[f"{field}_time"] = instant_text(words.time(f"the {field} time"))
        case "bypass":
            name = words.take("the channel's name")
            fields["bypass_channel"] = BypassChannel(
                name=name, timestamp=instant_text(words.time("its time"))
            )
        case "custom":
            name, _, value = words.take("a custom parameter").partition("=")
            fields["custom_parameters"] = (
                *fields.get("custom_parameters", ()),
                NameValuePair(name=name, value=value),
            )
        case "item":
            _read_item(words, fields)
        case "items":
            count = words.whole("how many items")
            words.one_of("`of`", ("of",))
            price = words.decimal_text("their price")
            fields["items"] = tuple(
                OrderItem(sku=f"S-{n}", quantity=1, unit_price=price) for n in range(1, count + 1)
            )
        case _:
            fields[_NAME_OF.get(field, field)] = words.take(f"the {field}")


def _read_item(words: Words, fields: dict[str, Any]) -> None:
    sku, quantity = words.take("the SKU"), words.whole("the quantity")
    words.one_of("`x`", ("x",))
    price = words.decimal_text("the price")
    if (currency := words.currency()) is not None:
        fields["currency"] = currency
    discount = words.decimal_text("the line's discount") if words.takes("less") else None
    item = OrderItem(sku=sku, quantity=quantity, unit_price=price, discount=discount)
    fields["items"] = (*fields.get("items", ()), item)


def _order(kind: str, key: OrderKey, order_id: str, fields: dict[str, Any], words: Words) -> Order:
    named: dict[str, Any] = {
        "enterprise_id": str(key.enterprise_id),
        "action_tracker_id": key.action_tracker_id,
        "order_id": order_id,
    }
    if kind == "create":
        return NewOrder(**named, **fields)
    if kind == "extend":
        return Extension(**named)
    update = fields.pop("update_time", LATER)
    try:
        reason = CorrectionReason(fields.pop("reason")) if "reason" in fields else None
        if kind == "restate":
            status = OrderStatus(fields.pop("status")) if "status" in fields else None
            return Restatement(**named, update_time=update, correction_reason=reason, status=status, **fields)
        declined = CancellationStatus(fields.pop("status")) if "status" in fields else None
    except ValueError as error:
        raise words.fault(f"has a word that a {kind} does not know: {error}") from error
    return Cancellation(**named, update_time=update, correction_reason=reason, status=declined)


def instant_text(time: datetime) -> str:
    """The time as it stands in the log."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")
