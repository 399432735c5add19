"""Projection: what each output type of both APIs shows, and the payloads printed with it.

Owns the fields of the orders' answers, which mirror the request (spec/tracking-api.md, 2.4), and how those of
commission records hang together. What a record says is told by reporting/. Next: printing.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_object_type,
)

from counterfoil.api.printing import Batch, Fields, Leaf, Many, One, columns_of, encode, printer
from counterfoil.api.schemas import commission_detail
from counterfoil.api.selection import RootField, SelectedField
from counterfoil.errors import Refusal
from counterfoil.model.orders import Order
from counterfoil.reporting import Page, Records, Side
from counterfoil.reporting.export_forms import Kind

_ORDINAL_DIGITS = 6
"""Hexadecimal digits of a submission id that count the orders of its batch: 24 bits."""


# ── orders, as they were sent ────────────────────────────────────────────────────────────────────────


class Placed(NamedTuple):
    """The orders of one mutation field, and where they went."""

    orders: Sequence[Order]
    batch_id: str
    received_at: datetime | None


class _Payload(NamedTuple):
    """What one mutation field answers: its orders, or why there are none."""

    placed: Placed | None
    refusals: Sequence[Refusal]


def order_payload(
    field: RootField,
    orders: Sequence[Order],
    batch_id: UUID | None,
    received: Mapping[UUID, datetime],
    refusals: Sequence[Refusal],
) -> bytes:
    """The answer of a mutation field as JSON: its orders in request order (D48), or its errors (D13).

    `received` gives the time of receipt of each batch; one without orders has none, and needs none.
    """
    placed = None
    if not refusals:
        at = None if batch_id is None else received.get(batch_id)
        placed = Placed(orders, str(batch_id), at)
    print_ = printer(get_named_type(field.type).name, field.selection, _fields_of)
    return encode(print_([_Payload(placed, refusals)], 1)[0])


def received_text(moment: datetime) -> str:
    """A time of receipt in milliseconds, the rest cut off, as many digits as needed (D44)."""
    precision = "milliseconds" if moment.microsecond >= 1000 else "seconds"
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def _submission_ids(placed: Placed) -> Sequence[object]:
    # The ids count on from the batch's, whose last digits are zero: no UUID has to be built for each.
    head = placed.batch_id[:-_ORDINAL_DIGITS]
    return [f"{head}{n:06x}" for n in range(1, len(placed.orders) + 1)]


def _received_times(placed: Placed) -> Sequence[object]:
    at = placed.received_at
    return ["" if at is None else received_text(at)] * len(placed.orders)


def _of_orders(name: str) -> Leaf:
    """A member of the orders; a kind of order without it shows null."""

    def values(placed: Placed) -> Sequence[object]:
        if placed.orders and name not in placed.orders[0].__struct_fields__:
            return [None] * len(placed.orders)
        return list(map(attrgetter(name), placed.orders))

    return Leaf(values)


def _object_of_orders(name: str) -> One:
    """An object that an order has, or null."""
    leaf = _of_orders(name)

    def chosen(placed: Placed) -> tuple[Batch, Sequence[bool]]:
        objects = leaf.values(placed)
        return [each for each in objects if each is not None], [each is not None for each in objects]

    return One(chosen)


def _list_of_orders(name: str) -> Many:
    """A list that an order has; it is never null (section 2.4)."""
    leaf = _of_orders(name)

    def chosen(placed: Placed) -> tuple[Batch, Sequence[int]]:
        lists: list[Any] = [each or () for each in leaf.values(placed)]
        return list(chain.from_iterable(lists)), [len(each) for each in lists]

    return Many(chosen)


def _one_or_nothing(present: Callable[[_Payload], Sequence[Any] | Placed | None]) -> Many:
    """A list of a payload, null when there is none."""

    def chosen(payloads: Sequence[_Payload]) -> tuple[Batch, Sequence[int | None]]:
        (payload,) = payloads
        found = present(payload)
        if not found:
            return (), [None]
        return found, [len(found.orders) if isinstance(found, Placed) else len(found)]

    return Many(chosen)


def _member(name: str) -> Leaf:
    """A member of each thing."""
    return Leaf(lambda things: list(map(attrgetter(name), things)))


def _entry(name: str) -> Leaf:
    """An entry of each mapping, null where it has none."""
    return Leaf(lambda mappings: [each.get(name) for each in mappings])


_WHOLE: One = One(lambda batch: (batch, None))
"""An object that groups fields of the very same things."""

_ORDER_CANCELLATION: dict[str, Leaf | One | Many] = {
    "submissionId": Leaf(_submission_ids),
    "batchId": Leaf(lambda placed: [placed.batch_id] * len(placed.orders)),
    "advertiser": _WHOLE,
    "actionTracker": _WHOLE,
    "orderId": _of_orders("order_id"),
    "updateTime": _of_orders("update_time"),
    "status": _of_orders("status"),
    "correctionReason": _of_orders("correction_reason"),
}
_ORDER: dict[str, Leaf | One | Many] = {
    **_ORDER_CANCELLATION,
    "orderReceivedTime": Leaf(_received_times),
    "eventTime": _of_orders("event_time"),
    "ad": _object_of_orders("ad_id"),
    "promotionalProperty": _object_of_orders("promotional_property_id"),
    "sid": _of_orders("sid"),
    "cjEvent": _of_orders("cj_event"),
    "amount": _of_orders("amount"),
    "discount": _of_orders("discount"),
    "verticalParameters": _object_of_orders("vertical_parameters"),
    "customParameters": _list_of_orders("custom_parameters"),
    "items": _list_of_orders("items"),
    "coupon": _of_orders("coupon"),
    "currency": _of_orders("currency"),
    "bypassChannel": _object_of_orders("bypass_channel"),
    "ids": _object_of_orders("ids"),
}
_RESPONSE: dict[str, Leaf | One | Many] = {
    "orders": _one_or_nothing(lambda payload: payload.placed),
    "errors": _one_or_nothing(lambda payload: payload.refusals),
}
# An ad and a property have nothing but their ids, which stand for them.
_ITSELF: dict[str, Leaf | One | Many] = {"id": Leaf(lambda ids: ids)}


# ── commission records ───────────────────────────────────────────────────────────────────────────────


def page_payload(field: RootField, page: Page) -> bytes:
    """A page of commission records as JSON, with the fields that were selected."""
    return encode(page_printer(field)(page))


def page_printer(field: RootField) -> Callable[[Page], object]:
    """What prints a page with the fields that were selected, for `encode`."""
    print_ = printer(get_named_type(field.type).name, field.selection, _fields_of)
    return lambda page: print_([page], 1)[0]


def fields_of_records(field: RootField) -> frozenset[str]:
    """Which fields of its records a query selects, for `reporting.page` to fetch no more."""
    return frozenset(
        below.name
        for selected in field.selection
        if selected.name == "records"
        for below in selected.selection
        if below.name != "__typename"
    )


class ExportedField(NamedTuple):
    """A field of commission records as a column of a file; `is_unasked` ones are there if none is named."""

    selected: SelectedField
    kind: Kind
    is_unasked: bool


_RECORD_TYPES = {Side.ADVERTISER: "AdvertiserCommission", Side.PUBLISHER: "PublisherCommission"}
_KINDS = {"DecimalNumber": Kind.FIGURE, "Instant": Kind.INSTANT, "Boolean": Kind.FLAG}


def _exported(name: str, field: GraphQLField) -> ExportedField:
    type_ = get_named_type(field.type)
    is_nested = is_object_type(type_) or is_list_type(get_nullable_type(field.type))
    kind = Kind.NESTED if is_nested else _KINDS.get(type_.name, Kind.TEXT)
    is_unasked = not is_nested and field.deprecation_reason is None
    return ExportedField(SelectedField(name, name, field.type, _all_below(type_)), kind, is_unasked)


def _all_below(type_: GraphQLNamedType) -> tuple[SelectedField, ...]:
    """Every field of an object and of those within it, but for the deprecated ones."""
    if not isinstance(type_, GraphQLObjectType):
        return ()
    return tuple(
        SelectedField(name, name, field.type, _all_below(get_named_type(field.type)))
        for name, field in type_.fields.items()
        if field.deprecation_reason is None
    )


def _exported_fields(side: Side) -> dict[str, ExportedField]:
    type_ = commission_detail().types.type_map[_RECORD_TYPES[side]]
    assert isinstance(type_, GraphQLObjectType)
    return {name: _exported(name, field) for name, field in type_.fields.items()}


EXPORTED = {side: _exported_fields(side) for side in Side}
"""The fields of commission records that a file can have, by side and name, in the schema's order."""


