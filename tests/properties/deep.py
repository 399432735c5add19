"""The deep run: many histories on the pure side, from one seed.

Owns `make test-deep`: a history is told in full where model and product part. The same seed gives the same
histories. Next: judging.py.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from time import monotonic

from tests.properties.history import Author, seeded
from tests.properties.judging import Judge
from tests.properties.pure import Pure

BEGINNINGS = (
    datetime(2026, 3, 1, 10, tzinfo=UTC),
    datetime(2026, 10, 5, 9, tzinfo=UTC),
    datetime(2026, 3, 1, 10, tzinfo=UTC),
    datetime(2029, 2, 14, tzinfo=UTC),
)
"""The third month of 2029 has its 11th on the Sunday on which 02:00 does not exist."""


def judged(seed: int, steps: int) -> tuple[int, Counter[str], str]:
    """Runs the history of a seed; its outcomes, and how it parted or nothing."""
    beginning = BEGINNINGS[seed % len(BEGINNINGS)]
    judge = Judge(Pure(beginning), beginning)
    author = Author(seeded(seed), judge.model, beginning)
    try:
        for _ in range(steps):
            judge.do(author.step())
    except AssertionError as parted:
        story = "\n".join(f"    {step!r}," for step in judge.told)
        return seed, Counter(judge.words), f"seed {seed}, from {beginning}\n{story}\n{parted}\n"
    return seed, Counter(judge.words), ""


def main() -> int:
    """Answers 1 where any history parted."""
    parser = argparse.ArgumentParser(description="Judge the product's deciding by the naive model.")
    parser.add_argument("--seed", type=int, default=1, help="of the first history")
    parser.add_argument("--histories", type=int, default=2500)
    parser.add_argument("--steps", type=int, default=80, help="of each history")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    say = sys.stdout.write
    seeds = range(given.seed, given.seed + given.histories)
    say(f"Seeds {seeds[0]} to {seeds[-1]}, {given.steps} steps each: {len(seeds) * given.steps} steps.\n")
    began, words, parted = monotonic(), Counter[str](), 0
    with ProcessPoolExecutor(given.processes) as pool:
        for _, outcomes, difference in pool.map(partial(judged, steps=given.steps), seeds, chunksize=20):
            words += outcomes
            if difference:
                parted += 1
                say(difference)
    for word, count in words.most_common():
        say(f"{count:10} {word}\n")
    say(f"{parted} of {len(seeds)} histories parted, in {monotonic() - began:.0f} s.\n")
    return int(parted > 0)


if __name__ == "__main__":
    sys.exit(main())
