"""`make test-simulation`: at least a million submissions over the real store, from one seed, in pieces.

Owns the command. A run goes on where its file says that it stopped. Next: pieces.py.
"""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from tests.simulation.ground import ground
from tests.simulation.pieces import SIZE_MAX, Results, one_piece, piece_seed
from tests.simulation.pure_world import pure_run

PIECE = 50_000
PURE_STEPS = 10_000


def main() -> int:
    """Answers 1 where any piece parted."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulation", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--submissions", type=int, default=1_000_000)
    parser.add_argument("--piece", type=int, default=PIECE, help="submissions of a piece")
    parser.add_argument("--size", type=int, default=SIZE_MAX, help="most orders of a request")
    parser.add_argument("--only", type=int, help="the number of the one piece to run")
    parser.add_argument("--resume", type=Path, help="file of finished pieces")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--pure", type=int, help="run so many steps without a database instead")
    given = parser.parse_args()
    if given.pure:
        return _pure(given)
    path = given.resume or Path(f"build/simulation/seed-{given.seed}-{given.piece}-{given.size}.jsonl")
    path.parent.mkdir(parents=True, exist_ok=True)
    results = Results(path)
    done = {piece["seed"] for piece in results.pieces}
    numbers = range(-(-given.submissions // given.piece)) if given.only is None else [given.only]
    left = [
        piece_seed(given.seed, n)
        for n in numbers
        if given.only is not None or piece_seed(given.seed, n) not in done
    ]
    sys.stdout.write(
        f"seed {given.seed}: {len(numbers)} pieces of {given.piece} submissions, {len(left)} to do; {path}\n"
    )
    shares = [left[n :: given.processes] for n in range(given.processes)]
    with ProcessPoolExecutor(given.processes) as pool:
        running = [pool.submit(_several, share, given.piece, given.size, path) for share in shares if share]
        parted = sum(each.result() for each in running)
    sys.stdout.write(json.dumps(Results(path).summary(), indent=2) + "\n")
    return int(parted > 0)


def _several(seeds: list[str], submissions: int, size_max: int, path: Path) -> int:
    parted = 0
    with ground() as place:
        for seed in seeds:
            piece = one_piece(place, seed, submissions, size_max)
            Results(path).add(piece)
            rate = piece["submissions"] / piece["seconds"]
            sys.stdout.write(
                f"seed {seed}: {piece['submissions']} submissions in {piece['seconds']} s, {rate:.0f}/s,"
                f" digest {piece['digest'] or '-'}\n"
            )
            if piece["fault"]:
                parted += 1
                first, _, number = seed.partition(".")
                sys.stdout.write(
                    f"PARTED {piece['fault']}\n  again: python -m tests.simulation --seed {first}"
                    f" --only {number} --piece {submissions} --size {size_max}\n"
                )
            sys.stdout.flush()
    return parted


def _pure(given: Any) -> int:
    seeds = [f"{given.seed}.{n}" for n in range(-(-given.pure // PURE_STEPS))]
    parted = submissions = 0
    with ProcessPoolExecutor(given.processes) as pool:
        for seed, count, fault in pool.map(pure_run, seeds, [PURE_STEPS] * len(seeds)):
            submissions += count
            if fault:
                parted += 1
                sys.stdout.write(f"PARTED seed {seed}: {fault}\n")
    sys.stdout.write(
        f"{len(seeds) * PURE_STEPS} pure steps, {submissions} submissions, {parted} of {len(seeds)} parted\n"
    )
    return int(parted > 0)


if __name__ == "__main__":
    sys.exit(main())
