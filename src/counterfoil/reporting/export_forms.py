"""Export forms: records as CSV, as JSON lines, as Parquet.

Owns what a file looks like: exact decimals, a guard against formulas, how lists are written. Knows columns
and kinds of values, no field by name. Next: export.py.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple, Protocol

import msgspec

GUARDED = frozenset("=+-@\t\r\x00")
"""A text cell that begins with one of these is taken for a formula by spreadsheets (trust: CSV export)."""

FIGURE_DIGITS, FIGURE_DECIMALS = 38, 3
ROW_GROUP_ROWS = 50_000
"""Rows of a Parquet file that lie together; so many are held before they are written."""

Column = Sequence[Any]


class Kind(StrEnum):
    """What the values of a column are; each may be missing."""

    TEXT = "text"
    FIGURE = "figure"
    INSTANT = "instant"
    FLAG = "flag"
    NESTED = "nested"


class Head(NamedTuple):
    """Name and kind of a column."""

    name: str
    kind: Kind


class Form(Protocol):
    """Writes a file piece by piece: `begin`, then `rows` for each batch, then `end`; a piece may be empty."""

    def begin(self) -> bytes: ...

    def rows(self, columns: Sequence[Column]) -> bytes: ...

    def end(self) -> bytes: ...


class Csv:
    """RFC 4180 in UTF-8: numbers plain, missing values empty, lists and objects as JSON."""

    content_type = "text/csv; charset=utf-8; header=present"

    def __init__(self, heads: Sequence[Head], *, raw: bool, bom: bool) -> None:
        """Without `raw` an apostrophe stands before text that looks like a formula."""
        self._heads = heads
        self._bom = bom
        self._printed = [
            _CSV_KINDS[head.kind] if not raw or head.kind is not Kind.TEXT else _as_it_is for head in heads
        ]

    def begin(self) -> bytes:
        """The names of the columns."""
        head = self._lines([tuple(head.name for head in self._heads)])
        return b"\xef\xbb\xbf" + head if self._bom else head

    def rows(self, columns: Sequence[Column]) -> bytes:
        """A line for each record."""
        printed = (print_(column) for print_, column in zip(self._printed, columns, strict=True))
        return self._lines(zip(*printed, strict=True))

    def end(self) -> bytes:
        """Nothing: the last line ends like all others."""
        return b""

    def _lines(self, rows: Any) -> bytes:
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        return _utf8(text.getvalue())


class JsonLines:
    """One JSON object a line, as the API would answer it."""

    content_type = "application/x-ndjson; charset=utf-8"

    def __init__(self, heads: Sequence[Head]) -> None:
        self._names = [head.name for head in heads]

    def begin(self) -> bytes:
        """Nothing: each line has its names."""
        return b""

    def rows(self, columns: Sequence[Column]) -> bytes:
        """A line for each record."""
        objects = [dict(zip(self._names, row, strict=True)) for row in zip(*columns, strict=True)]
        try:
            return _ENCODER.encode_lines(objects)
        except UnicodeEncodeError:
            # A lone surrogate, which UTF-8 cannot hold, goes out as an escape (D145).
            plain = (json.dumps(msgspec.to_builtins(each), separators=(",", ":")) for each in objects)
            return "".join(f"{line}\n" for line in plain).encode()

    def end(self) -> bytes:
        """Nothing."""
        return b""


class Parquet:
    """Parquet with exact decimals and instants in UTC; lists and objects as JSON text."""

    content_type = "application/vnd.apache.parquet"

    def __init__(self, heads: Sequence[Head]) -> None:
        """Needs the extra `parquet`: ask `has_parquet` before."""
        self._arrow, self._parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
        self._kinds = [head.kind for head in heads]
        self._schema = self._arrow.schema([(head.name, self._type(head.kind)) for head in heads])
        self._sink = _Sink()
        self._writer = self._parquet.ParquetWriter(self._sink, self._schema, compression="zstd")
        self._waiting: list[Any] = []

    def begin(self) -> bytes:
        """The file's first bytes."""
        return self._sink.taken()

    def rows(self, columns: Sequence[Column]) -> bytes:
        """What is complete of the file; rows wait until a group of them is full."""
        arrays = [self._array(kind, column) for kind, column in zip(self._kinds, columns, strict=True)]
        self._waiting.append(self._arrow.table(arrays, schema=self._schema))
        if sum(table.num_rows for table in self._waiting) >= ROW_GROUP_ROWS:
            self._write()
        return self._sink.taken()

    def end(self) -> bytes:
        """The rest, and the file's directory."""
        self._write()
        self._writer.close()
        return self._sink.taken()

    def _write(self) -> None:
        if self._waiting:
            self._writer.write_table(self._arrow.concat_tables(self._waiting), ROW_GROUP_ROWS)
            self._waiting = []

    def _type(self, kind: Kind) -> Any:
        match kind:
            case Kind.FIGURE:
                return self._arrow.decimal128(FIGURE_DIGITS, FIGURE_DECIMALS)
            case Kind.INSTANT:
                # The file's smallest unit is the millisecond.
                return self._arrow.timestamp("ms", tz="UTC")
            case Kind.FLAG:
                return self._arrow.bool_()
            case Kind.TEXT | Kind.NESTED:
                return self._arrow.string()

    def _array(self, kind: Kind, column: Column) -> Any:
        values: Sequence[Any] = column
        match kind:
            case Kind.FIGURE:
                values = [None if each is None else Decimal(each) for each in column]
            case Kind.INSTANT:
                return self._arrow.array(column, self._arrow.string()).cast(self._type(kind))
            case Kind.NESTED:
                values = _as_json(column)
            case Kind.TEXT:
                values = [None if each is None else _utf8(each) for each in column]
            case Kind.FLAG:
                pass
        return self._arrow.array(values, self._type(kind))


def has_parquet() -> bool:
    """Whether the extra `parquet` is installed."""
    return find_spec("pyarrow") is not None


class _Sink(io.RawIOBase):
    """A file that is only written to, and handed on as it grows."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._size

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        self._size += len(self._pieces[-1])
        return len(self._pieces[-1])

    def taken(self) -> bytes:
        """What was written since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


_ENCODER = msgspec.json.Encoder()


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _as_it_is(column: Column) -> Iterator[Any]:
    return iter(column)


def _guarded(column: Column) -> Iterator[str | None]:
    return (f"'{text}" if text and text[0] in GUARDED else text for text in column)


def _as_json(column: Column) -> list[str | None]:
    return [
        None if each is None else encoded for each, encoded in zip(column, map(_json, column), strict=True)
    ]


def _json(value: object) -> str:
    try:
        return _ENCODER.encode(value).decode()
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(value), separators=(",", ":"))


def _flags(column: Column) -> Iterator[str | None]:
    return (None if each is None else str(each).lower() for each in column)


_CSV_KINDS: dict[Kind, Callable[[Column], Any]] = {
    Kind.TEXT: _guarded,
    Kind.FIGURE: _as_it_is,
    Kind.INSTANT: _as_it_is,
    Kind.FLAG: _flags,
    Kind.NESTED: _as_json,
}
