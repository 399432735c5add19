"""The processes that `serve` and `worker` start, by `python -m counterfoil.child NAME [FD]...`.

Owns what an API process, a reader and a processor are from beginning to end. Leaves parts to app.py. Next:
api/service.py, running.py.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socket import socket

import counterfoil.plain  # noqa: F401 - before whatever logs

# isort: split
import psycopg
import structlog

from counterfoil import app, crashpoint, metrics, tracing
from counterfoil.logs import start_logs
from counterfoil.settings import Settings, read_settings
from counterfoil.store.embedded import StoreUnavailable
from counterfoil.store.migrate import SchemaError, check_schema
from counterfoil.supervision import stop_when_asked, stop_when_orphaned, wait_for_the_word


def main(arguments: list[str]) -> None:
    """Becomes the process that the arguments name, once it has the word. Settings come by the environment."""
    settings = read_settings()
    start_logs(settings)
    become = _loaded(arguments)
    if not wait_for_the_word():
        return
    try:
        metrics.share(settings.data_dir / app.METRICS)
        tracing.begin(tracing.exporter_of(settings.traces))
        become(settings)
    except (StoreUnavailable, SchemaError, psycopg.OperationalError) as error:
        # The supervisor starts us again until the database is back: a line for each try, not a traceback.
        structlog.get_logger("counterfoil").error("process_cannot_start", error=str(error).strip())
        raise SystemExit(1) from None


def _loaded(arguments: list[str]) -> Callable[[Settings], None]:
    """What the process will do. All that it takes is loaded now, and nothing that another kind would take."""
    match arguments:
        case ["api", descriptor]:
            return _api(int(descriptor), None)
        case ["api", descriptor, readers]:
            return _api(int(descriptor), int(readers))
        case ["reader", descriptor]:
            return _reader(int(descriptor))
        case ["processor"]:
            return _processor()
        case _:
            raise SystemExit("usage: python -m counterfoil.child api FD [FD] | reader FD | processor")


@contextmanager
def _database(settings: Settings, purpose: str) -> Iterator[app.Database]:
    """The database for as long as the process works, and its crash point armed."""
    crashpoint.arm(settings.crashpoint)
    reached = app.Database(settings, purpose=purpose, say=app.silently)
    try:
        yield reached
    finally:
        reached.release()


def _processor() -> Callable[[Settings], None]:
    """A processor: stops also when the supervisor is gone."""
    from counterfoil import verifying  # noqa: PLC0415 - see _loaded
    from counterfoil.running import process_until  # noqa: PLC0415
    from counterfoil.scheduler import Scheduler  # noqa: PLC0415
    from counterfoil.watching import watch_chunk  # noqa: PLC0415

    def decide(settings: Settings) -> None:
        stop = stop_when_asked()
        stop_when_orphaned(stop.set)
        with _database(settings, "processor") as reached:
            with reached.connect("processor") as connection:
                check_schema(connection)
            # Once the database runs: it would stand back with us. Before our threads, which do as this does.
            with suppress(OSError):
                os.nice(settings.processor_niceness)
            verifying.begin(lambda: reached.connect("verifier"), settings.verify_every_minutes, stop)
            process_until(
                stop,
                app.new_worker(settings, reached, report=watch_chunk),
                Scheduler(lambda: reached.connect("scheduler")),
                lambda: reached.connect("bell"),
            )

    return decide


def _api(listener: int, readers: int | None) -> Callable[[Settings], None]:
    """An API process on the socket it is handed; stops also when the supervisor is gone.

    `readers` is the descriptor of the queue to the readers; without it large requests are read here too.
    """
    from counterfoil.api.service import Service, run  # noqa: PLC0415 - see _loaded
    from counterfoil.sandbox import SandboxTime  # noqa: PLC0415

    def answer(settings: Settings) -> None:
        with _database(settings, "api") as reached:
            service = Service(
                settings,
                app.clock_of(reached),
                SandboxTime(reached.connect, lambda: app.new_worker(settings, reached)),
                reached.urls.server,
                reached.connect,
                readers=socket(fileno=readers) if readers is not None else None,
            )
            run(service, socket(fileno=listener), on_start=stop_when_orphaned)

    return answer


def _reader(requests: int) -> Callable[[Settings], None]:
    """A reader of the requests in the queue it is handed; stops also when the supervisor is gone."""
    from counterfoil.api.reader import be_modest  # noqa: PLC0415 - see _loaded
    from counterfoil.api.service import read  # noqa: PLC0415

    def take(settings: Settings) -> None:
        stop = stop_when_asked()
        stop_when_orphaned(stop.set)
        with _database(settings, "reader") as reached:
            with reached.connect("reader") as connection:
                check_schema(connection)
            be_modest()
            read(settings, reached.urls.server, reached.connect, socket(fileno=requests), stop)

    return take


if __name__ == "__main__":
    main(sys.argv[1:])
