"""The wire: the head of a request as it came, and an answer as it goes, in the terms of the ASGI.

Owns headers on both sides: content types, compression, what every answer has (D15, D16). Leaves bodies to
receiving.py and what is said to others. Next: http.py.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable, MutableMapping
from functools import lru_cache
from itertools import count
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qs

from counterfoil.api.answers import DETAILED, Answer
from counterfoil.api.connection import ARRIVED, BREAK_OFF
from counterfoil.api.heads import Head, headers_of
from counterfoil.api.receiving import Receive
from counterfoil.api.timing import ANSWER, READ, Spent
from counterfoil.api.tracking import Progress
from counterfoil.clock import monotonic

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

DETAILS = b"counterfoil-errors"
"""The header by which details are asked for (D14)."""

ACCEPTS_MAX = 64
"""Values of `Accept` that are remembered; callers send the same ones again and again."""

TAKEN_IN_BYTES_MAX = 64 * 1024
"""After a 504 so long a body is still taken in, so that its connection serves on; a longer one is not."""

GZIP_ANSWER_BYTES_MIN = 1024
PARAMETERS_MAX = 20

BESIDE_BYTES_MIN = 256 * 1024
"""From this size on an answer is compressed beside the event loop."""

JSON = "application/json;charset=utf-8"
GRAPHQL_JSON = "application/graphql-response+json"
_JSON, _GRAPHQL_JSON = JSON.encode(), GRAPHQL_JSON.encode()

PROCESS_ID = token_hex(4)
"""What all request ids of this process begin with; a number follows."""

_numbers = count(1)

_COMMON = {
    b"cache-control": b"no-cache",
    b"access-control-allow-origin": b"*",
    b"x-content-type-options": b"nosniff",
}
"""What every answer has, whatever its type."""

_PLAIN_LINES = b"".join(
    b"%b: %b\r\n" % each
    for each in (
        (b"content-type", b"%b"),
        (b"x-request-id", b"%b"),
        *_COMMON.items(),
        (b"content-length", b"%d"),
    )
)
"""The headers of an answer that has none of its own."""

PREFLIGHT = {
    "Allow": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Content-Encoding, Counterfoil-Errors, *",
    "Access-Control-Max-Age": "86400",
}


class Call:
    """The head of one request."""

    def __init__(
        self,
        head: Head,
        address: str | None,
        receive: Receive,
        *,
        arrived: float | None = None,
        break_off: Callable[[], None] | None = None,
    ) -> None:
        """`arrived` is when the head was complete, `break_off` ends the connection."""
        self.method, self.path, self.query, self._headers = head
        self.address = address
        self.receive = receive
        self.request_id = f"{PROCESS_ID}{next(_numbers):08x}"
        self.progress = Progress()
        self.spent = Spent()
        self._arrived = arrived
        self._break_off = break_off

    @classmethod
    def of(cls, scope: Scope, receive: Receive) -> Call:
        """The call of a scope, as the ASGI has it."""
        path = scope["path"].rstrip("/") or "/"
        head = Head(scope["method"], path, scope.get("query_string", b""), headers_of(scope["headers"]))
        address = (scope.get("client") or (None,))[0]
        state = scope.get("state", {})
        return cls(head, address, receive, arrived=state.get(ARRIVED), break_off=state.get(BREAK_OFF))

    def waited_s(self) -> float:
        """How long ago its head was complete, as far as the connection says."""
        return 0.0 if self._arrived is None else monotonic() - self._arrived

    def header(self, name: bytes) -> str | None:
        """A header's value, by its name in small letters."""
        return self._headers.get(name)

    @property
    def is_detailed(self) -> bool:
        """Whether codes and hints are wanted beside the sentences (D14)."""
        return self._headers.get(DETAILS, "").strip().lower() == DETAILED

    async def gone(self) -> None:
        """Returns when the caller is gone; to be asked once the body is read."""
        message = await self.receive()
        if message["type"] != "http.disconnect":
            # The server has more to say only when the caller has gone.
            await asyncio.get_running_loop().create_future()

    async def break_off(self) -> None:
        """Ends the connection without an answer: whatever became of the request, none would be true."""
        assert self._break_off is not None, "the connection is one of ours"
        self._break_off()
        await self.gone()

    @property
    def is_a_browsers(self) -> bool:
        """Whether someone wants to look at a page."""
        return "text/html" in _accepted(self._headers.get(b"accept", ""))

    async def answer(self, send: Send, answer: Answer) -> None:
        """Sends the answer with the headers that every answer has."""
        if len(answer.body) < BESIDE_BYTES_MIN:
            answer = self.fitting(answer)
        else:
            answer = await asyncio.get_running_loop().run_in_executor(None, self.fitting, answer)
        headers = self.headers_of(answer)
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if self.method == "HEAD" else answer.body})

    def fitting(self, answer: Answer) -> Answer:
        """The answer, compressed if it is large and the caller takes that."""
        if len(answer.body) < GZIP_ANSWER_BYTES_MIN or "Content-Encoding" in answer.headers:
            return answer
        return compressed(answer) if self.takes_gzip else varying(answer)

    def header_lines(self, answer: Answer) -> bytes:
        """The same headers as lines."""
        if answer.headers or answer.status == 204:
            return b"".join([b"%b: %b\r\n" % each for each in self.headers_of(answer)])
        kind = _content_type(self._headers.get(b"accept"))
        return _PLAIN_LINES % (kind, self.request_id.encode(), len(answer.body))

    def headers_of(self, answer: Answer) -> Headers:
        """The headers with which an answer goes out."""
        headers = {
            b"content-type": _content_type(self._headers.get(b"accept")),
            b"x-request-id": self.request_id.encode(),
            **_COMMON,
        }
        for name, value in answer.headers.items():
            headers[name.lower().encode()] = value.encode("latin-1")
        if answer.status == 504 and self._has_much_to_come:
            headers[b"connection"] = b"close"
        if answer.status == 204:
            del headers[b"content-type"]
        else:
            headers[b"content-length"] = b"%d" % len(answer.body)
        return list(headers.items())

    @property
    def _has_much_to_come(self) -> bool:
        if READ in self.spent.steps:
            return False
        declared = self._headers.get(b"content-length", "")
        is_long = declared.isdigit() and int(declared) > TAKEN_IN_BYTES_MAX
        return is_long or b"transfer-encoding" in self._headers

    def timed(self, answer: Answer) -> Answer:
        """The answer with a header that says where its time went."""
        self.spent.on(ANSWER)
        return answer._replace(headers={**answer.headers, "Server-Timing": self.spent.header()})

    def common_headers(self) -> dict[str, str]:
        """The headers that every answer has, whatever its type."""
        common = {name.decode(): value.decode() for name, value in _COMMON.items()}
        return {**common, "x-request-id": self.request_id}

    @property
    def takes_gzip(self) -> bool:
        """Whether the caller asked for compression."""
        accepted = _accepted(self._headers.get(b"accept-encoding", ""))
        weight = accepted.get("gzip", accepted.get("*", "q=0"))
        return weight not in ("q=0", "q=0.0", "q=0.00", "q=0.000")


