"""The pages of the project, as the tests of its words see them.

Owns finding pages, their fenced blocks, links and headings. Judges nothing. Next: walk.py, which runs what
the blocks ask.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
_SPAN = re.compile(r"`([^`\n]+)`")


class Block(NamedTuple):
    """A fenced block: its language, its text, the line on which the text begins."""

    language: str
    text: str
    line: int


class Page(NamedTuple):
    """One Markdown file; `path` starts at the root of the repository."""

    path: str
    text: str

    @property
    def blocks(self) -> list[Block]:
        """The fenced blocks, in order."""
        return [
            Block(found[1], found[2], self.text.count("\n", 0, found.start()) + 2)
            for found in _FENCE.finditer(self.text)
        ]

    @property
    def prose(self) -> str:
        """The text without its fenced blocks."""
        return _FENCE.sub("", self.text)

    @property
    def links(self) -> list[str]:
        """Where the links of the prose lead."""
        return _LINK.findall(self.prose)

    @property
    def spans(self) -> list[str]:
        """What stands between back-quotes in the prose."""
        return _SPAN.findall(self.prose)

    @property
    def anchors(self) -> set[str]:
        """The names under which the headings can be linked to."""
        headings = re.findall(r"^#+ (.+)$", self.prose, re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def pages() -> list[Page]:
    """Every page that a reader can come to, but for the template of decisions."""
    files = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return [
        Page(file.relative_to(ROOT).as_posix(), file.read_text("utf-8"))
        for file in sorted(files)
        if file.name != "template.md"
    ]


def page(path: str) -> Page:
    """The page at this path."""
    return Page(path, (ROOT / path).read_text("utf-8"))


def command_lines(block: Block) -> Iterator[str]:
    """What a person types: lines after `$ `, with the lines that a trailing backslash joins."""
    joined = block.text.replace("\\\n", " ")
    for line in joined.splitlines():
        if line.startswith("$ "):
            yield line.removeprefix("$ ")
