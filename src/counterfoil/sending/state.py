"""The memory of a run: which rows a server has accepted, so that a second run goes on from there.

Owns the state file and the arithmetic of rows done. Knows no order. Next: sender.py.
"""

from __future__ import annotations

from bisect import bisect_right
from hashlib import sha256
from operator import itemgetter
from pathlib import Path

import msgspec
from msgspec import Struct

from counterfoil.sending.faults import Unsendable
from counterfoil.sending.mapping import Mapping
from counterfoil.sending.orders import Fixed

VERSION = 1


class State(Struct, kw_only=True):
    """What was accepted so far of one file, by one mapping, at one address.

    `done` are ranges of rows, first and last, ascending and apart; a range covers the bad rows within it.
    """

    digest: str
    file: str
    version: int = VERSION
    accepted: int = 0
    done: list[tuple[int, int]] = []

    @property
    def first_left(self) -> int:
        """The first row that is not done."""
        return self.done[0][1] + 1 if self.done and self.done[0][0] == 1 else 1

    def holds(self, number: int) -> bool:
        """Whether the row is done."""
        place = bisect_right(self.done, number, key=itemgetter(0)) - 1
        return place >= 0 and number <= self.done[place][1]

    def add(self, first: int, last: int, accepted: int) -> None:
        """Notes that the rows from `first` to `last` are done, with so many orders accepted."""
        self.accepted += accepted
        merged: list[tuple[int, int]] = []
        for begin, end in sorted([*self.done, (first, last)]):
            if merged and begin <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], end))
            else:
                merged.append((begin, end))
        self.done = merged


def digest_of(file_digest: str, mapping: Mapping, fixed: Fixed, url: str) -> str:
    """What a state stands for: the file's bytes, the mapping, what is common to all orders, the address."""
    return sha256(msgspec.json.encode([file_digest, mapping.texts, fixed, url])).hexdigest()


def state_name(file: Path, digest: str) -> Path:
    """Where the state is kept unless somebody says otherwise: in the folder where the run was started."""
    return Path(f"{file.name}.{digest[:12]}.send-state.json")


def load(path: Path, digest: str, file: Path) -> State:
    """The state of an earlier run, or a new one. Raises Unsendable for a state of something else."""
    try:
        state = msgspec.json.decode(path.read_bytes(), type=State)
    except FileNotFoundError:
        return State(digest=digest, file=str(file))
    except (OSError, msgspec.DecodeError) as error:
        raise Unsendable(
            f"The state file {path} cannot be read.",
            "Remove it to begin anew: what was accepted before is not counted twice.",
        ) from error
    if state.digest != digest or state.version != VERSION:
        raise Unsendable(
            f"The state file {path} belongs to another file, mapping or address.",
            "Name another one, or leave --state out.",
        )
    return state


def save(path: Path, state: State) -> None:
    """Writes the state whole or not at all. Raises Unsendable when the folder does not take it."""
    new = path.with_name(f"{path.name}.new")
    try:
        new.write_bytes(msgspec.json.encode(state) + b"\n")
        new.replace(path)
    except OSError as error:
        raise Unsendable(
            f"The state file {path} cannot be written: {(error.strerror or '').lower()}.",
            "Name another place: --state FILE.",
        ) from error