def _accepted(header: str) -> dict[str, str]:
    """The names in a list such as `Accept`, in small letters, each with its weight as it stands."""
    accepted: dict[str, str] = {}
    for each in header.lower().split(","):
        name, *parameters = (part.strip() for part in each.split(";"))
        weights = [part.replace(" ", "") for part in parameters if part.startswith("q")]
        if name:
            accepted[name] = weights[0] if weights else ""
    return accepted


@lru_cache(maxsize=ACCEPTS_MAX)
def _content_type(accept: str | None) -> bytes:
    """`application/json`, unless the other is the sole type that is accepted (D15)."""
    if accept is None or _accepted(accept).keys() != {GRAPHQL_JSON}:
        return _JSON
    return _GRAPHQL_JSON


def varying(answer: Answer) -> Answer:
    """The answer, which would be another for who takes compression."""
    vary = ", ".join((*filter(None, [answer.headers.get("Vary")]), "Accept-Encoding"))
    return answer._replace(headers={**answer.headers, "Vary": vary})


def compressed(answer: Answer) -> Answer:
    """The answer for who takes compression; a small one as it is."""
    if len(answer.body) < GZIP_ANSWER_BYTES_MIN:
        return answer
    varies = varying(answer)
    body = gzip.compress(answer.body, compresslevel=1)
    return varies._replace(body=body, headers={**varies.headers, "Content-Encoding": "gzip"})


def asked_by_address(query: bytes) -> bytes | None:
    """The envelope that a GET's query string stands for (D5); `None` where it has no `query`.

    Variables that are no JSON make an envelope that cannot be used.
    """
    try:
        given = parse_qs(query.decode("latin-1"), keep_blank_values=True, max_num_fields=PARAMETERS_MAX)
        document = given.get("query")
        if document is None:
            return None
        variables = json.loads(given.get("variables", ["null"])[0] or "null", parse_float=str)
    except (ValueError, RecursionError):
        return b""
    name = given.get("operationName", [None])[0]
    return json.dumps({"query": document[0], "variables": variables, "operationName": name}).encode()
