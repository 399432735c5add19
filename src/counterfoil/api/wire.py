"""The wire: the head of a request as it came, and an answer as it goes, in the terms of the ASGI.

Owns headers on both sides: content types, compression, what every answer has (D15, D16). Leaves bodies to
receiving.py and what is said to others. Next: http.py.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Awaitable, Callable, MutableMapping
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qs

from counterfoil.api.answers import DETAILED, Answer
from counterfoil.api.receiving import Receive
from counterfoil.api.tracking import Progress

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

GZIP_ANSWER_BYTES_MIN = 1024
PARAMETERS_MAX = 20

JSON = "application/json;charset=utf-8"
GRAPHQL_JSON = "application/graphql-response+json"

PREFLIGHT = {
    "Allow": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Content-Encoding, Counterfoil-Errors, *",
    "Access-Control-Max-Age": "86400",
}


class Call:
    """The head of one request."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"].rstrip("/") or "/"
        self.query: bytes = scope.get("query_string", b"")
        self.address: str | None = (scope.get("client") or (None,))[0]
        self.receive = receive
        self.request_id = token_hex(8)
        self.progress = Progress()
        self._headers = _headers(scope)

    def header(self, name: bytes) -> str | None:
        """A header's value, by its name in small letters."""
        return self._headers.get(name)

    @property
    def is_detailed(self) -> bool:
        """Whether codes and hints are wanted beside the sentences (D14)."""
        return self._headers.get(b"counterfoil-errors", "").strip().lower() == DETAILED

    @property
    def is_a_browsers(self) -> bool:
        """Whether someone wants to look at a page."""
        return "text/html" in _accepted(self._headers.get(b"accept", ""))

    async def answer(self, send: Send, answer: Answer) -> None:
        """Sends the answer with the headers that every answer has."""
        headers = {
            "Content-Type": _content_type(self._headers.get(b"accept", "")),
            **self.common_headers(),
            **answer.headers,
        }
        body = answer.body
        if len(body) >= GZIP_ANSWER_BYTES_MIN:
            headers["Vary"] = ", ".join((*filter(None, [answer.headers.get("Vary")]), "Accept-Encoding"))
            if self.takes_gzip:
                body = gzip.compress(body, compresslevel=1)
                headers["Content-Encoding"] = "gzip"
        if answer.status == 204:
            del headers["Content-Type"]
        else:
            headers["Content-Length"] = str(len(body))
        raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        await send({"type": "http.response.body", "body": b"" if self.method == "HEAD" else body})

    def common_headers(self) -> dict[str, str]:
        """The headers that every answer has, whatever its type."""
        return {
            "Cache-Control": "no-cache",
            "Access-Control-Allow-Origin": "*",
            "X-Content-Type-Options": "nosniff",
            "X-Request-Id": self.request_id,
        }

    @property
    def takes_gzip(self) -> bool:
        """Whether the caller asked for compression."""
        accepted = _accepted(self._headers.get(b"accept-encoding", ""))
        weight = accepted.get("gzip", accepted.get("*", "q=0"))
        return weight not in ("q=0", "q=0.0", "q=0.00", "q=0.000")


def _headers(scope: Scope) -> dict[bytes, str]:
    headers: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        text = value.decode("latin-1")
        if name == b"authorization" and name in headers:
            # Two headers say two things: neither is believed (D8).
            text = f"{headers[name]}\x00{text}"
        headers[name] = text
    return headers


def _accepted(header: str) -> dict[str, str]:
    """The names in a list such as `Accept`, in small letters, each with its weight as it stands."""
    accepted: dict[str, str] = {}
    for each in header.lower().split(","):
        name, *parameters = (part.strip() for part in each.split(";"))
        weights = [part.replace(" ", "") for part in parameters if part.startswith("q")]
        if name:
            accepted[name] = weights[0] if weights else ""
    return accepted


def _content_type(accept: str) -> str:
    """`application/json`, unless the other is the sole type that is accepted (D15)."""
    return GRAPHQL_JSON if _accepted(accept).keys() == {GRAPHQL_JSON} else JSON


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
