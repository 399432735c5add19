"""What a single value may look like on the wire, as a literal of a document and as a JSON value.

Owns the accepted forms (spec/tracking-api.md, section 4) and their canonical text. Leaves the sentence about
a refused value to api/messages.py and where it stood to api/inputs.py. Next: instants.py for times.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
)

from counterfoil.capture.instants import canonical_instant

INT_MAX = 2**31 - 1
INT_MIN = -(2**31)
LONG_BITS = 64
WHOLE_DIGITS_MAX = 15
FRACTION_DIGITS_MAX = 20
"""Bounds of a decimal once it is written out (D39)."""


class NumberText(str):
    """A number of a JSON body, with every digit as it was sent."""

    __slots__ = ()


class Complaint(StrEnum):
    """Why a scalar or an enum refuses a value; each has a sentence in api/messages.py."""

    OTHER_KIND = "other kind"
    OTHER_TYPE = "other type"
    ID_KIND = "id kind"
    INT_RANGE = "int range"
    BELOW_ZERO = "below zero"
    ENUM_LITERAL = "enum literal"
    ENUM_NAME = "enum name"
    INSTANT = "instant"
    DECIMAL = "decimal"


class Misfit(NamedTuple):
    """A refused value: the complaint, and the words that its sentence needs."""

    complaint: Complaint
    wanted: str = ""
    given: str = ""


Literal = Callable[[ValueNode], "str | int | bool | Misfit"]
FromJson = Callable[[object], "str | int | bool | Misfit"]

_KINDS: dict[type[ValueNode], str] = {
    StringValueNode: "StringValue",
    IntValueNode: "IntValue",
    FloatValueNode: "FloatValue",
    BooleanValueNode: "BooleanValue",
    EnumValueNode: "EnumValue",
    NullValueNode: "NullValue",
    ListValueNode: "ArrayValue",
    ObjectValueNode: "ObjectValue",
}

_DECIMAL_STRING = re.compile(r"[0-9]+(?:\.[0-9]+)?")
PLAIN_DECIMAL = rf"(?:0|[1-9][0-9]{{0,{WHOLE_DIGITS_MAX - 1}}})(?:\.[0-9]{{1,{FRACTION_DIGITS_MAX}}})?"
"""The pattern of the common case, which is its own plain notation."""

_PLAIN = re.compile(PLAIN_DECIMAL)
_NUMBER = re.compile(r"([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?")
_NUMERIC_STRING = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_EXPONENT_DIGITS_MAX = 4


def kind_of(node: ValueNode) -> str:
    """The engine's name for the kind of a literal."""
    return _KINDS[type(node)]


def java_type(value: object) -> str:
    """The engine's name for the type of a JSON value."""
    if isinstance(value, bool):
        return "Boolean"
    if isinstance(value, int):
        return _whole_type(value)
    if isinstance(value, NumberText):
        return "BigInteger" if value.lstrip("-").isdecimal() else "Double"
    if isinstance(value, str):
        return "String"
    return "ArrayList" if isinstance(value, list) else "LinkedHashMap"


def _whole_type(value: int) -> str:
    if INT_MIN <= value <= INT_MAX:
        return "Integer"
    return "Long" if value.bit_length() < LONG_BITS else "BigInteger"


