"""Commands about the ledger: ledger verify, ledger replay.

Owns their options and how a violation or a difference is shown. Leaves the checks to verification.py and the
deciding to replaying.py. Next: commands.py.
"""

from __future__ import annotations

from typing import Annotated

import typer

from counterfoil.cli.form import CONTEXT, EPILOG, told_by
from counterfoil.cli.frame import ANSWER_IS_NO, Wrong, frame_of
from counterfoil.cli.output import progress_told, write_json, write_line
from counterfoil.cli.told import nearest


def add_to(application: typer.Typer) -> None:
    """Names the commands of this module."""
    group = typer.Typer(
        help="The ledger: whether it holds what it promises.", rich_markup_mode=None, context_settings=CONTEXT
    )
    group.command("verify", help=VERIFY, epilog=EPILOG)(verify)
    group.command("replay", help=REPLAY, epilog=EPILOG)(replay)
    application.add_typer(group, name="ledger", epilog=EPILOG)


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
    from counterfoil import app, verification, verifying

    settings = frame.settings()
    progress = None if frame.is_json else progress_told
    with app.administering(settings) as connection:
        try:
            if only is None:
                report = verifying.verify_all(connection, progress)
            else:
                report = verification.verify(connection, [only], progress)
        except verification.UnknownInvariant as unknown:
            known = [invariant.id for invariant in verification.INVARIANTS]
            raise Wrong(f"There is no check {only}.", nearest(str(only).upper(), known)) from unknown
    if frame.is_json:
        write_json(verification.as_json(report))
    else:
        write_line(verification.as_text(report))
    if not report.is_clean:
        raise typer.Exit(ANSWER_IS_NO)


REPLAY = told_by(
    "Decides the whole log again and compares everything with the ledger; writes nothing.",
    "counterfoil ledger replay --check",
    "counterfoil ledger replay --check --json",
)


def replay(
    context: typer.Context,
    check: Annotated[  # noqa: ARG001 - the one thing a replay does; named so that its reader knows
        bool, typer.Option("--check", help="Compare with the ledger; this is what a replay does.")
    ] = True,
) -> None:
    """Shows what differs, ids and dates of posting apart; exit code 1 if anything does."""
    frame = frame_of(context)
    from counterfoil import app, replaying

    with app.reading(frame.settings()) as connection:
        found = replaying.replay_log(connection)
    if frame.is_json:
        write_json(found)
    else:
        write_line(
            f"{found.decided} submissions decided again, {found.undecided} held or waiting were left out."
        )
        write_line(f"{len(found.differences)} differences.")
        for each in found.differences:
            write_line(f"{each.submission_id} {each.what}")
            write_line(f"  ledger    {each.ledger}")
            write_line(f"  replayed  {each.replayed}")
    if found.differences:
        raise typer.Exit(ANSWER_IS_NO)
