"""Output: data on stdout, everything else on stderr.

Owns lines, JSON objects, tables and notes. Knows nothing of what they say. Next: told.py for errors.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from counterfoil.cli.frame import Frame
    from counterfoil.verification import Finding

_TABLE_WIDTH_ELSEWHERE = 10_000
"""Columns of a table that goes into a file or a pipe: nothing is cut there."""


class ReaderGone(Exception):
    """Nobody reads our output any more, as after `| head`."""


def write_line(text: str) -> None:
    """One line of data. Raises ReaderGone when nobody reads it."""
    try:
        sys.stdout.write(f"{text}\n")
    except BrokenPipeError as gone:
        raise ReaderGone from gone


def write_json(value: object) -> None:
    """One object as one line: amounts as strings, times in UTC."""
    write_line(json_text(value))


def json_text(value: object) -> str:
    """The object as JSON; decimals become strings, so that no digit is lost."""
    import msgspec

    return msgspec.json.encode(value).decode()


def write_table(frame: Frame, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table for people; numbers stand to the right."""
    from rich.table import Table
    from rich.text import Text

    kept = [[_cell(value) for value in row] for row in rows]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for index, column in enumerate(columns):
        is_number = bool(kept) and all(_is_number(row[index]) for row in kept)
        table.add_column(column, justify="right" if is_number else "left", overflow="fold")
    for row in kept:
        table.add_row(*(Text(cell) for cell in row))
    try:
        console(frame).print(table)
    except BrokenPipeError as gone:
        raise ReaderGone from gone


def note(text: str) -> None:
    """A sentence for the person who watches, on stderr."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def progress_told(finding: Finding, done: int, all_of_them: int) -> None:
    """A line for each check of the ledger, where somebody watches; the report itself comes at the end."""
    if sys.stderr.isatty():
        note(f"{done} of {all_of_them}: {finding.id} {finding.state}")


def console(frame: Frame, *, stderr: bool = False) -> Console:
    """Where tables and colours go: colour only on a terminal, and only if it is wanted."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(
        file=stream,
        no_color=True if frame.no_color else None,
        highlight=False,
        soft_wrap=False,
        width=None if stream.isatty() else _TABLE_WIDTH_ELSEWHERE,
    )


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(",", "").replace(".", "", 1).isdigit()
