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

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    execute_sync,
)
from msgspec import Struct

from counterfoil.api.conflicts import tell_conflicts
from counterfoil.api.known_documents import KnownDocument, KnownDocuments, alone_in, read_document
from counterfoil.api.long_lists import with_lists_read
from counterfoil.api.messages import UNSUPPORTED, Fault, Say, schema_refusal, told
from counterfoil.api.notes import Notes
from counterfoil.api.order_lists import OrderList, of_typed, order_lists
from counterfoil.api.rules import walked
from counterfoil.api.schemas import Schema
from counterfoil.api.selection import Collector, RootField
from counterfoil.api.taking_out import TakenOut, taken_out
from counterfoil.api.variables import coerced, tell_variables
from counterfoil.capture.body import Request
from counterfoil.capture.shape import ShapeLimits, shape_fault, variables_fault
from counterfoil.capture.tracking.documents import TypedList
from counterfoil.capture.tracking.faulty import FaultyList
from counterfoil.errors import Refusal

INTROSPECTION_FIELDS = frozenset({"__schema", "__type"})

_DOCUMENTS = KnownDocuments()


class Operation(Struct, frozen=True):
    """A document that was parsed, and the operation chosen in it.

    Where none could be chosen, `definition` is None and `choice` says why; that is told after the faults of
    the document, as the engine does. `parts` are there where the orders were taken out of the document.
    """

    schema: Schema
    request: Request
    limits: ShapeLimits
    known: KnownDocument
    definition: OperationDefinitionNode | None
    choice: Refusal | None
    parts: TakenOut | None = None
    orders_alone: TypedList | None = None
    """The orders, where a document that fits its schema hands over nothing else."""

    @property
    def name(self) -> str | None:
        """The operation's own name, where it has one."""
        return self.definition.name.value if self.definition and self.definition.name else None

    @property
    def document(self) -> DocumentNode:
        """The tree, of the document without the orders that were taken out."""
        return self.known.tree.document

    @property
    def taken_out(self) -> Mapping[int, TypedList | FaultyList]:
        """The orders that were taken out, by the id of their argument."""
        if self.parts is None or self.known.orders_at is None:
            return {}
        return {id(self.known.orders_at[1]): self.parts.orders}

    @property
    def is_mutation(self) -> bool:
        """Whether the chosen operation writes."""
        return self.definition is not None and self.definition.operation is OperationType.MUTATION

    def root_names(self) -> tuple[str, ...]:
        """Names of the root fields that are wanted, leniently: nothing is checked yet."""
        if self.known.alone is not None and self.orders_alone is not None:
            return (self.known.alone.field.name,)
        return tuple(field.name.value for field in self._root_fields())

    def order_lists(self) -> tuple[OrderList, ...]:
        """The lists of orders of the chosen operation: how many, and of which enterprises (D22, D29)."""
        if self.definition is None:
            return ()
        if self.known.alone is not None and self.orders_alone is not None:
            field, argument, _ = self.known.alone
            return (of_typed(field.response_key, field.name, argument, self.orders_alone),)
        return order_lists(self._root_fields(), self.definition, self.request.variables, self.taken_out)

    def _root_fields(self) -> Iterator[FieldNode]:
        if self.definition is None:
            return iter(())
        if self.known.outline is not None:
            return iter(self.known.outline.nodes)
        collector = Collector(self.schema, self.known.fragments, self.request.variables)
        return collector.fields_of(self.definition.selection_set, set())


class Unfit(Struct, frozen=True):
    """The document or its variables do not fit the schema: every independent problem, at most 100."""

    refusals: tuple[Refusal, ...]


def read_operation(schema: Schema, request: Request, limits: ShapeLimits) -> Operation | Refusal:
    """Parse the document and choose its operation; a refusal if it cannot be parsed."""
    parts = taken_out(schema, request, limits, _DOCUMENTS)
    if parts is None:
        return read_whole_operation(schema, request, limits)
    return operation_of(schema, request, limits, parts.rest, parts)


def read_whole_operation(schema: Schema, request: Request, limits: ShapeLimits) -> Operation | Refusal:
    """As `read_operation`, with every order left in the document: the exact way."""
    known = _DOCUMENTS.read(schema, request.document, limits)
    return known if isinstance(known, Refusal) else operation_of(schema, request, limits, known)


def operation_of(
    schema: Schema, request: Request, limits: ShapeLimits, known: KnownDocument, parts: TakenOut | None = None
) -> Operation:
    """The operation that a request chooses in its document."""
    chosen = _chosen(schema, known.operations, request.operation_name)
    selected, choice = (None, chosen) if isinstance(chosen, Refusal) else (chosen, None)
    request = with_lists_read(request, selected, limits)
    alone = _orders_alone(known, request, parts) if selected is not None else None
    return Operation(schema, request, limits, known, selected, choice, parts, alone)


