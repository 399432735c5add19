"""Repeats: every submission one to five times, shuffled, over several channels, by several processors.

Owns the run: what is sent, and what must come of it. The court judges by the log; here is judged that a
repeat changes no sum. Next: test_repeats.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from random import Random
from threading import Event

from counterfoil import network
from counterfoil.administration import apply_network, note_options
from counterfoil.intake import new_batch_id, prepared
from counterfoil.model.orders import Channel, Kind, Mode, SubmissionBatch, submission_id
from counterfoil.store import log
from counterfoil.store.connection import connect
from tests.crash.inside import decide_until, patience
from tests.desk import BEGINNING, Desk
from tests.properties.credit import Key
from tests.properties.generations import Settings
from tests.properties.judging import clicks_at, same
from tests.properties.model import Model
from tests.properties.programme import Programme, written
from tests.properties.sent import Item, Sent
from tests.properties.standing import key_of
from tests.properties.translating import options_of, order_of
from tests.simulation.court import Court
from tests.simulation.store_side import StoreSide

TIMES_MAX = 5
BATCH_MAX = 60
LIMITED_ORDERS = 60
UPDATE = BEGINNING - timedelta(minutes=10)
CHANNELS = ("api", "api", "api", "tag", "postback", "file")


def submissions_of(order: int, random: Random) -> list[Sent]:
    """What is meant by one order: a create, and often changes."""
    tracker = 406 if order < LIMITED_ORDERS else random.choice((401, 402, 403, 404))
    click = "click-b" if tracker == 406 else random.choice(("click-a", "click-b"))
    create = Sent(
        "create",
        tracker,
        f"R-{order}",
        channel=random.choice(CHANNELS),
        click=click,
        event=BEGINNING - timedelta(minutes=30),
        amount=f"{random.randint(1, 90000)}.{random.randint(0, 999):03}",
        items=(Item("LP-1001", random.randint(1, 4), "19.99", "0.333"),) if tracker in (402, 404) else (),
        currency=random.choice((None, "USD", "EUR", "GBP")),
    )
    meant = [create]
    if tracker == 406:
        return meant
    for _ in range(random.choice((0, 0, 1, 2))):
        change = replace(
            create,
            kind="restate",
            channel=random.choice(("api", "file")),
            event=None,
            update=UPDATE,
            amount=f"{random.randint(1, 90000)}.{random.randint(0, 999):03}",
        )
        meant.append(change)
    if random.random() < 0.2:
        meant.append(Sent("cancel", tracker, create.order_id, update=UPDATE, reason="Other"))
    return meant


def sent_often(orders: int, random: Random) -> list[Sent]:
    """All that is sent, each submission one to five times, in any order."""
    meant = [sent for order in range(orders) for sent in submissions_of(order, random)]
    sendings = [sent for sent in meant for _ in range(random.randint(1, TIMES_MAX))]
    random.shuffle(sendings)
    return sendings


def batches_of(sendings: Sequence[Sent], random: Random) -> list[list[Sent]]:
    """Requests of one kind and channel each, of any size."""
    made: list[list[Sent]] = []
    open_: dict[tuple[str, str], tuple[int, list[Sent]]] = {}
    for sent in sendings:
        size, batch = open_.setdefault((sent.kind, sent.channel), (random.randint(1, BATCH_MAX), []))
        batch.append(sent)
        if len(batch) == size:
            made.append(open_.pop((sent.kind, sent.channel))[1])
    return made + [batch for _, batch in open_.values()]


class Repeats:
    """One run on one database."""

    def __init__(self, desk: Desk, seed: str) -> None:
        """With the terms that limit the uses of a click."""
        self.desk, self.random = desk, Random(seed)
        self.model = Model(clicks_at(BEGINNING), [(0, Programme())])
        self.court = Court(self.model)
        self._log: dict[Key, list[Sent]] = {}
        for name, (at, click) in clicks_at(BEGINNING).items():
            desk.click(name, click.property, click.publisher, click.ad, click.advertiser, at=at)
        note_options(desk.connection, options_of(Settings()), "tests")
        text = written(network.demo_network(), "terms of B", 1)
        applied = apply_network(desk.connection, text, "tests", "tests")
        assert not isinstance(applied, list), applied
        self.court.learned("terms of B", log.head(desk.connection).position)

    def run(self, orders: int, processors: int) -> Counter[str]:
        """Sends while processors decide, and compares; the outcomes. Raises AssertionError."""
        sendings = sent_often(orders, self.random)
        stop = Event()
        with ThreadPoolExecutor(processors) as pool:
            deciding = [
                pool.submit(decide_until, self.desk, stop.is_set, patience(orders)) for _ in range(processors)
            ]
            try:
                for batch in batches_of(sendings, self.random):
                    self._send(batch)
            finally:
                stop.set()
            for each in deciding:
                each.result()
        self.desk.process()
        with (
            connect(self.desk.urls.server, name="judge", autocommit=True) as connection,
            connect(self.desk.urls.server, name="judge", autocommit=True) as seeking,
        ):
            side = StoreSide(connection, seeking)
            self.court.compare(side)
            side.verified()
        self._compare_sums()
        return Counter(self.court.words)

    def _send(self, batch: Sequence[Sent]) -> None:
        made = SubmissionBatch(
            batch_id=new_batch_id(),
            mode=Mode.LIVE,
            channel=Channel(batch[0].channel),
            kind=Kind(batch[0].kind),
            sender="tests",
            orders=tuple(map(order_of, batch)),
        )
        receipt = self.desk.intake.receive([prepared(made)]).result(timeout=30)[0]
        ids = [submission_id(made.batch_id, n) for n in range(1, len(batch) + 1)]
        self.court.accepted(receipt.position, receipt.received_at, batch, ids)
        for sent in batch:
            self._log.setdefault(key_of(sent), []).append(sent)

    def _compare_sums(self) -> None:
        """C7: what is sent again with nothing between adds nothing to any sum."""
        other = Model(clicks_at(BEGINNING), deepcopy(self.model.known))
        place = self.model.known[-1][0] + 1
        for key, sendings in self._log.items():
            if key[2] != 406:
                other.waiting = [(place, BEGINNING, sent) for sent in _without_repeats(sendings)]
                other.process()
                same(f"sums of {key}", _sums(other, key), _sums(self.model, key))


def _without_repeats(sendings: Sequence[Sent]) -> list[Sent]:
    return [sent for at, sent in enumerate(sendings) if at == 0 or sendings[at - 1] != sent]


def _sums(model: Model, key: Key) -> tuple[Fraction, ...]:
    records = model.records.get(key, [])
    return tuple(
        sum((record.sign * getattr(record.state, name)[c] for record in records), Fraction(0))
        for name in ("sale", "commission", "fee", "discount")
        for c in range(3)
    )
