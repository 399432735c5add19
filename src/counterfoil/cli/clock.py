"""Commands about the clock of a sandbox: clock show, clock advance, clock set.

Owns their options. Leaves the moving to sandbox.py. Next: rates.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from counterfoil.cli.form import CONTEXT, EPILOG, told_by
from counterfoil.cli.frame import Frame, frame_of, moment, person
from counterfoil.cli.output import write_json, write_line

if TYPE_CHECKING:
    from datetime import datetime


def add_to(application: typer.Typer) -> None:
    """Names the commands of this module."""
    group = typer.Typer(
        help="The business clock of a sandbox: it moves forward only.",
        rich_markup_mode=None,
        context_settings=CONTEXT,
    )
    group.command("show", help=SHOW, epilog=EPILOG)(show)
    group.command("advance", help=ADVANCE, epilog=EPILOG)(advance)
    group.command("set", help=SET, epilog=EPILOG)(set_to)
    application.add_typer(group, name="clock", epilog=EPILOG)


SHOW = told_by(
    "Shows the time at which a sandbox stands.", "counterfoil clock show", "counterfoil clock show --json"
)


def show(context: typer.Context) -> None:
    """Shows the time."""
    frame = frame_of(context)
    from counterfoil import app

    with app.sandbox_time(frame.settings()) as clock:
        _tell(frame, clock.now())


ADVANCE = told_by(
    "Moves a sandbox's clock on; what was received before is decided first, what falls due happens.",
    "counterfoil clock advance 10d",
    "counterfoil clock advance 1d12h --data-dir ./sandbox",
)


def advance(
    context: typer.Context,
    by: Annotated[str, typer.Argument(metavar="DURATION", help="Such as 10d, 36h, 1d12h or 90s.")],
) -> None:
    """Moves the clock by a duration."""
    frame = frame_of(context)
    from counterfoil import app
    from counterfoil.sandbox import duration

    wanted = duration(by)
    with app.sandbox_time(frame.settings()) as clock:
        _tell(frame, clock.advance(wanted, person()))


SET = told_by(
    "Moves a sandbox's clock forward to a time.",
    "counterfoil clock set 2026-04-11T09:00:00Z",
    "counterfoil clock set 2026-04-11 --json",
)


def set_to(
    context: typer.Context,
    to: Annotated[str, typer.Argument(metavar="TIME", help="Such as 2026-04-11T09:00:00Z.")],
) -> None:
    """Moves the clock to a time."""
    frame = frame_of(context)
    from counterfoil import app

    wanted = moment(to, "TIME")
    assert wanted is not None
    with app.sandbox_time(frame.settings()) as clock:
        _tell(frame, clock.set(wanted, person()))


def _tell(frame: Frame, now: datetime) -> None:
    text = now.isoformat().replace("+00:00", "Z")
    if frame.is_json:
        write_json({"clock": text})
        return
    write_line(f"The clock stands at {text}.")
