"""Commands about the network file: network apply, network export.

Owns their options and how a difference or a fault is shown. Leaves the file to network/ and the applying to
administration.py. Next: tokens.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from counterfoil.cli.form import CONTEXT, EPILOG, told_by
from counterfoil.cli.frame import Frame, Wrong, frame_of, person
from counterfoil.cli.output import note, write_json, write_line
from counterfoil.cli.told import Told, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterfoil.administration import Applied
    from counterfoil.network import Fault

REFERENCE = "docs/reference/network-file.md"


def add_to(application: typer.Typer) -> None:
    """Names the commands of this module."""
    group = typer.Typer(
        help="Who takes part, and what is paid for what, as one file.",
        rich_markup_mode=None,
        context_settings=CONTEXT,
    )
    group.command("apply", help=APPLY, epilog=EPILOG)(apply)
    group.command("export", help=EXPORT, epilog=EPILOG)(export)
    application.add_typer(group, name="network", epilog=EPILOG)


APPLY = told_by(
    "Applies a network file as the next version, whole or not at all.",
    "counterfoil network apply network.toml --dry-run",
    "counterfoil network apply network.toml",
)


def apply(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The network file (TOML).")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
) -> None:
    """Shows the difference, or everything that is wrong with the file."""
    frame = frame_of(context)
    text = read_text(file)
    from counterfoil import network

    faulty = network.read(text, file)
    if isinstance(faulty, list):
        # Faults of the file alone are told without a database.
        say_faults(frame, file, faulty)
        raise typer.Exit(1)
    from counterfoil import administration, app

    with app.administering(frame.settings()) as connection:
        answer = administration.apply_network(connection, text, file, person(), dry_run=dry_run)
    if isinstance(answer, list):
        say_faults(frame, file, answer)
        raise typer.Exit(1)
    _show(frame, answer, dry_run=dry_run)


EXPORT = told_by(
    "Prints the network in force as a file that can be changed and applied.",
    "counterfoil network export > network.toml",
    "counterfoil network export --json",
)


def export(context: typer.Context) -> None:
    """Prints the file."""
    frame = frame_of(context)
    from counterfoil import administration, app

    with app.administering(frame.settings()) as connection:
        text = administration.export_network(connection)
    if frame.is_json:
        write_json({"network": text})
        return
    write_line(text.removesuffix("\n"))


def read_text(file: str) -> str:
    """The text of a file that the command names. Raises Wrong if it cannot be read."""
    try:
        return Path(file).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Wrong(f"{file} is not UTF-8 text.", "Save it as UTF-8.") from error
    except OSError as error:
        raise Wrong(f"{file} cannot be read: {error.strerror}.", "Name a file that is there.") from error


def _show(frame: Frame, applied: Applied, *, dry_run: bool) -> None:
    change = applied.change
    if frame.is_json:
        write_json(
            {
                "version": applied.version,
                "dry_run": dry_run,
                "changes_nothing": change.changes_nothing,
                "changes": [] if change.changes_nothing else change.told(),
            }
        )
        return
    for line in change.told():
        write_line(line)
    if change.changes_nothing:
        return
    note(
        f"Version {applied.version} stays in force: this was a dry run."
        if dry_run
        else f"Version {applied.version} is in force."
    )


def say_faults(frame: Frame, file: str, faults: Sequence[Fault]) -> None:
    """Everything that is wrong with a file, each fault with its remedy."""
    if frame.is_json:
        count = f"{len(faults)} faults" if len(faults) > 1 else "a fault"
        whole = Told(f"{file} has {count}; nothing was applied.", "Correct each, then apply.", REFERENCE, 1)
        say(frame, whole, faults=list(faults))
        return
    for index, fault in enumerate(faults):
        where, _, remedy = fault.told().partition("\nfix: ")
        is_last = index == len(faults) - 1
        say(frame, Told(where, remedy, REFERENCE if is_last else "", 1))