def record_columns(
    side: Side, selection: Sequence[SelectedField]
) -> Callable[[Records], list[Sequence[object]]]:
    """What prints these fields of commission records as columns, for an export."""
    columns = columns_of(_RECORD_TYPES[side], selection, _fields_of)
    return lambda records: [column(records, records.count) for column in columns]


_PAGE: dict[str, Leaf | One | Many] = {
    "count": _member("count"),
    "limit": _member("limit"),
    "maxCommissionId": _member("max_commission_id"),
    "payloadComplete": _member("payload_complete"),
    "records": Many(lambda pages: (pages[0].records, [pages[0].count])),
}

_LISTS = frozenset({"items", "situationDetails"})
_ATTRIBUTES = frozenset({"verticalAttributes", "customPixel"})


def _of_records(name: str) -> Leaf | One | Many:
    if name in _LISTS:
        return _nested_list(name)
    if name in _ATTRIBUTES:
        return One(_attributes)
    return _value(name)


def _attributes(records: Records) -> tuple[Batch, Sequence[bool]]:
    return records.attributes, records.attributes.has_any


def _of_items(name: str) -> Leaf | One | Many:
    return _nested_list(name) if name in _LISTS else _value(name)


def _nested_list(name: str) -> Many:
    def chosen(things: Any) -> tuple[Batch, Sequence[int]]:
        nested = things.values(name)
        return nested, nested.lengths

    return Many(chosen)