def text_of(value: object) -> str:
    """A literal or JSON value that is no list and no object, as the text it was sent as."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, NullValueNode):
        return "null"
    if isinstance(value, BooleanValueNode):
        return "true" if value.value else "false"
    if isinstance(value, (StringValueNode, IntValueNode, FloatValueNode, EnumValueNode)):
        return value.value
    if isinstance(value, str):
        return value[:]
    if isinstance(value, int):
        return str(value)
    return kind_of(value) if isinstance(value, ValueNode) else java_type(value)


def written_out(number: str) -> str | None:
    """A number without sign in plain notation, digits after the point as sent (D40); None when too large.

    `1.50` stays, `1e-05` becomes `0.00001`, `007` becomes `7`.
    """
    if _PLAIN.fullmatch(number):
        return number[:]
    parts = _NUMBER.fullmatch(number)
    if parts is None:
        return None
    whole, fraction, exponent = parts[1], parts[2] or "", parts[3]
    if exponent is not None:
        if len(exponent.lstrip("+-").lstrip("0")) > _EXPONENT_DIGITS_MAX:
            return None
        whole, fraction = _shifted(whole, fraction, int(exponent))
    whole = whole.lstrip("0") or "0"
    if len(whole) > WHOLE_DIGITS_MAX or len(fraction) > FRACTION_DIGITS_MAX:
        return None
    return f"{whole}.{fraction}" if fraction else whole


def _shifted(whole: str, fraction: str, places: int) -> tuple[str, str]:
    """The digits with the point moved to the right, or to the left when `places` is negative."""
    if places < 0:
        padded = whole.rjust(1 - places, "0")
        return padded[:places], padded[places:] + fraction
    padded = fraction.ljust(places, "0")
    return whole + padded[:places], padded[places:]


def whole_number(text: str) -> int | None:
    """The whole number that a text such as `3`, `3.0` or `3e2` means; None for any other text."""
    if _NUMERIC_STRING.fullmatch(text) is None:
        return None
    plain = written_out(text.lstrip("+-"))
    if plain is None:
        return None
    whole, _, fraction = plain.partition(".")
    if fraction.strip("0"):
        return None
    return -int(whole) if text.startswith("-") else int(whole)


# ── literals ──────────────────────────────────────────────────────────────────────────────────────────


def _other_kind(node: ValueNode, wanted: str) -> Misfit:
    return Misfit(Complaint.OTHER_KIND, wanted, kind_of(node))


def string_literal(node: ValueNode) -> str | Misfit:
    """A string or a block string; nothing else (D46)."""
    return node.value if isinstance(node, StringValueNode) else _other_kind(node, "StringValue")


def boolean_literal(node: ValueNode) -> bool | Misfit:
    """`true` or `false`."""
    return node.value if isinstance(node, BooleanValueNode) else _other_kind(node, "BooleanValue")


def id_literal(node: ValueNode) -> str | Misfit:
    """A string or a whole number."""
    if isinstance(node, (StringValueNode, IntValueNode)):
        return node.value
    return Misfit(Complaint.ID_KIND, given=kind_of(node))


def int_literal(node: ValueNode) -> int | Misfit:
    """A whole number of 32 bits."""
    if not isinstance(node, IntValueNode):
        return _other_kind(node, "IntValue")
    # The length is asked first: Python refuses to read thousands of digits.
    if len(node.value) > WHOLE_DIGITS_MAX or not INT_MIN <= (number := int(node.value)) <= INT_MAX:
        return Misfit(Complaint.INT_RANGE, given=node.value)
    return number


def non_negative_int_literal(node: ValueNode) -> int | Misfit:
    """A whole number from 0 to 2147483647; a quoted one is refused."""
    number = int_literal(node)
    return Misfit(Complaint.BELOW_ZERO) if isinstance(number, int) and number < 0 else number


def decimal_literal(node: ValueNode) -> str | Misfit:
    """A number without sign, quoted or not (D38), in plain notation."""
    plain = None
    if isinstance(node, StringValueNode) and _DECIMAL_STRING.fullmatch(node.value):
        plain = written_out(node.value)
    if isinstance(node, (IntValueNode, FloatValueNode)):
        plain = written_out(node.value)
    return Misfit(Complaint.DECIMAL, given=text_of(node)) if plain is None else plain


def instant_literal(node: ValueNode) -> str | Misfit:
    """A string in one of the forms of D41, in UTC."""
    instant = canonical_instant(node.value) if isinstance(node, StringValueNode) else None
    return Misfit(Complaint.INSTANT, given=text_of(node)) if instant is None else instant


# ── JSON values ───────────────────────────────────────────────────────────────────────────────────────


def _other_type(value: object, wanted: str) -> Misfit:
    return Misfit(Complaint.OTHER_TYPE, wanted, java_type(value))


def string_json(value: object) -> str | Misfit:
    """A string; numbers and booleans are taken as their text (D45)."""
    if type(value) is str:
        return value
    if isinstance(value, (int, NumberText)):
        return text_of(value)
    return _other_type(value, "String")


def boolean_json(value: object) -> bool | Misfit:
    """`true` or `false`."""
    return value if isinstance(value, bool) else _other_type(value, "Boolean")


def id_json(value: object) -> str | Misfit:
    """A string or a whole number (D45)."""
    if type(value) is str:
        return value
    if type(value) is int:
        return str(value)
    if isinstance(value, NumberText):
        if value.isdecimal():
            return value[:]
        whole = whole_number(value)
        if whole is not None:
            return str(whole)
    return _other_type(value, "ID")


def int_json(value: object) -> int | Misfit:
    """A whole number of 32 bits, also as `3.0` or as a string of digits."""
    number = value if type(value) is int else whole_number(value) if isinstance(value, str) else None
    if number is None or not INT_MIN <= number <= INT_MAX:
        return _other_type(value, "Int")
    return number


def non_negative_int_json(value: object) -> int | Misfit:
    """A whole number from 0 to 2147483647, also as `3.0` or as a string of digits."""
    number = int_json(value)
    return Misfit(Complaint.BELOW_ZERO) if isinstance(number, int) and number < 0 else number


def decimal_json(value: object) -> str | Misfit:
    """A string of the strict pattern, or a number that is not negative (D38), in plain notation."""
    if type(value) is str and _PLAIN.fullmatch(value):
        return value
    plain = None
    if type(value) is str and _DECIMAL_STRING.fullmatch(value):
        plain = written_out(value)
    elif type(value) is int or type(value) is NumberText:
        plain = written_out(text_of(value))
    return Misfit(Complaint.DECIMAL, given=text_of(value)) if plain is None else plain


def instant_json(value: object) -> str | Misfit:
    """A string in one of the forms of D41, in UTC."""
    instant = canonical_instant(value) if type(value) is str else None
    return Misfit(Complaint.INSTANT, given=text_of(value)) if instant is None else instant


# ── enums ─────────────────────────────────────────────────────────────────────────────────────────────


def enum_literal(names: frozenset[str]) -> Literal:
    """A bare name of the enum, exact case."""

    def read(node: ValueNode) -> str | Misfit:
        if not isinstance(node, EnumValueNode):
            return _other_kind(node, "EnumValue")
        return node.value if node.value in names else Misfit(Complaint.ENUM_LITERAL, given=node.value)

    return read


def enum_json(enum: str, names: frozenset[str]) -> FromJson:
    """A string that is a name of the enum, exact case."""

    def read(value: object) -> str | Misfit:
        if type(value) is str and value in names:
            return value
        return Misfit(Complaint.ENUM_NAME, enum, text_of(value))

    return read


SCALARS: dict[str, tuple[Literal, FromJson]] = {
    "String": (string_literal, string_json),
    "ID": (id_literal, id_json),
    "Int": (int_literal, int_json),
    "Boolean": (boolean_literal, boolean_json),
    "NonNegativeInt": (non_negative_int_literal, non_negative_int_json),
    "NonNegativeDecimalNumber": (decimal_literal, decimal_json),
    "Instant": (instant_literal, instant_json),
}
"""How each input scalar reads a literal and a JSON value."""
