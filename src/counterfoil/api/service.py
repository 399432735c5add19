"""One API process: its parts wired, served until it is asked to stop.

Owns the parts' beginning and end. Leaves routes to http.py. Next: app.py, which starts it.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from importlib.resources import files
from types import FrameType

import uvicorn
from psycopg import Connection

from counterfoil import __version__
from counterfoil.api.answers import Answer
from counterfoil.api.auth import Door
from counterfoil.api.commissions import CommissionsApi
from counterfoil.api.connection import GuardedProtocol
from counterfoil.api.explorer import Explorer
from counterfoil.api.export import Exports
from counterfoil.api.http import Api
from counterfoil.api.lookups import Lookups
from counterfoil.api.tracking import TrackingApi
from counterfoil.capture.shape import ShapeLimits
from counterfoil.clock import Clock
from counterfoil.intake import Intake
from counterfoil.sandbox import SandboxTime
from counterfoil.settings import Settings
from counterfoil.store.connection import pool
from counterfoil.store.facts import Networks
from counterfoil.store.migrate import check_schema

READERS_MAX = 8
GRACE_S = 3
KEEP_ALIVE_S = 75


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


class Service:
    """The parts of one API process."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        sandbox: SandboxTime,
        url: str,
        connect: Callable[[str], Connection],
    ) -> None:
        """`url` is the serving role's, `connect` opens a connection of it under a name."""
        self._pool = pool(url, name="api", size_max=READERS_MAX)
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
            is_ready=self.is_ready,
            files=schema_files() | (explorer.files if explorer is not None else {}),
            pages=explorer.pages if explorer is not None else {},
            sandbox=sandbox,
        )

    def is_ready(self) -> bool:
        """Whether the database answers and has the schema that this program knows."""
        with self._pool.connection() as connection:
            check_schema(connection)
        return True

    def close(self) -> None:
        """Finishes what waits and lets go of the database."""
        self._intake.close()
        self._pool.close()


def server_of(service: Service) -> uvicorn.Server:
    """The HTTP server in front of a service."""
    config = uvicorn.Config(
        service.api,
        http=GuardedProtocol,
        ws="none",
        loop="auto",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=KEEP_ALIVE_S,
    )
    return uvicorn.Server(config)


def run(service: Service, listener: socket.socket, *, on_start: Callable[[Callable[[], None]], None]) -> None:
    """Serves on the listening socket until asked to stop; `on_start` is handed a way to ask."""
    server = server_of(service)

    def ask() -> None:
        server.should_exit = True

    # The server raises its signal once more when it is done; by then there is nothing left to interrupt.
    signal.signal(signal.SIGTERM, _nothing)
    signal.signal(signal.SIGINT, _nothing)
    on_start(ask)
    try:
        server.run(sockets=[listener])
    finally:
        service.close()


def _nothing(_signal: int, _frame: FrameType | None) -> None:
    pass
