"""One API process: its parts wired, served until it is asked to stop.

Owns the parts' beginning and end. Leaves routes to http.py. Next: app.py, which starts it.
"""

from __future__ import annotations

import gc
import signal
import socket
import sys
from collections.abc import Callable
from importlib.resources import files
from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit, setrlimit
from threading import Event
from types import FrameType

import uvicorn
from psycopg import Connection

from counterfoil import __version__
from counterfoil.api.answers import Answer
from counterfoil.api.auth import Door
from counterfoil.api.commissions import CommissionsApi
from counterfoil.api.error_pages import error_pages
from counterfoil.api.explorer import Explorer
from counterfoil.api.export import Exports
from counterfoil.api.handing import Readers
from counterfoil.api.http import Api
from counterfoil.api.leaving import LEAVING_MAX
from counterfoil.api.lookups import Lookups
from counterfoil.api.metering import Meter
from counterfoil.api.passing import guarded
from counterfoil.api.plain_pages import style_sheet
from counterfoil.api.reader import Reader
from counterfoil.api.start_page import start_page
from counterfoil.api.tracking import TrackingApi
from counterfoil.capture.shape import ShapeLimits
from counterfoil.clock import Clock
from counterfoil.health import Check, readiness
from counterfoil.intake import Intake
from counterfoil.sandbox import SandboxTime
from counterfoil.settings import Settings
from counterfoil.store.facts import Networks
from counterfoil.store.pool import Pool

READERS_MAX = 8
GRACE_S = 3
KEEP_ALIVE_S = 75
YOUNG_MAX = 20_000
"""Objects that an API process makes between two looks of the garbage collector."""

SWITCH_S = 0.001
"""How long the thread that commits waits for the event loop, several times in each group."""

FILES_BESIDE = 200
"""Open files of an API process that are no connections of callers."""


def shape_limits(settings: Settings) -> ShapeLimits:
    """The limits of D146 as the settings have them."""
    return ShapeLimits(**{name: getattr(settings, f"shape_{name}") for name in ShapeLimits.__struct_fields__})


def schema_files() -> dict[str, Answer]:
    """The SDL files by the path under which they are served."""
    folder = files("counterfoil.api")
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    return {
        f"/schema/{name}": Answer(200, (folder / name.replace("-", "_")).read_bytes(), headers)
        for name in ("tracking.graphql", "commission-detail.graphql")
    }


def served_files(explorer: Explorer | None) -> dict[str, Answer]:
    """Everything that is served as it is, by path."""
    pages = start_page(explorer is not None) | error_pages() | style_sheet()
    return schema_files() | pages | (explorer.files if explorer is not None else {})


class Service:
    """The parts of one API process."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        sandbox: SandboxTime,
        url: str,
        connect: Callable[[str], Connection],
        *,
        readers: socket.socket | None = None,
    ) -> None:
        """`url` is the serving role's, `connect` opens a connection of it under a name.

        `readers` is the left end of the queue to the readers, where there are some.
        """
        self.settings = settings
        self._pool = Pool(url, name="api", size_max=READERS_MAX)
        self._intake = Intake(
            lambda: connect("intake"), waiting_bytes_max=settings.waiting_mb_max * 1024 * 1024
        )
        networks = Networks()
        door = Door(self._pool, networks)
        explorer = Explorer() if settings.explorer == "on" else None
        self.api = Api(
            settings,
            clock=clock,
            door=door,
            intake=self._intake,
            tracking=TrackingApi(
                settings, shape_limits(settings), __version__, Lookups(self._pool, networks)
            ),
            commissions=CommissionsApi(settings, shape_limits(settings), self._pool, networks),
            exports=Exports(settings, door=door, pool=self._pool, networks=networks),
            meter=Meter(settings, door, self._pool),
            readiness=self.readiness,
            files=served_files(explorer),
            pages=explorer.pages if explorer is not None else {},
            sandbox=sandbox,
            readers=Readers(readers) if readers is not None else None,
        )

    def readiness(self) -> list[Check]:
        """Whether orders can be served: database, schema, clock, backlog, disk."""
        with self._pool.connection() as connection:
            return readiness(connection, self.settings.data_dir)

    def close(self) -> None:
        """Finishes what waits and lets go of the database."""
        self._intake.close()
        self._pool.close()


def read(
    settings: Settings, url: str, connect: Callable[[str], Connection], queue: socket.socket, stop: Event
) -> None:
    """One reader: takes large requests from the right end of the queue until `stop` is set."""
    connections = Pool(url, name="reader", size_max=READERS_MAX)
    intake = Intake(lambda: connect("intake"), waiting_bytes_max=settings.waiting_mb_max * 1024 * 1024)
    networks = Networks()
    try:
        reader = Reader(
            door=Door(connections, networks),
            tracking=TrackingApi(
                settings, shape_limits(settings), __version__, Lookups(connections, networks)
            ),
            intake=intake,
            at_once=settings.large_requests_max,
        )
        reader.read_until(stop, queue)
    finally:
        intake.close()
        connections.close()


def server_of(service: Service) -> uvicorn.Server:
    """The HTTP server in front of a service."""
    settings = service.settings
    proxies = [each.strip() for each in settings.trusted_proxies.split(",") if each.strip()]
    config = uvicorn.Config(
        service.api,
        http=guarded(settings.connections_max, settings.connections_address_max, service.api.at_once),
        ws="none",
        loop="auto",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        # Without a list of its own the server would believe whatever comes from this machine.
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=KEEP_ALIVE_S,
    )
    return uvicorn.Server(config)


def run(service: Service, listener: socket.socket, *, on_start: Callable[[Callable[[], None]], None]) -> None:
    """Serves on the listening socket until asked to stop; `on_start` is handed a way to ask."""
    _allow_connections(service.settings.connections_max)
    server = server_of(service)

    def ask() -> None:
        server.should_exit = True

    # The server raises its signal once more when it is done; by then there is nothing left to interrupt.
    signal.signal(signal.SIGTERM, _nothing)
    signal.signal(signal.SIGINT, _nothing)
    on_start(ask)
    # What is loaded by now stays: no later collection has to look at it. Requests leave few cycles behind,
    # and dozens of them are under way at any time, through which every collection would look.
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_MAX, 20, 20)
    sys.setswitchinterval(SWITCH_S)
    try:
        server.run(sockets=[listener])
    finally:
        service.close()


def _allow_connections(connections_max: int) -> None:
    """Asks the system for as many open files as the connections need; it gives what it may."""
    soft, hard = getrlimit(RLIMIT_NOFILE)
    wanted = 2 * connections_max + LEAVING_MAX + FILES_BESIDE
    if soft != RLIM_INFINITY and soft < wanted:
        setrlimit(RLIMIT_NOFILE, (wanted if hard == RLIM_INFINITY else min(wanted, hard), hard))


def _nothing(_signal: int, _frame: FrameType | None) -> None:
    pass
