"""Big lists of orders read straight into typed orders, without a Python object for every member.

Owns the strict way: what is plainly right in every value is read at once, anything else is declined. Words
for what is wrong belong to api/inputs.py, which reads whatever is declined here. Next: wire.py, columns.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from operator import attrgetter
from typing import Any

import msgspec

from counterfoil.capture.tracking import wire
from counterfoil.capture.tracking.columns import NUMBER_MARK, Columns, Declined
from counterfoil.capture.tracking.verticals import ADVERTISER_VERTICAL, VERTICAL_PARAMETERS, VERTICAL_TYPES
from counterfoil.model.orders import (
    BypassChannel,
    Cancellation,
    CancellationStatus,
    CorrectionReason,
    CustomIds,
    Kind,
    NameValuePair,
    NewOrder,
    Order,
    OrderStatus,
    Restatement,
)

_WITH_TEXTS: dict[Kind, Any] = {
    Kind.CREATE: list[wire.Create[str, NameValuePair, BypassChannel, CustomIds]],
    Kind.RESTATE: list[wire.Restate[str, NameValuePair, BypassChannel]],
    Kind.CANCEL: list[wire.Cancel[str]],
}
_SENT: dict[Kind, Any] = {
    Kind.CREATE: list[wire.Create[wire.Text, wire.Pair, wire.Bypass, wire.Ids]],
    Kind.RESTATE: list[wire.Restate[wire.Text, wire.Pair, wire.Bypass]],
    Kind.CANCEL: list[wire.Cancel[wire.Text]],
}
_FINAL: dict[Kind, Any] = {
    Kind.CREATE: tuple[NewOrder, ...],
    Kind.RESTATE: tuple[Restatement, ...],
    Kind.CANCEL: tuple[Cancellation, ...],
}

_AT_ONCE = {kind: msgspec.json.Decoder(type_) for kind, type_ in _FINAL.items()}

# A number with a point or an exponent is kept as its digits: where most are plain, as if they were quoted,
# otherwise behind the mark that literals have as well.
_WITH_TEXTS_ONLY = {kind: msgspec.json.Decoder(type_, float_hook=str) for kind, type_ in _WITH_TEXTS.items()}
_AS_SENT = {
    kind: msgspec.json.Decoder(type_, float_hook=NUMBER_MARK.__add__) for kind, type_ in _SENT.items()
}

_REASONS = frozenset(CorrectionReason)
_STATUSES = {Kind.RESTATE: frozenset(OrderStatus), Kind.CANCEL: frozenset(CancellationStatus)}


def decode_list(kind: Kind, text: bytes, *, literal: bool) -> tuple[Order, ...] | None:
    """The typed orders of one list, equal to those of the exact path; None declines, and says nothing.

    `text` is one JSON value in UTF-8. With `literal` it stands for a literal of the document, marked as
    follows: an enum or any other bare name but true, false and null is the string `"\\u0001NAME"`; an Int of
    at most 18 digits, sign not counted, is a JSON number; every other number is the string `"\\u0002"` and
    its digits as written; strings are themselves, and begin with neither mark. The rules for literals hold
    then, those for variables otherwise (spec/tracking-api.md, section 4).
    """
    # A client's own text must not pass for a number.
    if not literal and b"\\u0002" in text:
        return None
    columns = Columns(text, literal=literal)
    try:
        orders = _at_once(kind, text, columns)
        if orders is None:
            orders = _with_texts(kind, text, columns)
        return _as_sent(kind, text, columns) if orders is None else orders
    except (Declined, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _at_once(kind: Kind, text: bytes, columns: Columns) -> tuple[Any, ...] | None:
    """The orders, when texts and decimals all stand there as strings, the marked ones where they may."""
    if columns.is_literal and kind is not Kind.CREATE:
        # The type of an enum would take its string as well, which a literal must not be.
        return None
    try:
        orders: tuple[Any, ...] = _AT_ONCE[kind].decode(text)
    except msgspec.ValidationError:
        return None
    columns.begin()
    _settle(kind, orders, columns)
    return orders if columns.has_every_mark() else None


def _with_texts(kind: Kind, text: bytes, columns: Columns) -> tuple[Any, ...] | None:
    """The orders, when texts all stand there as strings, and decimals as they like, none with an exponent."""
    columns.begin()
    try:
        sent = _WITH_TEXTS_ONLY[kind].decode(text)
        _settle_names(kind, sent, columns)
        _settle(kind, sent, columns)
    except msgspec.ValidationError:
        return None
    except Declined:
        if columns.is_literal:
            raise
        # It may be a number with an exponent, which no text of a decimal has.
        return None
    return _final(kind, sent) if columns.has_every_mark() else None


def _as_sent(kind: Kind, text: bytes, columns: Columns) -> tuple[Any, ...]:
    """The orders, whatever their texts and decimals are sent as."""
    sent = _AS_SENT[kind].decode(text)
    _settle_texts(kind, sent, columns)
    _settle_names(kind, sent, columns)
    _settle(kind, sent, columns)
    return _final(kind, sent)


def _final(kind: Kind, sent: Sequence[Any]) -> tuple[Any, ...]:
    orders: tuple[Any, ...] = msgspec.convert(sent, _FINAL[kind], from_attributes=True)
    return orders


def _settle_names(kind: Kind, orders: Sequence[Any], columns: Columns) -> None:
    """Values of enums."""
    if kind is not Kind.CREATE:
        columns.names(orders, "status", _STATUSES[kind])
        columns.names(orders, "correction_reason", _REASONS)


def _settle_texts(kind: Kind, orders: Sequence[Any], columns: Columns) -> None:
    """Texts that may be sent as something else than a plain string."""
    columns.texts(orders, "enterprise_id", ids=True)
    columns.texts(orders, "order_id")
    if kind is Kind.CANCEL:
        return
    columns.texts(orders, "cj_event", ids=True)
    columns.texts(orders, "coupon", "currency")
    columns.texts(_present(orders, "bypass_channel"), "name")
    columns.texts(_parts(orders, "custom_parameters"), "name", "value")
    columns.texts(_parts(orders, "items"), "sku")
    if kind is Kind.CREATE:
        columns.texts(orders, "sid")
        columns.texts(_present(orders, "ids"), "universal_tag_cj_user", "user_id", "email_hash")


def _settle(kind: Kind, orders: Sequence[Any], columns: Columns) -> None:
    """Numbers, decimals, instants, vertical parameters: in range, and in the form in which they are kept."""
    columns.numbers(orders, "action_tracker_id")
    if kind is Kind.CREATE:
        columns.numbers(orders, "ad_id")
        columns.numbers(orders, "promotional_property_id")
        columns.instants(orders, "event_time")
    else:
        columns.instants(orders, "update_time")
    if kind is Kind.CANCEL:
        return
    columns.decimals(orders, "amount")
    columns.decimals(orders, "discount")
    if channels := _present(orders, "bypass_channel"):
        columns.instants(channels, "timestamp")
    if items := _parts(orders, "items"):
        columns.numbers(items, "quantity")
        columns.decimals(items, "unit_price", required=True)
        columns.decimals(items, "discount")
    if verticals := _present(orders, "vertical_parameters"):
        _settle_verticals(verticals, columns)


def _settle_verticals(parameters: Sequence[dict[str, Any]], columns: Columns) -> None:
    names: set[str] = set().union(*parameters)
    if not names <= VERTICAL_PARAMETERS:
        raise Declined
    if ADVERTISER_VERTICAL in names:
        holders = [each for each in parameters if ADVERTISER_VERTICAL in each]
        sent = [each[ADVERTISER_VERTICAL] for each in holders]
        types = columns.settled_names(sent, VERTICAL_TYPES)
        if types != sent:
            for each, type_ in zip(holders, types, strict=True):
                each[ADVERTISER_VERTICAL] = type_
    values = list(chain.from_iterable(map(dict.values, parameters)))
    settled = columns.settled_texts(values)
    if settled is None and None not in values:
        return
    texts = iter(values if settled is None else settled)
    for each in parameters:
        given = {name: text for name, text in zip(list(each), texts, strict=False) if text is not None}
        each.clear()
        each.update(given)


def _present(orders: Sequence[Any], name: str) -> list[Any]:
    """The members of the orders that have one, empty ones left out."""
    return list(filter(None, map(attrgetter(name), orders)))


def _parts(orders: Sequence[Any], name: str) -> list[Any]:
    """The elements of a list of all orders."""
    return list(chain.from_iterable(_present(orders, name)))
