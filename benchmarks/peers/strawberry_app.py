"""A strawberry server: the same types as Python classes, served by its own ASGI application on uvicorn.

Owns the classes, which are made from the schema's text, and the resolver of `createOrders`. Next: keeping.py.
"""

from __future__ import annotations

import asyncio
import dataclasses
import enum
import keyword
from decimal import Decimal
from importlib import import_module
from typing import Any, NewType

from graphql import ListTypeNode, NamedTypeNode, NonNullTypeNode, TypeNode, parse

from benchmarks.peers.keeping import Keeper
from benchmarks.peers.scalars import PARSED, sdl

# Not among the tools that every developer installs, so the checker of types cannot count on it.
strawberry: Any = import_module("strawberry")
GraphQL: Any = import_module("strawberry.asgi").GraphQL
StrawberryConfig: Any = import_module("strawberry.schema.config").StrawberryConfig

_OWN: dict[str, Any] = {
    "Instant": NewType("Instant", str),
    "NonNegativeDecimalNumber": NewType("NonNegativeDecimalNumber", Decimal),
    "NonNegativeInt": NewType("NonNegativeInt", int),
}
_classes: dict[str, Any] = {"ID": strawberry.ID, "String": str, **_OWN}
_ROOTS = ("Mutation", "Query")


def _make_classes() -> None:
    """A class for each type of the schema; one that needs another waits for it."""
    named: list[Any] = [node for node in parse(sdl()).definitions if hasattr(node, "name")]
    waiting = [node for node in named if node.name.value not in (*_ROOTS, *_classes)]
    while waiting:
        later = []
        for node in waiting:
            try:
                _classes[node.name.value] = _made(node)
            except KeyError:
                later.append(node)
        assert len(later) < len(waiting), later
        waiting = later


def _made(node: Any) -> Any:
    if node.kind == "enum_type_definition":
        words: Any = {value.name.value: value.name.value for value in node.values}
        return strawberry.enum(enum.Enum(node.name.value, words))
    is_input = node.kind == "input_object_type_definition"
    members: dict[str, Any] = {"__annotations__": {}, "__module__": __name__}
    for field in node.fields:
        # `class` is a word of Python.
        member = field.name.value + "_" * keyword.iskeyword(field.name.value)
        members["__annotations__"][member] = _hint(field.type)
        has_default = not isinstance(field.type, NonNullTypeNode)
        default = {"default": strawberry.UNSET if is_input else None} if has_default else {}
        members[member] = strawberry.field(name=field.name.value, **default)
    return (strawberry.input if is_input else strawberry.type)(type(node.name.value, (), members))


def _hint(node: TypeNode) -> Any:
    if isinstance(node, NonNullTypeNode):
        return _inner(node.type)
    return _inner(node) | None


def _inner(node: TypeNode) -> Any:
    if isinstance(node, ListTypeNode):
        return list.__class_getitem__(_hint(node.type))
    assert isinstance(node, NamedTypeNode)
    return _classes[node.name.value]


_make_classes()
_keeper = Keeper()


def _plain(value: Any) -> Any:
    """An input as a dict of what was sent."""
    if dataclasses.is_dataclass(value):
        told = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        sent = {name: each for name, each in told.items() if each is not strawberry.UNSET}
        return {name.rstrip("_"): _plain(each) for name, each in sent.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.value if isinstance(value, enum.Enum) else value


async def create_orders(newOrders: Any) -> Any:  # noqa: N803 - the schema's own word
    """Keeps the orders, and answers what can be asked for here."""
    batch_id = await asyncio.to_thread(_keeper.keep, [_plain(order) for order in newOrders])
    batch = batch_id.int & ~0xFFFFFF
    make, advertiser, tracker = (_classes[name] for name in ("Order", "Advertiser", "ActionTracker"))
    orders = [
        make(
            submissionId=f"{batch + n:032x}",
            batchId=str(batch_id),
            orderReceivedTime="",
            advertiser=advertiser(enterpriseId=order.enterpriseId),
            actionTracker=tracker(id=order.actionTrackerId),
            orderId=order.orderId,
            customParameters=[],
            items=[],
        )
        for n, order in enumerate(newOrders, start=1)
    ]
    return _classes["OrderResponse"](orders=orders)


async def build_number() -> str | None:
    """A schema has to be able to answer something."""
    return None


create_orders.__annotations__ = {
    "newOrders": list.__class_getitem__(_classes["OrderCreateRequest"]),
    "return": _classes["OrderResponse"],
}
build_number.__annotations__ = {"return": str | None}


def _root(name: str, **fields: Any) -> Any:
    return strawberry.type(type(name, (), {**fields, "__module__": __name__}))


app = GraphQL(
    strawberry.Schema(
        query=_root("Query", getBuildNumber=strawberry.field(build_number, name="getBuildNumber")),
        mutation=_root("Mutation", createOrders=strawberry.mutation(create_orders, name="createOrders")),
        config=StrawberryConfig(
            auto_camel_case=False,
            scalar_map={
                own: strawberry.scalar(
                    name=name, serialize=int if own.__supertype__ is int else str, parse_value=PARSED[name]
                )
                for name, own in _OWN.items()
            },
        ),
    )
)
