"""The processes that `serve` and `worker` start, by `python -m counterfoil.child NAME [FD]...`.

Owns what an API process, a reader and a processor are from beginning to end. Leaves parts to app.py. Next:
api/service.py, running.py.
"""

from __future__ import annotations

import sys
from socket import socket

import psycopg
import structlog

from counterfoil import app, crashpoint, metrics, tracing, verifying
from counterfoil.running import process_until, stop_when_asked, stop_when_orphaned
from counterfoil.sandbox import SandboxTime
from counterfoil.scheduler import Scheduler
from counterfoil.settings import Settings, read_settings
from counterfoil.store.embedded import StoreUnavailable
from counterfoil.store.migrate import SchemaError, check_schema
from counterfoil.watching import watch_chunk


def main(arguments: list[str]) -> None:
    """Becomes the process that the arguments name; the settings come by the environment."""
    settings = read_settings()
    app.start_logs(settings)
    try:
        _become(arguments, settings)
    except (StoreUnavailable, SchemaError, psycopg.OperationalError) as error:
        # The supervisor starts us again until the database is back: a line for each try, not a traceback.
        structlog.get_logger("counterfoil").error("process_cannot_start", error=str(error).strip())
        raise SystemExit(1) from None


def _become(arguments: list[str], settings: Settings) -> None:
    metrics.share(settings.data_dir / app.METRICS)
    tracing.begin(tracing.exporter_of(settings.traces))
    match arguments:
        case ["api", descriptor]:
            _answer(settings, int(descriptor))
        case ["api", descriptor, readers]:
            _answer(settings, int(descriptor), int(readers))
        case ["reader", descriptor]:
            _read(settings, int(descriptor))
        case ["processor"]:
            _decide(settings)
        case _:
            raise SystemExit("usage: python -m counterfoil.child api FD [FD] | reader FD | processor")


def _decide(settings: Settings) -> None:
    """A processor under `serve`: stops also when the supervisor is gone."""
    crashpoint.arm(settings.crashpoint)
    stop = stop_when_asked()
    stop_when_orphaned(stop.set)
    reached = app.Database(settings, purpose="processor", say=app.silently)
    try:
        with reached.connect("processor") as connection:
            check_schema(connection)
        verifying.begin(lambda: reached.connect("verifier"), settings.verify_every_minutes, stop)
        process_until(
            stop,
            app.new_worker(settings, reached, report=watch_chunk),
            Scheduler(lambda: reached.connect("scheduler")),
            lambda: reached.connect("bell"),
        )
    finally:
        reached.release()


def _answer(settings: Settings, listener: int, readers: int | None = None) -> None:
    """An API process under `serve`, on the socket it hands down; stops also when the supervisor is gone.

    `readers` is the descriptor of the queue to the readers; without it large requests are read here too.
    """
    # A processor has no use for the API, and for a quarter of its own memory it would only hold that.
    from counterfoil.api.service import Service, run  # noqa: PLC0415 - as said above

    crashpoint.arm(settings.crashpoint)
    reached = app.Database(settings, purpose="api", say=app.silently)
    try:
        sandbox = SandboxTime(reached.connect, lambda: app.new_worker(settings, reached))
        service = Service(
            settings,
            app.clock_of(reached),
            sandbox,
            reached.urls.server,
            reached.connect,
            readers=socket(fileno=readers) if readers is not None else None,
        )
        run(service, socket(fileno=listener), on_start=stop_when_orphaned)
    finally:
        reached.release()


def _read(settings: Settings, requests: int) -> None:
    """A reader under `serve`, of the requests in the queue it hands down."""
    from counterfoil.api.reader import be_modest  # noqa: PLC0415 - as in _answer
    from counterfoil.api.service import read  # noqa: PLC0415 - as in _answer

    crashpoint.arm(settings.crashpoint)
    stop = stop_when_asked()
    stop_when_orphaned(stop.set)
    reached = app.Database(settings, purpose="reader", say=app.silently)
    try:
        with reached.connect("reader") as connection:
            check_schema(connection)
        be_modest()
        read(settings, reached.urls.server, reached.connect, socket(fileno=requests), stop)
    finally:
        reached.release()


if __name__ == "__main__":
    main(sys.argv[1:])
