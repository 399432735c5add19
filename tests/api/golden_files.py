"""Golden files: a request and its exact answer in one file of text, to be reviewed as a diff.

Owns their form. A file says in its first line what it shows, then names settings that are not the usual ones
(`with NAME=VALUE`), then the request as it goes over the wire, then the answer. `make golden` writes the
answers anew. Next: test_http_golden.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from counterfoil import __version__
from tests.api.serving import House, Reply

FOLDER = Path(__file__).parent / "golden"
REQUEST, ANSWER = "--- request\n", "--- answer\n"
SHOWN = ("content-type", "allow", "www-authenticate", "retry-after")

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_REQUEST_ID = re.compile(r"(?<=request )[0-9a-f]{16}")


class Golden(NamedTuple):
    """One file, taken apart."""

    head: str
    request: str
    answer: str

    @property
    def text(self) -> str:
        """The file, put together."""
        return f"{self.head}{REQUEST}{self.request}{ANSWER}{self.answer}"

    @property
    def settings(self) -> dict[str, str | int]:
        """The settings that are not the usual ones."""
        found = re.findall(r"^with (\w+)=(\S+)$", self.head, re.MULTILINE)
        return {
            name: int(value) if value.isdigit() and "status" not in name else value for name, value in found
        }

    def asked(self, house: House) -> Golden:
        """The same request with the answer that it gets now."""
        head, _, body = self.request.partition("\n\n")
        first, *lines = head.splitlines()
        method, path = first.split(" ", 1)
        headers = dict(line.split(": ", 1) for line in lines)
        for name, token in house.tokens.items():
            headers = {key: value.replace(f"<{name}>", token) for key, value in headers.items()}
        served = house.served(**self.settings)
        raw = body.removesuffix("\n").encode() if body.strip() else None
        return self._replace(answer=_told(served.ask(method, path, raw, headers)))


def read(path: Path) -> Golden:
    """A file as it stands; one without an answer has an empty one."""
    head, _, rest = path.read_text("utf-8").partition(REQUEST)
    request, _, answer = rest.partition(ANSWER)
    return Golden(head, request, answer)


def _told(reply: Reply) -> str:
    lines = [
        str(reply.status),
        *(f"{name}: {reply.headers[name]}" for name in SHOWN if name in reply.headers),
    ]
    return "\n".join([*lines, "", _masked(reply.body.decode()), ""])


def _masked(text: str) -> str:
    """The text with everything in it that differs from one time to the next replaced by a placeholder."""
    places: dict[str, str] = {}
    text = _UUID.sub(lambda found: places.setdefault(found[0], f"<id {len(places) + 1}>"), text)
    text = _REQUEST_ID.sub("<request id>", text)
    return text.replace(f'"{__version__}"', '"<version>"')


def all_files() -> Mapping[str, Path]:
    """The files by name."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.txt"))}
