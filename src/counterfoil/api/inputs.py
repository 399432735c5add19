"""Input types, compiled: how a literal and a JSON value become a value, or the first fault in them.

Owns the walk through objects and lists in the engine's order: missing fields before given ones, the first
fault ends it. Leaves single values to capture/scalars.py and sentences to messages.py. Next: rules.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from enum import Enum
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
)
from msgspec import Struct

from counterfoil.api import messages
from counterfoil.api.messages import Say
from counterfoil.capture.scalars import SCALARS, FromJson, Literal, Misfit, enum_json, enum_literal, java_type


class Problem(Enum):
    """What can be wrong with a value for an argument (spec/tracking-api.md, 9.2)."""

    NULL = "null"
    NOT_VALID = "not valid"
    NOT_AN_OBJECT = "not an object"
    MISSING = "missing"
    UNKNOWN_FIELD = "unknown field"


class Misplaced(Struct):
    """The first fault in a value: what, where below the argument, and the node or JSON value at fault.

    `steps` lead from the fault up to the argument, so that each level only has to append its own.
    """

    problem: Problem
    type_name: str
    offender: object
    steps: list[str | int]
    names: tuple[str, ...] = ()
    misfit: Misfit | None = None

    def within(self, step: str | int) -> Misplaced:
        """The same fault, seen from one level further up."""
        self.steps.append(step)
        return self


class _Pending:
    """Stands for the value of a variable while only the document is checked."""


PENDING = _Pending()

Variables = Mapping[str, Any] | None
"""Coerced variables by name; None while only the document is checked. An absent one has not been given."""

ReadJson = Callable[[Any], Any]
ReadLiteral = Callable[[ValueNode, Variables], Any]


class Reader(Struct, frozen=True):
    """How one input type reads JSON values and literals: gives the value, or a `Misplaced`.

    Null, where it is allowed, is read as None; a field that is None or absent is left out of its object.
    """

    from_json: ReadJson
    from_literal: ReadLiteral


def compiled(type_: GraphQLInputType, known: dict[str, Reader]) -> Reader:
    """The reader of an input type; `known` keeps those of a schema, by the type's printed name."""
    name = str(type_)
    if name not in known:
        known[name] = _compile(type_, known)
    return known[name]


def _compile(type_: GraphQLInputType, known: dict[str, Reader]) -> Reader:
    if isinstance(type_, GraphQLNonNull):
        return _non_null(compiled(type_.of_type, known), str(type_))
    if isinstance(type_, GraphQLList):
        return _list(compiled(type_.of_type, known))
    if isinstance(type_, GraphQLInputObjectType):
        fields = {name: compiled(field.type, known) for name, field in type_.fields.items()}
        required = [name for name, field in type_.fields.items() if isinstance(field.type, GraphQLNonNull)]
        return _object(type_.name, fields, required)
    if isinstance(type_, GraphQLEnumType):
        names = frozenset(type_.values)
        return _leaf(type_.name, enum_literal(names), enum_json(type_.name, names))
    if type_.name not in SCALARS:
        return _anything()
    return _leaf(type_.name, *SCALARS[type_.name])


def _anything() -> Reader:
    """A scalar that stands in no input of the schema, though a variable may be declared with it."""

    def from_literal(node: ValueNode, _: Variables) -> object:
        return node

    return Reader(lambda value: value, from_literal)


def _given_or_null(node: VariableNode, variables: Variables) -> object:
    return PENDING if variables is None else variables.get(node.name.value)


def _leaf(name: str, literal: Literal, json: FromJson) -> Reader:
    def from_json(value: object) -> object:
        if value is None:
            return None
        read = json(value)
        if type(read) is Misfit:
            return Misplaced(Problem.NOT_VALID, name, value, [], misfit=read)
        return read

    def from_literal(node: ValueNode, variables: Variables) -> object:
        if isinstance(node, VariableNode):
            return _given_or_null(node, variables)
        if isinstance(node, NullValueNode):
            return None
        read = literal(node)
        if type(read) is Misfit:
            return Misplaced(Problem.NOT_VALID, name, node, [], misfit=read)
        return read

    return Reader(from_json, from_literal)


def _non_null(inner: Reader, name: str) -> Reader:
    inner_json, inner_literal = inner.from_json, inner.from_literal

    def from_json(value: object) -> object:
        if value is None:
            return Misplaced(Problem.NULL, name, None, [])
        return inner_json(value)

    def from_literal(node: ValueNode, variables: Variables) -> object:
        read = inner_literal(node, variables)
        return Misplaced(Problem.NULL, name, None, []) if read is None else read

    return Reader(from_json, from_literal)


def _list(item: Reader) -> Reader:
    item_json, item_literal = item.from_json, item.from_literal

    def from_json(value: object) -> object:
        if value is None:
            return None
        if type(value) is not list:
            # One value stands for a list of one, and has no index in the path of a fault.
            read = item_json(value)
            return read if type(read) is Misplaced else [read]
        values = []
        for n, each in enumerate(value):
            read = item_json(each)
            if type(read) is Misplaced:
                return read.within(n)
            values.append(read)
        return values

    def from_literal(node: ValueNode, variables: Variables) -> object:
        if isinstance(node, VariableNode):
            return _given_or_null(node, variables)
        if isinstance(node, NullValueNode):
            return None
        if not isinstance(node, ListValueNode):
            read = item_literal(node, variables)
            return read if type(read) is Misplaced else [read]
        values = []
        for n, each in enumerate(node.values):
            read = item_literal(each, variables)
            if type(read) is Misplaced:
                return read.within(n)
            values.append(read)
        return values

    return Reader(from_json, from_literal)


