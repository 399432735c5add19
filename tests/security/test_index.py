"""SECURITY.md names tests; each of them is there."""

from __future__ import annotations

import ast
import re

from tests.tidy.source import ROOT

_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_test_that_the_page_names_is_there() -> None:
    """A rule is held by a test that exists, under the name that the page gives."""
    named = _NAMED.findall((ROOT / "SECURITY.md").read_text("utf-8"))
    missing = [f"{path}::{name}" for path, name in named if name not in _functions(path)]

    assert len(named) > 20
    assert [] == missing


def _functions(path: str) -> set[str]:
    file = ROOT / path
    if not file.exists():
        return set()
    return {
        node.name
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
