"""The check of the ledger in parts: as sharp as the whole one on what was touched, and bounded by it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from psycopg import Connection
from psycopg.conninfo import make_conninfo

from counterfoil import verification, verifying
from counterfoil.store import health, increments
from counterfoil.store.connection import connect
from counterfoil.store.embedded import EmbeddedUrls
from counterfoil.verification import IN_PARTS, INVARIANTS
from counterfoil.verifying import Verifier
from tests.processes.running_server import until
from tests.verification.breaks import BREAKS, WORDS, Break

ONE_OF_EACH = {each.red[0]: each for each in BREAKS if each.red[0] in IN_PARTS}


@pytest.fixture
def reader(server: EmbeddedUrls, copy: str) -> Iterator[Connection]:
    """A connection of the serving role to a copy of the fair history."""
    with connect(make_conninfo(server.server, dbname=copy), name="verify", autocommit=True) as connection:
        yield connection


def break_it(administrator: str, copy: str, wanted: Break) -> None:
    """Breaks the copy for good."""
    with psycopg.connect(make_conninfo(administrator, dbname=copy)) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(WORDS)
        connection.execute(wanted.sql)


def red(report: verification.Report) -> list[str]:
    """The ids of what does not hold."""
    return [finding.id for finding in report.findings if not finding.is_clean]


def test_a_fair_history_is_clean_in_parts(reader: Connection) -> None:
    """Whatever part of a fair history is looked at, nothing is said against it; nothing is left behind."""
    last = increments.last_event(reader)
    assert last > 20
    for from_event in range(0, last, max(last // 12, 1)):
        assert [] == red(verification.verify_part(reader, from_event, from_event + last // 6))
    assert last == increments.last_event(reader)
    assert [finding.id for finding in verification.verify_part(reader, 0, last).findings] == [
        invariant.id for invariant in INVARIANTS if invariant.id in IN_PARTS
    ]


@pytest.mark.parametrize("name", sorted(ONE_OF_EACH))
def test_a_break_is_seen_in_parts(reader: Connection, administrator: str, copy: str, name: str) -> None:
    """What the whole check sees of one invariant the check in parts sees as well, where it is touched."""
    break_it(administrator, copy, ONE_OF_EACH[name])

    assert name in red(verification.verify_part(reader, 0, increments.last_event(reader)))


def test_every_invariant_in_parts_is_broken_once() -> None:
    """Each invariant that is checked in parts has a break here."""
    assert set() == IN_PARTS - set(ONE_OF_EACH)


def test_what_is_not_touched_is_not_looked_at(reader: Connection, administrator: str, copy: str) -> None:
    """The cost is that of what was touched: an old order is left to the whole check."""
    break_it(administrator, copy, ONE_OF_EACH["I1"])
    last = increments.last_event(reader)

    assert [] == red(verification.verify_part(reader, last, last))


def test_one_leads(server: EmbeddedUrls, copy: str) -> None:
    """Of several processes one checks; when it is gone, another does."""
    url = make_conninfo(server.server, dbname=copy)
    one, two = (Verifier(lambda: connect(url, name="verifier"), timedelta(microseconds=1)) for _ in range(2))
    try:
        assert one.look() is not None
        assert two.look() is None
        assert one.look() is not None
        one.close()
        # The lead is free once the database has noticed that its session is gone.
        until(lambda: two.look() is not None, "the lead")
    finally:
        one.close()
        two.close()


def test_a_run_is_noted_and_told(
    reader: Connection, server: EmbeddedUrls, administrator: str, copy: str
) -> None:
    """One run in a pause; what was clean is not looked at again, and a violation is counted by its rows."""
    url = make_conninfo(server.server, dbname=copy)
    verifier = Verifier(lambda: connect(url, name="verifier"), timedelta(hours=1))
    try:
        assert verifier.look() is not None
        assert verifier.look() is None
        assert increments.last_event(reader) == increments.runs(reader).clean_until
        assert 0 == (health.last_verification(reader) or (None,))[0]

        break_it(administrator, copy, ONE_OF_EACH["I1"])
        assert "I1" in red(verifying.verify_since(reader, 0, increments.last_event(reader)))
        rows = (health.last_verification(reader) or (0,))[0]
        assert 0 < rows
        assert "I1" in red(verifying.verify_all(reader))
        assert rows <= (health.last_verification(reader) or (0,))[0]
    finally:
        verifier.close()


def test_a_clock_that_was_set_back_stops_no_run(server: EmbeddedUrls, administrator: str, copy: str) -> None:
    """After a run by a clock far ahead the next comes at once, and only then is there a pause."""
    verifier = Verifier(
        lambda: connect(make_conninfo(server.server, dbname=copy), name="verifier"), timedelta(hours=1)
    )
    try:
        assert verifier.look() is not None
        with psycopg.connect(make_conninfo(administrator, dbname=copy), autocommit=True) as admin:
            # Runs are history, too: only a superuser gets past the trigger, by this.
            admin.execute("SET session_replication_role = replica")
            admin.execute("UPDATE verification_run SET verified_at = verified_at + interval '400 days'")
        assert verifier.look() is not None
        assert verifier.look() is None
    finally:
        verifier.close()


def test_never_is_never(server: EmbeddedUrls, copy: str) -> None:
    """With a pause of 0 nothing runs by itself."""
    url = make_conninfo(server.server, dbname=copy)
    verifier = Verifier(lambda: connect(url, name="verifier"), timedelta(0))
    try:
        assert verifier.look() is None
    finally:
        verifier.close()
