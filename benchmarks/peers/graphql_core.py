"""A plain graphql-core server: parse, validate and execute as its documentation shows, on uvicorn.

Owns the resolvers of the schema's mutations. Keeps no cache and takes no short cut. Next: keeping.py.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from graphql import (
    FloatValueNode,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    IntValueNode,
    StringValueNode,
    ValueNode,
    build_schema,
    graphql,
)

from benchmarks.peers.keeping import Keeper
from benchmarks.peers.scalars import PARSED, sdl


def schema() -> GraphQLSchema:
    """The product's schema with resolvers that keep and answer."""
    built = build_schema(sdl())
    for name, parse in PARSED.items():
        scalar = built.type_map[name]
        assert isinstance(scalar, GraphQLScalarType)
        scalar.parse_value = parse  # type: ignore[method-assign]
        scalar.parse_literal = _literal(name)  # type: ignore[method-assign]
        scalar.serialize = _shown  # type: ignore[method-assign]
    assert built.mutation_type is not None
    for field, argument in (
        ("createOrders", "newOrders"),
        ("restateOrders", "restatedOrders"),
        ("cancelOrders", "cancelledOrders"),
    ):
        built.mutation_type.fields[field].resolve = _resolver(argument)
    return built


def _literal(name: str) -> Any:
    parse = PARSED[name]

    def read(node: ValueNode, _variables: dict[str, Any] | None = None) -> Any:
        if isinstance(node, IntValueNode) and name != "Instant":
            return parse(int(node.value) if name == "NonNegativeInt" else node.value)
        if isinstance(node, FloatValueNode) and name == "NonNegativeDecimalNumber":
            return parse(node.value)
        if isinstance(node, StringValueNode) and name == "Instant":
            return parse(node.value)
        raise ValueError(f"this is no {name}")

    return read


def _shown(value: Any) -> Any:
    return str(value)


_keeper = Keeper()


def _resolver(argument: str) -> Any:
    async def resolve(_root: Any, _info: GraphQLResolveInfo[Any], **given: Any) -> dict[str, Any]:
        orders = given[argument]
        batch_id = await asyncio.to_thread(_keeper.keep, orders)
        batch = batch_id.int & ~0xFFFFFF
        return {
            "orders": [
                {**order, "submissionId": f"{batch + n:032x}"} for n, order in enumerate(orders, start=1)
            ]
        }

    return resolve


_schema = schema()


async def app(scope: Any, receive: Any, send: Any) -> None:
    """The ASGI application."""
    if scope["type"] != "http":
        return
    pieces = []
    more = True
    while more:
        message = await receive()
        pieces.append(message.get("body", b""))
        more = message.get("more_body", False)
    told = json.loads(b"".join(pieces))
    result = await graphql(_schema, told["query"], variable_values=told.get("variables"))
    answer = json.dumps(result.formatted).encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}
    )
    await send({"type": "http.response.body", "body": answer})
