"""Intake: the one way into the log.

Owns the group commit: requests that wait at the same time share one durable transaction, a lone request does
not wait for company. Refuses work before memory grows. Next: store/log.py for the transaction itself.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from hashlib import sha256
from threading import Condition, Thread
from uuid import UUID

import psycopg
from psycopg import Connection

from counterfoil.capture.canonical import encode_order, has_uncolumnable_text, without_ids
from counterfoil.clock import unix_milliseconds
from counterfoil.crashpoint import crashpoint
from counterfoil.model.orders import (
    Channel,
    Mode,
    NewOrder,
    Receipt,
    SubmissionBatch,
    clean_text,
    lane_of,
    submission_id,
)
from counterfoil.store import log

GROUP_BYTES_MAX = 16 * 1024 * 1024


class NotKept(Exception):
    """The request was not taken: too much waits already, or the database is away. Nothing of it was kept."""


class Unknown(Exception):
    """The database went away during the commit and did not come back in time: kept, or not.

    The same request may be sent again unchanged (C7).
    """


def new_batch_id() -> UUID:
    """A UUIDv7 whose low 24 bits are zero, so that `submission_id` can count orders in them."""
    time_part = unix_milliseconds() & ((1 << 48) - 1)
    random_a = secrets.randbits(12)
    random_b = secrets.randbits(38)
    return UUID(int=time_part << 80 | 0x7 << 76 | random_a << 64 | 0b10 << 62 | random_b << 24)


def event(channel: Channel, sender: str, about: str) -> log.Entry:
    """A place in the log without orders: something later orders are judged by."""
    return log.Entry(new_batch_id(), Mode.LIVE, channel, None, sender, about=about)


def prepared(batch: SubmissionBatch) -> log.Entry:
    """The batch as rows of the log: canonical bytes, lanes, and personal ids apart (D155)."""
    rows: list[log.LogRow] = []
    personal: list[log.PersonalRow] = []
    lanes: dict[int, int] = {}
    kind = str(batch.kind)
    for n, order in enumerate(batch.orders, start=1):
        enterprise_id = int(order.enterprise_id)
        kept = order
        if isinstance(order, NewOrder) and order.ids is not None:
            salt = secrets.token_bytes(16)
            kept, ids = without_ids(order, salt)
            personal.append((submission_id(batch.batch_id, n), enterprise_id, salt, ids))
        body = encode_order(kept)
        order_id = clean_text(order.order_id)
        lane = lane_of(enterprise_id, order.action_tracker_id, order_id)
        lanes[lane] = lanes.get(lane, 0) + 1
        rows.append(
            (
                batch.batch_id,
                lane,
                n,
                enterprise_id,
                order.action_tracker_id,
                order_id,
                kind,
                has_uncolumnable_text(order, body),
                sha256(body).digest(),
                body,
            )
        )
    return log.Entry(
        batch.batch_id, batch.mode, batch.channel, batch.kind, batch.sender, rows, personal, lanes
    )


class _Waiting:
    """One request's entries and the promise of their receipts."""

    def __init__(self, entries: Sequence[log.Entry]) -> None:
        self.entries = entries
        self.size = sum(len(row[-1]) + 200 for entry in entries for row in entry.rows)
        self.receipts: Future[list[Receipt]] = Future()


class Intake:
    """Appends requests to the log through one connection of its own.

    Entries of one request are kept together or not at all.
    """

    def __init__(self, connect: Callable[[], Connection], *, waiting_bytes_max: int) -> None:
        """`connect` opens a connection of the serving role; more waiting work than the bound is refused."""
        self._connect = connect
        self._connection: Connection | None = None
        self._waiting_bytes_max = waiting_bytes_max
        self._queue: deque[_Waiting] = deque()
        self._queued_bytes = 0
        self._changed = Condition()
        self._closing = False
        self._thread = Thread(target=self._run, name="intake", daemon=True)
        self._thread.start()

    def receive(self, entries: Sequence[log.Entry]) -> Future[list[Receipt]]:
        """Promises the receipts of the entries, in order; they are durable when the promise is kept.

        The promise fails with NotKept or Unknown. Raises NotKept at once when too much waits.
        """
        waiting = _Waiting(entries)
        with self._changed:
            if self._closing or self._queued_bytes + waiting.size > max(
                self._waiting_bytes_max, waiting.size
            ):
                raise NotKept
            self._queue.append(waiting)
            self._queued_bytes += waiting.size
            self._changed.notify()
        return waiting.receipts

    def close(self) -> None:
        """Finishes what waits, then lets go of the connection."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while group := self._next_group():
            self._append(group)
        self._drop()

    def _next_group(self) -> list[_Waiting]:
        """The requests that wait now, up to a size; none only when intake is closing."""
        with self._changed:
            group: list[_Waiting] = []
            while not group:
                while not self._queue and not self._closing:
                    self._changed.wait()
                if not self._queue:
                    return []
                size = 0
                while self._queue and (not group or size + self._queue[0].size <= GROUP_BYTES_MAX):
                    waiting = self._queue.popleft()
                    size += waiting.size
                    # A caller that went away before its turn is left out, and nothing of it is kept.
                    if waiting.receipts.set_running_or_notify_cancel():
                        group.append(waiting)
                self._queued_bytes -= size
            return group

    def _append(self, group: list[_Waiting]) -> None:
        entries = [entry for waiting in group for entry in waiting.entries]
        try:
            receipts = log.append(self._open(), entries)
        except psycopg.DataError as refused:
            self._drop()
            self._append_each(group, refused)
            return
        except psycopg.Error:
            self._drop()
            self._settle(group)
            return
        found = iter(receipts)
        for waiting in group:
            waiting.receipts.set_result([next(found) for _ in waiting.entries])
        crashpoint("intake.group_leader_committed")

    def _append_each(self, group: list[_Waiting], refused: psycopg.DataError) -> None:
        # The database refused a value, which is a bug of ours: it must cost its own request alone.
        if len(group) == 1:
            group[0].receipts.set_exception(refused)
            return
        for waiting in group:
            self._append([waiting])

    def _settle(self, group: list[_Waiting]) -> None:
        """Finds out what became of a group whose connection was lost."""
        batch_ids = [entry.batch_id for waiting in group for entry in waiting.entries]
        try:
            known = log.settled(self._open(), batch_ids)
        except psycopg.Error:
            self._drop()
            for waiting in group:
                waiting.receipts.set_exception(Unknown())
            return
        for waiting in group:
            receipts = [known.get(entry.batch_id) for entry in waiting.entries]
            kept = [receipt for receipt in receipts if receipt is not None]
            if len(kept) == len(waiting.entries):
                waiting.receipts.set_result(kept)
            else:
                waiting.receipts.set_exception(NotKept())

    def _open(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = self._connect()
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
