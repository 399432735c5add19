"""What is wrong with a network file, and where.

Owns the shape of a fault and how a terminal shows it. Judges nothing. Next: tables.py.
"""

from __future__ import annotations

from msgspec import Struct


class Fault(Struct, frozen=True, kw_only=True):
    """One thing to correct before a network file can be applied.

    `path` leads to the value as the file has it (`terms[2].actions[0].tracker`, counted from 0) and ends in
    `key`; `line` counts from 1 and is `None` where no line can be named. `sentence` goes on where the path
    ends, without a full stop.
    """

    source: str
    line: int | None
    path: str
    key: str
    sentence: str
    remedy: str

    def told(self) -> str:
        """The two lines for a terminal: where and what, then the remedy."""
        where = self.source if self.line is None else f"{self.source}:{self.line}"
        what = f"{self.path}: {self.sentence}" if self.path else self.sentence
        return f"{where}: {what}\nfix: {self.remedy}"
