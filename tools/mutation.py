"""Mutation: small faults put into the deciding rooms one by one, and whether the fast pure tests notice.

Owns the making of faults, by seed, and the share that is noticed. Changes nothing in the tree: each fault
lives in a copy. Run by `make test-mutation SAMPLE=200 SEED=1`; a run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"
KEPT = ROOT / "build" / "mutation"
ROOMS = ("ledger.py", "money.py", "rules/*.py", "processing/*.py")

TESTS = (
    "tests/properties/test_found.py",
    "tests/rules",
    *(f"tests/properties/test_state_machine.py::test_seeded_histories_agree[{n}]" for n in (0, 15, 30)),
)
"""From the quickest to the slowest; the first that fails has noticed the fault."""

NOTICED, TOO_LONG, MISSED = "noticed", "noticed by time", "missed"
PYTEST = ("-m", "pytest", "-x", "-q", "-p", "no:xdist", "-p", "no:randomly", "-p", "no:cacheprovider")
FAILED_EXITS = frozenset({1, 2, 4})
"""A test failed, a module of tests could not be imported, or its conftest could not."""
UNREACHED = frozenset({"annotation", "returns", "decorator_list"})
STRICTNESS = frozenset({"strict", "kw_only", "frozen", "slots"})
PATIENCE = 6
"""So many times as long as without a fault, and the fault is an endless loop."""

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Add: ast.Sub,
    ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip


class Fault(NamedTuple):
    """One small change of one module: where, what it says now and what it says then."""

    module: str
    line: int
    was: str
    becomes: str
    text: str

    @property
    def name(self) -> str:
        """The same for the same fault in the same source."""
        return f"{self.module}:{self.line}: {self.was} -> {self.becomes}"


def faults(module: str, text: str) -> Iterator[Fault]:
    """Every fault of a module, in the order of its source."""
    count = sum(1 for _ in _places(ast.parse(text)))
    for number in range(count):
        tree = ast.parse(text)
        owner, name, at, old, new = next(each for n, each in enumerate(_places(tree)) if n == number)
        line, was = getattr(old, "lineno", getattr(owner, "lineno", 0)), _shown(owner, old)
        if at is None:
            setattr(owner, name, new)
        else:
            getattr(owner, name)[at] = new
        ast.fix_missing_locations(tree)
        yield Fault(module, line, was, _shown(owner, new), ast.unparse(tree))


Place = tuple[ast.AST, str, int | None, ast.AST, ast.AST]
"""A node, its member, the index in it if it is a list, what stands there, and what could."""


def _places(tree: ast.Module) -> Iterator[Place]:
    for owner in _reached(tree):
        for name, value in ast.iter_fields(owner):
            if name in UNREACHED:
                continue
            several = isinstance(value, list)
            for at, old in enumerate(value if several else [value]):
                if not isinstance(old, ast.AST):
                    continue
                for new in _instead(owner, old):
                    yield owner, name, at if several else None, old, new


def _reached(node: ast.AST) -> Iterator[ast.AST]:
    """Every node whose change could matter: no annotation, no docstring, nothing that is only asserted."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in UNREACHED:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _says_nothing(child):
                yield from _reached(child)


def _says_nothing(node: ast.AST) -> bool:
    """What only asserts, only words a sentence, or only asks Python to be stricter."""
    if isinstance(node, ast.keyword):
        return node.arg in STRICTNESS
    return isinstance(node, (ast.Assert, ast.JoinedStr))


def _instead(owner: ast.AST, old: ast.AST) -> Iterator[ast.AST]:
    if type(old) in SWAPS and isinstance(owner, (ast.Compare, ast.BinOp, ast.BoolOp, ast.AugAssign)):
        yield SWAPS[type(old)]()
    if isinstance(old, ast.UnaryOp) and isinstance(old.op, (ast.Not, ast.USub)):
        yield old.operand
    if isinstance(old, ast.Constant) and isinstance(old.value, bool):
        yield ast.copy_location(ast.Constant(value=not old.value), old)
    elif isinstance(old, ast.Constant) and isinstance(old.value, int):
        yield ast.copy_location(ast.Constant(value=old.value + 1), old)
    if isinstance(old, ast.Return) and not (old.value is None or _is_none(old.value)):
        yield ast.copy_location(ast.Return(value=ast.Constant(value=None)), old)
    if isinstance(old, ast.If):
        changed = deepcopy(old)
        changed.test = ast.Constant(value=False)
        yield changed


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _shown(owner: ast.AST, node: ast.AST) -> str:
    """The statement that changes, or the whole expression around what changes; of a branch its condition."""
    if isinstance(node, ast.If):
        return f"if {ast.unparse(node.test)}"
    shown = node if isinstance(node, ast.stmt) else owner
    if isinstance(shown, ast.If):
        return f"if {ast.unparse(shown.test)}"
    return " ".join(ast.unparse(shown).split())[:160]


