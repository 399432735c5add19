"""Operations: what a process does with the database, each on a subject of its own, with its state told.

Owns the operations whose every call is made to fail, and how their state is read. Next: test_nth_call.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from psycopg import Connection

from counterfoil import administration
from counterfoil.intake import new_batch_id, prepared
from counterfoil.model.orders import (
    Cancellation,
    Channel,
    Extension,
    Kind,
    Mode,
    NewOrder,
    Order,
    Restatement,
    SubmissionBatch,
)
from counterfoil.worker import Worker
from tests.desk import CLICK_A, NORTHWIND, Desk
from tests.simulation.stepped import SteppedIntake

Open = Callable[[], Connection]
State = tuple[Any, ...]
UPDATED = "2026-03-01T09:50:00Z"
_numbers = count(1)

_STANDS = """
SELECT
    (SELECT count(*) FROM intake_log WHERE order_id = ANY(%(ids)s)) AS logged,
    (SELECT coalesce(sum(pending.submissions), 0) FROM intake_pending AS pending WHERE EXISTS (
        SELECT FROM intake_log AS log WHERE log.batch_id = pending.batch_id AND log.order_id = ANY(%(ids)s))),
    (SELECT array_agg(concat_ws(' ', outcome, code) ORDER BY position, submission_id) FROM submission_outcome
        WHERE order_id = ANY(%(ids)s)),
    (SELECT array_agg(concat_ws(' ', code, released_at IS NOT NULL) ORDER BY position) FROM held_submission
        WHERE order_id = ANY(%(ids)s)),
    (SELECT array_agg(concat_ws(' ', version, state, validation, extended, closed_at IS NOT NULL)
        ORDER BY order_id) FROM action_current WHERE order_id = ANY(%(ids)s)),
    (SELECT array_agg(concat_ws(' ', record.kind, record.sign * version.commission_usd)
            ORDER BY commission_id)
        FROM commission_record AS record JOIN action USING (enterprise_id, original_action_id)
            JOIN order_version AS version USING (enterprise_id, original_action_id, version)
        WHERE action.order_id = ANY(%(ids)s)),
    (SELECT count(*) FROM event JOIN submission_outcome AS made USING (enterprise_id, submission_id)
        WHERE made.order_id = ANY(%(ids)s)),
    (SELECT count(*) FROM action_status JOIN action USING (enterprise_id, original_action_id)
        WHERE action.order_id = ANY(%(ids)s))
"""


class Operation:
    """One of the twelve; a new subject for each trial. `ends_in` are errors that a caller may see."""

    intends = ""
    orders = 1

    def __init__(self, desk: Desk) -> None:
        """A subject that nothing has happened to."""
        self.desk = desk
        self.number = next(_numbers)
        self.ids = [f"S-{self.number}-{n}" for n in range(self.orders)]
        self.prepare()

    def prepare(self) -> None:
        """What must be there before."""

    def act(self, open_: Open) -> None:
        """The operation, on connections that `open_` opens."""
        raise NotImplementedError

    def settle(self) -> None:
        """What follows by itself: processors decide."""
        self.desk.process()

    def state(self) -> State:
        """What there is of the subject."""
        return self.ask(_STANDS, ids=self.ids)

    def settled(self) -> State:
        """What it is in the end, however often it was asked for."""
        return self.state()

    def ask(self, question: str, **values: object) -> State:
        """One row."""
        row = self.desk.connection.execute(question.encode(), values).fetchone()
        assert row is not None
        return tuple(row)

    def creates(self, **more: Any) -> list[Order]:
        """An order for each id."""
        fields: dict[str, Any] = {"action_tracker_id": 401, "amount": "100.00", "cj_event": CLICK_A}
        return [NewOrder(enterprise_id=NORTHWIND, order_id=each, **fields | more) for each in self.ids]


class AcceptOne(Operation):
    """A request with one order."""

    intends = "accept one"

    def act(self, open_: Open) -> None:
        """Sends it as a client would, until intake has answered."""
        send(open_, self.creates())

    def settled(self) -> State:
        """However often it was kept, one send's state: the repeats are duplicates."""
        state = self.state()
        return (*state[4:6], set(state[2][:1]), set(state[2][1:]) <= {"duplicate DUPLICATE_ORDER"})


class AcceptMany(AcceptOne):
    """A request with several orders: kept whole or not at all."""

    intends = "accept many"
    orders = 7

    def settled(self) -> State:
        """The first outcomes are those of one send, the others say that it came again."""
        state = self.state()
        posted = [word for word in state[2] if word == "posted"]
        return (*state[4:6], len(posted), set(state[2]) <= {"posted", "duplicate DUPLICATE_ORDER"})


class Decide(Operation):
    """A processor decides what was sent; `change` says what that is, after a create that is posted."""

    def prepare(self) -> None:
        """Something waits."""
        if change := self.change():
            self.desk.send(self.creates())
            self.desk.process()
            self.desk.send(change, channel=Channel.PAGE if self.intends == "extend" else Channel.API)
            return
        self.desk.send(self.creates(**self.differs()))

    def change(self) -> Sequence[Order]:
        """What follows the create."""
        return ()

    def differs(self) -> dict[str, Any]:
        """What is special about the create."""
        return {}

    def act(self, open_: Open) -> None:
        """One processor, from its start."""
        processor = Worker(open_, chunk_max=1000)
        try:
            processor.drain()
        finally:
            processor.close()

    def key(self) -> dict[str, Any]:
        """The order's key."""
        return {"enterprise_id": NORTHWIND, "action_tracker_id": 401, "order_id": self.ids[0]}


class Create(Decide):
    """A create is decided."""

    intends = "create decided"


class Restate(Decide):
    """A restatement is decided."""

    intends = "restate"

    def change(self) -> Sequence[Order]:
        """At half the amount."""
        return [Restatement(**self.key(), amount="50.00", update_time=UPDATED)]


class Cancel(Decide):
    """A cancellation is decided."""

    intends = "cancel"

    def change(self) -> Sequence[Order]:
        """The end of it."""
        return [Cancellation(**self.key(), update_time=UPDATED)]


class Extend(Decide):
    """An extension is decided."""

    intends = "extend"

    def change(self) -> Sequence[Order]:
        """A month more."""
        return [Extension(**self.key())]


class Hold(Decide):
    """A create that lacks its rate is held."""

    intends = "hold"

    def differs(self) -> dict[str, Any]:
        """A currency without a rate."""
        return {"currency": "CHF"}


class Release(Hold):
    """An operator releases what is held."""

    intends = "release"

    def prepare(self) -> None:
        """It is held."""
        self.held = self.desk.send(self.creates(currency="CHF")).submission_ids[0]
        self.desk.process()

    def act(self, open_: Open) -> None:
        """The act of a person."""
        with open_() as connection:
            assert administration.release_submission(connection, self.held, "tests") is not None

    def state(self) -> State:
        """With what the audit log says."""
        acts = self.ask("SELECT count(*) FROM act WHERE subject = %(subject)s", subject=str(self.held))
        return (*super().state(), *acts)


def send(open_: Open, orders: Sequence[Order]) -> None:
    """One request, until intake has answered it. Raises NotKept or Unknown."""
    batch = SubmissionBatch(
        batch_id=new_batch_id(),
        mode=Mode.LIVE,
        channel=Channel.API,
        kind=Kind.CREATE,
        sender="tests",
        orders=tuple(orders),
    )
    intake = SteppedIntake(open_, waiting_bytes_max=2**20)
    try:
        promise = intake.receive([prepared(batch)])
        while intake.step():
            pass
        promise.result(timeout=0)
    finally:
        intake.let_go()
