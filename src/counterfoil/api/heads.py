"""Heads: what the first lines of a request say; read once where many requests begin with the same.

Owns how a head is kept, and which requests are whole in one piece. Parses nothing itself: each head that is
new goes through the server's own parser. Next: connection.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

KEPT_BYTES_MAX = 2 * 1024
"""Longer heads are not kept, and go the long way."""

KEPT_MAX = 1024
"""Heads that a process keeps. Callers repeat theirs, but for the length of the body."""

LENGTH = b"content-length"

_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\n[Cc]ontent-[Ll]ength: ?([0-9]{1,6})\r\n")
_NO_LENGTH = b"0"

_PATH = re.compile(rb"(?:/[a-z]+)+")
"""Paths that need no second look: no query, nothing escaped."""

_UNUSUAL = frozenset({b"expect", b"transfer-encoding", b"content-encoding", b"upgrade"})
"""Headers that ask for more than to read so many bytes as they are."""


class Head(NamedTuple):
    """A request without its body; names of headers are in small letters."""

    method: str
    path: str
    query: bytes
    headers: dict[bytes, str]


class Whole(NamedTuple):
    """A request that is there to its last byte, with nothing behind it; its head says no length."""

    head: Head
    body: bytes


def whole(received: bytes) -> Whole | None:
    """The plain POST that a connection's bytes are from first to last; `None` for whatever else they are."""
    end = received.find(_END, 0, KEPT_BYTES_MAX)
    if end < 0:
        return None
    length = _LENGTH.search(received, 0, end + 2)
    if length is None or len(received) != end + len(_END) + int(length[1]):
        return None
    head = _kept(received[: length.start(1)] + _NO_LENGTH + received[length.end(1) : end + len(_END)])
    return Whole(head, received[end + len(_END) :]) if head is not None else None


def headers_of(pairs: Iterable[tuple[bytes, bytes]]) -> dict[bytes, str]:
    """Headers by name; of several with the same name the last."""
    headers: dict[bytes, str] = {}
    for name, value in pairs:
        text = value.decode("latin-1")
        if name == b"authorization" and name in headers:
            # Two headers say two things: neither is believed (D8).
            text = f"{headers[name]}\x00{text}"
        headers[name] = text
    return headers


class _Heard:
    """What the parser says of one head."""

    def __init__(self) -> None:
        self.parser = HttpRequestParser(self)
        self.complete = 0
        self.is_plain = False
        self.url = b""
        self.pairs: list[tuple[bytes, bytes]] = []

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.pairs.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        # Behind the message the parser no longer knows.
        is_kept = self.parser.get_http_version() == "1.1" and self.parser.should_keep_alive()
        self.is_plain = is_kept and self.parser.get_method() == b"POST"

    def on_message_complete(self) -> None:
        self.complete += 1


@lru_cache(maxsize=KEPT_MAX)
def _kept(text: bytes) -> Head | None:
    """A head whose length was made 0, which makes it a request of its own, as the server's parser has it.

    Other digits in that place change nothing but the length: the parser told them as that header's value.
    """
    heard = _Heard()
    try:
        heard.parser.feed_data(text)
    except (HttpParserError, HttpParserUpgrade):
        return None
    lengths = [value for name, value in heard.pairs if name == LENGTH]
    is_one = heard.complete == 1 and lengths == [_NO_LENGTH]
    if not (is_one and heard.is_plain and _PATH.fullmatch(heard.url)):
        return None
    headers = headers_of(pair for pair in heard.pairs if pair[0] != LENGTH)
    return None if _UNUSUAL & headers.keys() else Head("POST", heard.url.decode(), b"", headers)
