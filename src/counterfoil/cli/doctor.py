"""The command that looks whether all is well: doctor.

Owns its options and how a check is shown. Leaves the checks to health.py, and the round to examining.py.
Next: commands.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from counterfoil.cli.form import EPILOG, told_by
from counterfoil.cli.frame import ANSWER_IS_NO, Frame, frame_of
from counterfoil.cli.output import console, write_json, write_line, write_table

if TYPE_CHECKING:
    from counterfoil.examining import Examination

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def add_to(application: typer.Typer) -> None:
    """Names the command."""
    application.command("doctor", help=DOCTOR, epilog=EPILOG)(doctor)


DOCTOR = told_by(
    "Looks whether an accepted order is safe here, and what needs attention; changes nothing.",
    "counterfoil doctor",
    "counterfoil doctor --settings --json",
)


def doctor(
    context: typer.Context,
    settings: Annotated[
        bool, typer.Option("--settings", help="Show every setting with its origin as well.")
    ] = False,
) -> None:
    """Shows each check with its fix; exit code 1 if one failed."""
    frame = frame_of(context)
    from counterfoil.examining import examine

    found = examine(frame.settings())
    if frame.is_json:
        _as_json(found, settings)
    else:
        _as_lines(frame, found, settings)
    if not found.is_healthy:
        raise typer.Exit(ANSWER_IS_NO)


def _as_json(found: Examination, with_settings: bool) -> None:
    from counterfoil.health import as_json

    said = {"is_healthy": found.is_healthy, "version": found.version, "checks": as_json(found.checks)}
    write_json(said | ({"settings": found.settings} if with_settings else {}))


def _as_lines(frame: Frame, found: Examination, with_settings: bool) -> None:
    from rich.text import Text

    out = console(frame)
    for check in found.checks:
        style = _COLOURS[str(check.state)]
        out.print(
            Text.assemble((f"{check.state:<4}", style), f"  {check.name}: {check.says}"), soft_wrap=True
        )
        if check.fix:
            out.print(Text(f"      fix: {check.fix}"), soft_wrap=True)
    failed = sum(check.state == "fail" for check in found.checks)
    warned = sum(check.state == "warn" for check in found.checks)
    write_line(f"{len(found.checks)} checks: {failed} failed, {warned} with a warning.")
    if with_settings:
        write_table(
            frame,
            ("setting", "value", "from"),
            [(each.name, each.value, each.origin) for each in found.settings],
        )
