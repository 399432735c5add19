"""The command about acts: audit.

Owns its options and the table. Leaves the rows to store/acts.py. Next: commands.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from counterfoil.cli.form import EPILOG, told_by
from counterfoil.cli.frame import Wrong, frame_of, moment
from counterfoil.cli.output import write_json, write_line, write_table
from counterfoil.cli.told import nearest

if TYPE_CHECKING:
    from counterfoil.store.acts import Act


def add_to(application: typer.Typer) -> None:
    """Names the command."""
    application.command("audit", help=AUDIT, epilog=EPILOG)(audit)


AUDIT = told_by(
    "Lists what people and operators' tokens did: who, when, what, before and after.",
    "counterfoil audit --since 2026-03-01T00:00:00Z",
    "counterfoil audit --deed 'token created' --json",
)


def audit(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="Only from this time on.")
    ] = None,
    actor: Annotated[str | None, typer.Option("--actor", help="Only what this one did.")] = None,
    deed: Annotated[str | None, typer.Option("--deed", help="Only acts of this kind.")] = None,
) -> None:
    """Shows the acts in order; with --json one object with all of them, for another system."""
    frame = frame_of(context)
    from counterfoil import app
    from counterfoil.store import acts

    if deed is not None and deed not in set(acts.Deed):
        raise Wrong(f"There is no deed {deed!r}.", nearest(deed, acts.Deed))
    with app.reading(frame.settings()) as connection:
        found = acts.acts(
            connection,
            since=moment(since, "--since"),
            actor=actor,
            deed=None if deed is None else acts.Deed(deed),
        )
    if frame.is_json:
        write_json({"acts": [act._asdict() for act in found]})
        return
    if not found:
        write_line("Nothing was done.")
        return
    write_table(frame, ("when", "who", "what", "to", "before", "after"), [_row(act) for act in found])


def _row(act: Act) -> tuple[object, ...]:
    when = f"{act.acted_at:%Y-%m-%d %H:%M:%S} UTC"
    return when, act.actor, act.deed, act.subject, _words(act.before), _words(act.after)


def _words(figures: dict[str, object] | None) -> str:
    return ", ".join(f"{name} {value}" for name, value in (figures or {}).items() if value is not None)
