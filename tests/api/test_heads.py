"""Heads: whatever is taken for a whole request is one for the server's own parser too.

Owns the comparison, over drawn requests. Next: api/heads.py.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from counterfoil.api.heads import LENGTH, headers_of, whole
from tests.api.lines import Line, echo, post

_CONFIG = uvicorn.Config(echo, log_config=None, access_log=False)


class Parsed(HttpToolsProtocol):
    """The server's own connection, which notes what it would serve."""

    def __init__(self) -> None:
        loop = cast("asyncio.AbstractEventLoop", object())
        super().__init__(_CONFIG, ServerState(), {}, _loop=loop)
        self.requests: list[RequestResponseCycle] = []
        self.ended = 0
        self.connection_made(Line())

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self.requests.append(cycle)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self.ended += 1


_USUAL = (
    "Host: a",
    "Accept: */*",
    "Authorization: Bearer a",
    "Connection: keep-alive",
    "X: \u00e9",
    "Y:a\tb ",
    "Z:",
)
_TWISTS = (
    "Connection: close",
    "connection: Keep-Alive, close",
    "Connection: upgrade",
    "Upgrade: websocket",
    "Expect: 100-continue",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: identity",
    "Content-Encoding: gzip",
    "Content-Length: 3",
    "Content-Length: 0",
    "content-length:03",
    "Content-Length: +3",
    "Content-Length: 3, 3",
    "Content-Length : 3",
    " folded",
    "\tfolded: too",
    "no colon",
    "",
    "\n",
    "a: b\nContent-Length: 3",
    "a: b\rContent-Length: 3",
    "a: b\x00",
)
_FIRST = (
    "POST /graphql HTTP/1.1",
    "POST /graphql HTTP/1.0",
    "POST /a?b HTTP/1.1",
    "POST /%61 HTTP/1.1",
    "POST http://a/graphql HTTP/1.1",
    "PUT /graphql HTTP/1.1",
    "\r\nPOST /graphql HTTP/1.1",
    "post /graphql HTTP/1.1",
)
_LENGTHS = ("Content-Length: {}", "content-length:{}", "Content-length: 0{}", "CONTENT-LENGTH: {}")
_USUALLY_FIRST = st.one_of(st.just(_FIRST[0]), st.sampled_from(_FIRST))


@settings(max_examples=300, deadline=None)
@given(
    _USUALLY_FIRST,
    st.lists(st.sampled_from(_USUAL), max_size=3),
    st.lists(st.sampled_from(_TWISTS), max_size=1),
    st.sampled_from(_LENGTHS),
    st.lists(st.sampled_from((*_USUAL, *_TWISTS)), max_size=1),
    st.sampled_from((b"", b"abc", b"abcd", b"0\r\n\r\n")),
)
def test_a_head_says_what_the_parser_says(
    first: str, usual: list[str], twist: list[str], length: str, last: list[str], body: bytes
) -> None:
    """Whatever passes is for the server's parser one request, the same to the last header and byte."""
    lines = (first, *usual, *twist, length.format(len(body)), *last, "", "")
    data = "\r\n".join(lines).encode("latin-1") + body
    found = whole(data)
    if found is None:
        return
    parsed = Parsed()
    parsed.data_received(data)

    (cycle,) = parsed.requests
    assert 1 == parsed.ended
    assert cycle.keep_alive
    assert not cycle.more_body
    assert not cycle.waiting_for_100_continue
    assert found.body == cycle.body
    assert found.head.path == cycle.scope["path"]
    headers = headers_of(cycle.scope["headers"])
    assert len(body) == int(headers.pop(LENGTH))
    assert headers == found.head.headers


def test_a_plain_request_is_whole() -> None:
    """What most callers send passes, again and again, whatever its length."""
    for body in (b"", b"abc", b"a" * 12_000, b"abc"):
        found = whole(post(body, more="Authorization: Bearer a\r\nAccept: */*\r\n"))
        assert found is not None
        assert body == found.body
