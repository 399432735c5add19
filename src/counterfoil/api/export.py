"""The export: `/export/commissions`, all records that the filters mean as one file, made while it is sent.

Owns the endpoint: tokens and rights, the form of its errors, sending at the reader's pace. Leaves parameters,
records and files to reporting/. Next: reporting/export.py.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from threading import Lock
from typing import Any, TypeVar

import psycopg
import structlog

from counterfoil.api.answers import Answer, own_error
from counterfoil.api.auth import Door
from counterfoil.api.calls import CallLimit
from counterfoil.api.commissions import may_report, note_reading
from counterfoil.api.projection import EXPORTED, record_columns
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
from counterfoil.api.wire import PREFLIGHT, Call, Scope, Send
from counterfoil.errors import OWN, OwnCode, Refusal, RefusalCode, refuse
from counterfoil.reporting.export import export
from counterfoil.reporting.export_forms import Csv, Form, Head, JsonLines, Parquet, has_parquet
from counterfoil.reporting.export_parameters import (
    Offered,
    Unfit,
    Wanted,
    from_address,
    from_json,
    read_wanted,
)
from counterfoil.settings import Settings
from counterfoil.store.facts import Networks
from counterfoil.store.pool import Pool
from counterfoil.tokens import Caller

T = TypeVar("T")

PATH = "/export/commissions"
BODY_BYTES_MAX = 1024 * 1024
BODY_S = 30
EXPORTS_MAX = 4
"""Exports that one API process writes at the same time; each holds a connection to the database."""

PAUSE_S = 60
"""How long a reader may take nothing of what is ready, before its export ends unfinished."""

_OFFERED = {
    side: Offered(tuple(fields), tuple(name for name, field in fields.items() if field.is_unasked))
    for side, fields in EXPORTED.items()
}
_STATUSES = {
    RefusalCode.MISSING_TOKEN: 401,
    RefusalCode.INVALID_TOKEN: 401,
    RefusalCode.UNAUTHORIZED: 403,
    RefusalCode.METHOD_NOT_ALLOWED: 405,
    RefusalCode.BODY_TOO_LARGE: 413,
    RefusalCode.TOO_MANY_CALLS: 429,
    RefusalCode.UNEXPECTED_FAILURE: 500,
    RefusalCode.OVERLOADED: 503,
}
_HEADERS = {
    RefusalCode.MISSING_TOKEN: {"WWW-Authenticate": "Bearer"},
    RefusalCode.INVALID_TOKEN: {"WWW-Authenticate": "Bearer"},
    RefusalCode.METHOD_NOT_ALLOWED: {"Allow": "GET, HEAD, POST"},
    RefusalCode.OVERLOADED: {"Retry-After": "5"},
}
_NO_PARQUET = Unfit(
    OwnCode.EXTRA_MISSING,
    OWN[OwnCode.EXTRA_MISSING].sentence,
    "format",
    OWN[OwnCode.EXTRA_MISSING].remedy,
)

_log = structlog.get_logger("counterfoil")


class Streamed:
    """A file on its way: its headers and its pieces, one at a time. Closed, it has let go of the database."""

    def __init__(
        self, headers: Mapping[str, str], pieces: Iterator[bytes], let_go: Callable[[], None]
    ) -> None:
        self.headers = headers
        self._pieces = pieces
        self._let_go = let_go
        self._lock = Lock()

    def next_piece(self) -> bytes | None:
        """The next piece; `None` after the last."""
        with self._lock:
            return next(self._pieces, None)

    def close(self) -> None:
        """Waits for the piece that is being made, if one is."""
        with self._lock, suppress(psycopg.Error):
            self._let_go()


class Exports:
    """The endpoint, an ASGI application of its own."""

    def __init__(self, settings: Settings, *, door: Door, pool: Pool, networks: Networks) -> None:
        """`pool` has connections of the serving role."""
        self._door = door
        self._pool = pool
        self._networks = networks
        self._calls = CallLimit(settings.rate_limit)
        self._room = Room(EXPORTS_MAX * BODY_BYTES_MAX)
        self._threads = ThreadPoolExecutor(max_workers=2 * EXPORTS_MAX, thread_name_prefix="export")
        self._running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        call = Call.of(scope, receive)
        try:
            answer = await self._answer(call)
        except ClientGone:
            return
        except (NoRoom, TooSlow, psycopg.OperationalError):
            answer = _refused(call, RefusalCode.OVERLOADED)
        except Exception:
            # The edge: a bug must not leave the caller without an answer, nor show it what went wrong.
            _log.exception("request_failed", path=call.path, request_id=call.request_id)
            answer = _refused(call, RefusalCode.UNEXPECTED_FAILURE)
        if isinstance(answer, Answer):
            await call.answer(send, answer)
            return
        try:
            await self._send(call, send, answer)
        finally:
            self._running -= 1
            await self._run(answer.close)

    async def _answer(self, call: Call) -> Answer | Streamed:
        if call.method == "OPTIONS":
            return Answer(204, b"", PREFLIGHT)
        if call.method not in ("GET", "HEAD", "POST"):
            return _refused(call, RefusalCode.METHOD_NOT_ALLOWED)
        caller = self._door.known(call.header(b"authorization"), call.address)
        if caller is None:
            caller = await self._run(self._door.authenticate, call.header(b"authorization"), call.address)
        if isinstance(caller, Refusal):
            return _refused(call, caller.code)
        wait_s = self._calls.seconds_to_wait(caller.token_id)
        if wait_s is not None:
            refused = _refused(call, RefusalCode.TOO_MANY_CALLS)
            return refused._replace(headers={"Retry-After": str(wait_s)})
        if not may_report(caller):
            return _refused(call, RefusalCode.UNAUTHORIZED)
        given = await self._given(call)
        wanted = given if isinstance(given, Unfit) else read_wanted(given, caller, _OFFERED)
        if isinstance(wanted, Unfit):
            return _told(call, 413 if wanted.code == RefusalCode.BODY_TOO_LARGE else 400, wanted)
        if wanted.format == "parquet" and not has_parquet():
            return _told(call, 501, _NO_PARQUET)
        return await self._begin(call, caller, wanted)

    async def _given(self, call: Call) -> dict[str, list[str]] | Unfit:
        # The body is read in any case: after it, the caller can only go away.
        with Body(self._room, BODY_BYTES_MAX) as body:
            try:
                content = await body.read(
                    call.header(b"content-length") or "",
                    call.header(b"content-encoding") or "",
                    call.receive,
                    BODY_S,
                )
            except TooLarge:
                return _unfit(refuse(RefusalCode.BODY_TOO_LARGE, limit=1))
            except Unreadable:
                return Unfit(
                    OwnCode.BODY_UNREADABLE, "The body cannot be inflated.", None, "Send it as it is."
                )
            return from_json(content) if call.method == "POST" else from_address(call.query)

    async def _begin(self, call: Call, caller: Caller, wanted: Wanted) -> Answer | Streamed:
        if self._running >= EXPORTS_MAX:
            return _refused(call, RefusalCode.OVERLOADED)
        self._running += 1
        try:
            return await self._run(self._begun, call, caller, wanted)
        except BaseException:
            self._running -= 1
            raise

    def _begun(self, call: Call, caller: Caller, wanted: Wanted) -> Streamed:
        """The export with its first piece made, so that what fails at once can still be told."""
        fields = [EXPORTED[wanted.filters.side][name] for name in wanted.fields]
        form = _form(wanted, [Head(field.selected.name, field.kind) for field in fields])
        printed = record_columns(wanted.filters.side, [field.selected for field in fields])
        is_packed = call.takes_gzip and not isinstance(form, Parquet)
        with ExitStack() as held:
            connection = held.enter_context(self._pool.connection())
            if caller.is_operator:
                note_reading(connection, caller, PATH, wanted.filters, call.request_id)
            under_way = export(
                connection, caller, wanted.filters, self._networks, wanted.fields, pause_s=PAUSE_S
            )
            held.callback(under_way.batches.close)
            file = _file(form, (printed(records) for records in under_way.batches))
            pieces = _packed(file) if is_packed else file
            first = next(pieces)
            headers = {
                "Content-Type": form.content_type,
                "Content-Disposition": f'attachment; filename="{under_way.file_name}.{wanted.format}"',
                "Counterfoil-As-Of": under_way.as_of.isoformat().replace("+00:00", "Z"),
                "Vary": "Accept-Encoding",
                **({"Content-Encoding": "gzip"} if is_packed else {}),
            }
            return Streamed(headers, _after(first, pieces), held.pop_all().close)

    async def _send(self, call: Call, send: Send, streamed: Streamed) -> None:
        """Sends at the reader's pace; what cannot be finished is broken off, not ended."""
        headers = [
            (name.lower().encode(), value.encode("latin-1"))
            for name, value in {**call.common_headers(), **streamed.headers}.items()
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if call.method == "HEAD":
            await send({"type": "http.response.body", "body": b""})
            return
        gone = asyncio.ensure_future(_gone(call.receive))
        try:
            while (piece := await self._run(streamed.next_piece)) is not None:
                async with asyncio.timeout(PAUSE_S):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                if gone.done() and gone.result():
                    return
        except (TimeoutError, psycopg.Error) as error:
            _log.warning("export_broken_off", request_id=call.request_id, reason=type(error).__name__)
            return
        finally:
            gone.cancel()
        await send({"type": "http.response.body", "body": b""})

    async def _run(self, function: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)


async def _gone(receive: Receive) -> bool:
    return str((await receive())["type"]) == "http.disconnect"


def _form(wanted: Wanted, heads: list[Head]) -> Csv | JsonLines | Parquet:
    match wanted.format:
        case "csv":
            return Csv(heads, raw=wanted.raw, bom=wanted.bom)
        case "jsonl":
            return JsonLines(heads)
        case _:
            return Parquet(heads)


def _file(form: Form, batches: Iterable[list[Any]]) -> Iterator[bytes]:
    """The pieces of a file; the first has the first batch in it."""
    piece = form.begin()
    for columns in batches:
        yield piece + form.rows(columns)
        piece = b""
    yield piece + form.end()


def _packed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


def _after(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _refused(call: Call, code: RefusalCode) -> Answer:
    refusal = refuse(code, field="", request_id=call.request_id, limit=1)
    return _told(call, _STATUSES[code], _unfit(refusal), _HEADERS.get(code))


def _unfit(refusal: Refusal) -> Unfit:
    return Unfit(str(refusal.code), refusal.message, None, refusal.hint)


def _told(call: Call, status: int, unfit: Unfit, headers: Mapping[str, str] | None = None) -> Answer:
    return own_error(
        status,
        unfit.code,
        unfit.message,
        unfit.hint,
        call.request_id,
        param=unfit.param,
        headers=headers or {},
    )
