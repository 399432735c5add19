"""Counting: several processes count into one folder, and any of them tells what all have counted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from counterfoil import metrics

PROGRAM = """
import sys
from pathlib import Path
from counterfoil import metrics

metrics.share(Path(sys.argv[1]))
for line in sys.stdin:
    word, _, number = line.strip().partition(" ")
    if word == "accept":
        metrics.submissions("graphql", "accepted", int(number))
        metrics.committed(0.004)
    if word == "clean":
        metrics.clean(Path(sys.argv[1]))
    found = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in metrics.families() for sample in family.samples
    }
    accepted = found.get(("counterfoil_submissions_total", "accepted", "graphql"), 0)
    print(int(accepted), int(found["counterfoil_commit_seconds_count",]), flush=True)
"""


class Counting:
    """A process that counts."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, word: str) -> str:
        """Its answer: accepted submissions and commits, over all processes."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def kill(self) -> None:
        """Ends it at once."""
        self.process.kill()
        self.process.communicate()


def test_each_process_tells_of_all(tmp_path: Path) -> None:
    """Counts add up over processes; one that was killed keeps its counts, and its successor goes on."""
    first, second = Counting(tmp_path / "m"), Counting(tmp_path / "m")
    try:
        assert "3 1" == first.tell("accept 3")
        assert "8 2" == second.tell("accept 5")
        first.kill()
        third = Counting(tmp_path / "m")
        assert "8 2" == third.tell("look")
        assert "10 3" == third.tell("accept 2")
        assert "10 3" == second.tell("look")
        third.kill()
        assert "5 1" == second.tell("clean")
    finally:
        first.kill()
        second.kill()
    # Those of one living process were left.
    assert 2 == len(list((tmp_path / "m").glob("*.db")))


def test_counts_have_their_room(tmp_path: Path) -> None:
    """Every page of the files is on the disk from the start: a disk that fills up ends nobody who counts."""
    counting = Counting(tmp_path / "m")
    try:
        counting.tell("accept 1")
        sizes = [file.stat().st_blocks * 512 for file in (tmp_path / "m").glob("*.db")]
    finally:
        counting.kill()

    assert sizes
    assert min(sizes) >= metrics.RESERVED_BYTES


def test_the_names_are_those_of_the_table() -> None:
    """What this process counts has the names, kinds and labels of the printed table, and none else."""
    families = list(metrics.families())
    names = {f"{each.name}_total" if each.type == "counter" else each.name: each.type for each in families}

    assert {named.name: named.kind for named in metrics.COUNTED} == names


def test_an_entrance_has_one_name() -> None:
    """The endpoints of the Tracking API by their path, other channels by their own name."""
    assert ["graphql", "graphqltest", "file"] == [
        metrics.endpoint("api", "live"),
        metrics.endpoint("api", "test"),
        metrics.endpoint("file", "live"),
    ]
