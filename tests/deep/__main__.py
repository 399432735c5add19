"""`python -m tests.deep`: every deep test, in one run or in several that go on where the last one stopped.

Owns what is remembered of each test, and the table at the end. Leaves what is deep to the marks in the tests.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import pytest

FOLDER = Path("build/deep")
SAID_MAX = 2_000
"""Characters of a failure that are written down at once; all of it is printed at the end."""


class Ran(NamedTuple):
    """One test as it went: `seconds` are those of all its parts, `said` is why it failed."""

    test: str
    outcome: str
    seconds: float
    said: str = ""


class Journal:
    """Writes down each test as it ends, and leaves out those that went well before."""

    def __init__(self, file: Path, minutes: float) -> None:
        """`minutes` is how long tests are begun; 0 is for ever."""
        self._file = file
        self._end = monotonic() + 60 * minutes if minutes else None
        self._seconds: dict[str, float] = {}
        self._outcomes: dict[str, str] = {}
        self._said: dict[str, str] = {}
        self.left: list[str] = []

    def before(self) -> list[Ran]:
        """What is written down, the last time of each test alone."""
        if not self._file.exists():
            return []
        ran = [Ran(**json.loads(line)) for line in self._file.read_text().splitlines()]
        return list({each.test: each for each in ran}.values())

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Leaves out what went well."""
        self._session = session
        done = {each.test for each in self.before() if each.outcome != "failed"}
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid in done])
        items[:] = [item for item in items if item.nodeid not in done]
        self.left = [item.nodeid for item in items]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One of the three parts of a test is over."""
        test = report.nodeid
        self._seconds[test] = self._seconds.get(test, 0.0) + report.duration
        if report.outcome != "passed":
            self._outcomes[test] = report.outcome
        if report.outcome == "failed":
            self._said[test] = report.longreprtext[-SAID_MAX:]
        if report.when == "teardown":
            self.left.remove(test)
            outcome, said = self._outcomes.get(test, "passed"), self._said.get(test, "")
            ran = Ran(test, outcome, round(self._seconds[test], 2), said)
            with self._file.open("a") as file:
                file.write(json.dumps(ran._asdict()) + "\n")
            if self._end is not None and monotonic() > self._end:
                self._session.shouldstop = "the time is over"


def main(arguments: Sequence[str] | None = None) -> int:
    """Answers 1 where a test failed, or was left for another time."""
    parser = argparse.ArgumentParser(prog="python -m tests.deep", description="Run every deep test.")
    parser.add_argument("only", nargs="*", help="files or folders of tests; all of them by default")
    parser.add_argument("--minutes", type=float, default=0, help="begin no test after so long")
    parser.add_argument("--result", type=Path, help="what went well by this file is not run again")
    given = parser.parse_args(arguments)
    file: Path = given.result or FOLDER / f"{_revision()}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    journal = Journal(file, given.minutes)
    # In their order, so that what one file needs is made once.
    words = ["-q", "-m", "deep", "-p", "no:xdist", "-p", "no:randomly", *given.only]
    code = pytest.main(words, plugins=[journal])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED,
                    pytest.ExitCode.NO_TESTS_COLLECTED):  # fmt: skip
        return int(code)
    ran = journal.before()
    sys.stdout.write("\n".join(("", *_table(ran, journal.left), f"Written to {file}.", "")))
    return int(bool(journal.left) or any(each.outcome == "failed" for each in ran))


def _revision() -> str:
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--exclude=*"],  # noqa: S607 - git is where git is
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip() or "results"


def _table(ran: Iterable[Ran], left: Sequence[str]) -> list[str]:
    """How many of each file went how, and its minutes; the longest first."""
    pieces: dict[str, list[Ran]] = {}
    for each in ran:
        pieces.setdefault(_file(each.test), []).append(each)
    for test in left:
        pieces.setdefault(_file(test), []).append(Ran(test, "left", 0.0))
    told = sorted((-sum(each.seconds for each in of), piece, of) for piece, of in pieces.items())
    rows = [f"{'minutes':>8}  {'passed':>6} {'failed':>6} {'skipped':>7} {'left':>5}"]
    for seconds, piece, of in told:
        outcomes = [each.outcome for each in of]
        counts = [outcomes.count(name) for name in ("passed", "failed", "skipped", "left")]
        rows.append("{:8.1f}  {:6} {:6} {:7} {:5}  {}".format(-seconds / 60, *counts, piece))
    return [*rows, f"{-sum(seconds for seconds, _, _ in told) / 60:8.1f}  in all"]


def _file(test: str) -> str:
    return test.partition("::")[0]


if __name__ == "__main__":
    sys.exit(main())
