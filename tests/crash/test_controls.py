"""Positive controls: each takes one guard away, and the judge that watches it must go red.

Owns the taking away: by a patch in this process, or by SQL on the test's own database; the product has no
switch for it. Each test also plays the same with the guard in place. Next: judge.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
import pytest
from psycopg import Connection, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from counterfoil import worker
from counterfoil.model.ledger import Decision
from counterfoil.model.orders import Receipt
from counterfoil.processing import Undecidable, creates, decide_in_order
from counterfoil.store import lanes, log
from counterfoil.store.connection import connect
from tests.crash.inside import create, send
from tests.crash.journal import History, Journal
from tests.crash.judge import faults_in, violations
from tests.crash.test_poison import Dose, faults_of, poisoned
from tests.crash.test_races import faults_of_race
from tests.desk import BEGINNING, Desk

__all__ = ["poisoned"]
IN_PLACE = pytest.mark.parametrize("guard", ["in place", "taken away"])
DOUBLED = ("I1 ", "I3 ", "I4 ", "I24 ", "I25 ")
KEYS_OF = ("action", "order_version", "action_status", "submission_outcome", "commission_record")


def _judged(desk: Desk, journal: Journal) -> list[str]:
    def ask(question: str, *values: object) -> Sequence[tuple[Any, ...]]:
        return desk.connection.execute(question.encode(), values).fetchall()

    desk.process()
    found = faults_in(History(journal.path), ask, prefix="control-")
    with connect(desk.urls.server, name="verify", autocommit=True) as connection:
        return found + violations(connection)


@IN_PLACE
def test_1_an_answer_before_the_commit_is_seen(
    desk: Desk, journal: Journal, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    """R5: who answers first and then dies has lost what it acknowledged."""

    def answered_first(_connection: Connection, entries: Sequence[log.Entry]) -> list[Receipt]:
        # The process dies here: what it wanted to write is never written.
        return [
            Receipt(batch_id=entry.batch_id, position=1, received_at=BEGINNING, first_number=1)
            for entry in entries
        ]

    create(desk, journal, ["control-1"])
    if guard == "taken away":
        monkeypatch.setattr(log, "append", answered_first)
    create(desk, journal, ["control-2"])

    found = _judged(desk, journal)
    assert (guard == "in place") == (found == [])
    if found:
        assert any("was accepted and has 0 outcomes" in each for each in found)


def test_3_unique_keys_alone_keep_records_from_doubling(
    desk: Desk, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R11: without the lock on lanes processors meet, and the keys refuse what slips through."""
    _let_all_take_every_lane(monkeypatch)

    assert [] == [each for each in faults_of_race(desk, journal, 10, 400, seed=1) if each.startswith(DOUBLED)]


def test_4_processors_without_lanes_and_without_keys_are_seen(
    desk: Desk, journal: Journal, monkeypatch: pytest.MonkeyPatch, administrator: str
) -> None:
    """R11: where the unique keys are gone as well, states are reversed twice, and the invariants say so."""
    _let_all_take_every_lane(monkeypatch)
    _drop_unique_keys(administrator, desk)

    assert any(each.startswith(DOUBLED) for each in faults_of_race(desk, journal, 10, 400, seed=1))


@IN_PLACE
def test_5_orders_posted_twice_are_seen(
    desk: Desk, journal: Journal, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    """R10: a create that is sent again is a duplicate, or is counted twice."""
    if guard == "taken away":
        monkeypatch.setattr(creates, "_opens_again", lambda *_: True)
    made = journal.operation("control-1", "create", "50.00")
    send(desk, journal, [made])
    send(desk, journal, [made])

    found = _judged(desk, journal)
    assert (guard == "in place") == (found == [])
    if found:
        assert any("was posted 2 times" in each for each in found)


@pytest.mark.deep
def test_6_a_processor_that_swallows_exceptions_is_seen(
    poisoned: Dose, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R12: what cannot be decided is gone without a word, which I6 and I21 say, and the judge."""

    def swallowing(items: Iterable[Any], facts: Any, **more: Any) -> list[Decision]:
        kept = list(items)
        while True:
            try:
                return decide_in_order(kept, facts, **more)
            except Undecidable as lost:
                kept = [each for each in kept if getattr(each, "submission_id", None) != lost.submission_id]

    monkeypatch.setattr(worker, "decide_each", swallowing)
    poisoned.desk.process()

    found = faults_of(poisoned)
    assert any(": pending, not held" in each for each in found)
    assert any(each.startswith(("I6 ", "I21 ")) for each in found)


def _let_all_take_every_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "take", lambda _connection, wanted: list(wanted))


def _drop_unique_keys(administrator: str, desk: Desk) -> None:
    address = make_conninfo(administrator, dbname=str(conninfo_to_dict(desk.urls.server)["dbname"]))
    with psycopg.connect(address, autocommit=True) as hand:
        keys = hand.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype IN ('u', 'p')"
            " AND conrelid::regclass::text = ANY(%s)",
            (list(KEYS_OF),),
        ).fetchall()
        for table, name in keys:
            hand.execute(
                sql.SQL("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {} CASCADE").format(
                    sql.Identifier(table), sql.Identifier(name)
                )
            )
