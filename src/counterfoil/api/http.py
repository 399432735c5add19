"""HTTP: routes, limits, and the step from bytes to bytes. Hot routes are plain handlers.

Owns the ASGI application of one API process. Leaves every judgement to tracking.py and commissions.py. Next:
answers.py for the envelope.
"""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar

import psycopg
import structlog
from msgspec.structs import replace
from psycopg_pool import PoolTimeout

from counterfoil.api.answers import DETAILED, Answer, failure
from counterfoil.api.auth import Door
from counterfoil.api.commissions import CommissionsApi
from counterfoil.api.sandbox import move_clock
from counterfoil.api.tracking import Accepted, Again, Asked, Lookup, TrackingApi
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
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SMALL_BODY_BYTES = 64 * 1024
"""Bodies up to this size are judged on the event loop; larger ones beside it."""

GZIP_ANSWER_BYTES_MIN = 1024
SMALL_BATCH_ORDERS = 100
"""Up to so many orders are prepared and answered on the event loop."""

JSON = "application/json;charset=utf-8"
GRAPHQL_JSON = "application/graphql-response+json"

_log = structlog.get_logger("counterfoil")


class TooLarge(Exception):
    """The body is larger than the limit, as it is or inflated."""


class Unreadable(Exception):
    """The body's compression cannot be undone."""


