"""The journal: what every client asked, and what it was told, line by line on a disk that no fault touches.

Owns the file and its reading. Judges nothing: a line says what the client saw, no more. Next: judge.py.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum
from itertools import count
from pathlib import Path
from threading import Lock
from typing import NamedTuple


class State(StrEnum):
    """What a client knows of what it sent."""

    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Operation(NamedTuple):
    """One thing that a client wants of one order; sent again unchanged it is the same operation.

    `amount` is unique among the operations of an order, and empty for a cancellation.
    """

    number: int
    order_id: str
    kind: str
    amount: str


class Attempt(NamedTuple):
    """One request: its operations, and how it ended. `took_s` is how long the client waited."""

    number: int
    operations: tuple[Operation, ...]
    state: State
    submission_ids: tuple[str, ...]
    told: str
    took_s: float


class Journal:
    """An append-only file; every line is with the system before the client goes on."""

    def __init__(self, path: Path) -> None:
        """Begins a new file, or goes on with one."""
        self.path = path
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._numbers = count(1)
        self._operations = count(1)
        self._lock = Lock()

    def operation(self, order_id: str, kind: str, amount: str = "") -> Operation:
        """Something that a client is going to ask."""
        return Operation(next(self._operations), order_id, kind, amount)

    def sent(self, operations: Sequence[Operation]) -> int:
        """Notes a request before it leaves; answers its number."""
        number = next(self._numbers)
        self._write({"sent": number, "operations": operations})
        return number

    def ended(
        self, number: int, state: State, *, took_s: float, told: str = "", submission_ids: Sequence[str] = ()
    ) -> None:
        """Notes what the client was told; `told` is the status, or what became of the connection."""
        self._write(
            {"ended": number, "state": state, "told": told, "ids": submission_ids, "took_s": round(took_s, 3)}
        )

    def close(self) -> None:
        """Lets go of the file."""
        os.close(self._descriptor)

    def _write(self, line: dict[str, object]) -> None:
        with self._lock:
            os.write(self._descriptor, json.dumps(line).encode() + b"\n")


class History:
    """A journal read back: a request without an end is unknown."""

    def __init__(self, path: Path) -> None:
        """Reads the whole file."""
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        ends = {line["ended"]: line for line in lines if "ended" in line}
        self.attempts = [_attempt(line, ends.get(line["sent"])) for line in lines if "sent" in line]

    def count(self, state: State) -> int:
        """How many operations of requests ended like this."""
        return sum(len(attempt.operations) for attempt in self.attempts if attempt.state is state)

    def acknowledged_ids(self) -> list[str]:
        """The submission ids of everything that was answered as accepted."""
        return [each for attempt in self.attempts for each in attempt.submission_ids]

    def by_order(self) -> dict[str, list[Operation]]:
        """The operations of each order, in the order in which its one client first sent them."""
        found: dict[str, dict[int, Operation]] = defaultdict(dict)
        for attempt in self.attempts:
            for operation in attempt.operations:
                found[operation.order_id][operation.number] = operation
        return {order_id: list(operations.values()) for order_id, operations in found.items()}

    def ends_of(self, operation: Operation) -> list[State]:
        """How the requests that carried this operation ended."""
        return self._ends[operation.number]

    @property
    def _ends(self) -> dict[int, list[State]]:
        if not hasattr(self, "_found"):
            self._found: dict[int, list[State]] = defaultdict(list)
            for attempt in self.attempts:
                for operation in attempt.operations:
                    self._found[operation.number].append(attempt.state)
        return self._found


def _attempt(sent: dict[str, list[list[str]]], end: dict[str, object] | None) -> Attempt:
    operations = tuple(Operation(int(n), *rest) for n, *rest in sent["operations"])
    number = int(str(sent["sent"]))
    if end is None:
        return Attempt(number, operations, State.UNKNOWN, (), "no end", 0.0)
    ids = end["ids"]
    assert isinstance(ids, list)
    return Attempt(
        number, operations, State(str(end["state"])), tuple(ids), str(end["told"]), float(str(end["took_s"]))
    )
