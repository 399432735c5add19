"""What `send` shows on its way: a bar on a terminal, a line every ten seconds elsewhere, faults as they come.

Owns those words. Counts nothing itself. Next: sending/sender.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from counterfoil.cli.output import console, json_text, note
from counterfoil.cli.told import Told, say
from counterfoil.clock import monotonic

if TYPE_CHECKING:
    from rich.progress import Progress

    from counterfoil.cli.frame import Frame
    from counterfoil.sending import BadRow, Plan, RefusedBatch, Tally

LINE_EVERY_S = 10
TOLD_MAX = 20
"""Bad rows, and refused batches, that are told one by one."""


def remark(frame: Frame, sentence: str) -> None:
    """A sentence on the way: as it is for people, as an object for programs."""
    note(json_text({"note": sentence}) if frame.is_json else sentence)


def told_bad_row(frame: Frame, row: BadRow) -> None:
    """A row that is not sent, with its place and remedy."""
    say(
        frame,
        Told(row.told(), row.remedy, "", 1),
        line=row.line,
        row=row.number,
        column=row.column,
        value=row.value,
    )


class Lines:
    """Follows a run on a stream that is no terminal, or for a program."""

    def __init__(self, frame: Frame, plan: Plan) -> None:
        """`plan` says how many rows there are at most."""
        self.frame = frame
        self.plan = plan
        self._begun = self._last = monotonic()
        self._bad_rows = self._refusals = 0

    def bad_row(self, row: BadRow) -> None:
        """Tells the first ones."""
        self._bad_rows += 1
        if self._bad_rows <= TOLD_MAX:
            told_bad_row(self.frame, row)
        elif self._bad_rows == TOLD_MAX + 1:
            remark(self.frame, "There are more such rows; the figures at the end count them.")

    def refused(self, batch: RefusedBatch) -> None:
        """Tells the first ones: what the server said, and which rows it said it of."""
        self._refusals += 1
        if self._refusals > TOLD_MAX:
            if self._refusals == TOLD_MAX + 1:
                remark(self.frame, "There are more refused batches; the figures at the end count them.")
            return
        fields = f" ({', '.join(batch.fields)})" if batch.fields else ""
        at = f"It speaks of line {batch.line}. " if batch.line else ""
        say(
            self.frame,
            Told(
                f"Rows {batch.rows[0]} to {batch.rows[1]} were refused,"
                f" {batch.orders} orders: {batch.message}{fields}",
                f"{at}One wrong order refuses its whole batch: correct it and run the same again.",
                "",
                1,
            ),
            rows=batch.rows,
            lines=batch.lines,
            message=batch.message,
            fields=batch.fields,
        )

    def again(self, reason: str, pause_s: float) -> None:
        """Says why it takes longer."""
        remark(self.frame, f"Trying again in {pause_s:.1f} s: {reason}.")

    def moved(self, tally: Tally) -> None:
        """A line every ten seconds."""
        now = monotonic()
        if now - self._last < LINE_EVERY_S:
            return
        self._last = now
        done = tally.before + tally.accepted + tally.refused + tally.bad_rows
        rate = tally.accepted / (now - self._begun)
        left = f", about {(self.plan.lines - done) / rate:.0f} s left" if rate else ""
        remark(
            self.frame,
            f"{done:,} of {self.plan.lines:,} rows: accepted {tally.before + tally.accepted:,},"
            f" refused {tally.refused:,}, {rate:,.0f} orders/s{left}",
        )


class Bar(Lines):
    """Follows a run on a terminal."""

    def __init__(self, frame: Frame, plan: Plan, progress: Progress, before: int) -> None:
        """`before` are the orders that earlier runs had accepted."""
        super().__init__(frame, plan)
        self._progress = progress
        self._task = progress.add_task(
            "", total=plan.lines, completed=before, accepted=before, refused=0, rate="0"
        )

    def moved(self, tally: Tally) -> None:
        """Moves the bar."""
        self._progress.update(
            self._task,
            completed=tally.before + tally.accepted + tally.refused + tally.bad_rows,
            accepted=tally.before + tally.accepted,
            refused=tally.refused,
            rate=f"{tally.accepted / max(1, monotonic() - self._begun):,.0f}",
        )


@contextmanager
def watching(frame: Frame, plan: Plan, before: int) -> Iterator[Lines]:
    """Who follows the run: a bar on a terminal, else lines."""
    if frame.is_json or not sys.stderr.isatty():
        yield Lines(frame, plan)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}/s"),
        TimeRemainingColumn(),
        TextColumn("accepted {task.fields[accepted]:,}  refused {task.fields[refused]:,}"),
        console=console(frame, stderr=True),
    ) as progress:
        yield Bar(frame, plan, progress, before)
