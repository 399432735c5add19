"""Commands about copies of everything: backup, restore.

Owns their options and what they tell. Leaves the copying to backups.py. Next: commands.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from counterfoil.cli.form import EPILOG, told_by
from counterfoil.cli.frame import ANSWER_IS_NO, Wrong, frame_of, person
from counterfoil.cli.output import note, progress_told, write_json, write_line

if TYPE_CHECKING:
    from counterfoil.verification import Report


def add_to(application: typer.Typer) -> None:
    """Names the commands of this module."""
    application.command("backup", help=BACKUP, epilog=EPILOG)(backup)
    application.command("restore", help=RESTORE, epilog=EPILOG)(restore)


BACKUP = told_by(
    "Copies everything of one moment into a new folder, while orders go on coming in.",
    "counterfoil backup /backups/2026-03-01",
    "counterfoil backup ./before-the-upgrade --json",
)


def backup(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to; it must not exist yet.")],
) -> None:
    """Writes the folder, and says how much is in it."""
    frame = frame_of(context)
    from counterfoil import app, backups

    with app.owning(frame.settings()) as (connection, reached):
        slip = backups.back_up(connection, reached.urls.owner, folder.absolute(), person(), note)
    if frame.is_json:
        write_json(slip)
        return
    write_line(
        f"Backed up {slip.extent.submissions:,} submissions and {slip.extent.records:,} records "
        f"into {folder} ({slip.size / 1e6:,.1f} MB)."
    )
    write_line(
        f"next: keep it on another machine; counterfoil restore {folder} --data-dir NEW brings it back"
    )


RESTORE = told_by(
    "Brings a backup back into an empty database, and verifies everything in it before it may be served.",
    "counterfoil restore /backups/2026-03-01 --data-dir ./restored",
    "counterfoil restore --verify --data-dir ./restored",
)


def restore(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(metavar="FOLDER", help="The folder that counterfoil backup wrote.")
    ] = None,
    only_verify: Annotated[
        bool, typer.Option("--verify", help="Verify what was loaded before, and let it be served.")
    ] = False,
) -> None:
    """Shows what was loaded and verified; exit code 1 if a check fails: then it is not served."""
    frame = frame_of(context)
    if (folder is None) is not only_verify:
        raise Wrong("Name a backup, or ask for --verify.", "Write it as counterfoil restore FOLDER.")
    from counterfoil import app, verification

    settings = frame.settings()
    report = (
        app.verify_restored(settings, person(), progress_told)
        if folder is None
        else app.restore(settings, folder.absolute(), person(), note, progress_told)
    )
    if frame.is_json:
        write_json(verification.as_json(report))
    else:
        _tell(report, verification.as_text(report))
    if not report.is_clean:
        raise typer.Exit(ANSWER_IS_NO)


def _tell(report: Report, whole: str) -> None:
    if report.is_clean:
        write_line(f"Verified: {len(report.findings)} checks, no violation.")
        write_line("next: counterfoil serve")
        return
    write_line(whole)
    write_line(
        "next: take another backup; this one is not served until counterfoil restore --verify is clean"
    )
