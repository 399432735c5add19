"""What the engine says: every sentence of spec/tracking-api.md, section 9, in one table.

Owns the sentences, the notation of values and the printing of paths. Leaves finding the faults to rules.py
and inputs.py. Next: graphql.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    Node,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    VariableNode,
)
from msgspec.structs import replace

from counterfoil.capture.scalars import Complaint, Misfit, NumberText
from counterfoil.errors import Refusal, RefusalCode, refuse
from counterfoil.model.orders import clean_text

VALUE_LENGTH_MAX = 1000
"""Characters of a value that are told (D36)."""

VALIDATION = "ValidationError"
SYNTAX = "InvalidSyntax"
UNSUPPORTED = "OperationNotSupported"


class Fault(StrEnum):
    """The engine's types of validation faults (9.2, 9.4)."""

    WRONG_TYPE = "WrongType"
    FIELD_UNDEFINED = "FieldUndefined"
    UNKNOWN_ARGUMENT = "UnknownArgument"
    MISSING_FIELD_ARGUMENT = "MissingFieldArgument"
    MISSING_DIRECTIVE_ARGUMENT = "MissingDirectiveArgument"
    NULL_ARGUMENT = "NullValueForNonNullArgument"
    SELECTION_REQUIRED = "SubSelectionRequired"
    SELECTION_NOT_ALLOWED = "SubSelectionNotAllowed"
    UNKNOWN_TYPE = "UnknownType"
    NON_INPUT_TYPE = "NonInputTypeOnVariable"
    UNDEFINED_VARIABLE = "UndefinedVariable"
    UNUSED_VARIABLE = "UnusedVariable"
    VARIABLE_MISMATCH = "VariableTypeMismatch"
    BAD_DEFAULT = "BadValueForDefaultArg"
    UNKNOWN_DIRECTIVE = "UnknownDirective"
    MISPLACED_DIRECTIVE = "MisplacedDirective"
    DUPLICATE_DIRECTIVE = "DuplicateDirectiveName"
    UNDEFINED_FRAGMENT = "UndefinedFragment"
    UNUSED_FRAGMENT = "UnusedFragment"
    FRAGMENT_CYCLE = "FragmentCycle"
    FRAGMENT_TYPE = "FragmentTypeConditionInvalid"
    INLINE_FRAGMENT_TYPE = "InlineFragmentTypeConditionInvalid"
    FRAGMENT_MISPLACED = "InvalidFragmentType"
    FIELDS_CONFLICT = "FieldsConflict"
    LONE_ANONYMOUS = "LoneAnonymousOperationViolation"
    DUPLICATE_OPERATION = "DuplicateOperationName"
    DUPLICATE_ARGUMENT = "DuplicateArgumentNames"
    DUPLICATE_FRAGMENT = "DuplicateFragmentName"
    DUPLICATE_VARIABLE = "DuplicateVariableName"
    NON_EXECUTABLE = "NonExecutableDefinition"


