"""The world over the real store: clients, intake, processors, closings and the clock, one step at a time.

Owns the scheduler: a seed chooses every step and every fault, and nothing else does. What happens between two
steps is the product's. Next: court.py, which judges, and pieces.py for long runs.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import psycopg
from psycopg.errors import LockNotAvailable

from counterfoil import network
from counterfoil.administration import apply_network, note_options
from counterfoil.intake import NotKept, Unknown, prepared
from counterfoil.model.orders import Channel, Kind, Mode, Receipt, SubmissionBatch, submission_id
from counterfoil.replaying import replay_log
from counterfoil.scheduler import Scheduler
from counterfoil.statements import Books
from counterfoil.store import log, reference
from counterfoil.store.connection import DatabaseUrls, connect
from counterfoil.store.queries import sql
from counterfoil.worker import Worker
from tests.desk import BEGINNING
from tests.properties.generations import Settings
from tests.properties.judging import clicks_at, same
from tests.properties.locks import pacific, tenth_after
from tests.properties.model import Model
from tests.properties.programme import CHANGES, Programme, written
from tests.properties.translating import options_of, order_of
from tests.simulation.calls import Crash, Fault, Lost, Watched, opened, until_gone
from tests.simulation.court import Court
from tests.simulation.mail import Delivery, Mail
from tests.simulation.stepped import MachineTime, SteppedIntake, ids_of
from tests.simulation.store_side import StoreSide
from tests.simulation.traffic import Traffic
from tests.simulation.turns import Processor, Turn

CLIENTS, PROCESSORS = 5, 3
WAITING_BYTES_MAX = 2**19
STEPS = {
    "write": 24,
    "deliver": 28,
    "commit": 14,
    "process": 90,
    "due": 2,
    "move": 2,
    "learn": 1,
    "set": 1,
    "close": 2,
    "evict": 1,
}
STILL = 0.2
"""Share of a processor's calls before which it stands still, and others have their turn."""
RATES_AWAY = frozenset({"CHF"})
AWAY_MAX = 200
"""Openings that fail in a row: more than intake's patience of 15 s has."""


