"""The walk through a page: everything its blocks ask of the two APIs, asked, and what they say is answered.

Owns reading questions and answers from the blocks of a page, and an API process without a socket. Next:
test_examples.py.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple, Self

from psycopg import Connection

from counterfoil.api.service import Service
from counterfoil.clock import SandboxClock
from counterfoil.sandbox import SandboxTime, duration
from counterfoil.settings import Settings
from counterfoil.store.connection import connect
from tests.desk import Desk
from tests.docs.pages import Page

NOW = "'$(date -u +%FT%TZ)'"
"""What a page writes where the present time belongs; the shell puts it in."""

CLOCK = "clock"
_ADVANCE = re.compile(r"counterfoil clock advance (\w+)")


class Question(NamedTuple):
    """A request that a page shows, and the answer that it shows for it, if it shows one.

    With the path CLOCK it is no request: time passes, as long as `document` says.
    """

    path: str
    token: str
    headers: Mapping[str, str]
    document: str
    answer: str | None
    line: int


def questions(page: Page) -> Iterator[Question]:
    """The requests of a page, in order: lines with curl, and blocks of GraphQL with the JSON after them."""
    blocks = page.blocks
    for block, after in zip(blocks, [*blocks[1:], None], strict=False):
        if block.language == "console":
            yield from _curls(block.text, block.line)
        elif block.language == "graphql":
            answer = after.text if after is not None and after.language == "json" else None
            path = "/query" if "Commissions(" in block.text else "/graphql"
            token = "publisher_b" if "publisherCommissions(" in block.text else "advertiser"
            yield Question(path, token, {}, block.text, answer, block.line)


def _curls(text: str, line: int) -> Iterator[Question]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        if found := _ADVANCE.match(part):
            yield Question(CLOCK, "", {}, found[1], None, line)
        if not part.startswith("curl ") or " -d '" not in part:
            continue
        command, _, rest = part.partition("}'\n")
        words = shlex.split(command.replace("\\\n", " ").replace(NOW, "NOW") + "}'")
        options = dict(pairwise(words))
        headers = dict(_header(words[n + 1]) for n, word in enumerate(words) if word == "-H")
        address = next(word for word in words if word.startswith("http://"))
        path = "/" + address.partition("//")[2].partition("/")[2]
        answer = rest.partition("\n$")[0].strip() or None
        token = headers.pop("Authorization", "").removeprefix("Bearer $").lower()
        yield Question(path, token, headers, options["-d"], answer, line)


def _header(text: str) -> tuple[str, str]:
    name, _, value = text.partition(":")
    return name, value.strip()


def agrees(shown: str, came: str) -> bool:
    """Whether an answer is the one that the page shows; `…` in the page stands for anything."""
    pieces = [re.escape(piece) for piece in _without_layout(shown).split("…")]
    return re.fullmatch(".*?".join(pieces), _without_layout(came)) is not None


def _without_layout(text: str) -> str:
    return re.sub(r"\s*\n\s*", "", text.strip())


class House:
    """One API process, spoken to without a socket; the desk beside it processes and tells the time."""

    def __init__(self, desk: Desk, tokens: Mapping[str, str]) -> None:
        """`tokens` by the names that the pages give them."""
        self._desk = desk
        self._tokens = tokens

        def opener(name: str) -> Connection:
            return connect(desk.urls.server, name=name)

        self._service = Service(
            Settings(),
            SandboxClock(desk.now),
            SandboxTime(opener, desk.new_worker),
            desk.urls.server,
            opener,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        events = iter(({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}))

        async def receive() -> Any:
            return next(events)

        async def send(_: Any) -> None:
            pass

        await self._service.api({"type": "lifespan"}, receive, send)
        self._service.close()

    async def ask(self, question: Question) -> str:
        """The body of the answer; whatever was accepted is processed before it comes back."""
        if question.path == CLOCK:
            self._desk.clock(self._desk.now() + duration(question.document))
            return '{"data":{}}'
        body = question.document.replace("NOW", self._desk.now().isoformat())
        headers = {"authorization": f"Bearer {self._tokens[question.token]}"} if question.token else {}
        headers |= {name.lower(): value for name, value in question.headers.items()}
        arrived: list[bytes] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body.encode(), "more_body": False}

        async def send(message: Any) -> None:
            arrived.append(message.get("body", b""))

        scope = {
            "type": "http",
            "method": "POST",
            "path": question.path,
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        await self._service.api(scope, receive, send)
        self._desk.process()
        answer = b"".join(arrived).decode()
        json.loads(answer)
        return answer
