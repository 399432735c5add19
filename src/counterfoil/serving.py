"""Serving: what `serve` and `worker` do, from their start to their end.

Owns the order of a start: one server on a data directory, its port, its processes, and the database, which
is made ready while they load. Leaves wiring to app.py, imported when they are on their way. Next: that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event
from typing import TYPE_CHECKING

import counterfoil.plain  # noqa: F401 - before whatever logs

# isort: split
from counterfoil import tracing
from counterfoil.logs import start_logs
from counterfoil.settings import Settings
from counterfoil.supervision import (
    Child,
    listening_socket,
    only_server_of,
    prepared,
    queue,
    stop_when_asked,
    supervise,
)

if TYPE_CHECKING:
    from counterfoil.app import Database


def serve(
    settings: Settings,
    *,
    clock: datetime | None = None,
    started: Callable[[Database, Event], None] | None = None,
) -> None:
    """What `counterfoil serve` does: API and processors until SIGTERM or Ctrl-C.

    `clock` makes a new data directory a sandbox whose time stands there. `started` is called once the
    database is up, with an event that stops everything; without it the address is said. Raises SettingError,
    StoreUnavailable, SchemaError.
    """
    start_logs(settings)
    stop = stop_when_asked()
    # Before anything is started for it: a process of ours would fail again and again.
    tracing.exporter_of(settings.traces)
    into, out_of = queue()
    with (
        into,
        out_of,
        only_server_of(settings.data_dir),
        listening_socket(settings.host, settings.port) as listener,
    ):
        api = _api(settings, listener.fileno(), into.fileno())
        others = [*_readers(settings, out_of.fileno()), *_processors(settings)]
        # Callers wait for the API alone, so that it has the machine to itself while the database starts.
        with prepared(api), _made_ready(settings, "serve", clock) as reached:
            if started is not None:
                started(reached, stop)
            else:
                _say(f"Serving on {address_of(settings)}. Stop with Ctrl-C.")
            supervise([*api, *others], stop, reached.keep_alive)
    _say("Stopped.")


def work(settings: Settings) -> None:
    """What `counterfoil worker` does: processors alone, until they are asked to stop."""
    start_logs(settings)
    stop = stop_when_asked()
    tracing.exporter_of(settings.traces)
    processors = _processors(settings)
    with prepared(processors), _made_ready(settings, "worker") as reached:
        _say("Deciding and posting orders. Stop with Ctrl-C.")
        supervise(processors, stop, reached.keep_alive)
    _say("Stopped.")


def address_of(settings: Settings) -> str:
    """Where the server is reached, as a browser or `curl` takes it."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


@contextmanager
def _made_ready(settings: Settings, command: str, clock: datetime | None = None) -> Iterator[Database]:
    """The database of `serve` or `worker`: what is accepted and decided from now on keeps the promise."""
    # Loaded only now, when the children are loading too.
    from counterfoil import app, metrics  # noqa: PLC0415
    from counterfoil.administration import make_sandbox, note_options  # noqa: PLC0415
    from counterfoil.backups import refuse_unverified  # noqa: PLC0415
    from counterfoil.health import refuse_unsafe  # noqa: PLC0415

    with app.database(settings, purpose=command) as reached:
        if clock is not None:
            with reached.connect("clock") as connection:
                make_sandbox(connection, clock)
        with reached.connect("start") as connection:
            refuse_unverified(connection)
            refuse_unsafe(connection)
            note_options(connection, app.options_of(settings), f"counterfoil {command}")
        metrics.clean(settings.data_dir / app.METRICS)
        yield reached


def _say(sentence: str) -> None:
    from counterfoil.app import say_on_stderr  # noqa: PLC0415 - as above

    say_on_stderr(sentence)


def _api(settings: Settings, listener: int, into: int) -> list[Child]:
    """The API processes; `into` is their end of the queue to the readers."""
    descriptors = (listener, into) if settings.readers else (listener,)
    command = ["api", *map(str, descriptors)]
    return [Child(f"api {n}", command, settings, descriptors) for n in range(1, settings.workers + 1)]


def _readers(settings: Settings, out_of: int) -> list[Child]:
    command = ["reader", str(out_of)]
    return [Child(f"reader {n}", command, settings, (out_of,)) for n in range(1, settings.readers + 1)]


def _processors(settings: Settings) -> list[Child]:
    return [Child(f"processor {n}", ["processor"], settings, ()) for n in range(1, settings.processors + 1)]
