"""Long lists among the variables: read as orders at once where their declared type says that they are.

Owns the choice between the fast way and the exact one. Leaves the fast way to capture/tracking/decoding.py
and the exact one to variables.py. Next: graphql.py.
"""

from __future__ import annotations

from typing import Any

from graphql import (
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    TypeNode,
)
from msgspec.structs import replace

from counterfoil.capture.body import ListText, Request
from counterfoil.capture.shape import ShapeLimits
from counterfoil.capture.tracking.decoding import decode_list
from counterfoil.capture.tracking.documents import TypedList
from counterfoil.model.orders import Kind

KINDS = {
    "OrderCreateRequest": Kind.CREATE,
    "OrderRestateRequest": Kind.RESTATE,
    "OrderCancelRequest": Kind.CANCEL,
}

DEPTH = 5
"""How deep a variable with orders nests: the map, the list, the order, its items, the item."""


def with_lists_read(
    request: Request, definition: OperationDefinitionNode | None, limits: ShapeLimits
) -> Request:
    """The request without a `ListText`: orders are a `TypedList`, anything else what it always is.

    A list that is declared as orders fits nothing but their argument, however often it is used there.
    """
    if not any(type(value) is ListText for value in request.variables.values()):
        return request
    kinds = _kinds(definition) if limits.variables_depth_max >= DEPTH else {}
    variables = {
        name: _read(value, kinds.get(name)) if isinstance(value, ListText) else value
        for name, value in request.variables.items()
    }
    return replace(request, variables=variables)


def _read(sent: ListText, kind: Kind | None) -> TypedList | list[Any]:
    orders = None if kind is None else decode_list(kind, sent.text, literal=False)
    return sent.value() if orders is None else TypedList(orders)


def _kinds(definition: OperationDefinitionNode | None) -> dict[str, Kind]:
    """The variables that are declared as lists of orders."""
    kinds: dict[str, Kind] = {}
    declared = definition.variable_definitions or () if definition is not None else ()
    for each in reversed(declared):
        # Of two declarations of one name the first counts.
        kinds.pop(each.variable.name.value, None)
        kind = _kind(each.type)
        if kind is not None:
            kinds[each.variable.name.value] = kind
    return kinds


def _kind(type_: TypeNode) -> Kind | None:
    """The kind of orders of a type such as `[OrderCreateRequest!]!`."""
    if isinstance(type_, NonNullTypeNode):
        type_ = type_.type
    if not isinstance(type_, ListTypeNode) or not isinstance(type_.type, NonNullTypeNode):
        return None
    element = type_.type.type
    return KINDS.get(element.name.value) if isinstance(element, NamedTypeNode) else None
