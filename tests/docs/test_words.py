"""What the pages name is there: links, files, commands, targets of make, settings.

Owns those checks. Leaves what examples do to test_examples.py. Next: pages.py.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperGroup

from counterfoil.cli import commands
from counterfoil.cli.frame import EVERYWHERE
from counterfoil.settings import NAMES, PREFIX
from tests.docs.pages import ROOT, Page, command_lines, page, pages

PAGES = pages()
NOT_SETTINGS = {"COUNTERFOIL_TOKEN"}
"""Names of the environment that are read by one command alone."""

ROOMS = sorted(
    path.name
    for path in (ROOT / "src" / "counterfoil").iterdir()
    if path.name not in ("__init__.py", "__pycache__", "py.typed")
)
of_each_page = pytest.mark.parametrize("each", PAGES, ids=[each.path for each in PAGES])


def _typed(each: Page) -> Iterator[str]:
    """Every command line that a page gives: after `$ ` in its blocks, or between back-quotes."""
    for block in each.blocks:
        if block.language == "console":
            yield from command_lines(block)
    yield from (span for span in each.spans if span.startswith(("counterfoil ", "make ")))


@of_each_page
def test_links_lead_somewhere(each: Page) -> None:
    """Every link to a page of ours leads to a file that is there, and to a heading that it has."""
    broken = []
    for link in each.links:
        path, _, anchor = link.partition("#")
        if "://" in link:
            continue
        target = (ROOT / each.path).parent / path if path else ROOT / each.path
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            broken.append(link)

    assert [] == broken


def _anchors(target: Path) -> set[str]:
    return page(target.resolve().relative_to(ROOT).as_posix()).anchors


@of_each_page
def test_commands_are_there(each: Page) -> None:
    """Every `counterfoil …` that a page gives is a command, with options that it has."""
    tree = commands.tree()
    faults = [line for line in _typed(each) for words in _counterfoil(line) if not _is_known(words, tree)]

    assert [] == faults


def _counterfoil(line: str) -> Iterator[list[str]]:
    for found in re.finditer(r"(?:^|[\s(])(?:\.venv/bin/)?counterfoil ([^>|&;#)]*)", line):
        # A span may name several commands, or leave something out.
        if "," not in found[1] and "…" not in found[1]:
            yield shlex.split(found[1])


def _is_known(words: list[str], group: TyperGroup) -> bool:
    if not words or words[0].startswith("-"):
        return all(word in {*EVERYWHERE, "--version", "--help"} for word in words)
    command = group.commands.get(words[0])
    if isinstance(command, TyperGroup):
        return len(words) == 1 or _is_known(words[1:], command)
    if command is None:
        return False
    options = {name for each in command.params for name in each.opts} | {*EVERYWHERE, "--help"}
    return all(word.partition("=")[0] in options for word in words if word.startswith("--"))


@of_each_page
def test_targets_of_make_are_there(each: Page) -> None:
    """Every `make …` that a page gives is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    given = {found[1] for line in _typed(each) for found in re.finditer(r"(?:^|&& )make ([a-z-]+)", line)}

    assert set() == given - targets


@of_each_page
def test_settings_are_there(each: Page) -> None:
    """Every variable of the environment that a page names is a setting."""
    given = set(re.findall(r"\bCOUNTERFOIL_[A-Z][A-Z_]*[A-Z]\b", each.text))

    assert set() == given - {PREFIX + name.upper() for name in NAMES} - NOT_SETTINGS


def test_every_room_has_its_place_on_the_map() -> None:
    """ARCHITECTURE.md names every module and folder at the top of the package."""
    named = set(page("ARCHITECTURE.md").spans)

    assert [] == [room for room in ROOMS if not {room, f"{room}/"} & named]


def test_every_path_on_the_map_is_there() -> None:
    """Every file and every function of a file that ARCHITECTURE.md names exists."""
    spans = page("ARCHITECTURE.md").spans
    origins = (ROOT, ROOT / "src" / "counterfoil")
    paths = [span for span in spans if re.fullmatch(r"[\w./-]+(\.(py|sql|graphql|toml|md)|/)", span)]
    lost = [path for path in paths if not any((origin / path).exists() for origin in origins)]

    assert paths
    assert [] == lost


def test_every_function_on_the_map_is_there() -> None:
    """Where ARCHITECTURE.md names `file.py: function`, the file has that function or class."""
    lost = [
        span
        for span in page("ARCHITECTURE.md").spans
        if (found := re.fullmatch(r"([\w/]+\.py): ([\w.]+)", span))
        and not _has(found[1], found[2].split("."))
    ]

    assert [] == lost


def _has(path: str, names: list[str]) -> bool:
    text = (ROOT / "src" / "counterfoil" / path).read_text("utf-8")
    return all(re.search(rf"\b(def|class) {name}\b|^{name}\b.* = ", text, re.MULTILINE) for name in names)


def test_every_decision_is_in_the_list() -> None:
    """docs/decisions/README.md links to every record."""
    records = {file.name for file in (ROOT / "docs" / "decisions").glob("[0-9]*.md")}

    assert records
    assert records == {link for link in page("docs/decisions/README.md").links if link[0].isdigit()}


@pytest.mark.parametrize(("path", "lines_max"), [("README.md", 150), ("ARCHITECTURE.md", 250)])
def test_what_is_read_first_stays_short(path: str, lines_max: int) -> None:
    """The two pages that a stranger reads first stay within their length."""
    assert len(page(path).text.splitlines()) < lines_max
