"""`python -m tests.crash`: many rounds, in pieces that go on where they stopped.

Owns the command line, the file of results and the sentence about what they prove. Next: rounds.py.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic

from tests.crash.faults import FAULTS, KILLS
from tests.crash.rounds import HEALED_PROMISED_S, Told, command, drawn, fits, fresh, play

GROUND_ROUNDS = 25
"""Rounds on one data directory: `ledger verify` reads all of it after each."""
FOLDER = Path("build/crash")


def main(arguments: Sequence[str] | None = None) -> int:
    """Answers 1 where any round found something."""
    given = _parsed(arguments)
    kinds = _kinds(given.kinds)
    file = given.result or FOLDER / f"seed-{given.seed}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    told = _before(file)
    done = {each.seed for each in told}
    begin, ground, on_it = monotonic(), None, 0
    try:
        for seed in range(given.seed, given.seed + given.rounds):
            if seed in done:
                continue
            if given.minutes and monotonic() - begin > given.minutes * 60:
                _say(f"The time is over; the same command goes on with seed {seed}.")
                break
            fault = drawn(seed, kinds)
            if ground is not None and (on_it >= GROUND_ROUNDS or not fits(ground, fault)):
                ground.clear()
                ground = None
            if ground is None:
                ground, on_it = fresh(fault), 0
            on_it += 1
            told.append(play(ground, fault, seed))
            with file.open("a") as results:
                results.write(json.dumps(told[-1]._asdict()) + "\n")
            _tell(told[-1], len(told), given.rounds)
            if told[-1].found:
                # What it left may not be laid to the next round's charge.
                ground.clear()
                ground = None
    finally:
        if ground is not None:
            with suppress(Exception):
                ground.clear()
    return _conclude(told, file)


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description="Break servers under load.")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1, help="of the first round; each next one has the next")
    parser.add_argument(
        "--kinds",
        default="kills",
        help=f"`kills`, `all`, or names joined by commas: {', '.join(FAULTS)}",
    )
    parser.add_argument("--minutes", type=float, default=0, help="begin no round after so long")
    parser.add_argument(
        "--result", type=Path, help="file of results; rounds that stand in it are not played again"
    )
    return parser.parse_args(arguments)


def _kinds(text: str) -> list[str]:
    wanted = {"kills": [fault.name for fault in KILLS], "all": list(FAULTS)}.get(text) or text.split(",")
    kinds = []
    for name in wanted:
        if reason := FAULTS[name].probe():
            _say(f"skipped {name}: {reason}")
            continue
        kinds.append(name)
    if not kinds:
        raise SystemExit("None of these faults can be made here.")
    return kinds


def _before(file: Path) -> list[Told]:
    if not file.exists():
        return []
    return [Told(**json.loads(line)) for line in file.read_text().splitlines()]


def _tell(told: Told, number: int, of: int) -> None:
    verdict = "FAILED" if told.found else "-" if told.skipped else "ok"
    _say(
        f"{number:4}/{of} seed {told.seed:<6} {told.kind:<22} {verdict:<6} accepted {told.acknowledged:4}"
        f" refused {told.refused:3} unknown {told.unknown:3} healed {told.healed_s:5.2f} s {told.skipped}"
    )
    for sentence in told.found:
        _say(f"     {sentence}")
    if told.found:
        _say(f"     again: {command(told)}")


def _conclude(told: Sequence[Told], file: Path) -> int:
    skipped = Counter(f"{each.kind}: {each.skipped}" for each in told if each.skipped)
    told = [each for each in told if not each.skipped]
    lost = [each for each in told if each.found]
    bound = 3 / len(told) if told else 1.0
    summary = {
        "rounds": len(told),
        "skipped": skipped,
        "failed": [each.seed for each in lost],
        "kinds": Counter(each.kind for each in told),
        "acknowledged": sum(each.acknowledged for each in told),
        "refused": sum(each.refused for each in told),
        "unknown": sum(each.unknown for each in told),
        "healed_s_max": max((each.healed_s for each in told), default=0),
        "healed_late": sum(each.healed_s > HEALED_PROMISED_S for each in told),
        "longest_answer_s": max((each.longest_answer_s for each in told), default=0),
        "failure_rate_below": None if lost else round(bound, 5),
    }
    file.with_suffix(".summary.json").write_text(json.dumps(summary, indent=2) + "\n")
    _say(json.dumps(summary))
    if not lost:
        _say(f"{len(told)} rounds, none failed: the failure rate is below {bound:.2%} (95 %).")
    return 1 if lost else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
