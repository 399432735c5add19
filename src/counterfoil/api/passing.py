"""Passing: small requests that are whole in one piece go by the server's parser, its scope and its task.

Owns their order on a connection, and falling back: whatever is not taken is read as if nobody had looked.
Leaves every guard to connection.py, what is answered to at_once.py. Next: service.py, which hands it over.
"""

from __future__ import annotations

from typing import ClassVar, Protocol

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from counterfoil.api.connection import BACKLOG_S, Crowd, GuardedProtocol
from counterfoil.api.heads import Head, Whole, whole
from counterfoil.api.leaving import Leaving
from counterfoil.clock import monotonic


class ShortWay(Protocol):
    """Who answers such requests."""

    def may_take(self, head: Head, size: int) -> bool:
        """Whether `take` is worth asking; `size` is that of the body in bytes."""
        ...

    def take(self, request: Whole, connection: PassingProtocol) -> bool:
        """Whether it takes the request, which it then answers or cuts, now or later, once."""
        ...


class PassingProtocol(GuardedProtocol):
    """A connection whose requests may go the short way: one at a time, and none while another is answered."""

    short_way: ClassVar[ShortWay | None] = None

    _is_passing = False
    _held = b""
    _is_last = False
    _replied_at = 0.0

    def data_received(self, data: bytes) -> None:
        """A whole request, or bytes of one; what comes while one is on the short way is held."""
        if self._is_passing:
            self._held += data
            self.flow.pause_reading()
        elif not (self._is_between and self._passes(data)):
            super().data_received(data)

    def reply(self, status: int, headers: bytes, body: bytes) -> None:
        """Answers the request on the short way in one piece; `headers` are lines, each with its end."""
        if self.transport.is_closing():
            return
        always = [b"%b: %b\r\n" % each for each in self.server_state.default_headers]
        end = b"connection: close\r\n\r\n" if self._is_last else b"\r\n"
        self.transport.write(b"".join((STATUS_LINE[status], *always, headers, end, body)))
        self.server_state.total_requests += 1
        if self._is_last:
            self.transport.close()
            return
        self._replied_at = monotonic()
        if self.timeout_keep_alive_task is None:
            self._keep_for(self.timeout_keep_alive)
        self._go_on()

    def cut(self) -> None:
        """Ends the connection without an answer."""
        self.transport.abort()

    def shutdown(self) -> None:
        """The process stops: what is on the short way is still answered."""
        if self._is_passing:
            self._is_last = True
            return
        super().shutdown()

    def timeout_keep_alive_handler(self) -> None:
        """Nothing was asked for a while, or only on the short way: one timer serves many such requests."""
        left = self.timeout_keep_alive - (monotonic() - self._replied_at)
        if self._is_passing or left > 0:
            self._keep_for(left if left > 0 else self.timeout_keep_alive)
            return
        super().timeout_keep_alive_handler()

    def _passes(self, data: bytes) -> bool:
        if self.short_way is None or self._is_one_too_many or self.flow.write_paused:
            return False
        is_free = self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr]
        if self.transport.is_closing() or not is_free:
            return False
        request = whole(data)
        if request is None or not self.short_way.may_take(request.head, len(request.body)):
            return False
        self._is_passing = True
        self._stop_waiting()
        # All who sent something are read before the first of them is answered: so waiting shows.
        self.loop.call_soon(self._begin, request, data, monotonic())
        return True

    def _begin(self, request: Whole, data: bytes, arrived: float) -> None:
        if self.transport.is_closing():
            return
        assert self.short_way is not None, "it was asked before"
        if monotonic() - arrived <= BACKLOG_S and self.short_way.take(request, self):
            return
        self._arrived = arrived
        super().data_received(data)
        self._arrived = None
        self._go_on()

    def _go_on(self) -> None:
        self._is_passing = False
        if self._held:
            held, self._held = self._held, b""
            self.flow.resume_reading()
            self.data_received(held)

    def _keep_for(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)


def guarded(connections_max: int, address_max: int, way: ShortWay | None = None) -> type[PassingProtocol]:
    """The connections of one process, which are counted together; small requests go the short way first."""

    class Counted(PassingProtocol):
        crowd = Crowd(connections_max, address_max)
        leaving = Leaving()
        short_way = way

    return Counted
