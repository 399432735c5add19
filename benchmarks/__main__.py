"""The benchmark: every part side by side in one run, a table, a JSON file, and the sums of all orders.

Owns the order of the parts and the exit code: 1 when a single order is missing or there twice; a target that
is missed is printed, and no fault. Next: figures.py, then the part that interests you.

    python -m benchmarks [--quick | --full] [--only a,c] [--json FILE] [--disk FOLDER] [--stored N,N]
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import backlog, growth, latency, one_request, singles, table
from benchmarks.figures import Figure, checked, names
from benchmarks.one_request import ALL, Shape, Walls
from benchmarks.orders import Order, drawn
from benchmarks.server import Server, scratch

QUICK_BACKLOG, FULL_BACKLOG = 50_000, 200_000
QUICK_SINGLES, FULL_SINGLES = 20_000, 60_000
STORED = "10000,1000000,10000000"


def main() -> int:
    """Runs the parts; 0 when every order is there exactly once."""
    arguments = _arguments()
    # Servers and scratch folders are cleared away on the way out, whoever ends the run.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parts = arguments.only.split(",") if arguments.only else list("abcdef" if arguments.full else "abcde")
    begin = time.monotonic()
    figures: list[Figure] = []
    folder = arguments.disk or Path(tempfile.gettempdir())
    around = {"form": "full" if arguments.full else "quick", **table.surroundings(folder.resolve(), "")}
    with scratch(folder) as server:
        around["postgresql"] = server.connection.info.parameter_status("server_version")
        made = drawn(FULL_SINGLES if arguments.full else QUICK_SINGLES, server.target)
        run = _Run(server, made, names(), figures, is_full=arguments.full)
        run.parts(parts, [int(size) for size in arguments.stored.split(",")])
    seconds = time.monotonic() - begin
    table.show(figures, around, seconds)
    table.write(figures, around, seconds, arguments.json)
    print(f"written: {arguments.json}")
    missed = [figure.name for figure in figures if figure.is_met is False]
    if missed:
        print(f"{len(missed)} targets missed: {'; '.join(missed)}")
    void = any(figure.is_void for figure in figures)
    print("Orders are missing or there twice: void." if void else "Every order is there exactly once.")
    return 1 if void else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure Counterfoil beside its peers and its limits.")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--quick", action="store_true", help="under two minutes (the default)")
    form.add_argument("--full", action="store_true", help="everything; takes more than an hour")
    parser.add_argument("--only", help="these parts alone, such as a,c")
    parser.add_argument("--json", type=Path, default=Path("benchmark.json"), help="a file for the figures")
    parser.add_argument(
        "--disk", type=Path, help="a folder on the disk to measure on; the temporary one unless set"
    )
    parser.add_argument("--stored", default=STORED, help="numbers of stored orders for part f")
    return parser.parse_args()


class _Run:
    """The parts, and what one of them needs of another."""

    def __init__(
        self,
        server: Server,
        made: tuple[Order, ...],
        names: Iterator[str],
        figures: list[Figure],
        *,
        is_full: bool,
    ) -> None:
        self._server = server
        self._made = made
        self._names = names
        self._figures = figures
        self._is_full = is_full
        self._walls: Walls = {}

    def parts(self, wanted: list[str], sizes: list[int]) -> None:
        """Runs these."""
        with self._server.serving():
            if "a" in wanted or "b" in wanted:
                self._one_request()
            if "b" in wanted:
                self._beside()
            if "c" in wanted or "d" in wanted:
                self._one_order_requests("d" in wanted)
        if "e" in wanted:
            self._say("e")
            with checked("e", self._server, self._names, self._figures) as part:
                backlog.measure(part, self._made, FULL_BACKLOG if self._is_full else QUICK_BACKLOG)
        if "f" in wanted:
            self._say("f")
            growth.measure(self._server, self._made, sizes, self._names, self._figures)

    def _one_request(self) -> None:
        self._say("a")
        with checked("a", self._server, self._names, self._figures) as part:
            self._walls = one_request.of_the_product(part, self._made[:ALL], is_full=self._is_full)

    def _beside(self) -> None:
        self._say("b")
        assert Shape("literals", ALL) in self._walls
        with checked("b", self._server, self._names, self._figures) as part:
            one_request.of_the_limits(part, self._made[:ALL], self._walls)
            one_request.of_the_peers(part, self._made[:ALL], self._walls, is_full=self._is_full)

    def _one_order_requests(self, is_with_latency: bool) -> None:
        self._say("c")
        with checked("c", self._server, self._names, self._figures) as part:
            sustained = singles.measure(part, self._made, is_full=self._is_full)
            singles.beside_bulks(part, self._made[:ALL], is_full=self._is_full)
        if is_with_latency:
            self._say("d")
            with checked("d", self._server, self._names, self._figures) as part:
                latency.measure(part, self._made, sustained, is_full=self._is_full)

    def _say(self, letter: str) -> None:
        print(f"{letter}  {table.PARTS[letter]} ...", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
