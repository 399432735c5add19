"""Breaks: reads breaks.sql, the ways to break stored rows on purpose and the checks that must then go red.

Owns the form of that file. Next: breaks.sql, test_breaks.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Break(NamedTuple):
    """What is done to the rows, and every check that must see it: the one it is for comes first."""

    name: str
    red: tuple[str, ...]
    sql: bytes


def _read() -> tuple[bytes, tuple[Break, ...]]:
    text = Path(__file__).with_suffix(".sql").read_text("utf-8")
    _, words, *blocks = text.split("\n\n-- ")
    return words.partition("\n")[2].encode(), tuple(
        Break(name, tuple(red.removeprefix("-- ").split()), sql.encode())
        for name, red, sql in (block.split("\n", 2) for block in blocks)
    )


WORDS, BREAKS = _read()
"""What the breaks are written in, to be run before; and the breaks."""
