"""Documents that were read before: clients send few different ones, once the orders are out of them.

Owns what is remembered, by text, and how much of it. Nothing here depends on variables, orders or callers.
Next: graphql.py.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock
from typing import NamedTuple

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    ListValueNode,
    OperationDefinitionNode,
    VariableNode,
)
from graphql.language import EnumValueNode, InlineFragmentNode
from msgspec import Struct

from counterfoil.api.notes import Notes
from counterfoil.api.schemas import Schema
from counterfoil.api.selection import Outline, RootField
from counterfoil.api.syntax import Elsewhere, EngineParser, Parsed, parsed
from counterfoil.capture.shape import ShapeLimits
from counterfoil.capture.tracking.documents import LIST_ARGUMENTS, TypedList
from counterfoil.errors import Refusal
from counterfoil.model.orders import Kind

DOCUMENT_MAX = 4096
"""Characters of a document that is remembered."""

CHARACTERS_MAX = 64 * 1024
"""Characters of all that are. Their trees take some two hundred times as many bytes."""

ORDERS_NAME = "__the_orders"
"""Stands in a document for the list that was taken out of it: no client calls an enum's value that."""


class OrdersAlone(NamedTuple):
    """What there is to know of a document that does nothing but hand over one list of orders.

    `field` has no arguments yet. The orders are literals, which are taken out, or those of `variable`.
    """

    field: RootField
    argument: str
    variable: str | None

    def with_orders(self, orders: TypedList) -> RootField:
        """The root field with these orders."""
        field = self.field
        arguments = {self.argument: orders}
        return RootField(field.response_key, field.name, field.type, arguments, field.selection, field.nodes)


def alone_in(outline: Outline, operation: OperationDefinitionNode) -> OrdersAlone | None:
    """Whether an operation hands over orders and does nothing else, and how."""
    if len(outline.frames) != 1 or len(outline.frames[0].field.nodes) != 1:
        return None
    field = outline.frames[0].field
    arguments, declared = field.nodes[0].arguments or (), operation.variable_definitions or ()
    if field.name not in LIST_ARGUMENTS or len(arguments) != 1:
        return None
    # The one argument that the field has is the list.
    name, value = arguments[0].name.value, arguments[0].value
    if isinstance(value, EnumValueNode) and value.value == ORDERS_NAME and not declared:
        return OrdersAlone(field, name, None)
    if isinstance(value, VariableNode) and len(declared) == 1 and declared[0].default_value is None:
        return OrdersAlone(field, name, value.name.value)
    return None


class KnownDocument(Struct):
    """A parsed document: its definitions by use, and once it was checked without fault what that gave.

    `notes` are those of a document that fits its schema; it also fits the `limits` without any variables.
    `orders_at` is the argument where the name for the orders stands, `outline` what one operation without
    directives selects. `cut_from` is the document with variables among its orders that this was last left of.
    `alone` is there where all it does is to hand over a list of orders.
    """

    tree: Parsed
    fragments: dict[str, FragmentDefinitionNode]
    operations: list[OperationDefinitionNode]
    orders_at: tuple[Kind, ArgumentNode] | None
    notes: Notes | None = None
    limits: ShapeLimits | None = None
    outline: Outline | None = None
    cut_from: str | None = None
    alone: OrdersAlone | None = None


_Key = tuple[Schema, ShapeLimits, str]


class KnownDocuments:
    """The documents that were used last. May be asked by several threads."""

    def __init__(self) -> None:
        self._documents: OrderedDict[_Key, KnownDocument] = OrderedDict()
        self._characters = 0
        self._lock = Lock()

    def read(self, schema: Schema, text: str, limits: ShapeLimits) -> KnownDocument | Refusal:
        """A document, parsed now or before; a refusal, which is not remembered, if it cannot be."""
        if len(text) > DOCUMENT_MAX:
            return read_document(text, limits)
        key = (schema, limits, text)
        with self._lock:
            known = self._documents.get(key)
            if known is not None:
                self._documents.move_to_end(key)
                return known
        read = read_document(text, limits)
        if isinstance(read, KnownDocument):
            self._keep(key, read)
        return read

    def knows(self, schema: Schema, text: str, limits: ShapeLimits) -> bool:
        """Whether a document was read before, and need not be parsed."""
        return len(text) <= DOCUMENT_MAX and (schema, limits, text) in self._documents

    def _keep(self, key: _Key, document: KnownDocument) -> None:
        with self._lock:
            if self._documents.setdefault(key, document) is document:
                self._characters += len(key[-1])
            while self._characters > CHARACTERS_MAX:
                (_, _, text), _ = self._documents.popitem(last=False)
                self._characters -= len(text)


def read_document(
    text: str,
    limits: ShapeLimits,
    parser_type: type[EngineParser] = EngineParser,
    elsewhere: Elsewhere | None = None,
) -> KnownDocument | Refusal:
    """A document as it is, with what was taken out put in again; a refusal if it cannot be parsed."""
    tree = parsed(text, limits, parser_type, elsewhere)
    if isinstance(tree, Refusal):
        return tree
    fragments: dict[str, FragmentDefinitionNode] = {}
    operations = []
    for definition in tree.document.definitions:
        if isinstance(definition, FragmentDefinitionNode):
            fragments.setdefault(definition.name.value, definition)
        if isinstance(definition, OperationDefinitionNode):
            operations.append(definition)
    return KnownDocument(tree, fragments, operations, _orders_at(tree.document))


def _orders_at(document: DocumentNode) -> tuple[Kind, ArgumentNode] | None:
    for field in _fields(document):
        kind, name = LIST_ARGUMENTS.get(field.name.value, (None, ""))
        for argument in field.arguments or ():
            value = argument.value
            if isinstance(value, ListValueNode) and value.values:
                # Variables that stood among the orders follow the name.
                value = value.values[0]
            if isinstance(value, EnumValueNode) and value.value == ORDERS_NAME:
                return (kind, argument) if kind is not None and argument.name.value == name else None
    return None


def _fields(document: DocumentNode) -> Iterator[FieldNode]:
    waiting = [
        definition.selection_set
        for definition in document.definitions
        if isinstance(definition, (OperationDefinitionNode, FragmentDefinitionNode))
    ]
    while waiting:
        for selection in waiting.pop().selections:
            if isinstance(selection, FieldNode):
                yield selection
            if isinstance(selection, (FieldNode, InlineFragmentNode)) and selection.selection_set is not None:
                waiting.append(selection.selection_set)
