"""A list with a fault: which order was declined first, and the few others that a sentence about it needs.

Owns the search and the way back from JSON to the library's nodes. Says nothing about what is wrong. Next:
api/taking_out.py.
"""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    NameNode,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
)
from msgspec import Struct

from counterfoil.capture.tracking.columns import NAME_MARK, NUMBER_MARK
from counterfoil.capture.tracking.decoding import decode_list
from counterfoil.model.orders import Kind

_REQUIRED = {"enterpriseId", "actionTrackerId", "orderId", "updateTime"}
_NEGATIVE_ZERO = re.compile(rb"-0[,\]}]")


class FaultyList(Struct, frozen=True):
    """A list of which an order was declined: how many there are, whose, and the list as far as it is told.

    `nodes` are the first orders as they were sent, as many as a sentence can show, and the declined one at
    its place; those between are cut down to what an order must say.
    """

    count: int
    enterprise_ids: tuple[str, ...]
    nodes: ListValueNode
    declined: ValueNode


def faulty_list(kind: Kind, text: bytes, enough: int) -> FaultyList | None:
    """What there is to tell about a list that was declined; None if that takes the whole list.

    `text` is the JSON of skeleton.py, `enough` how many characters of names and values a sentence shows.
    """
    try:
        # All of it is read once: what is no JSON at all is for others to tell.
        values = msgspec.json.decode(text)
        texts = [bytes(each) for each in msgspec.json.decode(text, type=list[msgspec.Raw])]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    # Read as a number, such a zero would lose its sign.
    if not texts or _NEGATIVE_ZERO.search(text):
        return None
    first = _first_declined(kind, texts)
    nodes = _first_nodes(texts, enough)
    if first >= len(nodes):
        slim = _slim(nodes[0])
        nodes += [slim] * (first - len(nodes))
        nodes.append(_node(texts[first]))
    ids = dict.fromkeys(read for each in values if (read := _enterprise_id(each)) is not None)
    return FaultyList(len(texts), tuple(ids), ListValueNode(values=tuple(nodes)), nodes[first])


def _first_declined(kind: Kind, texts: list[bytes]) -> int:
    """The place of the first order with which the list is declined."""
    good, bad = 0, len(texts)
    while bad - good > 1:
        middle = (good + bad) // 2
        if decode_list(kind, b"[" + b",".join(texts[good:middle]) + b"]", literal=True) is None:
            bad = middle
        else:
            good = middle
    return good


def _first_nodes(texts: list[bytes], enough: int) -> list[ValueNode]:
    nodes: list[ValueNode] = []
    length = 0
    for text in texts:
        if length > enough:
            break
        nodes.append(_node(text))
        # Every name and value is told with more characters around it than JSON has.
        length += _told(nodes[-1])
    return nodes


def _told(node: ValueNode) -> int:
    """Characters that telling a node takes at least: those of its names and texts."""
    if isinstance(node, ObjectValueNode):
        return sum(len(field.name.value) + _told(field.value) for field in node.fields) + 1
    if isinstance(node, ListValueNode):
        return sum(map(_told, node.values)) + 1
    return len(getattr(node, "value", "")) + 1 if not isinstance(node, BooleanValueNode) else 1


def _slim(node: ValueNode) -> ValueNode:
    if not isinstance(node, ObjectValueNode):
        return node
    return ObjectValueNode(fields=tuple(field for field in node.fields if field.name.value in _REQUIRED))


def _enterprise_id(order: object) -> str | None:
    """The id of one order as far as it can be read: a string or an Int, as it was written."""
    given = order.get("enterpriseId") if isinstance(order, dict) else None
    if type(given) is int:
        return str(given)
    if not isinstance(given, str) or given.startswith(NAME_MARK):
        return None
    if not given.startswith(NUMBER_MARK):
        return given
    number = given[1:]
    return number if number.lstrip("-").isdecimal() else None


# ── from JSON to nodes ────────────────────────────────────────────────────────────────────────────────


class _Whole(str):
    """An Int, with its digits as written."""

    __slots__ = ()


class _Members(list[tuple[str, Any]]):
    """The members of an object, repeated names and all."""


_JSON = json.JSONDecoder(object_pairs_hook=_Members, parse_int=_Whole)


def _node(text: bytes) -> ValueNode:
    return _as_node(_JSON.decode(text.decode()))


def _as_node(value: object) -> ValueNode:
    match value:
        case None:
            return NullValueNode()
        case bool():
            return BooleanValueNode(value=value)
        case _Whole():
            return IntValueNode(value=value[:])
        case str():
            return _marked(value)
        case _Members():
            fields = [
                ObjectFieldNode(name=NameNode(value=name), value=_as_node(each)) for name, each in value
            ]
            return ObjectValueNode(fields=tuple(fields))
        case list():
            return ListValueNode(values=tuple(map(_as_node, value)))
        case _:
            raise AssertionError(f"JSON of literals has no {type(value).__name__}")


def _marked(text: str) -> ValueNode:
    if text.startswith(NAME_MARK):
        return EnumValueNode(value=text[1:])
    if not text.startswith(NUMBER_MARK):
        return StringValueNode(value=text, block=False)
    number = text[1:]
    return IntValueNode(value=number) if number.lstrip("-").isdecimal() else FloatValueNode(value=number)
