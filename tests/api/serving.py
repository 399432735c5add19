"""Serving: the real API on loopback, in this process, over a database with the demo network in it.

Owns the short way from a test to the wire and back. Leaves what is said to the tests. Next: conftest.py.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from http.client import HTTPConnection
from threading import Event, Thread
from types import TracebackType
from typing import Any, NamedTuple, Self

from counterfoil.administration import create_token
from counterfoil.api.connection import GuardedProtocol
from counterfoil.api.service import Service, read, server_of
from counterfoil.clock import SandboxClock, SystemClock
from counterfoil.sandbox import SandboxTime
from counterfoil.settings import Settings
from counterfoil.store import reference
from counterfoil.store.connection import DatabaseUrls, connect
from counterfoil.supervision import queue
from counterfoil.tokens import Scope, TokenKind
from counterfoil.worker import Worker
from tests.desk import Desk

NORTHWIND_COMPANY, ALPINE_COMPANY = 5500001, 5500002
LIVE = "live"
READY_S = 10.0


class Reply(NamedTuple):
    """One answer as it came over the wire; names of headers in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, which is JSON."""
        return json.loads(self.body)

    @property
    def messages(self) -> list[str]:
        """The sentences of the top-level errors; the answer then has null data."""
        answer = self.json
        assert answer["data"] is None
        return [error["message"] for error in answer["errors"]]

    @property
    def message(self) -> str:
        """The one sentence of the top-level errors."""
        (message,) = self.messages
        return str(message)

    def payload(self, field: str = "createOrders") -> Any:
        """What one root field answers; the answer then has no top-level errors (D12)."""
        answer = self.json
        assert ["data"] == list(answer)
        return answer["data"][field]


class _KeptClock(SystemClock):
    """The sandbox's time, told without a thread, so that small requests go their short way."""

    def __init__(self, read: Callable[[], datetime]) -> None:
        self._read = read

    def now(self) -> datetime:
        return self._read()


class Served:
    """One API process's parts with some settings, served on a port of loopback; a reader too if asked for.

    With `at_once` small requests go their short way, as they do in production.
    """

    def __init__(
        self, urls: DatabaseUrls, *, reader: bool = False, at_once: bool = False, **settings: Any
    ) -> None:
        self.settings = Settings(**settings)
        self._urls = urls
        self._into, self._out_of = queue()
        self._reader: Thread | None = None
        self._reader_stops = Event()
        if reader:
            self.start_reader()
        sandbox = SandboxTime(self._connect, self._worker)
        self.service = Service(
            self.settings,
            _KeptClock(self._now) if at_once else SandboxClock(self._now),
            sandbox,
            urls.server,
            self._connect,
            readers=self._into if reader else None,
        )
        self._server = server_of(self.service)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = Thread(target=self._server.run, args=([self._listener],), daemon=True)
        self._thread.start()
        until = time.monotonic() + READY_S
        while not self._server.started:
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.005)

    def ask_to_stop(self) -> None:
        """Lets it begin to stop."""
        self._server.should_exit = True

    def close(self) -> None:
        """Stops serving."""
        self.ask_to_stop()
        self._thread.join(timeout=READY_S)
        self.service.close()
        self._listener.close()
        self.stop_reader()
        self._into.close()
        self._out_of.close()

    def start_reader(self) -> None:
        """Takes large requests from now on, in a thread of this process."""
        self._reader_stops.clear()
        given = (self.settings, self._urls.server, self._connect, self._out_of, self._reader_stops)
        self._reader = Thread(target=read, args=given, daemon=True)
        self._reader.start()

    def stop_reader(self) -> None:
        """Lets nobody take large requests."""
        self._reader_stops.set()
        if self._reader is not None:
            self._reader.join(timeout=READY_S)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """One request on a connection of its own."""
        with self.connection() as connection:
            return connection.ask(method, path, body, headers)

    def connection(self) -> Connection:
        """A connection for several requests."""
        return Connection(self.port)

    def connections_from(self, address: str) -> int:
        """How many connections the server counts from there."""
        protocol = self._server.config.http_protocol_class
        assert isinstance(protocol, type)
        assert issubclass(protocol, GuardedProtocol)
        return protocol.crowd.count(address)

    def raw(self, *pieces: bytes, timeout: float = 10) -> bytes:
        """Sends bytes as they are, and reads until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as plain:
            for piece in pieces:
                plain.sendall(piece)
            received = b""
            while piece := plain.recv(65536):
                received += piece
            return received

    def _connect(self, name: str) -> Any:
        return connect(self._urls.server, name=name)

    def _now(self) -> Any:
        with self._connect("clock") as connection:
            return reference.read_clock(connection)[0]

    def _worker(self) -> Worker:
        raise AssertionError("nothing is decided in these tests")


class Connection:
    """One kept connection of a plain client."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends it."""
        self._connection.close()

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """One request and its answer."""
        self._connection.request(method, path, body, dict(headers or {}))
        response = self._connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, found, response.read())


class House:
    """The database, its tokens, and servers on it, one for each set of settings that a test asks for."""

    def __init__(self, urls: DatabaseUrls) -> None:
        self.desk = Desk(urls)
        self._urls = urls
        self._served: dict[str, Served] = {}
        self.tokens = {
            "live": self._token({Scope.TRACKING, Scope.REPORTING}),
            "test": self._token({Scope.TRACKING}, TokenKind.TEST),
            "testing": self._token({Scope.TEST}),
            "reporting": self._token({Scope.REPORTING}),
            "alpine": self._token({Scope.TRACKING}, company=ALPINE_COMPANY),
        }

    def close(self) -> None:
        """Stops every server and lets go of the database."""
        for served in self._served.values():
            served.ask_to_stop()
        with ThreadPoolExecutor(len(self._served) or 1) as closing:
            list(closing.map(Served.close, self._served.values()))
        self.desk.__exit__(None, None, None)

    def served(self, **settings: Any) -> Served:
        """The server with these settings; it stays for the next who asks."""
        key = repr(sorted(settings.items()))
        if key not in self._served:
            self._served[key] = Served(self._urls, **settings)
        return self._served[key]

    def ask(
        self,
        body: str | bytes,
        token: str | None = LIVE,
        path: str = "/graphql",
        headers: Mapping[str, str] | None = None,
        **settings: Any,
    ) -> Reply:
        """One POST with a token of the house, `None` for none."""
        given = dict(headers or {})
        if token is not None:
            given["Authorization"] = f"Bearer {self.tokens.get(token, token)}"
        raw = body.encode() if isinstance(body, str) else body
        return self.served(**settings).ask("POST", path, raw, given)

    def new_token(self, *scopes: Scope) -> str:
        """A live token that nobody else uses."""
        return self._token(set(scopes))

    def new_token_for(self, *ranges: str) -> str:
        """A live token for these addresses alone."""
        return self._token({Scope.TRACKING}, ranges=ranges)

    def _token(
        self,
        scopes: set[Scope],
        kind: TokenKind = TokenKind.LIVE,
        company: int = NORTHWIND_COMPANY,
        ranges: Sequence[str] | None = None,
    ) -> str:
        return create_token(
            self.desk.connection,
            name="tests",
            kind=kind,
            scopes=scopes,
            company_id=company,
            created_by="tests",
            address_ranges=ranges,
        )

    def kept(self, order_id: str) -> int:
        """How many submissions the log has for an order id."""
        found = self.desk.connection.execute(
            "SELECT count(*) FROM intake_log WHERE order_id = %s", (order_id,)
        ).fetchone()
        assert found is not None
        return int(found[0])
