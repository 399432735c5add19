"""The table: figures beside their targets, for people and as JSON.

Owns how they are shown, and what machine and source they belong to. Judges nothing: a missed target is
printed as missed. Next: __main__.py.
"""

from __future__ import annotations

import json
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.figures import Figure
from benchmarks.server import ROOT, machine

PARTS = {
    "a": "one request",
    "b": "beside peers and limits",
    "c": "one-order requests",
    "d": "accepted to visible",
    "e": "backlog",
    "f": "growth",
}
PIPE_COLUMNS = 180
PACKAGES = ("counterfoil", "graphql-core", "strawberry-graphql", "msgspec", "psycopg", "uvicorn")


def surroundings(folder: Path, postgresql: str) -> dict[str, Any]:
    """What the figures have to be read with; taken before anything runs."""
    return {
        **machine(),
        "disk": _disk(folder),
        "postgresql": postgresql,
        "packages": {name: _version(name) for name in PACKAGES},
        "revision": _git("rev-parse", "--short", "HEAD") + ("+" if _git("status", "--porcelain") else ""),
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _git(*words: str) -> str:
    done = subprocess.run(
        ["git", *words],  # noqa: S607 - git is where git is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()


def _disk(folder: Path) -> str:
    mounts = [line.split()[:3] for line in Path("/proc/mounts").read_text().splitlines()]
    under = [(place, device, kind) for device, place, kind in mounts if folder.is_relative_to(place)]
    place, device, kind = max(under)
    return f"{device} ({kind}) at {place}"


def show(figures: list[Figure], around: dict[str, Any], seconds: float) -> None:
    """Prints the table and what it was measured on."""
    console = Console()
    # In a pipe there is no width to fit; a table folded to 80 columns is no table.
    if not console.is_terminal:
        console = Console(width=PIPE_COLUMNS)
    table = Table(title="Counterfoil's benchmark", title_justify="left")
    table.add_column("figure", overflow="fold")
    for name in ("value", "target", "ratio", "spread"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("note", overflow="fold", style="dim")
    part = ""
    for figure in figures:
        if figure.part != part:
            part = figure.part
            table.add_section()
            table.add_row(f"[bold]{part}  {PARTS[part]}[/bold]")
        table.add_row(*_row(figure))
    console.print(table)
    told = ", ".join(f"{name} {value}" for name, value in around.items() if name != "packages")
    console.print(f"{told}; took {seconds:.0f} s", highlight=False)
    if around["load_at_start"] > 0.5:
        console.print(
            f"The machine was busy before the run (load {around['load_at_start']:.1f}): trust ratios only."
        )


def _row(figure: Figure) -> tuple[str, ...]:
    value = "–" if figure.value is None else f"{number(figure.value)} {figure.unit}"
    target = ratio = ""
    if figure.target is not None:
        bound = "≥" if figure.target.is_least else "≤"
        target = f"{bound} {number(figure.target.value)} {figure.unit}"
        ratio = "" if figure.value is None else f"{figure.value / figure.target.value:.2f}"
    spread = "" if figure.spread is None else f"{figure.spread:.0%}"
    return "   " + figure.name, value, target, ratio, spread, _verdict(figure), figure.note


def _verdict(figure: Figure) -> str:
    if figure.is_void:
        return "[bold red]void[/]"
    if figure.is_met is None:
        return ""
    return "[green]pass[/]" if figure.is_met else "[yellow]missed[/]"


def number(value: float) -> str:
    """Three digits that mean something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value >= 0.001 or value == 0 else f"{value:.4f}"


def write(figures: list[Figure], around: dict[str, Any], seconds: float, file: Path) -> None:
    """The same as JSON."""
    told = [
        {
            **figure._asdict(),
            "target": figure.target and figure.target._asdict(),
            "is_met": figure.is_met,
        }
        for figure in figures
    ]
    whole = {"surroundings": around, "seconds": round(seconds), "figures": told}
    file.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n")
