"""The source as the rules see it: parsed modules, and the files that travel with the repository.

Owns finding, reading and parsing. Leaves every judgement to the rules. Next: rules.py.
"""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "counterfoil"
TESTS = ROOT / "tests"


@dataclass(frozen=True)
class Module:
    """One Python file, parsed. `path` starts in the package, or with `tests/`."""

    path: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """The first name of the path: `rules` for `rules/locking.py`, `money` for `money.py`."""
        return self.path.split("/")[0].removesuffix(".py")

    @property
    def line_count(self) -> int:
        return len(self.text.splitlines())


def parsed(path: str, text: str) -> Module:
    """The module that `text` would be if it stood at `path`."""
    return Module(path, text, ast.parse(text, filename=path))


def modules_under(folder: Path, origin: Path) -> tuple[Module, ...]:
    """Every Python module below `folder`, with its path from `origin`."""
    return tuple(
        parsed(file.relative_to(origin).as_posix(), file.read_text("utf-8"))
        for file in sorted(folder.rglob("*.py"))
    )


@cache
def modules_of_package() -> tuple[Module, ...]:
    """The modules of the product."""
    return modules_under(PACKAGE, PACKAGE)


@cache
def modules_of_tests() -> tuple[Module, ...]:
    """The modules of the tests, these rules among them."""
    return modules_under(TESTS, ROOT)


def travelling_texts() -> Iterator[tuple[str, str]]:
    """Path and text of every file that is, or is about to be, under version control, but for binary ones."""
    for file in _travelling_files():
        try:
            yield file.relative_to(ROOT).as_posix(), file.read_text("utf-8")
        except (FileNotFoundError, UnicodeDecodeError):
            continue


def _travelling_files() -> list[Path]:
    if (ROOT / ".git").exists():
        listing = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - git is where git is
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        return [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    # An unpacked archive has no list of its files; folders with a dot in front are the tools' own.
    return [
        file
        for file in ROOT.rglob("*")
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(ROOT).parent.parts)
    ]