class Say(StrEnum):
    """Descriptions and whole sentences, with places for names."""

    ARGUMENT = "argument '{argument}' with value '{value}' {complaint}"
    UNDEFINED_FIELD = "Field '{name}' in type '{type}' is undefined"
    UNKNOWN_ARGUMENT = "Unknown field argument {name}"
    UNKNOWN_DIRECTIVE_ARGUMENT = "Unknown directive argument {name}"
    MISSING_ARGUMENT = "Missing field argument {name}"
    MISSING_DIRECTIVE_ARGUMENT = "Missing directive argument {name}"
    NULL_ARGUMENT = "null value for non-null field argument {name}"
    SELECTION_REQUIRED = "Sub selection required for type {type} of field {name}"
    SELECTION_NOT_ALLOWED = "Sub selection not allowed on leaf type {type} of field {name}"
    UNKNOWN_TYPE = "Unknown type {name}"
    NON_INPUT_TYPE = "Wrong type for a variable"
    UNDEFINED_VARIABLE = "Undefined variable {name}"
    UNUSED_VARIABLE = "Unused variable {name}"
    VARIABLE_MISMATCH = "Variable type '{given}' doesn't match expected type '{type}'"
    BAD_DEFAULT = "Bad default value {value} for type {type}"
    UNKNOWN_DIRECTIVE = "Unknown directive {name}"
    MISPLACED_DIRECTIVE = "Directive {name} not allowed here"
    DUPLICATE_DIRECTIVE = (
        "Non repeatable directives must be uniquely named within a location. "
        "The directive '{name}' used on a '{place}' is not unique."
    )
    UNDEFINED_FRAGMENT = "Undefined fragment {name}"
    UNUSED_FRAGMENT = "Unused fragment {name}"
    FRAGMENT_CYCLE = "Fragment cycles not allowed"
    FRAGMENT_TYPE = "Fragment type condition is invalid, must be on Object/Interface/Union"
    INLINE_FRAGMENT_TYPE = "Inline fragment type condition is invalid, must be on Object/Interface/Union"
    INLINE_MISPLACED = (
        "Fragment cannot be spread here as objects of type {parent} can never be of type {type}"
    )
    FRAGMENT_MISPLACED = (
        "Fragment {name} cannot be spread here as objects of type {parent} can never be of type {type}"
    )
    DIFFERENT_FIELDS = "{key}: {first} and {second} are different fields"
    DIFFERENT_ARGUMENTS = "{key}: they have differing arguments"
    DIFFERENT_TYPES = "{key}: they return differing types {first} and {second}"
    LONE_ANONYMOUS = "Anonymous operation with other operations."
    ONE_OPERATION = "There can be only one operation named '{name}'"
    ONE_ARGUMENT = "There can be only one argument named '{name}'"
    ONE_FRAGMENT = "There can be only one fragment named '{name}'"
    ONE_VARIABLE = "There can be only one variable named '{name}'"
    NON_EXECUTABLE = "The {name} definition is not executable."
    # What is wrong with an argument (9.2).
    NOT_NULL = "must not be null"
    NOT_VALID = "is not a valid '{type}' - {why}"
    NOT_AN_OBJECT = "must be an object type"
    MISSING = "is missing required fields '[{names}]'"
    UNKNOWN_FIELD = "contains a field not in '{type}': '{name}'"
    # Choosing an operation (9.4).
    WHICH_OPERATION = "Must provide operation name if query contains multiple operations."
    NO_SUCH_OPERATION = "Unknown operation named '{name}'."
    NO_SUCH_KIND = "Schema is not configured for {kind}s."
    # Variables (9.5): what is told, then the engine's own words for `engineMessage`.
    VARIABLE_NULL = "Variable '{name}' has coerced Null value for NonNull type '{type}'"
    ENGINE_INVALID = "Variable '{variable}' has an invalid value: {why}"
    ENGINE_NULL_FIELD = "Field '{name}' has coerced Null value for NonNull type '{type}'"
    ENGINE_NULL = "has coerced Null value for NonNull type '{type}'"
    ENGINE_UNKNOWN_FIELD = (
        "The variables input contains a field name '{name}' "
        "that is not defined for input object type '{type}' "
    )
    ENGINE_NO_OBJECT = (
        "Expected type 'Map' but was '{given}'. "
        "Variables for input objects must be an instance of type 'Map'."
    )
    # Syntax (9.6).
    OFFENDING = "{prefix} : offending token '{token}' at line {line} column {column}"
    MORE_TOKENS = (
        "{prefix} : There are more tokens in the query that have not been consumed "
        "offending token '{token}' at line {line} column {column}"
    )


_COMPLAINTS: dict[Complaint, str] = {
    Complaint.OTHER_KIND: "Expected AST type '{wanted}' but was '{given}'.",
    Complaint.OTHER_TYPE: "Expected type '{wanted}' but was '{given}'.",
    Complaint.ID_KIND: "Expected AST type 'IntValue' or 'StringValue' but was '{given}'.",
    Complaint.INT_RANGE: "Expected value to be in the Integer range but it was '{given}'",
    Complaint.BELOW_ZERO: "The value must be greater than or equal to zero",
    # Two blanks after the dash, as the engine writes it.
    Complaint.ENUM_LITERAL: (
        "Expected enum literal value not in allowable values -  'EnumValue{{name='{given}'}}'."
    ),
    Complaint.ENUM_NAME: "Invalid input for Enum '{wanted}'. No value found for name '{given}'",
    Complaint.INSTANT: (
        "Expected an ISO 8601 date-time with a zone, such as '2026-03-01T12:00:00Z', but was '{given}'."
    ),
    Complaint.DECIMAL: "Expected a non-negative decimal number, such as '12.50', but was '{given}'.",
}


def coercion_message(misfit: Misfit) -> str:
    """Why a scalar or an enum refuses a value (9.3)."""
    return _COMPLAINTS[misfit.complaint].format(wanted=misfit.wanted, given=told(misfit.given))