def _object(name: str, fields: dict[str, Reader], required: list[str]) -> Reader:
    def missing(given: Collection[str], offender: object) -> Misplaced:
        absent = tuple(field for field in required if field not in given)
        return Misplaced(Problem.MISSING, name, offender, [], names=absent)

    json_fields = {field: reader.from_json for field, reader in fields.items()}
    literal_fields = {field: reader.from_literal for field, reader in fields.items()}
    return Reader(
        _object_from_json(name, json_fields, frozenset(required), missing),
        _object_from_literal(name, literal_fields, frozenset(required), missing),
    )


Missing = Callable[[Collection[str], object], Misplaced]


def _object_from_json(
    name: str, fields: dict[str, ReadJson], required: frozenset[str], missing: Missing
) -> ReadJson:
    def from_json(value: object) -> object:
        if value is None:
            return None
        if type(value) is not dict:
            return Misplaced(Problem.NOT_AN_OBJECT, name, value, [])
        if not required <= value.keys():
            return missing(value, value)
        read_object: dict[str, Any] = {}
        for field, given in value.items():
            read_field = fields.get(field)
            if read_field is None:
                return Misplaced(Problem.UNKNOWN_FIELD, name, value, [], names=(field,))
            read = read_field(given)
            if type(read) is Misplaced:
                return read.within(field)
            if read is not None:
                read_object[field] = read
        return read_object

    return from_json


def _object_from_literal(
    name: str, fields: dict[str, ReadLiteral], required: frozenset[str], missing: Missing
) -> ReadLiteral:
    def from_literal(node: ValueNode, variables: Variables) -> object:
        if isinstance(node, VariableNode):
            return _given_or_null(node, variables)
        if isinstance(node, NullValueNode):
            return None
        if not isinstance(node, ObjectValueNode):
            return Misplaced(Problem.NOT_AN_OBJECT, name, node, [])
        given = {field.name.value for field in node.fields}
        if not required <= given:
            return missing(given, node)
        read_object: dict[str, Any] = {}
        for each in node.fields:
            field = each.name.value
            read_field = fields.get(field)
            if read_field is None:
                return Misplaced(Problem.UNKNOWN_FIELD, name, node, [], names=(field,))
            read = read_field(each.value, variables)
            if type(read) is Misplaced:
                return read.within(field)
            # As in JSON, the last of a repeated field counts, a null too.
            read_object.pop(field, None)
            if read is not None:
                read_object[field] = read
        return read_object

    return from_literal


# ── telling ───────────────────────────────────────────────────────────────────────────────────────────


def description(fault: Misplaced, argument: str, steps: tuple[str | int, ...], whole: object) -> str:
    """The sentence of 9.2 for a fault below `argument`.

    `steps` lead from the argument to the value that was read, empty when that is the argument itself; `whole`
    is the argument's value, which the complaints about objects print.
    """
    offender = fault.offender if fault.problem in {Problem.NULL, Problem.NOT_VALID} else whole
    return Say.ARGUMENT.format(
        argument=messages.argument_path(argument, (*steps, *reversed(fault.steps))),
        value=messages.notation(offender),
        complaint=_complaint(fault),
    )


def _complaint(fault: Misplaced) -> str:
    match fault.problem:
        case Problem.NULL:
            return Say.NOT_NULL
        case Problem.NOT_VALID:
            return Say.NOT_VALID.format(type=fault.type_name, why=_why(fault))
        case Problem.NOT_AN_OBJECT:
            return Say.NOT_AN_OBJECT
        case Problem.MISSING:
            return Say.MISSING.format(names=", ".join(fault.names))
        case Problem.UNKNOWN_FIELD:
            return Say.UNKNOWN_FIELD.format(type=fault.type_name, name=messages.told(fault.names[0]))


def _why(fault: Misplaced) -> str:
    assert fault.misfit is not None
    return messages.coercion_message(fault.misfit)


def engine_message(fault: Misplaced, variable: str, field_types: Mapping[str, Mapping[str, str]]) -> str:
    """What the engine itself says about a fault in a variable (9.5).

    `field_types` prints the types of the fields of each input object.
    """
    match fault.problem:
        case Problem.UNKNOWN_FIELD:
            return Say.ENGINE_UNKNOWN_FIELD.format(name=messages.told(fault.names[0]), type=fault.type_name)
        case Problem.NOT_VALID:
            why = _why(fault)
        case Problem.NOT_AN_OBJECT:
            why = Say.ENGINE_NO_OBJECT.format(given=java_type(fault.offender))
        case Problem.MISSING:
            first = fault.names[0]
            why = Say.ENGINE_NULL_FIELD.format(name=first, type=field_types[fault.type_name][first])
        case Problem.NULL:
            below = next((step for step in fault.steps if isinstance(step, str)), None)
            said = Say.ENGINE_NULL if below is None or fault.steps[0] != below else Say.ENGINE_NULL_FIELD
            why = said.format(name=below, type=fault.type_name)
    return Say.ENGINE_INVALID.format(variable=variable, why=why)
