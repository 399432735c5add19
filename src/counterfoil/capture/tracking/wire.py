"""Orders as they stand in a request, before their values are settled.

Owns the shapes that the fast decoder fills: names and nesting as on the wire, values as sent. What is not
plainly one of these shapes is left to api/inputs.py. Next: columns.py.
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from msgspec import Meta, Struct

Text = str | Annotated[int, Meta(ge=0, le=10**18)]
"""A text, or a whole number that may stand for one."""

T = TypeVar("T")
"""What a text may be sent as: `str` alone, which saves looking at every one of them, or `Text`."""

P = TypeVar("P")
B = TypeVar("B")
S = TypeVar("S")
"""A pair, the other channel, the shopper's ids: as they are kept where texts are texts, or as sent."""

Decimal = Any
"""A text or a number of any kind; a type of its own would lose digits or take too much."""


class _Wire(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True, gc=False):
    """Base of what is sent. There are no cycles among orders, so the collector need not look."""


class Item(_Wire, Generic[T], kw_only=True):
    """`OrderItemInput`."""

    unit_price: Decimal
    quantity: int
    sku: T
    discount: Decimal = None


class Pair(_Wire, kw_only=True):
    """`NameValuePairInput`."""

    name: Text
    value: Text


class Bypass(_Wire, kw_only=True):
    """`BypassChannelInput`."""

    name: Text
    timestamp: str


class Ids(_Wire, kw_only=True):
    """`CustomIdsInput`."""

    universal_tag_cj_user: Text | None = None
    user_id: Text | None = None
    email_hash: Text | None = None


class Keyed(_Wire, Generic[T], kw_only=True):
    """What every order says."""

    enterprise_id: T
    action_tracker_id: int
    order_id: T


class Stated(Keyed[T], Generic[T, P, B], kw_only=True):
    """What a create and a restatement say."""

    cj_event: T | None = None
    amount: Decimal = None
    discount: Decimal = None
    vertical_parameters: dict[str, T | None] | None = None
    custom_parameters: list[P] | None = None
    items: list[Item[T]] | None = None
    coupon: T | None = None
    currency: T | None = None
    bypass_channel: B | None = None


class Create(Stated[T, P, B], Generic[T, P, B, S], kw_only=True):
    """`OrderCreateRequest`."""

    ad_id: int | None = None
    promotional_property_id: int | None = None
    sid: T | None = None
    event_time: str | None = None
    ids: S | None = None


class Restate(Stated[T, P, B], Generic[T, P, B], kw_only=True):
    """`OrderRestateRequest`."""

    update_time: str
    status: str | None = None
    correction_reason: str | None = None


class Cancel(Keyed[T], Generic[T], kw_only=True):
    """`OrderCancelRequest`."""

    update_time: str
    status: str | None = None
    correction_reason: str | None = None
