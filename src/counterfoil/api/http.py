"""HTTP: routes, limits, and the step from bytes to bytes. Hot routes are plain handlers.

Owns the ASGI application of one API process. Leaves every judgement to tracking.py and commissions.py. Next:
wire.py for headers, receiving.py for bodies, answers.py for the envelope.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any, TypeVar

import psycopg
import structlog
from msgspec.structs import replace

from counterfoil import tracing
from counterfoil.api.answers import Answer, encoded, failure
from counterfoil.api.at_once import MODES, AtOnce
from counterfoil.api.auth import Door
from counterfoil.api.calls import CallLimit
from counterfoil.api.commissions import CommissionsApi
from counterfoil.api.connection import BACKLOG_S
from counterfoil.api.export import PATH as EXPORT_PATH
from counterfoil.api.export import Exports
from counterfoil.api.failing import failed
from counterfoil.api.handing import Readers
from counterfoil.api.metering import Meter
from counterfoil.api.receiving import Body, ClientGone, Receive, Room, TooLarge, Unreadable
from counterfoil.api.sandbox import move_clock
from counterfoil.api.telling import tell_accepted, tell_refused, trace
from counterfoil.api.timing import ANSWER, APPEND, CHECK, READ
from counterfoil.api.tracking import (
    ANONYMOUS_BYTES_MAX,
    Accepted,
    Again,
    Asked,
    Lookup,
    TrackingApi,
    may_be_open,
)
from counterfoil.api.turns import Turns
from counterfoil.api.wire import PREFLIGHT, Call, Scope, Send, asked_by_address
from counterfoil.clock import Clock, SystemClock
from counterfoil.crashpoint import crashpoint
from counterfoil.errors import Refusal, RefusalCode, refuse
from counterfoil.health import Check, State, unreachable, worst
from counterfoil.intake import Intake, Unknown, prepared
from counterfoil.model.orders import Mode, Receipt
from counterfoil.sandbox import SandboxTime
from counterfoil.settings import Settings
from counterfoil.store.log import Entry
from counterfoil.tokens import Caller

T = TypeVar("T")

SMALL_BATCH_ORDERS = 100
"""Up to so many orders are prepared and answered on the event loop."""

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
        meter: Meter,
        readiness: Callable[[], Sequence[Check]],
        files: Mapping[str, Answer],
        pages: Mapping[str, Answer],
        sandbox: SandboxTime,
        readers: Readers | None,
    ) -> None:
        """`readiness` looks whether orders can be served; without `readers` large requests are judged here.

        `files` are what is served as it is, by path; `pages` what a browser gets in place of an endpoint.
        """
        self._settings = settings
        self._clock = clock
        self._door = door
        self._intake = intake
        self._tracking = tracking
        self._commissions = commissions
        self._exports = exports
        self._meter = meter
        self._readiness = readiness
        self._files = files
        self._pages = pages
        self._sandbox = sandbox
        self._calls = CallLimit(settings.rate_limit)
        self._small_bytes_max = settings.large_body_kb * 1024
        # The short way counts no calls, knows no proxies, and asks the time without waiting for it.
        self.at_once: AtOnce | None = None
        if settings.rate_limit == "off" and not settings.trusted_proxies and isinstance(clock, SystemClock):
            self.at_once = AtOnce(
                clock=clock, door=door, intake=intake, tracking=tracking, bytes_max=self._small_bytes_max
            )
        self._beside = ThreadPoolExecutor(max_workers=16, thread_name_prefix="beside")
        self._readers = readers
        self.turns = Turns(settings.large_requests_max, settings.large_waiting_max)
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
        call = Call.of(scope, receive)
        try:
            answer = await self._answer(call)
        except ClientGone:
            return
        except Unknown:
            # Nobody knows whether it was kept, and 504 would say that it was not (C1, D18).
            _log.warning("outcome_unknown", request_id=call.request_id)
            await call.break_off()
            return
        except Exception as error:
            # The edge: a bug must not leave the caller without an answer, nor show it what went wrong.
            answer = failed(error, call.progress.field, call.request_id, detailed=call.is_detailed)
        if answer.codes:
            tell_refused(call.request_id, answer)
        if tracing.is_on() and call.progress.kind is not None:
            call.spent.on(ANSWER)
            trace(call.progress, call.request_id, call.spent, call.header(b"traceparent"))
        if call.is_detailed:
            answer = call.timed(answer)
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
            case "/metrics":
                return await self._run(self._meter.answer, call)
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

    async def _heard(
        self, call: Call, mode: Mode, then: Callable[[Asked, Call], Awaitable[Answer]]
    ) -> Answer:
        """Who asks what: the token is looked up first, then the body is read under its limit (D22)."""
        by_address = None
        if call.waited_s() > BACKLOG_S:
            # More is asked than can be done: who has waited longest is told so, and the others are served.
            # They are counted; a line in the log for each would cost as much as serving it.
            return failure([refuse(RefusalCode.OVERLOADED)], detailed=call.is_detailed)._replace(codes=())
        if call.method == "OPTIONS":
            return Answer(204, b"", PREFLIGHT)
        if call.method in ("GET", "HEAD"):
            by_address = asked_by_address(call.query)
            if by_address is None and call.path in self._pages and call.is_a_browsers:
                return self._pages[call.path]
        if call.method != "POST" and (by_address is None or call.path == "/sandbox/clock"):
            return failure([refuse(RefusalCode.METHOD_NOT_ALLOWED)], detailed=call.is_detailed)
        now = self._clock.now() if isinstance(self._clock, SystemClock) else await self._run(self._clock.now)
        authorization = call.header(b"authorization")
        caller = self._door.known(authorization, call.address)
        is_fresh = caller is None
        if caller is None:
            caller = await self._run(self._door.authenticate, authorization, call.address)
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
            call.spent.on(READ)
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
                    authorization=authorization,
                    address=call.address,
                    progress=call.progress,
                ),
                call,
            )

    async def _read(self, call: Call, caller: Caller | Refusal, body: Body) -> bytes:
        if isinstance(caller, Refusal) and not may_be_open(self._settings, caller, b""):
            # It is refused for its token, whatever it says.
            return b""
        declared = call.header(b"content-length") or ""
        is_large = call.path in MODES and declared.isdigit() and int(declared) > self._small_bytes_max
        # Told before the body is read: so that a refusal costs little, and comes at once.
        with self.turns.coming() if is_large else nullcontext():
            return await body.read(
                declared,
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

    async def _track(self, asked: Asked, call: Call) -> Answer:
        if len(asked.body) <= self._small_bytes_max:
            return await self._judged(asked, self._tracking.judge(asked), call, None)
        async with self.turns.turn():
            gone = asyncio.ensure_future(call.gone())
            try:
                if self._readers is not None and isinstance(asked.caller, Caller):
                    return await _unless(gone, self._readers.answer(asked, call, call.spent))
                return await self._judged(asked, await self._run(self._tracking.judge, asked), call, gone)
            finally:
                gone.cancel()

    async def _judged(
        self,
        asked: Asked,
        judged: Answer | Accepted | Again | Lookup,
        call: Call,
        gone: asyncio.Future[None] | None,
    ) -> Answer:
        """The answer to what was judged; `gone` is done when the caller of a large request went away."""
        if isinstance(judged, Again):
            # The caller's rights were up to a second old; an enterprise may have been added since.
            caller = await self._run(self._door.authenticate, asked.authorization, asked.address)
            judged = await self._run(self._tracking.judge, replace(asked, caller=caller, is_fresh=True))
        if isinstance(judged, Answer):
            call.spent.on(CHECK)
            return judged
        if isinstance(judged, Lookup):
            call.spent.on(CHECK)
            return await self._run(judged.read)
        assert isinstance(judged, Accepted)
        crashpoint("intake.validated")
        is_small = sum(len(batch.orders) for batch in judged.batches) <= SMALL_BATCH_ORDERS
        entries = self._prepared(judged) if is_small else await self._run(self._prepared, judged)
        call.spent.on(CHECK)
        receipts = await self._kept(entries, gone)
        call.spent.on(APPEND)
        tell_accepted(call.request_id, judged.batches, len(asked.body), call.spent)
        crashpoint("intake.committed_unanswered")
        return judged.answer(receipts) if is_small else await self._run(judged.answer, receipts)

    async def _kept(self, entries: Sequence[Entry], gone: asyncio.Future[None] | None) -> list[Receipt]:
        if gone is None:
            return await self._intake.awaited(entries)
        if gone.done():
            raise ClientGone
        return await _unless(gone, self._intake.awaited(entries))

    def _prepared(self, accepted: Accepted) -> list[Entry]:
        return [prepared(batch) for batch in accepted.batches]

    async def _report(self, asked: Asked, _: Call) -> Answer:
        return await self._run(self._commissions.answer, asked)

    async def _move_clock(self, asked: Asked, _: Call) -> Answer:
        return await self._run(move_clock, asked, self._sandbox)

    async def _ready(self) -> Answer:
        try:
            checks = await self._run(self._readiness)
        except psycopg.Error as away:
            checks = [unreachable(away)]
        # Names and states alone: anyone may ask, and `counterfoil doctor` says the rest.
        told = {"checks": {check.name: check.state for check in checks}}
        if worst(checks) is State.FAIL:
            return Answer(503, encoded({"status": "not ready"} | told))
        return Answer(200, encoded({"status": "ready"} | told))

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


async def _unless(gone: asyncio.Future[None], work: Awaitable[T]) -> T:
    """What comes of the work. Raises ClientGone, and cancels it, when the caller goes away before."""
    working = asyncio.ensure_future(work)
    try:
        await asyncio.wait((gone, working), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientGone
    finally:
        working.cancel()