def _orders_alone(known: KnownDocument, request: Request, parts: TakenOut | None) -> TypedList | None:
    if known.alone is None or len(request.variables) != (known.alone.variable is not None):
        return None
    if known.alone.variable is not None:
        orders = request.variables.get(known.alone.variable)
    else:
        orders = parts.orders if parts is not None else None
    return orders if isinstance(orders, TypedList) else None


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
    known, variables = operation.known, operation.request.variables
    if known.limits == limits:
        return None if operation.orders_alone is not None else variables_fault(variables, limits)
    fault = shape_fault(known.tree.document, variables, known.tree.comment_characters, limits)
    if fault is None:
        known.limits = limits
    return fault


def check(operation: Operation) -> tuple[RootField, ...] | Unfit:
    """The root fields of the chosen operation with their arguments, or everything that does not fit."""
    parts, alone, orders = operation.parts, operation.known.alone, operation.orders_alone
    if alone is not None and orders is not None:
        return (alone.with_orders(orders),)
    if parts is None:
        return _checked(operation)
    if isinstance(parts.orders, TypedList) and not isinstance(fields := _checked(operation), Unfit):
        return fields
    # Lines and columns are those of the document that was sent.
    sent = _as_sent(operation, parts)
    return Unfit((sent,)) if isinstance(sent, Refusal) else _checked(sent)


def _as_sent(operation: Operation, parts: TakenOut) -> Operation | Refusal:
    """The operation as it was sent, as far as its faults tell of it."""
    schema, request, limits = operation.schema, operation.request, operation.limits
    if parts.has_variables or _notes(operation).told(Fault.FIELDS_CONFLICT):
        # Where a variable stands takes the whole document, whether two fields say the same all of both.
        return read_whole_operation(schema, request, limits)
    known = read_document(parts.text, limits, elsewhere=parts.elsewhere())
    if isinstance(known, Refusal):
        return read_whole_operation(schema, request, limits)
    return operation_of(schema, request, limits, known, parts)


def _checked(operation: Operation) -> tuple[RootField, ...] | Unfit:
    schema, fragments, chosen = operation.schema, operation.known.fragments, operation.definition
    notes = _notes(operation)
    if chosen is None:
        return _unfit(notes, operation.choice)
    variables = coerced(schema, chosen, fragments, operation.request.variables, notes)
    if notes.refusals:
        return _unfit(notes)
    root = schema.types.get_root_type(chosen.operation)
    assert root is not None, "an operation without a root type is not chosen"
    values: dict[int, Any] = {**notes.values, **operation.taken_out}
    collector = Collector(schema, fragments, variables, values)
    known = operation.known
    if known.outline is not None:
        return collector.filled(known.outline.frames)
    if known.notes is not None and _is_plain(known):
        known.outline = collector.outline(chosen.selection_set, root)
        known.alone = alone_in(known.outline, chosen)
    return collector.root(chosen.selection_set, root)


def _is_plain(known: KnownDocument) -> bool:
    """Whether a document selects the same for every request: one operation, and no sign of a directive."""
    loc = known.tree.document.loc
    return len(known.operations) == 1 and loc is not None and "@" not in loc.source.body


def _notes(operation: Operation) -> Notes:
    """What the rules find in the document; a document without faults is looked through once."""
    known = operation.known
    if known.orders_at is not None and not operation.taken_out:
        # A client wrote our name for the orders itself: to be judged as any other value, and not remembered.
        return _found(operation, None)
    if known.notes is None:
        notes = _found(operation, known.orders_at and known.orders_at[1])
        if notes.refusals:
            return notes
        known.notes = notes
    return known.notes.again()


def _found(operation: Operation, read_before: ArgumentNode | None) -> Notes:
    schema, known = operation.schema, operation.known
    notes = walked(schema, operation.document, read_before)
    for definition in known.operations:
        tell_variables(schema, definition, known.fragments, notes)
        if not notes.told(Fault.FRAGMENT_CYCLE):
            tell_conflicts(schema, definition, known.fragments, notes)
    return notes


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
    document = DocumentNode(
        definitions=(alone, *operation.known.fragments.values()), loc=operation.document.loc
    )
    result = execute_sync(operation.schema.types, document, variable_values=dict(operation.request.variables))
    if result.errors:
        raise _IntrospectionError(result.errors)
    return dict(result.data or {})


class _IntrospectionError(Exception):
    """A document that was checked could not be executed: a bug."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
