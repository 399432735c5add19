"""Orders from rows: each row becomes an order as it stands on the wire, or the reason why it does not.

Owns that step, pure: cells in, orders out, in the order of the file. Amounts stay the text they were. Next:
batches.py.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from counterfoil.capture.instants import canonical_instant
from counterfoil.sending.mapping import Counting, Field, Form, Mapping, Source

SHOWN_MAX = 40
"""Characters of a wrong value that are shown."""

WHOLE_MAX = 2**31 - 1

_AMOUNT = re.compile(r"[0-9]+(?:\.[0-9]+)?")


class Row(Struct, frozen=True):
    """A row of the file: its number from 1 without the header, its first line, its cells."""

    number: int
    line: int
    cells: list[str]


class Fixed(Struct, frozen=True, kw_only=True):
    """What all orders of a run have in common; a mapped column with something in it goes first."""

    enterprise_id: str
    action_tracker_id: int
    ad_id: int | None = None
    property_id: int | None = None
    currency: str | None = None

    def on_the_wire(self) -> dict[str, Any]:
        """The fields with the names of the Tracking API."""
        fields = {
            "enterpriseId": self.enterprise_id,
            "actionTrackerId": self.action_tracker_id,
            "adId": self.ad_id,
            "promotionalPropertyId": self.property_id,
            "currency": self.currency,
        }
        return {name: value for name, value in fields.items() if value is not None}


class Order(Struct, frozen=True):
    """A row as an order on the wire (`OrderCreateRequest`)."""

    number: int
    line: int
    fields: dict[str, Any]


class BadRow(Struct, frozen=True):
    """A row that is not sent: where and what is wrong, and what to do."""

    number: int
    line: int
    column: str
    value: str
    sentence: str
    remedy: str

    def told(self) -> str:
        """The place and the fault: `Line 17, column amount: '12,50' is not a decimal.`"""
        return f"Line {self.line}, column {self.column}: {self.sentence}"


class _Misfit(Exception):
    def __init__(self, source: Source, value: str, sentence: str, remedy: str) -> None:
        super().__init__(sentence)
        self.row_values = (source.label, _shown(value), sentence, remedy)


def orders_from(rows: Iterable[Row], mapping: Mapping, fixed: Fixed) -> Iterator[Order | BadRow]:
    """Each row as an order, or as a bad row; counts of equal templates run over all rows in file order."""
    counts: dict[str, defaultdict[str, int]] = {
        field.name: defaultdict(int) for field, source in mapping.sources if source.is_counting
    }
    common = fixed.on_the_wire()
    for row in rows:
        if len(row.cells) != len(mapping.header):
            yield _of_another_width(row, mapping)
            continue
        texts = [
            (field, source, _text(source, row.cells, counts.get(field.name)))
            for field, source in mapping.sources
        ]
        try:
            yield Order(row.number, row.line, {**common, **_fields(texts)})
        except _Misfit as misfit:
            yield BadRow(row.number, row.line, *misfit.row_values)


def _of_another_width(row: Row, mapping: Mapping) -> BadRow:
    got, wanted = len(row.cells), len(mapping.header)
    missing = mapping.header[got] if got < wanted else f"after {mapping.header[-1]}"
    value = "" if got < wanted else _shown(row.cells[wanted])
    return BadRow(
        row.number,
        row.line,
        missing,
        value,
        f"the row has {got} cells and the header {wanted}.",
        "Write a cell for each column, in quotes if there is a comma in it.",
    )


def _text(source: Source, cells: list[str], counts: defaultdict[str, int] | None) -> str:
    if counts is None:
        return "".join(cells[part] if isinstance(part, int) else str(part) for part in source.parts)
    pieces = [cells[part] if isinstance(part, int) else part for part in source.parts]
    # A NUL keeps `1{n}` and `{n}1` apart.
    key = "".join("\0" if isinstance(piece, Counting) else piece for piece in pieces)
    counts[key] += 1
    return "".join(str(counts[key]) if isinstance(piece, Counting) else piece for piece in pieces)


def _fields(texts: list[tuple[Field, Source, str]]) -> dict[str, Any]:
    order: dict[str, Any] = {}
    item: dict[str, Any] = {}
    vertical: dict[str, str] = {}
    custom: list[dict[str, str]] = []
    for field, source, text in texts:
        if text == "":
            if field.name == "order_id":
                raise _Misfit(source, text, "the order id is empty.", "Give every order an id of its own.")
            continue
        value = _value(field, source, text)
        if field.name.startswith("item_"):
            item[field.wire] = value
        elif field.name.startswith("vertical."):
            vertical[field.wire] = text
        elif field.name.startswith("custom."):
            custom.append({"name": field.wire, "value": text})
        else:
            order[field.wire] = value
    if item:
        _refuse_half_an_item(item, texts)
        order["items"] = [item]
    if vertical:
        order["verticalParameters"] = vertical
    if custom:
        order["customParameters"] = custom
    return order


def _value(field: Field, source: Source, text: str) -> str | int:
    if field.form is Form.AMOUNT and not _AMOUNT.fullmatch(text):
        raise _Misfit(source, text, f"{_shown(text)!r} is not a decimal.", _amount_remedy(text))
    if field.form is Form.INSTANT and canonical_instant(text) is None:
        raise _Misfit(
            source,
            text,
            f"{_shown(text)!r} is not a date, or a date-time with a zone.",
            "Write 2026-03-01 or 2026-03-01T10:00:00Z.",
        )
    if field.form is not Form.WHOLE:
        return text
    if not (text.isascii() and text.isdigit()) or int(text) > WHOLE_MAX:
        raise _Misfit(source, text, f"{_shown(text)!r} is not a whole number.", "Write digits, such as 3.")
    return int(text)


def _amount_remedy(text: str) -> str:
    guess = text.replace(",", ".")
    return f"Write {guess}." if _AMOUNT.fullmatch(guess) else "Write digits with a point, such as 12.50."


def _refuse_half_an_item(item: dict[str, Any], texts: list[tuple[Field, Source, str]]) -> None:
    for field, source, text in texts:
        needed = field.name in ("item_sku", "item_unit_price", "item_quantity")
        if needed and text == "":
            given = ", ".join(sorted(item))
            raise _Misfit(source, "", f"the item has {given} and nothing here.", "Fill all of them, or none.")


def _shown(text: str) -> str:
    return text if len(text) <= SHOWN_MAX else f"{text[: SHOWN_MAX - 1]}…"
