"""Printing: many things at once, each with the fields that were selected.

Owns the walk from a selection to rows: every field is read for all things in one go, so that the cost is a
few list operations a field. What a field says is told by projection.py. Next: projection.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from graphql import get_named_type

from counterfoil.api.selection import SelectedField

ROW_TYPES_MAX = 512
PRINTERS_MAX = 512

Batch = Any
"""The things that are printed together, in whatever form their fields are read from."""


class Leaf(NamedTuple):
    """A field without fields: its value of each thing, ready for JSON."""

    values: Callable[[Batch], Sequence[object]]


class One(NamedTuple):
    """A field that is an object or null.

    `chosen` gives the objects that there are, and which of the things have one (`None`: all do).
    """

    chosen: Callable[[Batch], tuple[Batch, Sequence[bool] | None]]


class Many(NamedTuple):
    """A field that is a list of objects.

    `chosen` gives the objects of all lists, and how many each thing has of them (`None`: the list is null).
    """

    chosen: Callable[[Batch], tuple[Batch, Sequence[int | None]]]


Fields = Callable[[str], Leaf | One | Many]
"""How a field of a type is read, by its name."""

Types = Callable[[str], Fields]
"""The fields of a type, by its name."""

PrintColumn = Callable[[Batch, int], Sequence[object]]
"""Prints one field of a batch of that many things."""

Print = Callable[[Batch, int], list[Any]]
"""Prints a batch of that many things: one value for each, which `encode` takes."""


@lru_cache(maxsize=PRINTERS_MAX)
def printer(type_name: str, selection: tuple[SelectedField, ...], types: Types) -> Print:
    """What prints things of a type with these fields, under their response names, in the order selected.

    Clients ask for few different selections, so those that were met last are remembered.
    """
    columns = columns_of(type_name, selection, types)
    row = _row_type(tuple(selected.response_key for selected in selection))

    def rows(batch: Batch, count: int) -> list[Any]:
        if not columns:
            return [row() for _ in range(count)]
        return list(map(row, *(column(batch, count) for column in columns)))

    return rows


def columns_of(type_name: str, selection: Sequence[SelectedField], types: Types) -> list[PrintColumn]:
    """What prints each of these fields of things of a type, each for itself."""
    fields = types(type_name)
    return [_column(type_name, selected, fields, types) for selected in selection]


def encode(answer: object) -> bytes:
    """The answer as JSON; a lone surrogate, which UTF-8 cannot hold, goes out as an escape (D145)."""
    try:
        return _ENCODE(answer)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(answer), separators=(",", ":")).encode()


_ENCODE = msgspec.json.Encoder().encode


def _column(type_name: str, selected: SelectedField, fields: Fields, types: Types) -> PrintColumn:
    if selected.name == "__typename":
        return lambda _, count: [type_name] * count
    match fields(selected.name):
        case Leaf(values):
            return lambda batch, _: values(batch)
        case One(chosen):
            return _one(chosen, _below(selected, types))
        case Many(chosen):
            return _many(chosen, _below(selected, types))


def _below(selected: SelectedField, types: Types) -> Print:
    return printer(get_named_type(selected.type).name, selected.selection, types)


def _one(chosen: Callable[[Batch], tuple[Batch, Sequence[bool] | None]], print_: Print) -> PrintColumn:
    def column(batch: Batch, count: int) -> Sequence[object]:
        objects, present = chosen(batch)
        if present is None:
            return print_(objects, count)
        total = sum(present)
        printed = iter(print_(objects, total) if total else ())
        return [next(printed) if there else None for there in present]

    return column


def _many(chosen: Callable[[Batch], tuple[Batch, Sequence[int | None]]], print_: Print) -> PrintColumn:
    def column(batch: Batch, _: int) -> Sequence[object]:
        objects, lengths = chosen(batch)
        total = sum(length or 0 for length in lengths)
        return list(_lists(print_(objects, total) if total else [], lengths))

    return column


def _lists(printed: list[Any], lengths: Sequence[int | None]) -> Iterator[list[Any] | None]:
    begin = 0
    for length in lengths:
        if length is None:
            yield None
            continue
        yield printed[begin : begin + length]
        begin += length


@lru_cache(maxsize=ROW_TYPES_MAX)
def _row_type(keys: tuple[str, ...]) -> type[msgspec.Struct]:
    """Rows with these names: made and encoded at C speed, several times faster than a dict for each."""
    names = [f"field_{place}" for place in range(len(keys))]
    return msgspec.defstruct(
        "Row", [(name, object) for name in names], rename=dict(zip(names, keys, strict=True)), gc=False
    )
