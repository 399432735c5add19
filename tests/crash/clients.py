"""Clients: programs that create, restate and cancel orders of their own, and repeat what got no answer.

Owns the load. Each order belongs to one client, which goes on with it only when it knows that what it asked
last was taken. The same seed asks the same. Next: journal.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from http.client import HTTPException
from random import Random
from threading import Event, Thread
from typing import Any

from tests.crash.journal import Journal, Operation, State
from tests.processes.documents import cancels, creates, document, restates
from tests.processes.running_server import Wire

ANSWER_S = 40.0
"""Longer than any answer may take, so that a late one is seen as late."""
PAUSE_S = 0.05
STEP = 50
"""Amounts are multiples, so that their commission needs no rounding."""


class Client:
    """One program in a thread of its own, from its making until `finish`."""

    def __init__(
        self, name: str, seed: str, journal: Journal, wire: Callable[[], Wire], seeded: dict[str, Any]
    ) -> None:
        """`wire` says where the server is now; `name` begins the ids of its orders."""
        self.accepted = 0
        self._name = name
        self._random = Random(seed)
        self._journal = journal
        self._wire = wire
        self._seeded = seeded
        self._living: list[list[Operation]] = []
        self._made = 0
        self._stop, self._give_up = Event(), Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def finish(self, patience_s: float) -> bool:
        """Sends what is open until it is taken, and ends; answers whether everything was."""
        self._stop.set()
        self._thread.join(patience_s)
        self._give_up.set()
        is_done = not self._thread.is_alive()
        self._thread.join(ANSWER_S)
        return is_done

    def _run(self) -> None:
        while not self._stop.wait(self._random.uniform(0, 0.02)):
            operations = self._next()
            while not self._send(operations):
                # Unchanged, as a client that lost its connection does.
                if self._give_up.wait(PAUSE_S):
                    return

    def _next(self) -> list[Operation]:
        kind = self._random.choices(("create", "restate", "cancel"), (5, 4, 1))[0]
        if kind == "create" or not self._living:
            return [self._created() for _ in range(self._random.randint(1, 5))]
        chosen = self._random.sample(self._living, min(len(self._living), self._random.randint(1, 4)))
        if kind == "cancel":
            self._living = [order for order in self._living if order not in chosen]
        return [self._changed(order, kind) for order in chosen]

    def _created(self) -> Operation:
        self._made += 1
        made = self._journal.operation(f"{self._name}-{self._made}", "create", f"{STEP}.00")
        self._living.append([made])
        return made

    def _changed(self, order: list[Operation], kind: str) -> Operation:
        amount = f"{(len(order) + 1) * STEP}.00" if kind == "restate" else ""
        changed = self._journal.operation(order[0].order_id, kind, amount)
        order.append(changed)
        return changed

    def _send(self, operations: Sequence[Operation]) -> bool:
        """One request; whether it was taken."""
        number = self._journal.sent(operations)
        began = time.monotonic()
        try:
            reply = self._wire().post(
                "/graphql", self._seeded["tokens"]["advertiser"], self._document(operations), ANSWER_S
            )
            ids = reply.submission_ids if reply.status == 200 else []
        except (OSError, HTTPException, ValueError) as gone:
            # Where nobody listens nothing was sent; every other end may have come after the effect.
            is_kept_from = isinstance(gone, ConnectionRefusedError)
            self._journal.ended(
                number,
                State.REFUSED if is_kept_from else State.UNKNOWN,
                took_s=time.monotonic() - began,
                told=type(gone).__name__,
            )
            return False
        is_taken = len(ids) == len(operations)
        self._journal.ended(
            number,
            State.ACKNOWLEDGED if is_taken else State.REFUSED,
            took_s=time.monotonic() - began,
            told=str(reply.status)
            if is_taken or reply.status != 200
            else reply.body.decode(errors="replace"),
            submission_ids=ids,
        )
        self.accepted += is_taken
        return is_taken

    def _document(self, operations: Sequence[Operation]) -> str:
        first = operations[0]
        ids = [operation.order_id for operation in operations]
        if first.kind == "create":
            return document(creates(self._seeded, ids, first.amount))
        if first.kind == "cancel":
            return document(cancels(*ids))
        # One field for each amount.
        return document(
            *(
                f"f{n}: {restates(operation.order_id, amount=operation.amount)}"
                for n, operation in enumerate(operations)
            )
        )
