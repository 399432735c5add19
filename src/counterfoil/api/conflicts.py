"""Whether fields that answer to one name can be merged.

Owns the rule FieldsConflict of spec/tracking-api.md, 9.4. Expects a document whose shape is within limits and
whose fragments do not spread themselves. Next: selection.py, which merges them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLOutputType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)

from counterfoil.api.messages import Fault, Say, full_notation
from counterfoil.api.notes import Notes
from counterfoil.api.schemas import Schema


class _Entry(NamedTuple):
    """A field as it is met on the way through selections and fragments."""

    parent: GraphQLNamedType | None
    node: FieldNode
    type: GraphQLOutputType | None


_Level = list[tuple[SelectionSetNode, GraphQLNamedType | None]]


def tell_conflicts(
    schema: Schema,
    operation: OperationDefinitionNode,
    fragments: dict[str, FragmentDefinitionNode],
    notes: Notes,
) -> None:
    """Note one fault for each response name of an operation whose fields cannot be merged."""
    root = schema.types.get_root_type(operation.operation)
    waiting: list[tuple[_Level, tuple[str, ...], tuple[str, ...]]]
    waiting = [([(operation.selection_set, root)], (), ())]
    while waiting:
        level, keys, names = waiting.pop()
        for key, entries in _by_key(schema, level, fragments).items():
            first = entries[0]
            inner_keys, inner_names = (*keys, key), (*names, first.node.name.value)
            other, sentence = _conflict("/".join(inner_keys), entries)
            if other is not None:
                notes.tell(Fault.FIELDS_CONFLICT, sentence, path=inner_names, node=first.node)
                continue
            below = [
                (entry.node.selection_set, get_named_type(entry.type) if entry.type else None)
                for entry in entries
                if entry.node.selection_set is not None
            ]
            if below:
                waiting.append((below, inner_keys, inner_names))


def _by_key(
    schema: Schema, level: _Level, fragments: dict[str, FragmentDefinitionNode]
) -> dict[str, list[_Entry]]:
    entries: dict[str, list[_Entry]] = {}
    for entry in _entries(schema, level, fragments):
        entries.setdefault((entry.node.alias or entry.node.name).value, []).append(entry)
    return entries


def _entries(schema: Schema, level: _Level, fragments: dict[str, FragmentDefinitionNode]) -> Iterator[_Entry]:
    """The fields of a level in the order of the document, each named fragment entered once."""
    entered: set[str] = set()
    waiting = [
        (node, parent) for selections, parent in reversed(level) for node in selections.selections[::-1]
    ]
    while waiting:
        node, parent = waiting.pop()
        if isinstance(node, FieldNode):
            definition = schema.field(parent, node.name.value)
            yield _Entry(parent, node, definition.type if definition else None)
            continue
        inner: SelectionSetNode | None = None
        if isinstance(node, InlineFragmentNode):
            inner = node.selection_set
            if node.type_condition is not None:
                parent = schema.types.get_type(node.type_condition.name.value)
        elif isinstance(node, FragmentSpreadNode) and node.name.value not in entered:
            entered.add(node.name.value)
            fragment = fragments.get(node.name.value)
            if fragment is not None:
                inner = fragment.selection_set
                parent = schema.types.get_type(fragment.type_condition.name.value)
        if inner is not None:
            waiting.extend((each, parent) for each in inner.selections[::-1])


def _conflict(key: str, entries: list[_Entry]) -> tuple[_Entry | None, str]:
    """The first field that differs from the first of all, and how; each is compared with the first alone."""
    first, *others = entries
    if not others:
        return None, ""
    arguments = _arguments(first.node)
    for other in others:
        one, two = first.node.name.value, other.node.name.value
        if one != two:
            return other, Say.DIFFERENT_FIELDS.format(key=key, first=one, second=two)
        if arguments != _arguments(other.node):
            return other, Say.DIFFERENT_ARGUMENTS.format(key=key)
        if first.type is not None and other.type is not None and str(first.type) != str(other.type):
            return other, Say.DIFFERENT_TYPES.format(key=key, first=first.type, second=other.type)
    return None, ""


def _arguments(field: FieldNode) -> dict[str, str]:
    arguments: Iterable[tuple[str, object]] = (
        (argument.name.value, argument.value) for argument in field.arguments or ()
    )
    return {name: full_notation(value) for name, value in arguments}
