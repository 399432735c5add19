"""HTTP: routes, limits, and the step from bytes to bytes. Hot routes are plain handlers.

Owns the ASGI application of one API process. Leaves every judgement to tracking.py and commissions.py. Next:
wire.py for headers, receiving.py for bodies, answers.py for the envelope.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar

import psycopg
import structlog
from msgspec.structs import replace
from psycopg_pool import PoolTimeout

from counterfoil.api.answers import Answer, failure, unexpected
from counterfoil.api.auth import Door
from counterfoil.api.calls import CallLimit
from counterfoil.api.commissions import CommissionsApi
from counterfoil.api.export import PATH as EXPORT_PATH
from counterfoil.api.export import Exports
from counterfoil.api.receiving import (
    Body,
    ClientGone,
    NoRoom,
    Receive,
    Room,
    TooLarge,
    TooSlow,
    Unreadable,
)
from counterfoil.api.sandbox import move_clock
from counterfoil.api.tracking import (
    ANONYMOUS_BYTES_MAX,
    Accepted,
    Again,
    Asked,
    Lookup,
    TrackingApi,
    may_be_open,
)
from counterfoil.api.wire import PREFLIGHT, Call, Scope, Send, asked_by_address
from counterfoil.clock import Clock, SystemClock
from counterfoil.crashpoint import crashpoint
from counterfoil.errors import Refusal, RefusalCode, refuse
from counterfoil.intake import Intake, NotKept, Unknown, prepared
from counterfoil.model.orders import Mode
from counterfoil.sandbox import SandboxTime
from counterfoil.settings import Settings
from counterfoil.store.log import Entry
from counterfoil.tokens import Caller

T = TypeVar("T")

SMALL_BODY_BYTES = 64 * 1024
"""Bodies up to this size are judged on the event loop; larger ones beside it, a few at a time."""

SMALL_BATCH_ORDERS = 100
"""Up to so many orders are prepared and answered on the event loop."""

LARGE_WAIT_S = 30
"""How long a large request waits for its turn."""

ANONYMOUS_S = 30
"""How long the body of a caller without a token may take."""

_log = structlog.get_logger("counterfoil")


class Api:
    """The ASGI application."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock,
        door: Door,
        intake: Intake,
        tracking: TrackingApi,
        commissions: CommissionsApi,
        exports: Exports,
        is_ready: Callable[[], bool],
        files: Mapping[str, Answer],
        pages: Mapping[str, Answer],
        sandbox: SandboxTime,
    ) -> None:
        """`is_ready` says whether orders can be served.

        `files` are what is served as it is, by path; `pages` what a browser gets in place of an endpoint.
        """
        self._settings = settings
        self._clock = clock
        self._door = door
        self._intake = intake
        self._tracking = tracking
        self._commissions = commissions
        self._exports = exports
        self._is_ready = is_ready
        self._files = files
        self._pages = pages
        self._sandbox = sandbox
        self._calls = CallLimit(settings.rate_limit)
        self._beside = ThreadPoolExecutor(max_workers=16, thread_name_prefix="beside")
        self.turns = asyncio.Semaphore(settings.large_requests_max)
        self._large_waiting = 0
        self._body_max = settings.body_mb_max * 1024 * 1024
        self.room = Room(max(settings.bodies_mb_max, settings.body_mb_max) * 1024 * 1024)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection event."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        if scope["path"].rstrip("/") == EXPORT_PATH:
            await self._exports(scope, receive, send)
            return
        call = Call(scope, receive)
        try:
            answer = await self._answer(call)
        except ClientGone:
            return
        except (NotKept, Unknown, NoRoom, TooSlow, PoolTimeout, psycopg.OperationalError):
            answer = failure([refuse(RefusalCode.OVERLOADED)], detailed=call.is_detailed)
        except Exception:
            # The edge: a bug must not leave the caller without an answer, nor show it what went wrong.
            _log.exception("request_failed", path=call.path, request_id=call.request_id)
            answer = unexpected(call.progress.field, call.request_id, detailed=call.is_detailed)
        await call.answer(send, answer)

    async def _answer(self, call: Call) -> Answer:
        match call.path:
            case "/graphql":
                return await self._heard(call, Mode.LIVE, self._track)
            case "/graphqltest":
                return await self._heard(call, Mode.TEST, self._track)
            case "/query":
                return await self._heard(call, Mode.LIVE, self._report)
            case "/sandbox/clock":
                return await self._heard(call, Mode.LIVE, self._move_clock)
            case "/health/live":
                return Answer(200, b'{"status":"alive"}')
            case "/health/ready":
                return await self._ready()
            case _:
                return self._served_file(call)

    def _served_file(self, call: Call) -> Answer:
        if call.path in self._files and call.method in ("GET", "HEAD"):
            return self._files[call.path]
        return failure([refuse(RefusalCode.NOT_FOUND)], detailed=call.is_detailed)

    async def _heard(self, call: Call, mode: Mode, then: Callable[[Asked], Awaitable[Answer]]) -> Answer:
        """Who asks what: the token is looked up first, then the body is read under its limit (D22)."""
        by_address = None
        if call.method == "OPTIONS":
            return Answer(204, b"", PREFLIGHT)
        if call.method in ("GET", "HEAD"):
            by_address = asked_by_address(call.query)
            if by_address is None and call.path in self._pages and call.is_a_browsers:
                return self._pages[call.path]
        if call.method != "POST" and (by_address is None or call.path == "/sandbox/clock"):
            return failure([refuse(RefusalCode.METHOD_NOT_ALLOWED)], detailed=call.is_detailed)
        now = await self._now()
        caller = self._door.known(call.header(b"authorization"), call.address)
        is_fresh = caller is None
        if caller is None:
            caller = await self._run(self._door.authenticate, call.header(b"authorization"), call.address)
        if isinstance(caller, Caller):
            wait_s = self._calls.seconds_to_wait(caller.token_id)
            if wait_s is not None:
                refused = failure([refuse(RefusalCode.TOO_MANY_CALLS)], detailed=call.is_detailed)
                return refused._replace(headers={"Retry-After": str(wait_s)})
        with Body(self.room, self._body_max if isinstance(caller, Caller) else ANONYMOUS_BYTES_MAX) as body:
            try:
                content = by_address if by_address is not None else await self._read(call, caller, body)
            except TooLarge:
                return self._too_large(call, caller)
            except Unreadable:
                # Read as an empty body is: it cannot be used.
                content = b""
            crashpoint("intake.body_read")
            return await then(
                Asked(
                    mode=mode,
                    caller=caller,
                    body=content,
                    content_type=call.header(b"content-type"),
                    detailed=call.is_detailed,
                    now=now,
                    is_fresh=is_fresh,
                    only_reads=by_address is not None,
                    authorization=call.header(b"authorization"),
                    address=call.address,
                    progress=call.progress,
                )
            )

    async def _read(self, call: Call, caller: Caller | Refusal, body: Body) -> bytes:
        if isinstance(caller, Refusal) and not may_be_open(self._settings, caller, b""):
            # It is refused for its token, whatever it says.
            return b""
        return await body.read(
            call.header(b"content-length") or "",
            call.header(b"content-encoding") or "",
            call.receive,
            ANONYMOUS_S if isinstance(caller, Refusal) else None,
        )

    def _too_large(self, call: Call, caller: Caller | Refusal) -> Answer:
        refusal = caller
        if isinstance(refusal, Caller):
            refusal = refuse(RefusalCode.BODY_TOO_LARGE, limit=self._settings.body_mb_max)
        status = int(self._settings.token_error_status)
        return failure([refusal], token_error_status=status, detailed=call.is_detailed)

    async def _track(self, asked: Asked) -> Answer:
        if len(asked.body) <= SMALL_BODY_BYTES:
            return await self._judged(asked, self._tracking.judge(asked))
        async with self._turn():
            return await self._judged(asked, await self._run(self._tracking.judge, asked))

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """A turn among the large requests. Raises NoRoom when too many wait for one, or for too long."""
        if self.turns.locked() and self._large_waiting >= self._settings.large_waiting_max:
            raise NoRoom
        self._large_waiting += 1
        try:
            async with asyncio.timeout(LARGE_WAIT_S):
                await self.turns.acquire()
        except TimeoutError:
            raise NoRoom from None
        finally:
            self._large_waiting -= 1
        try:
            yield
        finally:
            self.turns.release()

    async def _judged(self, asked: Asked, judged: Answer | Accepted | Again | Lookup) -> Answer:
        if isinstance(judged, Again):
            # The caller's rights were up to a second old; an enterprise may have been added since.
            caller = await self._run(self._door.authenticate, asked.authorization, asked.address)
            judged = await self._run(self._tracking.judge, replace(asked, caller=caller, is_fresh=True))
        if isinstance(judged, Answer):
            return judged
        if isinstance(judged, Lookup):
            return await self._run(judged.read)
        assert isinstance(judged, Accepted)
        crashpoint("intake.validated")
        is_small = sum(len(batch.orders) for batch in judged.batches) <= SMALL_BATCH_ORDERS
        entries = self._prepared(judged) if is_small else await self._run(self._prepared, judged)
        receipts = await asyncio.wrap_future(self._intake.receive(entries))
        crashpoint("intake.committed_unanswered")
        return judged.answer(receipts) if is_small else await self._run(judged.answer, receipts)

    def _prepared(self, accepted: Accepted) -> list[Entry]:
        return [prepared(batch) for batch in accepted.batches]

    async def _report(self, asked: Asked) -> Answer:
        return await self._run(self._commissions.answer, asked)

    async def _move_clock(self, asked: Asked) -> Answer:
        return await self._run(move_clock, asked, self._sandbox)

    async def _ready(self) -> Answer:
        try:
            is_ready = await self._run(self._is_ready)
        except (psycopg.Error, PoolTimeout):
            is_ready = False
        if is_ready:
            return Answer(200, b'{"status":"ready"}')
        return Answer(503, b'{"status":"not ready","waits_for":"the database"}')

    async def _now(self) -> datetime:
        if isinstance(self._clock, SystemClock):
            return self._clock.now()
        return await self._run(self._clock.now)

    async def _run(self, function: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._beside, function, *arguments)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message: Any = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
                continue
            self._beside.shutdown(wait=False, cancel_futures=True)
            await send({"type": "lifespan.shutdown.complete"})
            return
