"""Intake: the one way into the log.

Owns the group commit: requests that wait at the same time share one durable transaction, a lone request does
not wait for company. Refuses work before memory grows. Next: store/log.py for the transaction itself.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from hashlib import sha256
from threading import Condition, Thread
from uuid import UUID

import psycopg
import structlog
from psycopg import Connection

from counterfoil import metrics
from counterfoil.capture.canonical import encode_orders, has_uncolumnable_text, without_ids
from counterfoil.clock import monotonic, sleep, unix_milliseconds
from counterfoil.crashpoint import crashpoint
from counterfoil.model.orders import (
    Channel,
    Mode,
    NewOrder,
    Order,
    Receipt,
    SubmissionBatch,
    clean_text,
    lane_of,
    submission_id,
)
from counterfoil.store import log

GROUP_BYTES_MAX = 16 * 1024 * 1024
SALT_BYTES = 16
SETTLE_S = 15.0
"""How long a commit without an answer is asked after: less than any caller should wait."""
SETTLE_PAUSE_S = 0.1


SLOW_S = 1.0
"""A commit that takes longer is worth a warning."""

_log = structlog.get_logger("counterfoil")


class NotKept(Exception):
    """The request was not taken: too much waits already, or the database is away. Nothing of it was kept."""


class Unknown(Exception):
    """The database went away during the commit and did not come back in time: kept, or not.

    The same request may be sent again unchanged (C7).
    """


def new_batch_id() -> UUID:
    """A UUIDv7 whose low 24 bits are zero, so that `submission_id` can count orders in them."""
    time_part = unix_milliseconds() & ((1 << 48) - 1)
    random_a, random_b = divmod(_random_50_bits(), 1 << 38)
    return UUID(int=time_part << 80 | 0x7 << 76 | random_a << 64 | 0b10 << 62 | random_b << 24)


_drawn: deque[bytes] = deque()


def _random_50_bits() -> int:
    # Drawn from the system a few hundred at a time: asking it costs more than the rest of an id.
    try:
        seven = _drawn.popleft()
    except IndexError:
        fresh = secrets.token_bytes(7 * 512)
        _drawn.extend(fresh[n : n + 7] for n in range(7, len(fresh), 7))
        seven = fresh[:7]
    return int.from_bytes(seven) >> 6


def event(channel: Channel, sender: str, about: str) -> log.Entry:
    """A place in the log without orders: something later orders are judged by."""
    return log.Entry(new_batch_id(), Mode.LIVE, channel, None, sender, about=about)


def prepared(batch: SubmissionBatch) -> log.Entry:
    """The batch as rows of the log: canonical bytes, lanes, and personal ids apart (D155)."""
    orders, personal = _without_personal(batch)
    batch_id, kind = batch.batch_id, str(batch.kind)
    rows: list[log.LogRow] = []
    lanes: dict[int, int] = {}
    for n, (order, body) in enumerate(zip(orders, encode_orders(orders), strict=True), 1):
        enterprise_id, tracker_id = int(order.enterprise_id), order.action_tracker_id
        order_id = clean_text(order.order_id)
        lane = lane_of(enterprise_id, tracker_id, order_id)
        lanes[lane] = lanes.get(lane, 0) + 1
        is_cleaned = has_uncolumnable_text(batch.orders[n - 1], body)
        digest = sha256(body).digest()
        rows.append((batch_id, lane, n, enterprise_id, tracker_id, order_id, kind, is_cleaned, digest, body))
    return log.Entry(batch_id, batch.mode, batch.channel, batch.kind, batch.sender, rows, personal, lanes)


def _without_personal(batch: SubmissionBatch) -> tuple[Sequence[Order], list[log.PersonalRow]]:
    """The orders with digests in place of the shopper's ids, and the ids."""
    having = [
        n for n, order in enumerate(batch.orders) if isinstance(order, NewOrder) and order.ids is not None
    ]
    if not having:
        return batch.orders, []
    orders = list(batch.orders)
    personal: list[log.PersonalRow] = []
    # Drawn for all of them at once: to ask the system costs more than to cut a piece off.
    salts = secrets.token_bytes(SALT_BYTES * len(having))
    for place, begin in zip(having, range(0, len(salts), SALT_BYTES), strict=True):
        order, salt = orders[place], salts[begin : begin + SALT_BYTES]
        assert isinstance(order, NewOrder)
        orders[place], ids = without_ids(order, salt)
        personal.append((submission_id(batch.batch_id, place + 1), int(order.enterprise_id), salt, ids))
    return orders, personal


Kept = Future[list[Receipt]] | asyncio.Future[list[Receipt]]


class _Waiting:
    """One request's entries and the promise of their receipts, kept to a thread or to an event loop."""

    __slots__ = ("entries", "loop", "promise", "size")

    def __init__(self, entries: Sequence[log.Entry], loop: asyncio.AbstractEventLoop | None) -> None:
        self.entries = entries
        self.size = sum(len(row[-1]) + 200 for entry in entries for row in entry.rows)
        self.promise: Kept = loop.create_future() if loop else Future()
        self.loop = loop

    def is_still_wanted(self) -> bool:
        """Whether the caller is still there; from now on the entries are kept, whether it stays or not."""
        if isinstance(self.promise, Future):
            return self.promise.set_running_or_notify_cancel()
        return not self.promise.cancelled()


Settled = tuple[_Waiting, list[Receipt] | Exception]