class ClientGone(Exception):
    """The caller went away before its request was complete."""


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
        is_ready: Callable[[], bool],
        schemas: dict[str, str],
        sandbox: SandboxTime,
    ) -> None:
        """`is_ready` says whether orders can be served, `schemas` are the SDL files by path."""
        self._settings = settings
        self._clock = clock
        self._door = door
        self._intake = intake
        self._tracking = tracking
        self._commissions = commissions
        self._is_ready = is_ready
        self._schemas = schemas
        self._sandbox = sandbox
        self._beside = ThreadPoolExecutor(max_workers=16, thread_name_prefix="beside")
        self._large = asyncio.Semaphore(settings.large_requests_max)
        self._body_max = settings.body_mb_max * 1024 * 1024

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection event."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        try:
            answer = await self._answer(scope, receive)
        except ClientGone:
            return
        except (NotKept, Unknown, PoolTimeout, psycopg.OperationalError):
            answer = failure([refuse(RefusalCode.OVERLOADED)])
        except Exception:
            # The edge: a bug must not leave the caller without an answer, nor show it what went wrong.
            _log.exception("request_failed", path=scope["path"])
            answer = failure([refuse(RefusalCode.OVERLOADED)])
        await _send(scope, send, answer)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        path = scope["path"].rstrip("/") or "/"
        match path:
            case "/graphql":
                return await self._track(scope, receive, Mode.LIVE)
            case "/graphqltest":
                return await self._track(scope, receive, Mode.TEST)
            case "/query":
                return await self._report(scope, receive)
            case "/sandbox/clock":
                return await self._move_clock(scope, receive)
            case "/health/live":
                return Answer(200, b'{"status":"alive"}')
            case "/health/ready":
                return await self._ready()
            case _:
                return self._served_file(scope, path)

    def _served_file(self, scope: Scope, path: str) -> Answer:
        if path in self._schemas and scope["method"] in ("GET", "HEAD"):
            text = self._schemas[path].encode()
            return Answer(200, text, {"Content-Type": "text/plain; charset=utf-8"})
        return failure([refuse(RefusalCode.NOT_FOUND)])

    async def _track(self, scope: Scope, receive: Receive, mode: Mode) -> Answer:
        asked = await self._asked(scope, receive, mode)
        if isinstance(asked, Answer):
            return asked
        if len(asked.body) <= SMALL_BODY_BYTES:
            return await self._judged(scope, asked, self._tracking.judge(asked))
        async with self._large:
            return await self._judged(scope, asked, await self._run(self._tracking.judge, asked))

    async def _judged(self, scope: Scope, asked: Asked, judged: Answer | Accepted | Again | Lookup) -> Answer:
        if isinstance(judged, Again):
            # The caller's rights were up to a second old; an enterprise may have been added since.
            caller = await self._run(self._door.authenticate, _headers(scope).get(b"authorization"))
            judged = await self._run(self._tracking.judge, replace(asked, caller=caller, is_fresh=True))
        if isinstance(judged, Answer):
            return judged
        if isinstance(judged, Lookup):
            # Reads of the database never wait on the event loop.
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

    async def _report(self, scope: Scope, receive: Receive) -> Answer:
        asked = await self._asked(scope, receive, Mode.LIVE)
        if isinstance(asked, Answer):
            return asked
        return await self._run(self._commissions.answer, asked)

    async def _move_clock(self, scope: Scope, receive: Receive) -> Answer:
        asked = await self._asked(scope, receive, Mode.LIVE)
        if isinstance(asked, Answer):
            return asked
        return await self._run(move_clock, asked, self._sandbox)

    async def _asked(self, scope: Scope, receive: Receive, mode: Mode) -> Asked | Answer:
        """Who asks what: the token is looked up first, then the body is read under its limit (D22)."""
        if scope["method"] != "POST":
            return failure([refuse(RefusalCode.METHOD_NOT_ALLOWED)])
        headers = _headers(scope)
        now = await self._now()
        caller = self._door.known(headers.get(b"authorization"))
        is_fresh = caller is None
        if caller is None:
            caller = await self._run(self._door.authenticate, headers.get(b"authorization"))
        try:
            body = await self._body(headers, receive)
        except TooLarge:
            return self._too_large(caller)
        except Unreadable:
            body = b""
        crashpoint("intake.body_read")
        return Asked(
            mode=mode,
            caller=caller,
            body=body,
            content_type=headers.get(b"content-type"),
            detailed=headers.get(b"counterfoil-errors") == DETAILED,
            now=now,
            is_fresh=is_fresh,
        )

    def _too_large(self, caller: Caller | Refusal) -> Answer:
        if isinstance(caller, Refusal):
            return failure([caller], token_error_status=int(self._settings.token_error_status))
        large = refuse(RefusalCode.BODY_TOO_LARGE, limit=self._settings.body_mb_max)
        return failure([large])

    async def _body(self, headers: dict[bytes, str], receive: Receive) -> bytes:
        """The whole body, inflated. Raises TooLarge as soon as the limit is passed, before memory grows."""
        declared = headers.get(b"content-length", "")
        if declared.isdigit() and int(declared) > self._body_max:
            raise TooLarge
        encoding = headers.get(b"content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "", "gzip", "x-gzip"):
            raise Unreadable
        pieces: list[bytes] = []
        size = arrived = 0
        inflater = zlib.decompressobj(wbits=31) if "gzip" in encoding else None
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            piece = message.get("body", b"")
            arrived += len(piece)
            if inflater is not None:
                piece = _inflated(inflater, piece, self._body_max - size)
            size += len(piece)
            if size > self._body_max or arrived > self._body_max:
                raise TooLarge
            pieces.append(piece)
            more = message.get("more_body", False)
        if inflater is not None and not inflater.eof:
            raise Unreadable
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

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
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
                continue
            self._beside.shutdown(wait=False, cancel_futures=True)
            await send({"type": "lifespan.shutdown.complete"})
            return


def _inflated(inflater: Any, piece: bytes, room: int) -> bytes:
    try:
        inflated: bytes = inflater.decompress(piece, max(1, room + 1))
    except zlib.error as error:
        raise Unreadable from error
    if inflater.unconsumed_tail:
        raise TooLarge
    return inflated


def _headers(scope: Scope) -> dict[bytes, str]:
    headers: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        text = value.decode("latin-1")
        if name == b"authorization" and name in headers:
            # Two headers say two things: neither is believed (D8).
            text = f"{headers[name]}\x00{text}"
        headers[name] = text
    return headers


async def _send(scope: Scope, send: Send, answer: Answer) -> None:
    asked = _headers(scope)
    headers = {
        "Content-Type": _content_type(asked.get(b"accept", "")),
        "Cache-Control": "no-cache",
        "Access-Control-Allow-Origin": "*",
        **answer.headers,
    }
    body = answer.body
    if len(body) >= GZIP_ANSWER_BYTES_MIN and _accepts_gzip(asked.get(b"accept-encoding", "")):
        body = gzip.compress(body, compresslevel=1)
        headers["Content-Encoding"] = "gzip"
        headers["Vary"] = "Accept-Encoding"
    headers["Content-Length"] = str(len(body))
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _content_type(accept: str) -> str:
    """`application/json`, unless the other is the sole type that is accepted (D15)."""
    return GRAPHQL_JSON if accept.partition(";")[0].strip().lower() == GRAPHQL_JSON else JSON


def _accepts_gzip(accept_encoding: str) -> bool:
    for each in accept_encoding.split(","):
        name, _, weight = each.partition(";")
        if name.strip().lower() in ("gzip", "*") and weight.replace(" ", "") not in ("q=0", "q=0.0"):
            return True
    return False
