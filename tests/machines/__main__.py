"""Many rounds on several machines: `python -m tests.machines --rounds 30`.

Owns the counting and what it tells. On the machine's disk, so that flushing means something. Next: rounds.py.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from itertools import cycle, islice
from pathlib import Path

from tests.machines.net import missing
from tests.machines.rounds import ROUNDS, play


def main() -> int:
    """Plays the rounds in turn; 1 if any found a fault."""
    parser = argparse.ArgumentParser(prog="python -m tests.machines", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="how many, in turn (30)")
    parser.add_argument("--only", choices=ROUNDS, help="this kind alone")
    wanted = parser.parse_args()
    if (reason := missing()) is not None:
        sys.stdout.write(f"skipped: {reason}\n")
        return 0
    played: dict[str, int] = dict.fromkeys(ROUNDS, 0)
    faults: list[str] = []
    home = Path(tempfile.mkdtemp(prefix="counterfoil-machines-", dir="/var/tmp"))
    home.chmod(0o711)
    try:
        for name in islice(cycle([wanted.only] if wanted.only else ROUNDS), wanted.rounds):
            found = play(name, home)
            played[name] += 1
            faults += [f"{name}: {fault}" for fault in found]
            sys.stdout.write(f"{sum(played.values())} of {wanted.rounds}: {name}: {found or 'clean'}\n")
            sys.stdout.flush()
    finally:
        shutil.rmtree(home, ignore_errors=True)
    sys.stdout.write(json.dumps({"rounds": played, "faults": faults}) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