def _value(name: str) -> Leaf:
    return Leaf(lambda things: things.values(name))


# ── every type ───────────────────────────────────────────────────────────────────────────────────────


_TYPES: dict[str, Fields] = {
    "OrderResponse": _RESPONSE.__getitem__,
    "OrderCancellationResponse": _RESPONSE.__getitem__,
    "RequestError": {"message": _member("message"), "fields": _member("fields")}.__getitem__,
    "Order": _ORDER.__getitem__,
    "OrderCancellation": _ORDER_CANCELLATION.__getitem__,
    "Advertiser": {"enterpriseId": _of_orders("enterprise_id")}.__getitem__,
    "ActionTracker": {"id": _of_orders("action_tracker_id")}.__getitem__,
    "Ad": _ITSELF.__getitem__,
    "PromotionalProperty": _ITSELF.__getitem__,
    "VerticalParameters": _entry,
    "NameValuePair": _member,
    "BypassChannel": _member,
    "OrderItem": {
        "unitPrice": _member("unit_price"),
        "quantity": _member("quantity"),
        "sku": _member("sku"),
        "discount": _member("discount"),
    }.__getitem__,
    "CustomIds": {
        "universalTagCjUser": _member("universal_tag_cj_user"),
        "userId": _member("user_id"),
        "emailHash": _member("email_hash"),
    }.__getitem__,
    "AdvertiserCommissions": _PAGE.__getitem__,
    "PublisherCommissions": _PAGE.__getitem__,
    "AdvertiserCommission": _of_records,
    "PublisherCommission": _of_records,
    "AdvertiserVerticalAttributes": _value,
    "PublisherVerticalAttributes": _value,
    "Item": _of_items,
    "Situation": _value,
}


def _fields_of(type_name: str) -> Fields:
    return _TYPES[type_name]
