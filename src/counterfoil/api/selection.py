"""What was selected, merged: response names, definitions, arguments and what is below.

Owns the collecting of fields through aliases, fragments, `@skip` and `@include`. Expects a document that
fits the schema. Leaves printing to projection.py. Next: graphql.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLOutputType,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
)
from graphql.language import BooleanValueNode
from msgspec import Struct

from counterfoil.api.inputs import Misplaced
from counterfoil.api.schemas import Schema


class SelectedField(Struct, frozen=True, cache_hash=True):
    """A field of the answer: its name there, its name and type in the schema, what is wanted below it.

    Its hash is kept, as printers are looked up by selections.
    """

    response_key: str
    name: str
    type: GraphQLOutputType
    selection: tuple[SelectedField, ...]


class RootField(Struct, frozen=True):
    """A root field: as any other, and with its arguments.

    `arguments` hold coerced values under the wire's names; what is absent or null is left out. `nodes` are
    the field's places in the document.
    """

    response_key: str
    name: str
    type: GraphQLOutputType
    arguments: dict[str, Any]
    selection: tuple[SelectedField, ...]
    nodes: tuple[FieldNode, ...]


class Frame(NamedTuple):
    """A root field but for its arguments, which variables may be part of, and its definition."""

    field: RootField
    definition: GraphQLField


class Outline(NamedTuple):
    """What a document without directives selects, whatever its variables: root fields, and merged ones."""

    nodes: tuple[FieldNode, ...]
    frames: tuple[Frame, ...]


class Collector:
    """Collects fields of one request: its schema, its fragments, its variables.

    `values` are those of arguments that have been read before, by the id of the argument's node.
    """

    def __init__(
        self,
        schema: Schema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
        values: Mapping[int, Any] | None = None,
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.variables = variables
        self.values = values or {}

    def root(self, selections: SelectionSetNode, parent: GraphQLNamedType) -> tuple[RootField, ...]:
        """The root fields, merged, in the order of the document."""
        return self.filled(self._frames(selections, parent))

    def outline(self, selections: SelectionSetNode, parent: GraphQLNamedType) -> Outline:
        """What stays the same for every request with this document, which has no directives."""
        return Outline(tuple(self.fields_of(selections, set())), tuple(self._frames(selections, parent)))

    def filled(self, frames: Iterable[Frame]) -> tuple[RootField, ...]:
        """The root fields with their arguments."""
        return tuple(
            RootField(
                field.response_key,
                field.name,
                field.type,
                self._arguments(field.nodes[0], definition),
                field.selection,
                field.nodes,
            )
            for field, definition in frames
        )

    def _frames(self, selections: SelectionSetNode, parent: GraphQLNamedType) -> Iterator[Frame]:
        for key, nodes in self._by_key([selections]).items():
            name = nodes[0].name.value
            definition = self._definition(parent, name)
            below = self._below(nodes, definition)
            yield Frame(RootField(key, name, definition.type, {}, below, tuple(nodes)), definition)

    def _below(self, nodes: list[FieldNode], definition: GraphQLField) -> tuple[SelectedField, ...]:
        selections = [node.selection_set for node in nodes if node.selection_set is not None]
        if not selections:
            return ()
        parent = get_named_type(definition.type)
        fields = []
        for key, inner in self._by_key(selections).items():
            name = inner[0].name.value
            below = self._definition(parent, name)
            fields.append(SelectedField(key, name, below.type, self._below(inner, below)))
        return tuple(fields)

    def _definition(self, parent: GraphQLNamedType, name: str) -> GraphQLField:
        definition = self.schema.field(parent, name)
        assert definition is not None, "the document was checked before"
        return definition

    def _by_key(self, selection_sets: Iterable[SelectionSetNode]) -> dict[str, list[FieldNode]]:
        entered: set[str] = set()
        by_key: dict[str, list[FieldNode]] = {}
        for selections in selection_sets:
            for node in self.fields_of(selections, entered):
                by_key.setdefault((node.alias or node.name).value, []).append(node)
        return by_key

    def fields_of(self, selections: SelectionSetNode, entered: set[str]) -> Iterator[FieldNode]:
        """The fields that are wanted, in the order of the document; a named fragment is entered once."""
        waiting: list[SelectionNode] = list(selections.selections[::-1])
        while waiting:
            node = waiting.pop()
            if not self._is_wanted(node.directives):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                waiting.extend(node.selection_set.selections[::-1])
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in entered:
                entered.add(node.name.value)
                fragment = self.fragments.get(node.name.value)
                if fragment is not None:
                    waiting.extend(fragment.selection_set.selections[::-1])

    def _is_wanted(self, directives: Iterable[DirectiveNode] | None) -> bool:
        for directive in directives or ():
            if directive.name.value not in {"skip", "include"}:
                continue
            condition = next((self._truth(each.value) for each in directive.arguments or ()), None)
            if condition is (directive.name.value == "skip"):
                return False
        return True

    def _truth(self, node: ValueNode) -> bool | None:
        if isinstance(node, BooleanValueNode):
            return node.value
        value = self.variables.get(node.name.value) if isinstance(node, VariableNode) else None
        return value if isinstance(value, bool) else None

    def _arguments(self, field: FieldNode, definition: GraphQLField) -> dict[str, Any]:
        arguments: dict[str, Any] = {}
        for argument in field.arguments or ():
            name = argument.name.value
            read = self.values.get(id(argument))
            if read is None:
                reader = self.schema.reader(definition.args[name].type)
                read = reader.from_literal(argument.value, self.variables)
            assert not isinstance(read, Misplaced), "the document and its variables were checked before"
            if read is not None:
                arguments[name] = read
        return arguments
