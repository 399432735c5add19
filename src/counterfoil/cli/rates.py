"""Commands about conversion rates: rates import.

Owns their options. Leaves the file to network/ecb.py and the log to administration.py. Next: commands.py.
"""

from __future__ import annotations

from typing import Annotated

import typer

from counterfoil.cli.form import CONTEXT, EPILOG, told_by
from counterfoil.cli.frame import frame_of, person
from counterfoil.cli.network import read_text, say_faults
from counterfoil.cli.output import write_json, write_line


def add_to(application: typer.Typer) -> None:
    """Names the commands of this module."""
    group = typer.Typer(help="Daily conversion rates.", rich_markup_mode=None, context_settings=CONTEXT)
    # A callback keeps the group a group while it has one command.
    group.callback()(_group)
    group.command("import", help=IMPORT, epilog=EPILOG)(import_file)
    application.add_typer(group, name="rates", epilog=EPILOG)


def _group() -> None:
    """Takes nothing."""


IMPORT = told_by(
    "Takes in the European Central Bank's file of daily rates; orders held for a rate go on.",
    "counterfoil rates import eurofxref-hist.csv",
    "counterfoil rates import eurofxref-hist.csv --json",
)


def import_file(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The file eurofxref-hist.csv, unzipped.")],
) -> None:
    """Says how many rates were new, or everything that is wrong with the file."""
    frame = frame_of(context)
    text = read_text(file)
    from counterfoil import administration, app

    with app.administering(frame.settings()) as connection:
        answer = administration.import_rates(connection, text, file, person())
    if isinstance(answer, list):
        say_faults(frame, file, answer)
        raise typer.Exit(1)
    if frame.is_json:
        write_json({"new_rates": answer})
        return
    write_line(f"{answer} new rates." if answer else "Nothing new: every rate of the file is known.")