def all_faults() -> list[Fault]:
    """Every fault of the rooms that decide."""
    package = SOURCE / "counterfoil"
    files = sorted(file for room in ROOMS for file in package.glob(room))
    return [
        fault
        for file in files
        for fault in faults(file.relative_to(package).as_posix(), file.read_text("utf-8"))
    ]


class Copy:
    """A copy of the source, in which one fault at a time stands."""

    def __init__(self, folder: Path) -> None:
        self._source = folder / "src"
        shutil.copytree(SOURCE, self._source, ignore=shutil.ignore_patterns("__pycache__"))
        begin = monotonic()
        told = self._tested(None)
        if told != MISSED:
            raise SystemExit("The tests fail without any fault: mend them first.")
        self._limit_s = PATIENCE * (monotonic() - begin) + 10

    def verdict(self, fault: Fault) -> str:
        """Whether the tests notice the fault."""
        file = self._source / "counterfoil" / fault.module
        whole = file.read_text("utf-8")
        file.write_text(fault.text, "utf-8")
        try:
            return self._tested(self._limit_s)
        finally:
            file.write_text(whole, "utf-8")

    def _tested(self, limit_s: float | None) -> str:
        around = os.environ | {"PYTHONPATH": str(self._source), "PYTHONDONTWRITEBYTECODE": "1"}
        words = [sys.executable, *PYTEST, *TESTS]
        try:
            ran = subprocess.run(  # noqa: S603 - the words are ours
                words, cwd=ROOT, env=around, capture_output=True, timeout=limit_s, check=False
            )
        except subprocess.TimeoutExpired:
            return TOO_LONG
        if ran.returncode in FAILED_EXITS:
            return NOTICED
        if ran.returncode:
            raise SystemExit(ran.stdout.decode(errors="replace"))
        return MISSED


def main(words: Sequence[str] | None = None) -> int:
    """Tries a sample, tells the share that is noticed by module, and lists what is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=120)
    asked = parser.parse_args(words)
    chosen = all_faults()
    random.Random(asked.seed).shuffle(chosen)  # noqa: S311 - a sample that can be drawn again
    chosen = chosen[: asked.sample]
    KEPT.mkdir(parents=True, exist_ok=True)
    kept = KEPT / f"seed-{asked.seed}.jsonl"
    known = _known(kept)
    until = monotonic() + 60 * asked.minutes
    todo = [fault for fault in chosen if fault.name not in known]
    if todo:
        with tempfile.TemporaryDirectory(prefix="counterfoil-mutation-") as folder, kept.open("a") as lines:
            copy = Copy(Path(folder))
            for fault in todo:
                if monotonic() > until:
                    break
                known[fault.name] = copy.verdict(fault)
                lines.write(json.dumps({"fault": fault.name, "verdict": known[fault.name]}) + "\n")
                lines.flush()
    sys.stdout.write(report([(each, known[each.name]) for each in chosen if each.name in known]) + "\n")
    return 0


def _known(kept: Path) -> dict[str, str]:
    if not kept.exists():
        return {}
    rows: list[dict[str, Any]] = [json.loads(line) for line in kept.read_text().splitlines()]
    return {row["fault"]: row["verdict"] for row in rows}


def report(judged: Sequence[tuple[Fault, str]]) -> str:
    """The share that was noticed, by module and in all, and every fault that was missed."""
    tried = Counter(fault.module for fault, _ in judged)
    noticed = Counter(fault.module for fault, verdict in judged if verdict != MISSED)
    lines = [f"{noticed[module]:4} of {tried[module]:4}  {module}" for module in sorted(tried)]
    share = 100 * noticed.total() / (tried.total() or 1)
    missed = [f"missed  {fault.name}" for fault, verdict in judged if verdict == MISSED]
    return "\n".join([*lines, f"{noticed.total():4} of {tried.total():4}  noticed, {share:.0f} %", *missed])


if __name__ == "__main__":
    raise SystemExit(main())
