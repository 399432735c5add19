"""SECURITY.md and the page on the standard name tests; each of them is there, and no number is left out."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache

import pytest

from tests.tidy.source import ROOT

ASVS = "docs/reference/asvs.md"
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_PLACE = re.compile(r"`(src/[\w/.]+)`")
_ROW = re.compile(
    r"\| (\d+)\.(\d+)\.(\d+)(?: to (\d+)\.(\d+)\.(\d+))? \| (met|not applicable|open) \| (\S.*) \|"
)
_TOTAL = re.compile(r"\| (met|not applicable|open) \| (\d+) \|")

ASKED = """
1: 2 9 11 3 2
2: 3 3 4 1
3: 0 2 4 6 5 0 2
4: 3 1 2 4
5: 1 3 2 3
6: 3 12 4 4 5 3 0 4
7: 3 4 2 5 2 2
8: 2 3 1 1
9: 3 4
10: 2 2 4 11 5 2 3
11: 2 3 3 4 1 1
12: 3 2 4
13: 1 5 2 5
14: 2 4 3
15: 3 3 7
16: 1 5 4 3 3
17: 1 4 2
"""
"""How many requirements of levels 1 and 2 each section of a chapter has; they stand first in it."""


@pytest.mark.parametrize(("page", "least"), [("SECURITY.md", 20), (ASVS, 90)])
def test_every_test_that_the_page_names_is_there(page: str, least: int) -> None:
    """A rule is held by a test, or at a place, that exists under the name that the page gives."""
    text = (ROOT / page).read_text("utf-8")
    named = _NAMED.findall(text)
    missing = [f"{path}::{name}" for path, name in named if name not in _functions(path)]

    assert len(named) > least
    assert [] == missing
    assert [] == [place for place in _PLACE.findall(text) if not (ROOT / place).exists()]


def test_every_number_of_the_standard_has_its_row() -> None:
    """Each requirement of levels 1 and 2 is told of once, in its order, and no other is."""
    asked = [
        (int(chapter), section, number)
        for chapter, sections in (line.split(":") for line in ASKED.split("\n") if line)
        for section, last in enumerate(map(int, sections.split()), 1)
        for number in range(1, last + 1)
    ]

    assert 70 + 183 == len(asked)
    assert asked == [number for numbers, _, _ in _rows() for number in numbers]


def test_the_figures_are_those_of_the_rows() -> None:
    """What the page says at its top is what its rows come to."""
    told = {state: int(figure) for state, figure in _TOTAL.findall((ROOT / ASVS).read_text("utf-8"))}
    counted: Counter[str] = Counter()
    for numbers, state, _ in _rows():
        counted[state] += len(numbers)

    assert dict(counted) == told


def test_what_is_met_is_shown_and_what_is_left_out_has_its_reason() -> None:
    """Each row that is met stands alone, and names a test, a place or a page; others may share a row."""
    met = [(numbers, how) for numbers, state, how in _rows() if state == "met"]

    assert [] == [numbers for numbers, _ in met if len(numbers) > 1]
    assert [] == [
        numbers for numbers, how in met if not re.search(r"`(tests|src)/|\]\(|`make |the same$", how)
    ]


def _rows() -> list[tuple[list[tuple[int, int, int]], str, str]]:
    """The numbers of each row, its state, and what it says."""
    rows = []
    lines = (ROOT / ASVS).read_text("utf-8").splitlines()
    for line in (line for line in lines if re.match(r"\| \d", line)):
        found = _ROW.fullmatch(line)
        assert found, f"no row: {line}"
        first = tuple(map(int, found.group(1, 2, 3)))
        last = tuple(map(int, found.group(4, 5, 6))) if found[4] else first
        assert first[:2] == last[:2], f"a range leaves its section: {line}"
        rows.append(([(first[0], first[1], n) for n in range(first[2], last[2] + 1)], found[7], found[8]))
    return rows


@cache
def _functions(path: str) -> set[str]:
    file = ROOT / path
    if not file.exists():
        return set()
    return {
        node.name
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
