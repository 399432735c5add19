"""Commands about what is owed: month close, month show, bonus add, statement paid.

Owns their options and how papers are shown. Leaves the closing to statements.py. Next: commands.py.
"""

from __future__ import annotations

import csv
import re
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from counterfoil.cli.form import CONTEXT, EPILOG, told_by
from counterfoil.cli.frame import Frame, Wrong, frame_of, moment, person
from counterfoil.cli.output import note, write_json, write_line, write_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal

    from counterfoil.statements import Closed
    from counterfoil.store.statements import Statement

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)
_AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,3})?", re.ASCII)
Month = Annotated[str, typer.Argument(metavar="MONTH", help="Such as 2026-03.")]


def add_to(application: typer.Typer) -> None:
    """Names the commands of this module."""
    for name, about, commands in (
        (
            "month",
            "Closing a month: what locked goes on invoices and statements, once.",
            (("close", CLOSE, close), ("show", SHOW, show)),
        ),
        ("bonus", "Bonuses, entered by hand.", (("add", BONUS, add_bonus),)),
        ("statement", "Invoices and statements.", (("paid", PAID, mark_paid),)),
    ):
        group = typer.Typer(help=about, rich_markup_mode=None, context_settings=CONTEXT)
        # A callback keeps a group a group while it has one command.
        group.callback()(_group)
        for command, text, function in commands:
            group.command(command, help=text, epilog=EPILOG)(function)
        application.add_typer(group, name=name, epilog=EPILOG)


def _group() -> None:
    """Takes nothing."""


CLOSE = told_by(
    "Closes a month: everything that is locked by then, pended orders apart. A second time changes nothing.",
    "counterfoil month close 2026-03",
    "counterfoil month close 2026-03 --json",
)


def close(context: typer.Context, month: Month) -> None:
    """Closes, and shows what it wrote and what it had to leave."""
    frame = frame_of(context)
    wanted = _month(month)
    from counterfoil import app

    with app.books(frame.settings()) as books:
        closed = books.close(wanted, person())
    if frame.is_json:
        write_json(_as_object(closed))
        return
    _show_papers(frame, closed.statements)
    if closed.was_closed:
        note(f"{month} was closed before; nothing changed.")
        return
    note(f"Closed {month}: {closed.actions} actions.")
    for each in closed.waiting:
        note(
            f"left to the next closing: {each.order_id} ({each.enterprise_id}/{each.action_tracker_id}),"
            f" submission {each.submission_id} is held: {each.code}"
        )


SHOW = told_by(
    "Shows the invoices and statements of a month, or the lines of one.",
    "counterfoil month show 2026-03",
    "counterfoil month show 2026-03 --lines ST-2026-000001 --csv",
)


def show(
    context: typer.Context,
    month: Month,
    lines: Annotated[
        str | None,
        typer.Option("--lines", metavar="NUMBER", help="The lines of this paper, down to records."),
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="As CSV.")] = False,
) -> None:
    """Reads the papers of a month."""
    frame = frame_of(context)
    wanted = _month(month)
    from counterfoil import app
    from counterfoil.statements import difference_to_ledger
    from counterfoil.store import statements

    with app.administering(frame.settings()) as connection:
        papers = statements.read_statements(connection, wanted)
        if lines is None:
            _tell(frame, [_paper(each) for each in papers], as_csv=as_csv)
            return
        chosen = next((each for each in papers if each.number == lines), None)
        if chosen is None:
            raise Wrong(f"{month} has no paper {lines}.", f"See: counterfoil month show {month}", exit_code=1)
        found = statements.read_lines(connection, chosen)
    _tell(frame, [each._asdict() for each in found], as_csv=as_csv)
    note(
        f"{chosen.number}: total {chosen.total} {chosen.currency}, difference to ledger "
        f"{difference_to_ledger(chosen, found):.3f}"
    )


BONUS = told_by(
    "Adds a bonus for a publisher, positive or negative, in the publisher's currency; it goes to the next "
    "statement.",
    "counterfoil bonus add --publisher 7700001 --tracker 401 --month 2026-03 --amount 50 --reason Spring",
    "counterfoil bonus add --publisher 7700001 --tracker 401 --month 2026-03 --amount -8.40 --reason A-1",
)


