"""A reader: judges, keeps and answers large requests, so that an API process stays free for small ones.

Owns the turns of its threads and giving memory back. Leaves reading bodies off the wire to the API processes,
every judgement to tracking.py. Next: handing.py for how requests get here.
"""

from __future__ import annotations

import ctypes
import gc
import os
import select
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from threading import Event, Semaphore

import structlog
from msgspec.structs import replace

from counterfoil.api.answers import Answer
from counterfoil.api.auth import Door
from counterfoil.api.failing import failed
from counterfoil.api.handing import HEAD_BYTES_MAX, SIZES, TAKEN, Handed, Returned, encode, handed
from counterfoil.api.receiving import ClientGone
from counterfoil.api.telling import tell_accepted, tell_refused
from counterfoil.api.timing import ANSWER, APPEND, CHECK, Spent
from counterfoil.api.tracking import Again, Asked, Lookup, TrackingApi
from counterfoil.api.undisturbed import undisturbed
from counterfoil.api.wire import compressed
from counterfoil.crashpoint import crashpoint
from counterfoil.intake import Intake, Unknown, prepared
from counterfoil.model.orders import Receipt
from counterfoil.store.log import Entry

LOOK_S = 0.1
"""How often a reader looks whether it is to stop, and whether a caller went away."""

SEND_S = 30.0
"""How long an API process may take nothing of an answer."""

NICENESS = 5
"""Small requests go first where both want the processor."""

_log = structlog.get_logger("counterfoil")


class Reader:
    """The threads of one reader."""

    def __init__(self, *, door: Door, tracking: TrackingApi, intake: Intake, at_once: int) -> None:
        """`at_once` is how many requests are worked on at the same time."""
        self._door = door
        self._tracking = tracking
        self._intake = intake
        self._turns = Semaphore(at_once)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="reader")

    def read_until(self, stop: Event, out_of: socket.socket) -> None:
        """Takes requests from the right end of the queue until `stop` is set, and finishes those it took."""
        out_of.setblocking(False)
        while not stop.is_set():
            if not self._turns.acquire(timeout=LOOK_S):
                continue
            taken = _next(out_of)
            if taken is None:
                self._turns.release()
                continue
            self._threads.submit(self._serve, taken)
        self._threads.shutdown()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, suppress(OSError, ClientGone, Unknown):
                self._exchange(connection)
        except Exception:
            # The edge: without an answer the API process tells its caller that nobody knows.
            _log.exception("reader_failed")
        finally:
            give_memory_back()
            self._turns.release()

    def _exchange(self, connection: socket.socket) -> None:
        connection.setblocking(True)
        connection.settimeout(None)
        connection.sendall(TAKEN)
        head_size, body_size = SIZES.unpack(_exactly(connection, SIZES.size))
        if head_size > HEAD_BYTES_MAX:
            raise ConnectionError
        head = handed(_exactly(connection, head_size))
        asked = head.asked(_exactly(connection, body_size))
        crashpoint("reader.taken")
        spent = Spent()
        with undisturbed():
            answer = self._told(asked, head, connection, spent)
        progress = asked.progress
        del asked
        if answer.codes:
            tell_refused(head.request_id, answer)
        if head.takes_gzip:
            answer = compressed(answer)
        spent.on(ANSWER)
        told = encode(
            Returned(
                status=answer.status,
                headers=dict(answer.headers),
                steps=spent.steps,
                kind=progress.kind,
                name=progress.name,
            )
        )
        connection.settimeout(SEND_S)
        connection.sendall(SIZES.pack(len(told), len(answer.body)) + told)
        connection.sendall(answer.body)

    def _told(self, asked: Asked, head: Handed, connection: socket.socket, spent: Spent) -> Answer:
        try:
            return self._answer(asked, head, connection, spent)
        except (ClientGone, Unknown):
            raise
        except Exception as error:
            # The edge: a bug must not leave the caller without an answer, nor show it what went wrong.
            return failed(error, asked.progress.field, head.request_id, detailed=asked.detailed)

    def _answer(self, asked: Asked, head: Handed, connection: socket.socket, spent: Spent) -> Answer:
        judged = self._tracking.judge(asked)
        if isinstance(judged, Again):
            caller = self._door.authenticate(asked.authorization, asked.address)
            judged = self._tracking.judge(replace(asked, caller=caller, is_fresh=True))
        if isinstance(judged, Lookup):
            judged = judged.read()
        assert not isinstance(judged, Again), "rights that were read afresh are enough"
        if isinstance(judged, Answer):
            spent.on(CHECK)
            return judged
        crashpoint("intake.validated")
        entries = [prepared(batch) for batch in judged.batches]
        spent.on(CHECK)
        receipts = self._kept(entries, connection)
        spent.on(APPEND)
        tell_accepted(head.request_id, judged.batches, len(asked.body), spent)
        crashpoint("intake.committed_unanswered")
        return judged.answer(receipts)

    def _kept(self, entries: Sequence[Entry], connection: socket.socket) -> list[Receipt]:
        """The receipts. Raises ClientGone when the caller went away before its turn to be kept came."""
        if _is_gone(connection):
            raise ClientGone
        promise = self._intake.receive(entries)
        while True:
            try:
                return promise.result(timeout=LOOK_S)
            except NotYet:
                if _is_gone(connection) and promise.cancel():
                    raise ClientGone from None


def _next(out_of: socket.socket) -> socket.socket | None:
    """The next request's socket, if one comes within a moment."""
    if not select.select([out_of], [], [], LOOK_S)[0]:
        return None
    try:
        _, descriptors, _, _ = socket.recv_fds(out_of, len(TAKEN), 1)
    except BlockingIOError:
        # Another reader was quicker.
        return None
    return socket.socket(fileno=descriptors[0]) if descriptors else None


def _exactly(connection: socket.socket, size: int) -> bytes:
    """So many bytes. Raises ConnectionError when the other end is gone before."""
    received = connection.recv(size, socket.MSG_WAITALL) if size else b""
    if len(received) == size:
        return received
    parts = [received]
    missing = size - len(received)
    while missing:
        part = connection.recv(missing, socket.MSG_WAITALL)
        if not part:
            raise ConnectionError("the API process is gone, or its caller")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _is_gone(connection: socket.socket) -> bool:
    """Whether the other end was closed: after a whole request nothing else comes from it."""
    return bool(select.select([connection], [], [], 0)[0])


def _trimmer() -> Callable[[], object]:
    with suppress(OSError, AttributeError):
        trim = ctypes.CDLL(None).malloc_trim
        return lambda: trim(0)
    return lambda: None


_trim = _trimmer()


def give_memory_back() -> None:
    """Frees what a large request left behind, and hands it to the system where the C library can."""
    gc.collect()
    _trim()


def be_modest() -> None:
    """Lets small requests go first, and leaves what is loaded once out of every later collection."""
    with suppress(OSError):
        os.nice(NICENESS)
    gc.collect()
    gc.freeze()