class StoreWorld:
    """One run on one database."""

    def __init__(
        self,
        urls: DatabaseUrls,
        seed: str,
        machine: MachineTime,
        *,
        size_max: int = 12,
        fault_rate: float = 0.004,
    ) -> None:
        """`size_max` bounds a request; `fault_rate` is the share of calls to the database that fail."""
        self.random = Random(seed)
        self.told: dict[str, int] = {}
        self.steps = 0
        self._urls, self._machine, self._fault_rate = urls, machine, fault_rate
        self._is_calm = False
        self._away = 0
        self._running: Turn | None = None
        self._reader = connect(urls.server, name="reader", autocommit=True)
        self._reader.execute("SET lock_timeout = '100ms'")
        self._seeking = connect(urls.server, name="judge", autocommit=True)
        self.side = StoreSide(self._reader, self._seeking)
        model = Model(clicks_at(BEGINNING), [(0, Programme())])
        self.court = Court(model)
        self.traffic = Traffic(self.random, model, BEGINNING, size_max=size_max)
        self.mail = Mail(self.random, ids_of(self.random))
        self._text, self._version = network.demo_network(), 1
        self._settings, self._learned = Settings(), set[str]()
        self._clicks()
        note_options(self._reader, options_of(self._settings), "tests")
        self._read_to = log.head(self._reader).position
        self._kept: set[Any] = set()
        self._intake = self._new_intake()
        self._promised: list[tuple[Delivery, Future[list[Receipt]]]] = []
        self._processors = [self._new_processor() for _ in range(PROCESSORS)]
        self._scheduler = Scheduler(self._opener("scheduler"))
        self._month = date(2026, 3, 1)
        self._closing: Turn | None = None
        self._is_closing = False
        machine.slept = self._slept

    def _opener(self, name: str, processor: Processor | None = None) -> Callable[[], Any]:
        def open_() -> Watched:
            if self._away:
                self._away -= 1
                raise Lost("nobody answers")
            connection = opened(self._urls.server, name, lambda call: self._asked(call, processor))
            if processor is not None:
                processor.connection = connection
            return connection

        return open_

    def _asked(self, call: str, processor: Processor | None) -> Fault | None:
        turn = processor.turn if processor is not None else None
        if turn is not None and call != "flush" and not self._is_calm and self.random.random() < STILL:
            turn.stand_still()
        # By now everything may have come to rest.
        if self._is_calm or self.random.random() >= self._fault_rate:
            return None
        fault = self.random.choice(list(Fault))
        self._count(f"{fault}, {call}")
        if processor is not None and fault in (Fault.CRASH_BEFORE, Fault.CRASH_AFTER):
            processor.has_crashed = True
        return fault

    def _slept(self) -> None:
        if self._closing is not None and self._running is self._closing and not self._is_calm:
            self._closing.stand_still()

    def step(self) -> None:
        """One step. Raises AssertionError where product and model part."""
        self.steps += 1
        name = self.random.choices(list(STEPS), list(STEPS.values()))[0]
        getattr(self, f"_{name}")()

    def _write(self) -> None:
        if len(self.mail) < 40:
            self.mail.send(self.traffic.request(CLIENTS))

    def _deliver(self) -> None:
        delivery = self.mail.arrive(self._may_arrive)
        if delivery is None:
            return
        first = delivery.batch[0]
        batch = SubmissionBatch(
            batch_id=delivery.batch_id,
            mode=Mode(first.mode),
            channel=Channel(first.channel),
            kind=Kind(first.kind),
            sender=f"client {delivery.request.client}",
            orders=tuple(map(order_of, delivery.batch)),
        )
        try:
            self._promised.append((delivery, self._intake.receive([prepared(batch)])))
        except NotKept:
            self.mail.answer(delivery, is_kept=False)

    def _may_arrive(self, delivery: Delivery) -> bool:
        # What is held while a month is being closed may or may not be in time for it; both are right.
        return not self._is_closing or not any((sent.currency or "") in RATES_AWAY for sent in delivery.batch)

    def _commit(self) -> None:
        if self.random.random() < self._fault_rate:
            self._away = self.random.randint(1, AWAY_MAX)
            self._count("database away")
        try:
            self._intake.step()
        except Crash:
            self._intake.let_go()
            self._intake = self._new_intake()
        self._away = 0
        self._answer()
        self._read_log()

    def _answer(self) -> None:
        open_, self._promised = self._promised, []
        for delivery, promise in open_:
            if promise.done():
                error = promise.exception()
                assert error is None or isinstance(error, NotKept | Unknown), repr(error)
                self.mail.answer(delivery, is_kept=None if isinstance(error, Unknown) else error is None)
            elif promise.running() or not self._intake._queue:
                # The process ended before it could say anything.
                self.mail.answer(delivery, is_kept=None)
            else:
                self._promised.append((delivery, promise))

    def _read_log(self) -> None:
        """Feeds the court what came to the log, in its order."""
        for entry in self.side.tail(self._read_to):
            self._read_to = entry.position
            if entry.channel == "closing":
                self.court.closing(self._month, entry.position, entry.received_at)
            if not entry.submissions:
                continue
            delivery = self.mail.journal.get(entry.batch_id)
            assert delivery is not None, f"{entry} is kept, and nobody sent it"
            assert entry.batch_id not in self._kept, f"{entry} is kept twice"
            same("size of a request", len(delivery.batch), entry.submissions)
            self._kept.add(entry.batch_id)
            ids = [submission_id(entry.batch_id, n) for n in range(1, entry.submissions + 1)]
            self.court.accepted(entry.position, entry.received_at, delivery.batch, ids)

    def _process(self) -> None:
        at = self.random.randrange(PROCESSORS)
        processor = self._processors[at]
        if processor.turn is None:
            processor.turn = Turn("processor", processor.worker.process)
        self._go(processor.turn)
        self._look_at(at)

    def _look_at(self, at: int) -> None:
        processor = self._processors[at]
        assert processor.turn is not None
        if not processor.turn.is_over:
            return
        error, processor.turn = processor.turn.error, None
        if processor.has_crashed or isinstance(error, Crash):
            if processor.connection is not None:
                processor.connection.cut()
            self._processors[at] = self._new_processor()
        elif isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
            if processor.connection is not None:
                processor.connection.cut()
            processor.worker.close()
        elif error is not None:
            raise error

    def _go(self, turn: Turn) -> None:
        self._running = turn
        turn.go()
        self._running = None

    def _due(self) -> None:
        try:
            self._scheduler.do_what_is_due()
        except (psycopg.OperationalError, psycopg.InterfaceError, Crash):
            self._scheduler.close()
            self._scheduler = Scheduler(self._opener("scheduler"))

    def _move(self) -> None:
        self.traffic.move()
        assert reference.move_clock(self._reader, self.traffic.now)

    def _learn(self) -> None:
        left = [change for change in CHANGES if change not in self._learned]
        if self._is_closing or not left:
            return
        change = self.random.choice(left)
        text = written(self._text, change, self._version)
        try:
            applied = apply_network(self._reader, text, "tests", "tests")
        except LockNotAvailable:
            # A processor that stands still has what this would release; a person tries again.
            return
        assert not isinstance(applied, list), applied
        self._text, self._version = text, applied.version
        self._learned.add(change)
        self._read_log()
        self.court.learned(change, self._read_to)

    def _set(self) -> None:
        if self._is_closing:
            return
        field = self.random.choice(("rejects_stale", "ignores_declined", "locks_at_once"))
        self._settings = self._settings._replace(**{field: not getattr(self._settings, field)})
        note_options(self._reader, options_of(self._settings), "tests")
        self._read_log()
        self.court.set(self._settings, self._read_to)

    def _close(self) -> None:
        if self._closing is not None:
            self._go(self._closing)
        elif self._is_closing or self.traffic.now >= pacific(tenth_after(self._month) + timedelta(days=1), 2):
            if not self._is_closing:
                # What came before the closing is in the log before it.
                while self._intake._queue:
                    self._commit()
            self._is_closing = True
            books = Books(
                lambda name: self._opener(name)(),
                lambda: Worker(self._opener("closing"), chunk_max=50),
                minimum_payment=Decimal(0),
                rate_age_days_max=5,
            )
            month = self._month
            self._closing = Turn("closing", lambda: books.close(month, "tests"))
            self._go(self._closing)
        else:
            return
        self._read_log()
        if not self._closing.is_over:
            return
        error, self._closing = self._closing.error, None
        if error is None:
            self._is_closing = False
            self.court.closed(self._month, self.side.given(self._month))
            self._month = tenth_after(self._month).replace(day=1)
            self._count("closed")
        elif not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | Crash):
            raise error

    def _evict(self) -> None:
        """The database ends the session of one that stood still too long."""
        still = [
            it
            for it in self._processors
            if it.turn is not None and it.connection and not it.connection.closed
        ]
        if not still:
            return
        connection = self.random.choice(still).connection
        assert connection is not None
        pid = connection.info.backend_pid
        self._reader.execute("SELECT pg_terminate_backend(%s)", (pid,))
        until_gone(self._urls.server, pid)
        self._count("evicted")

    def settle(self, *, verifies: bool) -> None:
        """Lets everybody finish undisturbed, and compares. Raises AssertionError."""
        self._is_calm, self._away = True, 0
        for at, processor in enumerate(self._processors):
            while processor.turn is not None and self._processors[at] is processor:
                self._go(processor.turn)
                self._look_at(at)
        while self._intake._queue:
            self._commit()
        self._answer()
        while self._is_closing:
            self._close()
        self._processors[0].worker.drain()
        self._due()
        self._processors[0].worker.drain()
        self._check_journal()
        self.court.compare(self.side)
        if verifies:
            self.side.verified()
        self._is_calm = False

    def _check_journal(self) -> None:
        """Acknowledged: kept; refused: not; unknown: at most once, which `_read_log` has seen to."""
        assert not self._promised
        for delivery in self.mail.journal.values():
            is_kept = delivery.batch_id in self._kept
            assert delivery.is_kept in (None, is_kept), (
                f"answered {delivery.is_kept}, kept {is_kept}: {delivery}"
            )

    def replayed(self) -> None:
        """The log gives the same ledger again. Raises AssertionError."""
        with connect(self._urls.server, name="replay") as connection:
            same("replay", (), replay_log(connection).differences)

    def close(self) -> None:
        """Lets go of everything, whatever state it is in."""
        self._is_calm = True
        for processor in self._processors:
            if processor.connection is not None:
                processor.connection.close()
        self._intake.let_go()
        self._scheduler.close()
        self._reader.close()
        self._seeking.close()

    def _new_intake(self) -> SteppedIntake:
        return SteppedIntake(self._opener("intake"), waiting_bytes_max=WAITING_BYTES_MAX)

    def _new_processor(self) -> Processor:
        made = Processor()
        made.worker = Worker(self._opener("worker", made), chunk_max=self.random.choice((20, 200, 1000)))
        return made

    def _clicks(self) -> None:
        for name, (at, click) in clicks_at(BEGINNING).items():
            self._reader.execute(
                sql("facts", "insert_click"),
                {
                    "click_id": name, "clicked_at": at, "publisher_id": click.publisher,
                    "property_id": click.property, "advertiser_id": click.advertiser, "ad_id": click.ad,
                    "sid": None, "referring_url": None, "browser": None, "device_type": "Desktop",
                    "device_name": None, "country": "US",
                },
            )  # fmt: skip

    def _count(self, word: str) -> None:
        self.told[word] = self.told.get(word, 0) + 1