def _tell(settled: Sequence[Settled]) -> None:
    """Keeps the promises, or breaks them; those who went away are told nothing."""
    for waiting, result in settled:
        if waiting.promise.cancelled():
            continue
        if isinstance(result, Exception):
            waiting.promise.set_exception(result)
        else:
            waiting.promise.set_result(result)


def _tell_all(settled: Sequence[Settled]) -> None:
    """Tells a whole group, and wakes each event loop once."""
    by_loop: defaultdict[asyncio.AbstractEventLoop | None, list[Settled]] = defaultdict(list)
    for each in settled:
        by_loop[each[0].loop].append(each)
    for loop, told in by_loop.items():
        if loop is None:
            _tell(told)
            continue
        with suppress(RuntimeError):
            # A loop that is closed has nobody left who waits.
            loop.call_soon_threadsafe(_tell, told)


def _refuse(group: Sequence[_Waiting], why: type[NotKept | Unknown]) -> None:
    _tell_all([(waiting, why()) for waiting in group])


def _count(entries: Sequence[log.Entry]) -> None:
    for entry in entries:
        if entry.rows:
            metrics.submissions(metrics.endpoint(entry.channel, entry.mode), "accepted", len(entry.rows))


class Intake:
    """Appends requests to the log through one connection of its own.

    Entries of one request are kept together or not at all.
    """

    def __init__(self, connect: Callable[[], Connection], *, waiting_bytes_max: int) -> None:
        """`connect` opens a connection of the serving role; more waiting work than the bound is refused."""
        self._connect = connect
        self._connection: Connection | None = None
        self._backend_pid = 0
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
        waiting = _Waiting(entries, None)
        self._queue_up(waiting)
        assert isinstance(waiting.promise, Future)
        return waiting.promise

    def awaited(self, entries: Sequence[log.Entry]) -> asyncio.Future[list[Receipt]]:
        """The same promise for the running event loop, which is woken once for all that share a commit."""
        waiting = _Waiting(entries, asyncio.get_running_loop())
        self._queue_up(waiting)
        assert isinstance(waiting.promise, asyncio.Future)
        return waiting.promise

    def _queue_up(self, waiting: _Waiting) -> None:
        with self._changed:
            if self._closing or self._queued_bytes + waiting.size > max(
                self._waiting_bytes_max, waiting.size
            ):
                raise NotKept
            self._queue.append(waiting)
            self._queued_bytes += waiting.size
            self._changed.notify()

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
                    if waiting.is_still_wanted():
                        group.append(waiting)
                self._queued_bytes -= size
            return group

    def _append(self, group: list[_Waiting]) -> None:
        entries = [entry for waiting in group for entry in waiting.entries]
        try:
            connection = self._open()
        except psycopg.Error:
            # Nothing was sent, so nothing was kept: that is known without asking.
            _refuse(group, NotKept)
            return
        begun = monotonic()
        try:
            receipts = log.append(connection, entries)
        except psycopg.DataError as refused:
            self._drop()
            self._append_each(group, refused)
            return
        except psycopg.Error:
            lost_pid = self._backend_pid
            self._drop()
            self._settle(group, lost_pid)
            return
        except Exception as bug:
            # With this thread all intake would end: whatever it is, it costs its own request alone.
            self._drop()
            self._append_each(group, bug)
            return
        found = iter(receipts)
        _tell_all([(waiting, [next(found) for _ in waiting.entries]) for waiting in group])
        crashpoint("intake.group_leader_committed")
        took = monotonic() - begun
        metrics.committed(took)
        if took > SLOW_S:
            _log.warning("commit_slow", requests=len(group), ms=round(took * 1000))
        _count(entries)

    def _append_each(self, group: list[_Waiting], refused: Exception) -> None:
        # The database refused a value, which is a bug of ours: it must cost its own request alone.
        if len(group) == 1:
            _tell_all([(group[0], refused)])
            return
        for waiting in group:
            self._append([waiting])

    def _settle(self, group: list[_Waiting], lost_pid: int) -> None:
        """Finds out what became of a group whose connection was lost, once the database is back.

        A commit may be on disk before the database dies: only the database can tell. Whoever comes meanwhile
        is refused, not kept waiting.
        """
        batch_ids = [entry.batch_id for waiting in group for entry in waiting.entries]
        deadline = monotonic() + SETTLE_S
        while True:
            try:
                known = log.settled(self._open(), batch_ids, lost_pid=lost_pid)
                break
            except psycopg.Error:
                self._drop()
            if self._closing or monotonic() > deadline:
                _refuse(group, Unknown)
                return
            _refuse(self._all_queued(), NotKept)
            sleep(SETTLE_PAUSE_S)
        settled: list[Settled] = []
        for waiting in group:
            receipts = [known.get(entry.batch_id) for entry in waiting.entries]
            kept = [receipt for receipt in receipts if receipt is not None]
            is_kept = len(kept) == len(waiting.entries)
            settled.append((waiting, kept if is_kept else NotKept()))
            _count(waiting.entries if is_kept else ())
        _tell_all(settled)

    def _all_queued(self) -> list[_Waiting]:
        with self._changed:
            queued = [waiting for waiting in self._queue if waiting.is_still_wanted()]
            self._queue.clear()
            self._queued_bytes = 0
        return queued

    def _open(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = self._connect()
            self._connection.autocommit = True
            # A connection that is lost no longer says whose it was.
            self._backend_pid = self._connection.info.backend_pid
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
