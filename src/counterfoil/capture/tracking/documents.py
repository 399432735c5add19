"""From coerced values to typed orders.

Owns the step from what the reader of the schema hands over to `NewOrder`, `Restatement` and `Cancellation`.
Checks nothing: values fit the schema when they get here. Next: api/graphql.py, which calls it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, convert

from counterfoil.model.orders import ORDER_TYPES, Kind, Order

LIST_ARGUMENTS: dict[str, tuple[Kind, str]] = {
    "createOrders": (Kind.CREATE, "newOrders"),
    "restateOrders": (Kind.RESTATE, "restatedOrders"),
    "cancelOrders": (Kind.CANCEL, "cancelledOrders"),
    "cancelOrder": (Kind.CANCEL, "cancelledOrders"),
}
"""What each mutation field asks for, and the argument that holds its orders (D21)."""


class TypedList(Struct, frozen=True):
    """Orders that were read at once: stands among variables and arguments for the list that was sent."""

    orders: tuple[Order, ...]


def orders(kind: Kind, values: Sequence[dict[str, Any]] | TypedList) -> tuple[Order, ...]:
    """The typed orders of one mutation field, in the order sent.

    Those of a `TypedList` are there already. Other `values` have the wire's names, decimals and instants as
    canonical text, and no nulls. An object that was sent empty, such as `verticalParameters: {}`, stays one.
    """
    if isinstance(values, TypedList):
        return values.orders
    order_type = ORDER_TYPES[kind]
    return tuple(convert(values, list[order_type]))  # type: ignore[valid-type]
