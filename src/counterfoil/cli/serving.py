"""Commands that run Counterfoil: serve, worker, migrate, demo, seed-demo.

Owns their options. Leaves the running to app.py and demo.py, imported when they are needed. Next: network.py.
"""

from __future__ import annotations

from typing import Annotated

import typer

from counterfoil.cli.form import EPILOG, told_by
from counterfoil.cli.frame import frame_of, moment
from counterfoil.cli.output import note, write_json, write_line, write_table

Port = Annotated[str | None, typer.Option("--port", metavar="N", help="Port to serve on; 8080 unless set.")]
ClockTime = Annotated[
    str | None,
    typer.Option(
        "--clock",
        metavar="TIME",
        help="Make a new data directory a sandbox, whose clock stands at this time until it is moved.",
    ),
]
Processors = Annotated[
    str | None,
    typer.Option("--processors", metavar="N", help="Processes that decide and post orders; 1 unless set."),
]


def add_to(application: typer.Typer) -> None:
    """Names the commands of this module."""
    for name, command, text in (
        ("serve", serve, SERVE),
        ("worker", worker, WORKER),
        ("migrate", migrate, MIGRATE),
        ("demo", demo, DEMO),
        ("seed-demo", seed_demo, SEED_DEMO),
    ):
        application.command(name, help=text, epilog=EPILOG)(command)


SERVE = told_by(
    "Serves the APIs, and decides and posts what they accept. Ends on Ctrl-C.",
    "counterfoil serve",
    "counterfoil serve --data-dir /srv/counterfoil --port 8090 --workers 2",
)


def serve(
    context: typer.Context,
    host: Annotated[
        str | None, typer.Option("--host", metavar="ADDRESS", help="Address; 127.0.0.1 unless set.")
    ] = None,
    port: Port = None,
    workers: Annotated[
        str | None,
        typer.Option("--workers", metavar="N", help="Processes that answer requests; 1 unless set."),
    ] = None,
    processors: Processors = None,
    clock: ClockTime = None,
) -> None:
    """Runs the server until it is asked to stop."""
    settings = frame_of(context).settings(host=host, port=port, workers=workers, processors=processors)
    from counterfoil.serving import serve as run

    run(settings, clock=moment(clock, "--clock"))


WORKER = told_by(
    "Decides and posts orders, without serving: for more machines on one database.",
    "counterfoil worker --processors 2",
    "counterfoil worker --data-dir /srv/counterfoil",
)


def worker(context: typer.Context, processors: Processors = None) -> None:
    """Runs processors until they are asked to stop."""
    settings = frame_of(context).settings(processors=processors)
    from counterfoil.serving import work

    work(settings)


MIGRATE = told_by(
    "Brings the schema of the database up to date.",
    "counterfoil migrate",
    "counterfoil migrate --data-dir /srv/counterfoil --json",
)


def migrate(context: typer.Context) -> None:
    """Applies the migrations that are missing, and names them."""
    frame = frame_of(context)
    from counterfoil import app

    steps = app.migrate_only(frame.settings())
    if frame.is_json:
        write_json({"applied": steps})
        return
    for step in steps:
        write_line(step)
    if not steps:
        note("Nothing to do: the schema is up to date.")


DEMO = told_by(
    "Starts a server with a demo network, and prints what is needed for the first order.",
    "counterfoil demo",
    "counterfoil demo --clock 2026-03-01T10:00:00Z",
)


def demo(context: typer.Context, port: Port = None, clock: ClockTime = None) -> None:
    """Seeds, serves and shows the way until it is asked to stop."""
    frame = frame_of(context)
    settings = frame.settings(port=port)
    from counterfoil import demo as show

    show.run(settings, clock=moment(clock, "--clock"))


SEED_DEMO = told_by(
    "Writes the demo network into the database and prints its ids, new tokens and new clicks.",
    "counterfoil seed-demo --json",
    "counterfoil seed-demo --data-dir /srv/counterfoil",
)


def seed_demo(context: typer.Context) -> None:
    """Seeds; a second time changes nothing but gives new tokens and clicks."""
    frame = frame_of(context)
    from counterfoil import app, seeding

    with app.administering(frame.settings()) as connection:
        seeded = seeding.seed_demo(connection)
    if frame.is_json:
        write_json(seeded)
        return
    write_table(frame, ("what", "value"), _lines(seeded))
    note("Tokens are shown this once; earlier ones stay valid.")


def _lines(seeded: object, path: str = "") -> list[tuple[str, object]]:
    """Every value with the path to it: `tokens.advertiser`."""
    if not isinstance(seeded, dict):
        return [(path, seeded)]
    return [line for key, value in seeded.items() for line in _lines(value, f"{path}.{key}" if path else key)]
