"""Commands about the ledger: ledger verify.

Owns their options and how a violation is shown. Leaves the checks to verification.py. Next: commands.py.
"""

from __future__ import annotations

from typing import Annotated

import typer

from counterfoil.cli.form import CONTEXT, EPILOG, told_by
from counterfoil.cli.frame import frame_of
from counterfoil.cli.output import note, write_json, write_line, write_table

ANSWER_IS_NO = 1


def add_to(application: typer.Typer) -> None:
    """Names the commands of this module."""
    group = typer.Typer(
        help="The ledger: whether it holds what it promises.", rich_markup_mode=None, context_settings=CONTEXT
    )
    # A callback keeps the group a group while it has one command.
    group.callback()(_group)
    group.command("verify", help=VERIFY, epilog=EPILOG)(verify)
    application.add_typer(group, name="ledger", epilog=EPILOG)


def _group() -> None:
    """Takes nothing."""


VERIFY = told_by(
    "Checks everything the ledger promises, over all records.",
    "counterfoil ledger verify",
    "counterfoil ledger verify --only I4 --json",
)


def verify(
    context: typer.Context,
    only: Annotated[
        str | None, typer.Option("--only", metavar="ID", help="This check alone, such as I4.")
    ] = None,
) -> None:
    """Shows each check with its rows and time; exit code 1 if one is violated."""
    frame = frame_of(context)
    from counterfoil import verification

    report = verification.verify(frame.settings(), only=only)
    if frame.is_json:
        write_json(report)
    else:
        write_table(
            frame,
            ("check", "state", "rows", "ms"),
            [
                (check.id, "violated" if check.rows else "holds", check.rows, check.ms)
                for check in report.checks
            ],
        )
        for check in report.checks:
            if check.rows:
                write_line(f"{check.id}: {check.sentence}")
                for row in check.first_rows:
                    write_line(f"  {row}")
                note(f"fix: {check.remedy}")
    if any(check.rows for check in report.checks):
        raise typer.Exit(ANSWER_IS_NO)
