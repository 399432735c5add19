"""Inside: the same load on the product's own parts in this process, where a guard can be taken away.

Owns threads that send and threads that decide, on one database. Next: judge.py; guards: test_controls.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from random import Random
from threading import Event
from typing import Any

import psycopg

from counterfoil.intake import NotKept, Unknown, new_batch_id, prepared
from counterfoil.model.orders import (
    Cancellation,
    Channel,
    Kind,
    Mode,
    NewOrder,
    Order,
    OrderStatus,
    Restatement,
    SubmissionBatch,
    submission_id,
)
from tests.crash.journal import Journal, Operation, State
from tests.desk import CLICK_B, NORTHWIND, Desk

SENDERS, PROCESSORS = 8, 4
SIMPLE, OPEN_ENDED = 401, 405
ANSWER_S = 30
DECIDED_S = 60
UPDATED = "2026-03-01T09:00:00Z"


def order_of(operation: Operation) -> Order:
    """What an operation sends; `accept` and what begins with `open` go to the open-ended tracker."""
    key: dict[str, Any] = {
        "enterprise_id": NORTHWIND,
        "action_tracker_id": OPEN_ENDED if "-open-" in operation.order_id else SIMPLE,
        "order_id": operation.order_id,
    }
    if operation.kind == "create":
        return NewOrder(**key, amount=operation.amount, cj_event=CLICK_B, currency="USD")
    if operation.kind == "cancel":
        return Cancellation(**key, update_time=UPDATED)
    status = OrderStatus.ACCEPTED if operation.amount.endswith("1.00") else None
    return Restatement(**key, amount=operation.amount, currency="USD", update_time=UPDATED, status=status)


def send(desk: Desk, journal: Journal, operations: Sequence[Operation]) -> State:
    """One request, noted before and after."""
    batch = SubmissionBatch(
        batch_id=new_batch_id(),
        mode=Mode.LIVE,
        channel=Channel.API,
        kind=Kind(operations[0].kind),
        sender="tests",
        orders=tuple(map(order_of, operations)),
    )
    number = journal.sent(operations)
    began = time.monotonic()
    state, told, ids = (
        State.ACKNOWLEDGED,
        "200",
        [str(submission_id(batch.batch_id, n)) for n in range(1, len(operations) + 1)],
    )
    try:
        desk.intake.receive([prepared(batch)]).result(timeout=ANSWER_S)
    except (NotKept, Unknown) as lost:
        state, told, ids = (State.REFUSED if isinstance(lost, NotKept) else State.UNKNOWN), "504", []
    journal.ended(number, state, took_s=time.monotonic() - began, told=told, submission_ids=ids)
    return state


def create(desk: Desk, journal: Journal, order_ids: Sequence[str]) -> None:
    """Orders of 50.00 each, in requests of at most 500."""
    made = [journal.operation(order_id, "create", "50.00") for order_id in order_ids]
    for at in range(0, len(made), 500):
        send(desk, journal, made[at : at + 500])


def race(desk: Desk, journal: Journal, order_ids: Sequence[str], operations: int, seed: int) -> None:
    """Eight threads change the same orders while four processors decide; returns when all is decided."""
    stop = Event()
    patience_s = patience(operations)

    def sender(n: int) -> None:
        random = Random(f"{seed} {n}")
        sent = 0
        while sent < operations // SENDERS:
            kind = random.choices(("restate", "cancel"), (20, 1))[0]
            chosen = random.sample(list(order_ids), min(len(order_ids), random.randint(1, 5)))
            # Unique over all senders; one in ten accepts, where the order is open-ended.
            amounts = [
                f"{(sent + at) * SENDERS + n}{random.choice('0234567891')}.00" for at in range(len(chosen))
            ]
            send(
                desk,
                journal,
                [
                    journal.operation(order_id, kind, amount if kind == "restate" else "")
                    for order_id, amount in zip(chosen, amounts, strict=True)
                ],
            )
            sent += len(chosen)

    with ThreadPoolExecutor(SENDERS + PROCESSORS) as pool:
        processors = [pool.submit(decide_until, desk, stop.is_set, patience_s) for _ in range(PROCESSORS)]
        try:
            for each in [pool.submit(sender, n) for n in range(SENDERS)]:
                each.result(patience_s)
        finally:
            stop.set()
        for processor in processors:
            processor.result(patience_s)


def patience(operations: int) -> float:
    """How many seconds so many may take until all are decided, on a machine that others use."""
    return DECIDED_S * max(1.0, operations / 1000)


def decide_until(desk: Desk, is_over: Callable[[], bool], patience_s: float = DECIDED_S) -> None:
    """A processor: decides until it is over and nothing waits; an error that passes is tried again."""
    worker = desk.new_worker(chunk_max=20)
    deadline = time.monotonic() + patience_s
    try:
        while time.monotonic() < deadline:
            try:
                # Asked before, so that what came in between is still taken.
                last = is_over()
                if worker.process() == 0:
                    if last and not _waits(desk):
                        return
                    time.sleep(0.005)
            except psycopg.Error:
                worker.close()
    finally:
        worker.close()


def _waits(desk: Desk) -> bool:
    with psycopg.connect(desk.urls.server, autocommit=True) as connection:
        found = connection.execute("SELECT EXISTS (SELECT FROM intake_pending)").fetchone()
    return found is not None and bool(found[0])


def at_noon(year: int, month: int, day: int, hour: int = 12) -> datetime:
    """A time in UTC."""
    return datetime(year, month, day, hour, tzinfo=UTC)
