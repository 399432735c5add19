"""The mapping: which field of an order comes from which column, or from a template of columns.

Owns the names of the fields, the form of a template and the faults of both. Knows the header of the file, no
row. Next: orders.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from enum import Enum

from msgspec import Struct

from counterfoil.sending.faults import Unsendable

COUNT = "n"
"""The place in a template that counts equal results of the same template, in the order of the file."""


class Form(Enum):
    """What the text of a field has to look like, so that one wrong row does not refuse a whole batch."""

    TEXT = "text"
    AMOUNT = "amount"
    INSTANT = "instant"
    WHOLE = "whole"


class Field(Struct, frozen=True):
    """A field of an order: its name on our command line, its name on the wire, its form."""

    name: str
    wire: str
    form: Form = Form.TEXT


FIELDS = {
    field.name: field
    for field in (
        Field("order_id", "orderId"),
        Field("event_time", "eventTime", Form.INSTANT),
        Field("amount", "amount", Form.AMOUNT),
        Field("discount", "discount", Form.AMOUNT),
        Field("coupon", "coupon"),
        Field("currency", "currency"),
        Field("cj_event", "cjEvent"),
        Field("sid", "sid"),
        Field("ad_id", "adId", Form.WHOLE),
        Field("property_id", "promotionalPropertyId", Form.WHOLE),
        Field("item_sku", "sku"),
        Field("item_unit_price", "unitPrice", Form.AMOUNT),
        Field("item_quantity", "quantity", Form.WHOLE),
        Field("item_discount", "discount", Form.AMOUNT),
    )
}
"""Fields by name; beside them there are `vertical.<name>` and `custom.<name>`."""

OPEN_FIELDS = ("vertical.", "custom.")
ITEM_NEEDS = ("item_sku", "item_unit_price", "item_quantity")

_PLACE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_QUOTED = re.compile(r"(['\"])(.*)\1", re.DOTALL)
_WIRE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Counting(Struct, frozen=True):
    """The place of the count in a template."""


class Source(Struct, frozen=True):
    """Where the text of a field comes from: pieces of text, columns by position, and the count.

    `label` is what people know it by: the column's name, or the template.
    """

    label: str
    parts: tuple[str | int | Counting, ...]

    @property
    def is_counting(self) -> bool:
        """Whether equal results are told apart by their number."""
        return any(isinstance(part, Counting) for part in self.parts)


class Mapping(Struct, frozen=True):
    """Every mapped field with its source, and the header it was read against."""

    header: tuple[str, ...]
    sources: tuple[tuple[Field, Source], ...]
    texts: tuple[str, ...]
    """The mapping as it was given, sorted: part of what a state file stands for."""


def read_mapping(texts: Iterable[str], header: Sequence[str]) -> Mapping:
    """The mapping that `field=column` and `field=template` say, against the header of a file.

    Raises Unsendable for an unknown field or column (with the nearest one), for a field mapped twice, for a
    broken template, and when there is no `order_id` or half an item.
    """
    given = sorted(texts)
    sources: dict[str, tuple[Field, Source]] = {}
    for text in given:
        name, is_given, value = text.partition("=")
        if not (name and is_given and value):
            raise Unsendable(
                f"--map {text!r} is not a mapping.",
                "Write it as field=column, or as field='text with {column}'.",
            )
        if name in sources:
            raise Unsendable(f"The field {name} is mapped twice.", "Leave one of the two out.")
        sources[name] = (_field(name), _source(name, value, header))
    _refuse_halves(sources)
    return Mapping(tuple(header), tuple(sources.values()), tuple(given))


def _field(name: str) -> Field:
    if name in FIELDS:
        return FIELDS[name]
    for prefix in OPEN_FIELDS:
        own = name.removeprefix(prefix)
        if own != name and own and (prefix == "custom." or _WIRE_NAME.fullmatch(own)):
            return Field(name, own)
    near = get_close_matches(name, [*FIELDS, *OPEN_FIELDS], n=1)
    known = f"The fields are {', '.join(FIELDS)}, vertical.<name> and custom.<name>."
    raise Unsendable(f"There is no field {name}.", f"Did you mean {near[0]}?" if near else known)


def _source(field: str, value: str, header: Sequence[str]) -> Source:
    quoted = _QUOTED.fullmatch(value)
    if quoted is None and "{" not in value and "}" not in value:
        return Source(value, (_position(field, value, header),))
    template = quoted[2] if quoted else value
    parts: list[str | int | Counting] = []
    end = 0
    for place in _PLACE.finditer(template):
        parts.append(template[end : place.start()])
        parts.append(_part(field, template, place, header))
        end = place.end()
    parts.append(template[end:])
    return Source(template, tuple(part for part in parts if part != ""))


def _part(field: str, template: str, place: re.Match[str], header: Sequence[str]) -> str | int | Counting:
    if place[0] in ("{{", "}}"):
        return place[0][0]
    if place[1] is None:
        raise Unsendable(
            f"The template of {field} has a brace without its partner: {template}",
            "Write {column} for a column, {{ and }} for braces.",
        )
    if place[1] == COUNT:
        return Counting()
    return _position(field, place[1], header)


def _position(field: str, column: str, header: Sequence[str]) -> int:
    if column in header:
        return list(header).index(column)
    near = get_close_matches(column.lower(), [name.lower() for name in header], n=1)
    nearest = [name for name in header if near and name.lower() == near[0]]
    raise Unsendable(
        f"The file has no column {column!r}, which {field} is mapped to.",
        f"Did you mean {nearest[0]}?" if nearest else f"The columns are: {', '.join(header)}.",
    )


def _refuse_halves(sources: dict[str, tuple[Field, Source]]) -> None:
    if "order_id" not in sources:
        raise Unsendable(
            "No column is mapped to order_id.",
            "Say where the order ids come from: --map order_id=COLUMN, or --map order_id='ORDER-{column}'.",
        )
    if not any(name.startswith("item_") for name in sources):
        return
    missing = [name for name in ITEM_NEEDS if name not in sources]
    if missing:
        raise Unsendable(
            f"An item needs {', '.join(ITEM_NEEDS)}; {' and '.join(missing)} is missing.",
            f"Add --map {missing[0]}=COLUMN.",
        )
