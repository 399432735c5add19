"""Reading a request against a schema: each step by itself, in the order in which a request is judged (D22).

Owns how the steps hang together. Leaves the order of checks between them, the token and every answer to its
callers, tracking.py and commissions.py. Next: syntax.py, rules.py, variables.py, selection.py.

    request = read_request(body, content_type)               Request, or a Refusal: `Invalid Syntax`
    operation = read_operation(schema, request, limits)      Operation, or a Refusal: `Invalid Syntax : …`
    lists = operation.order_lists()                          counts (D29) and enterprise ids (D22), leniently
    refusal = check_shape(operation, limits)                 None, or a Refusal: `maximum query …`
    ...authorisation of the enterprise ids...
    fields = check(operation)                                tuple of RootField, or Unfit with its refusals
    orders(kind, field.arguments["newOrders"])               typed orders
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
    execute_sync,
)
from msgspec import Struct
from msgspec.structs import replace

from counterfoil.api.conflicts import tell_conflicts
from counterfoil.api.messages import UNSUPPORTED, Fault, Say, schema_refusal, told
from counterfoil.api.notes import Notes
from counterfoil.api.order_lists import OrderList, order_lists
from counterfoil.api.rules import walked
from counterfoil.api.schemas import Schema
from counterfoil.api.selection import Collector, RootField
from counterfoil.api.syntax import parsed
from counterfoil.api.variables import coerced, tell_variables
from counterfoil.capture.body import Request
from counterfoil.capture.shape import ShapeLimits, shape_fault
from counterfoil.errors import Refusal

INTROSPECTION_FIELDS = frozenset({"__schema", "__type"})


class Operation(Struct, frozen=True):
    """A document that was parsed, and the operation chosen in it.

    Where none could be chosen, `definition` is None and `choice` says why; that is told after the faults of
    the document, as the engine does.
    """

    schema: Schema
    request: Request
    document: DocumentNode
    comment_characters: int
    fragments: dict[str, FragmentDefinitionNode]
    definition: OperationDefinitionNode | None
    choice: Refusal | None = None

    @property
    def is_mutation(self) -> bool:
        """Whether the chosen operation writes."""
        return self.definition is not None and self.definition.operation.value == "mutation"

    def root_names(self) -> tuple[str, ...]:
        """Names of the root fields that are wanted, leniently: nothing is checked yet."""
        return tuple(field.name.value for field in self._root_fields())

    def order_lists(self) -> tuple[OrderList, ...]:
        """The lists of orders of the chosen operation: how many, and of which enterprises (D22, D29)."""
        if self.definition is None:
            return ()
        return order_lists(self._root_fields(), self.definition, self.request.variables)

    def _root_fields(self) -> Iterator[FieldNode]:
        if self.definition is None:
            return iter(())
        collector = Collector(self.schema, self.fragments, self.request.variables)
        return collector.fields_of(self.definition.selection_set, set())


class Unfit(Struct, frozen=True):
    """The document or its variables do not fit the schema: every independent problem, at most 100."""

    refusals: tuple[Refusal, ...]


def read_operation(schema: Schema, request: Request, limits: ShapeLimits) -> Operation | Refusal:
    """Parse the document and choose its operation; a refusal if it cannot be parsed."""
    tree = parsed(request.document, limits)
    if isinstance(tree, Refusal):
        return tree
    fragments: dict[str, FragmentDefinitionNode] = {}
    operations = []
    for definition in tree.document.definitions:
        if isinstance(definition, FragmentDefinitionNode):
            fragments.setdefault(definition.name.value, definition)
        if isinstance(definition, OperationDefinitionNode):
            operations.append(definition)
    chosen = _chosen(schema, operations, request.operation_name)
    operation = Operation(schema, request, tree.document, tree.comment_characters, fragments, None)
    if isinstance(chosen, Refusal):
        return replace(operation, choice=chosen)
    return replace(operation, definition=chosen)


def _chosen(
    schema: Schema, operations: list[OperationDefinitionNode], name: str | None
) -> OperationDefinitionNode | Refusal:
    if name is None and len(operations) != 1:
        return schema_refusal(Say.WHICH_OPERATION)
    named = [each for each in operations if name is None or (each.name and each.name.value == name)]
    if not named:
        return schema_refusal(Say.NO_SUCH_OPERATION.format(name=told(name or "")))
    kind = named[0].operation
    if schema.types.get_root_type(kind) is None:
        message = Say.NO_SUCH_KIND.format(kind=kind.value)
        return schema_refusal(message, named[0], classification=UNSUPPORTED)
    return named[0]


def check_shape(operation: Operation, limits: ShapeLimits) -> Refusal | None:
    """The first limit of D146 that the request breaks. To be asked before `check`, whose work it bounds."""
    return shape_fault(operation.document, operation.request.variables, operation.comment_characters, limits)


def check(operation: Operation) -> tuple[RootField, ...] | Unfit:
    """The root fields of the chosen operation with their arguments, or everything that does not fit."""
    schema, fragments, chosen = operation.schema, operation.fragments, operation.definition
    notes = walked(schema, operation.document)
    for definition in operation.document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            tell_variables(schema, definition, fragments, notes)
            if not notes.told(Fault.FRAGMENT_CYCLE):
                tell_conflicts(schema, definition, fragments, notes)
    if chosen is None:
        return _unfit(notes, operation.choice)
    variables = coerced(schema, chosen, fragments, operation.request.variables, notes)
    if notes.refusals:
        return _unfit(notes)
    root = schema.types.get_root_type(chosen.operation)
    assert root is not None, "an operation without a root type is not chosen"
    return Collector(schema, fragments, variables, notes.values).root(chosen.selection_set, root)


def _unfit(notes: Notes, choice: Refusal | None = None) -> Unfit:
    """The faults of a document; that no operation could be chosen is told when there are none."""
    if notes.refusals or choice is None:
        return Unfit(tuple(notes.refusals))
    return Unfit((choice,))


def introspected(operation: Operation, fields: tuple[RootField, ...]) -> dict[str, Any]:
    """What `__schema` and `__type` among the root fields of a checked operation give, by response key."""
    nodes = [node for field in fields if field.name in INTROSPECTION_FIELDS for node in field.nodes]
    if not nodes or operation.definition is None:
        return {}
    asked = operation.definition
    # The library answers these alone; all other root fields are ours.
    alone = OperationDefinitionNode(
        operation=asked.operation,
        description=None,
        name=asked.name,
        variable_definitions=asked.variable_definitions,
        directives=None,
        selection_set=SelectionSetNode(selections=tuple(nodes), loc=asked.selection_set.loc),
        loc=asked.loc,
    )
    document = DocumentNode(definitions=(alone, *operation.fragments.values()), loc=operation.document.loc)
    result = execute_sync(operation.schema.types, document, variable_values=dict(operation.request.variables))
    if result.errors:
        raise _IntrospectionError(result.errors)
    return dict(result.data or {})


class _IntrospectionError(Exception):
    """A document that was checked could not be executed: a bug."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
