"""CSV files as rows: read as a stream, with the line at which each row begins.

Owns opening, decoding and the faults of the file itself. Knows no mapping. Next: orders.py.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, TextIO

from counterfoil.sending.faults import Unsendable
from counterfoil.sending.orders import Row

_CHUNK = 1 << 20


class Measured(NamedTuple):
    """A file in figures: SHA-256 of its bytes, and its lines without the header.

    There are as many rows as lines, or fewer when cells hold line breaks.
    """

    digest: str
    lines: int


def measure(path: Path) -> Measured:
    """Reads the file once. Raises Unsendable when it cannot be read."""
    digest, breaks, last = sha256(), 0, b"\n"
    with _opening(path), path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            breaks += chunk.count(b"\n")
            last = chunk[-1:]
    return Measured(digest.hexdigest(), max(0, breaks + (last != b"\n") - 1))


def read_header(path: Path) -> list[str]:
    """The names of the columns. Raises Unsendable when there are none, or two of the same name."""
    with _opening(path), _text(path) as file:
        header = next(_cells(path, file), (1, []))[1]
    if not any(header):
        raise Unsendable(f"{path} has no header.", "Its first line names the columns.")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise Unsendable(
            f"{path} has two columns of the name {twice[0]!r}.", "Give each column a name of its own."
        )
    return header


def read_rows(path: Path) -> Iterator[Row]:
    """The rows after the header, one at a time; lines with nothing on them are passed over."""
    with _opening(path), _text(path) as file:
        cells = _cells(path, file)
        next(cells, None)
        for number, (line, row) in enumerate(cells, start=1):
            yield Row(number, line, row)


def _text(path: Path) -> TextIO:
    # `utf-8-sig` takes the mark away that spreadsheets put in front.
    return path.open(encoding="utf-8-sig", newline="")


def _cells(path: Path, file: TextIO) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(file, strict=True)
    line = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unsendable(
                f"{path} is no CSV from line {line} on: {error}.", "Often a quote is not closed there."
            ) from error
        if row:
            yield line, row
        line = reader.line_num + 1


@contextmanager
def _opening(path: Path) -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:
        raise Unsendable(f"{path} is not UTF-8 text.", "Save it as CSV in UTF-8.") from error
    except OSError as error:
        reason = (error.strerror or "it cannot be opened").lower()
        raise Unsendable(f"{path} cannot be read: {reason}.", "Name a file that is there.") from error