def validation_error(
    fault: Fault,
    description: str,
    *,
    path: Iterable[str] = (),
    node: Node | None = None,
    engine_message: str | None = None,
) -> Refusal:
    """`Validation error of type <fault>: <description> @ '<path>'`, located at the node (9.1)."""
    place = "/".join(path)
    sentence = f"Validation error of type {fault}: {description}"
    if place:
        sentence = f"{sentence} @ '{place}'"
    return schema_refusal(sentence, node, engine_message=engine_message)


def schema_refusal(
    message: str,
    node: Node | None = None,
    *,
    classification: str = VALIDATION,
    engine_message: str | None = None,
) -> Refusal:
    """A refusal of the stage schema, with its own sentence, located at the node."""
    line, column = (None, None) if node is None else position(node)
    refusal = refuse(
        RefusalCode.SCHEMA_FAULT,
        line=line,
        column=column,
        classification=classification,
        message=message,
    )
    if engine_message is None:
        return refusal
    return replace(refusal, engine_message=engine_message)


def invalid_syntax(sentence: Say | None = None, token: str = "", line: int = 0, column: int = 0) -> Refusal:
    """`Invalid Syntax`, with the token at fault where there is one (9.6)."""
    refusal = refuse(RefusalCode.INVALID_SYNTAX, classification=SYNTAX)
    if sentence is None:
        return refusal
    message = sentence.format(prefix=refusal.message, token=told(token), line=line, column=column)
    return replace(refusal, message=message, line=line, column=column)


def position(node: Node) -> tuple[int | None, int | None]:
    """Line and column of a node, from 1."""
    return (None, None) if node.loc is None else (node.loc.start_token.line, node.loc.start_token.column)


def argument_path(argument: str, steps: Iterable[str | int]) -> str:
    """`newOrders[0].items[2].quantity`: the argument, then the fields and indexes below it."""
    return argument + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


def notation(value: object) -> str:
    """A literal or a JSON value as the engine prints its nodes, after 1,000 characters `...` (D36)."""
    pieces: list[str] = []
    length = 0
    for piece in _pieces(value):
        pieces.append(piece)
        length += len(piece)
        if length > VALUE_LENGTH_MAX:
            break
    return told("".join(pieces))


def full_notation(value: object) -> str:
    """As `notation`, but whole: for comparing values, never for telling them."""
    return "".join(_pieces(value))


def told(text: str) -> str:
    """A text of the sender as it may stand in a sentence: cut, and with what text cannot hold replaced."""
    return clean_text(text if len(text) <= VALUE_LENGTH_MAX else text[:VALUE_LENGTH_MAX] + "...")


def _pieces(value: object) -> Iterator[str]:
    if isinstance(value, (list, tuple)):
        yield from _listed("ArrayValue{values=[", value)
    elif isinstance(value, ListValueNode):
        yield from _listed("ArrayValue{values=[", value.values)
    elif isinstance(value, dict):
        yield from _object(value.items())
    elif isinstance(value, ObjectValueNode):
        yield from _object((field.name.value, field.value) for field in value.fields)
    else:
        yield _leaf(value)


def _listed(opening: str, values: Iterable[object]) -> Iterator[str]:
    yield opening
    for n, value in enumerate(values):
        if n:
            yield ", "
        yield from _pieces(value)
    yield "]}"


def _object(members: Iterable[tuple[str, object]]) -> Iterator[str]:
    yield "ObjectValue{objectFields=["
    for n, (name, value) in enumerate(members):
        yield f"{', ' if n else ''}ObjectField{{name='{name}', value="
        yield from _pieces(value)
        yield "}"
    yield "]}"


def _leaf(value: object) -> str:
    match value:
        case None | NullValueNode():
            return "NullValue{}"
        case BooleanValueNode(value=truth) | (bool() as truth):
            return f"BooleanValue{{value={'true' if truth else 'false'}}}"
        case NumberText():
            return f"{'IntValue' if value.lstrip('-').isdecimal() else 'FloatValue'}{{value={value}}}"
        case int() | IntValueNode():
            return f"IntValue{{value={value if isinstance(value, int) else value.value}}}"
        case FloatValueNode(value=text):
            return f"FloatValue{{value={text}}}"
        case StringValueNode(value=text) | (str() as text):
            return f"StringValue{{value='{text}'}}"
        case EnumValueNode(value=name):
            return f"EnumValue{{name='{name}'}}"
        case VariableNode():
            return f"VariableReference{{name='{value.name.value}'}}"
        case _:
            raise AssertionError(f"no notation for {type(value).__name__}")