def add_bonus(
    context: typer.Context,
    publisher: Annotated[str, typer.Option("--publisher", metavar="CID", help="The publisher's company.")],
    tracker: Annotated[str, typer.Option("--tracker", metavar="ID", help="The action tracker it is for.")],
    month: Annotated[
        str, typer.Option("--month", metavar="MONTH", help="The month it is for, such as 2026-03.")
    ],
    amount: Annotated[str, typer.Option("--amount", help="In the publisher's currency; may be negative.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, for both sides to read.")],
) -> None:
    """Posts one bonus record."""
    frame = frame_of(context)
    from counterfoil import app
    from counterfoil.cli.frame import whole
    from counterfoil.statements import Bonus

    bonus = Bonus(
        publisher_id=whole(publisher, "--publisher"),
        action_tracker_id=whole(tracker, "--tracker"),
        month=_month(month),
        amount=_amount(amount),
        reason=reason,
        added_by=person(),
    )
    with app.books(frame.settings()) as books:
        position = books.add_bonus(bonus)
    if frame.is_json:
        write_json({"position": position})
        return
    write_line(f"Posted a bonus of {bonus.amount} for publisher {bonus.publisher_id}.")


PAID = told_by(
    "Marks an invoice or statement as paid.",
    "counterfoil statement paid ST-2026-000001 --on 2026-04-20 --reference SEPA-77",
    "counterfoil statement paid INV-2026-000001 --on 2026-04-02 --reference 1042 --json",
)


def mark_paid(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="Such as ST-2026-000001.")],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day of the payment.")],
    reference: Annotated[str, typer.Option("--reference", help="How the bank names the payment.")],
) -> None:
    """Notes the payment."""
    frame = frame_of(context)
    from counterfoil import app

    day = moment(on, "--on")
    assert day is not None
    with app.books(frame.settings()) as books:
        books.mark_paid(number, day.date(), reference, person())
    if frame.is_json:
        write_json({"number": number, "paid_on": day.date()})
        return
    write_line(f"{number} is paid.")


def _month(text: str) -> date:
    from datetime import date

    if not _MONTH.fullmatch(text):
        raise Wrong(f"{text!r} is no month.", "Write it as 2026-03.")
    return date(int(text[:4]), int(text[5:]), 1)


def _amount(text: str) -> Decimal:
    from decimal import Decimal

    if not _AMOUNT.fullmatch(text):
        raise Wrong(f"--amount is {text!r}, not an amount.", "Write it as 50.00 or -8.40.")
    return Decimal(text)


def _as_object(closed: Closed) -> dict[str, Any]:
    return {
        "month": f"{closed.month:%Y-%m}",
        "was_closed": closed.was_closed,
        "actions": closed.actions,
        "papers": [_paper(each) for each in closed.statements],
        "waiting": [each._asdict() for each in closed.waiting],
    }


def _paper(statement: Statement) -> dict[str, Any]:
    return {"number": statement.number, **statement._asdict()}


def _show_papers(frame: Frame, papers: Iterable[Statement]) -> None:
    write_table(
        frame,
        ("number", "company", "total", "brought forward", "payable", "carried forward", "currency", "paid"),
        [
            (
                each.number,
                each.company_id,
                each.total,
                each.brought_forward,
                each.payable,
                each.carried_forward,
                each.currency,
                each.paid_on or "",
            )
            for each in papers
        ],
    )


def _tell(frame: Frame, rows: list[dict[str, Any]], *, as_csv: bool) -> None:
    if frame.is_json:
        write_json(rows)
        return
    if not rows:
        note("Nothing yet: the month has not been closed.")
        return
    if as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([_guarded(value) for value in row.values()] for row in rows)
        return
    write_table(frame, tuple(rows[0]), [tuple(row.values()) for row in rows])


def _guarded(value: object) -> object:
    """Text that a spreadsheet would take for a formula gets an apostrophe; numbers stay numbers."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r", "\0"):
        return f"'{value}"
    return value
