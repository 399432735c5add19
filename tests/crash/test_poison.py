"""R12: sixty kinds of poison among a thousand good orders: the good are posted, each bad one has a reason."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from structlog.testing import capture_logs

from counterfoil.intake import new_batch_id, prepared
from counterfoil.model.orders import (
    Channel,
    Mode,
    NewOrder,
    Order,
    Submission,
    SubmissionBatch,
    clean_text,
    submission_id,
)
from counterfoil.model.orders import Kind as Asked
from counterfoil.processing import sequence
from counterfoil.store.connection import connect
from tests.crash.judge import violations
from tests.crash.poison import KINDS, NOT_LET_IN, Kind
from tests.desk import CLICK_A, NORTHWIND, Desk

GOOD = 1000
TRIES_MAX = 3
EVERY = 17
"""Good orders between two bad ones."""


class Dose:
    """What was sent: the submission ids of the good orders, and of each kind that was let in."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.good: list[str] = []
        self.bad: dict[str, str] = {}
        self.kept_out: set[str] = set()

    def give(self) -> None:
        """Sends good and bad ones in turn, a kind a request, so that no request is good alone."""
        for n, kind in enumerate(KINDS):
            try:
                self.bad[kind.name] = self._send(kind.order)[0]
            except (psycopg.DataError, OverflowError):
                self.kept_out.add(kind.name)
            self.good += self._send(*(_good(n * EVERY + at) for at in range(EVERY)))

    def _send(self, *orders: Order) -> list[str]:
        kind = Asked.CREATE if isinstance(orders[0], NewOrder) else _asked(orders[0])
        batch = SubmissionBatch(
            batch_id=new_batch_id(),
            mode=Mode.LIVE,
            channel=Channel.API,
            kind=kind,
            sender="tests",
            orders=orders,
        )
        self.desk.intake.receive([prepared(batch)]).result(timeout=10)
        return [str(submission_id(batch.batch_id, n)) for n in range(1, len(orders) + 1)]

    def became(self) -> dict[str, str]:
        """The word on each kind."""
        found = self.words(list(self.bad.values()))
        told = {name: found.get(each, "pending") for name, each in self.bad.items()}
        return told | dict.fromkeys(self.kept_out, NOT_LET_IN)

    def words(self, ids: list[str]) -> dict[str, str]:
        """The word on each submission: its code or outcome, or that it is held."""
        return dict(
            self.desk.connection.execute(
                "SELECT submission_id::text, coalesce(code, outcome) FROM submission_outcome"
                " WHERE submission_id = ANY(%s::uuid[])"
                " UNION ALL SELECT submission_id::text, 'held ' || code FROM held_submission"
                " WHERE submission_id = ANY(%s::uuid[])",
                (ids, ids),
            ).fetchall()
        )


def _good(n: int) -> NewOrder:
    return NewOrder(
        enterprise_id=NORTHWIND, action_tracker_id=401, order_id=f"GOOD-{n}", amount="10.00", cj_event=CLICK_A
    )


def _asked(order: Order) -> Asked:
    return Asked.RESTATE if type(order).__name__ == "Restatement" else Asked.CANCEL


@pytest.fixture
def poisoned(desk: Desk, administrator: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dose]:
    """A log with a thousand good orders and every kind of poison, undecided."""
    dose = Dose(desk)
    dose.give()
    with psycopg.connect(
        make_conninfo(administrator, dbname=str(conninfo_to_dict(desk.urls.server)["dbname"])),
        autocommit=True,
    ) as hand:
        hand.execute("SET session_replication_role = replica")
        for kind in KINDS:
            if kind.body is not None:
                hand.execute(
                    "UPDATE intake_log SET body = %s WHERE order_id = %s", (kind.body, kind.order.order_id)
                )
            if kind.is_refused_by_the_database:
                hand.execute(
                    sql.SQL("ALTER TABLE action ADD CONSTRAINT trap CHECK (order_id <> {}) NOT VALID").format(
                        sql.Literal(clean_text(kind.order.order_id))
                    )
                )
    decide = sequence.decide

    def failing(submission: Submission, facts: Any) -> Any:
        if name := fails.get(submission.key.order_id):
            raise getattr(builtins, name)("on purpose")
        return decide(submission, facts)

    fails = {kind.order.order_id: kind.decision_fails for kind in KINDS if kind.decision_fails}
    monkeypatch.setattr(sequence, "decide", failing)
    with capture_logs():
        yield dose


def faults_of(dose: Dose) -> list[str]:
    """Whatever is not as it must be, once all is decided."""
    found = dose.words(dose.good)
    faults = [f"{each} is {found.get(each)}" for each in dose.good if found.get(each) != "posted"]
    became = dose.became()
    faults += [
        f"{kind.name}: {became[kind.name]}, not {kind.becomes}"
        for kind in KINDS
        if became[kind.name] != kind.becomes
    ]
    tried = dose.desk.connection.execute("SELECT max(tries) FROM held_submission").fetchone()
    if tried is None or (tried[0] or 0) > TRIES_MAX:
        faults.append(f"something was tried {tried} times")
    with connect(dose.desk.urls.server, name="verify", autocommit=True) as connection:
        # The log's bytes were spoilt by us, which S5 must see, and no other check.
        return faults + [each for each in violations(connection) if not each.startswith("S5")]


def test_poison_stops_nobody_and_is_told_why(poisoned: Dose) -> None:
    """All good orders are posted; every kind is posted, recorded, rejected or held as it should be, soon.

    What no text column holds, NUL and half characters, is replaced and told by TEXT_CLEANED.
    """
    poisoned.desk.process()

    assert [] == faults_of(poisoned)
    assert GOOD <= len(poisoned.good)
    assert 60 <= len(KINDS)
    rows = poisoned.desk.connection.execute(
        "SELECT submission_id::text FROM submission_outcome WHERE 'TEXT_CLEANED' = ANY(warnings)"
    ).fetchall()
    unclean = {poisoned.bad[kind.name] for kind in KINDS if _is_unclean(kind)}
    assert unclean == {row[0] for row in rows}
    assert 8 <= len(unclean)


def _is_unclean(kind: Kind) -> bool:
    text = repr(kind.order)
    return "\\x00" in text or "\\ud800" in text or "\\udfff" in text
