"""Variables: their declarations, their uses, and the values that came with the request.

Owns the rules on variables (spec/tracking-api.md, 9.4) and their coercion (9.5), which tells a fault in the
sentence of a literal at the place where the variable is used. Next: selection.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    FragmentDefinitionNode,
    GraphQLList,
    GraphQLNonNull,
    GraphQLType,
    NullValueNode,
    OperationDefinitionNode,
    TypeNode,
    VariableDefinitionNode,
    is_input_type,
    type_from_ast,
)
from graphql.language import ListTypeNode, NamedTypeNode, NonNullTypeNode

from counterfoil.api import inputs
from counterfoil.api.inputs import Misplaced
from counterfoil.api.messages import Fault, Say, notation, schema_refusal
from counterfoil.api.notes import Declared, Notes, Use
from counterfoil.api.schemas import Schema
from counterfoil.capture.tracking.documents import TypedList


def declared(schema: Schema, operation: OperationDefinitionNode) -> dict[str, Declared]:
    """The variables of an operation whose types are known and can be given."""
    known: dict[str, Declared] = {}
    for definition in operation.variable_definitions or ():
        type_ = type_from_ast(schema.types, definition.type)
        if type_ is not None and is_input_type(type_):
            known.setdefault(definition.variable.name.value, Declared(definition, type_))
    return known


def uses_of(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode], notes: Notes
) -> Iterator[Use]:
    """Every use of a variable in an operation and, once each, in the fragments that it reaches."""
    yield from notes.uses[id(operation)]
    entered: set[str] = set()
    waiting = list(reversed(notes.spreads[id(operation)]))
    while waiting:
        spread = waiting.pop()
        fragment = fragments.get(spread.name)
        if fragment is None or spread.name in entered:
            continue
        entered.add(spread.name)
        # Paths inside a fragment begin with its name; they go on where it is spread.
        for use in notes.uses[id(fragment)]:
            yield use._replace(path=(*spread.path, *use.path))
        inner = reversed(notes.spreads[id(fragment)])
        waiting.extend(each._replace(path=(*spread.path, *each.path)) for each in inner)


# ── rules ─────────────────────────────────────────────────────────────────────────────────────────────


def tell_variables(
    schema: Schema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    notes: Notes,
) -> None:
    """Note every fault in the declarations and uses of an operation's variables."""
    seen: set[str] = set()
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        if name in seen:
            described = Say.ONE_VARIABLE.format(name=name)
            notes.tell(Fault.DUPLICATE_VARIABLE, described, node=definition)
            notes.faulty_variables.add(name)
        seen.add(name)
        _tell_type(schema, definition, notes)
    used: set[str] = set()
    usable = notes.declared[id(operation)] = declared(schema, operation)
    for use in uses_of(operation, fragments, notes):
        name = use.node.name.value
        used.add(name)
        if name not in seen:
            described = Say.UNDEFINED_VARIABLE.format(name=name)
            notes.tell(Fault.UNDEFINED_VARIABLE, described, path=use.path, node=use.node)
        elif name in usable:
            _tell_mismatch(usable[name], use, notes)
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        if name not in used:
            notes.tell(Fault.UNUSED_VARIABLE, Say.UNUSED_VARIABLE.format(name=name), node=definition)


def _tell_type(schema: Schema, definition: VariableDefinitionNode, notes: Notes) -> None:
    named = _named(definition.type)
    type_ = schema.types.get_type(named.name.value)
    if type_ is None:
        described = Say.UNKNOWN_TYPE.format(name=named.name.value)
        notes.tell(Fault.UNKNOWN_TYPE, described, node=named)
        return
    if not is_input_type(type_):
        notes.tell(Fault.NON_INPUT_TYPE, Say.NON_INPUT_TYPE, node=definition)
        return
    whole = type_from_ast(schema.types, definition.type)
    if definition.default_value is None or not is_input_type(whole):
        return
    if isinstance(schema.reader(whole).from_literal(definition.default_value, {}), Misplaced):
        described = Say.BAD_DEFAULT.format(value=notation(definition.default_value), type=whole)
        notes.tell(Fault.BAD_DEFAULT, described, node=definition)
        notes.faulty_variables.add(definition.variable.name.value)


def _named(node: TypeNode) -> NamedTypeNode:
    while isinstance(node, (ListTypeNode, NonNullTypeNode)):
        node = node.type
    assert isinstance(node, NamedTypeNode)
    return node


def _tell_mismatch(variable: Declared, use: Use, notes: Notes) -> None:
    if use.type is None:
        return
    given: GraphQLType = variable.type
    default = variable.definition.default_value
    if default is not None and not isinstance(default, NullValueNode):
        given = given if isinstance(given, GraphQLNonNull) else GraphQLNonNull(given)  # type: ignore[type-var]
    if not _fits(given, use.type):
        described = Say.VARIABLE_MISMATCH.format(given=given, type=use.type)
        notes.tell(Fault.VARIABLE_MISMATCH, described, path=use.path, node=use.node)
        notes.faulty_variables.add(use.node.name.value)


def _fits(given: GraphQLType, expected: GraphQLType) -> bool:
    """Whether a variable of one type may stand where another is expected."""
    if isinstance(expected, GraphQLNonNull):
        return isinstance(given, GraphQLNonNull) and _fits(given.of_type, expected.of_type)
    if isinstance(given, GraphQLNonNull):
        return _fits(given.of_type, expected)
    if isinstance(expected, GraphQLList) and isinstance(given, GraphQLList):
        return _fits(given.of_type, expected.of_type)
    return given is expected


# ── values ────────────────────────────────────────────────────────────────────────────────────────────


def coerced(
    schema: Schema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    given: Mapping[str, Any],
    notes: Notes,
) -> dict[str, Any]:
    """The values of an operation's variables by name; what is wrong with them is noted.

    Each argument tells its first problem only, and a variable whose declaration or use is at fault tells no
    other. A variable that is absent, or null where it may be (D4), has its default, or is not in the result.
    """
    values: dict[str, Any] = {}
    for name, (definition, type_) in notes.declared[id(operation)].items():
        if name in notes.faulty_variables:
            continue
        reader = schema.reader(type_)
        value = given.get(name)
        is_absent = value is None and (name not in given or not isinstance(type_, GraphQLNonNull))
        if is_absent and definition.default_value is not None:
            values[name] = reader.from_literal(definition.default_value, {})
        elif value is None and isinstance(type_, GraphQLNonNull):
            message = Say.VARIABLE_NULL.format(name=name, type=type_)
            notes.add(schema_refusal(message, definition, engine_message=message))
        else:
            values[name] = value if isinstance(value, TypedList) else reader.from_json(value)
        if isinstance(values.get(name), Misplaced):
            uses = uses_of(operation, fragments, notes)
            first_use = next((use for use in uses if use.node.name.value == name), None)
            _tell_value(schema, name, value, values[name], first_use, notes)
    return {name: value for name, value in values.items() if value is not None}


def _tell_value(
    schema: Schema, name: str, value: object, fault: Misplaced, use: Use | None, notes: Notes
) -> None:
    if use is None or id(use.argument) in notes.faulty_arguments:
        return
    notes.faulty_arguments.add(id(use.argument))
    argument = use.argument
    whole = argument.value if use.steps else value
    notes.tell(
        Fault.WRONG_TYPE,
        inputs.description(fault, argument.name.value, use.steps, whole),
        path=use.path,
        node=argument,
        engine_message=inputs.engine_message(fault, name, schema.field_types),
    )
