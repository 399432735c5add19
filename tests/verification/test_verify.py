"""`ledger verify` as a whole: what a run sees, what it reports, and in which words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection
from psycopg.conninfo import make_conninfo

from counterfoil import verification
from counterfoil.store import invariants
from counterfoil.store.connection import connect
from counterfoil.store.embedded import EmbeddedUrls
from counterfoil.verification import INVARIANTS, Finding, State, UnknownInvariant
from tests.verification.breaks import BREAKS, WORDS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "invariants.md"

Breaker = Callable[[str], None]


@pytest.fixture
def reader(server: EmbeddedUrls, copy: str) -> Iterator[Connection]:
    """A connection of the serving role to a copy of the fair history."""
    with connect(make_conninfo(server.server, dbname=copy), name="verify", autocommit=True) as connection:
        yield connection


@pytest.fixture
def broken(administrator: str, copy: str) -> Breaker:
    """Breaks the copy for good, in the way that is named."""

    def break_it(name: str) -> None:
        (wanted,) = (each for each in BREAKS if each.name == name)
        with psycopg.connect(make_conninfo(administrator, dbname=copy)) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(WORDS)
            connection.execute(wanted.sql)

    return break_it


def test_a_fair_history_is_clean(reader: Connection) -> None:
    """Everything the product can do leaves every invariant standing."""
    report = verification.verify(reader)

    assert [] == [finding for finding in report.findings if finding.rows]
    assert report.is_clean


def test_what_has_no_table_yet_is_said_and_not_passed(reader: Connection) -> None:
    """An invariant without a query is listed as nothing to check yet, with the reason."""
    report = verification.verify(reader)
    waiting = {finding.id: finding for finding in report.findings if finding.state is State.NOTHING_YET}

    assert {"I16", "I19", "I26"} == set(waiting)
    assert "comes with data files" == waiting["I26"].reason
    assert "nothing to check yet: comes with data files" in verification.as_text(report)


def test_each_invariant_is_a_query_or_waits() -> None:
    """No promise of the list is without a check unless it says why, and no query is without a promise."""
    assert invariants.names() == {invariant.id for invariant in INVARIANTS if invariant.waits_for is None}
    assert {f"I{number}" for number in range(1, 27)} | {f"S{number}" for number in range(1, 7)} == {
        invariant.id for invariant in INVARIANTS
    }


def test_a_violation_shows_its_rows_and_the_next_step(reader: Connection, broken: Breaker) -> None:
    """People read the promise, the first rows and what to do."""
    broken("I8: a daily total counts one record more")

    report = verification.verify(reader)
    text = verification.as_text(report)

    assert not report.is_clean
    assert "I8    Daily totals equal what their records sum to." in text
    assert "currency=GBP, records=" in text
    assert "Next: Trust the records" in text
    assert text.endswith("1 of 29 invariants do not hold: I8.")


def test_at_most_five_rows_are_shown_and_all_are_counted(reader: Connection, broken: Breaker) -> None:
    """A break of many rows shows the first five and the number of all."""
    broken("I18: every outcome is another enterprise's")

    (finding,) = verification.verify(reader, only={"I18"}).findings

    assert 5 == len(finding.first)
    assert finding.rows > 50
    assert f"{finding.rows} rows, the first 5:" in verification.as_text(
        verification.Report(findings=(finding,))
    )


def test_the_report_for_programs_is_plain_json(reader: Connection, broken: Breaker) -> None:
    """Amounts are text, times are UTC, keys are stable."""
    broken("I13: an order was restated after its lock")

    report = verification.as_json(verification.verify(reader, only=["I13"]))
    told = json.loads(json.dumps(report))

    assert {"is_clean", "invariants"} == told.keys()
    assert not told["is_clean"]
    (finding,) = told["invariants"]
    assert {
        "id", "promise", "state", "rows", "first", "milliseconds", "next_step", "reason",
    } == finding.keys()  # fmt: skip
    assert ("I13", "violated", 1) == (finding["id"], finding["state"], finding["rows"])
    assert "2026-03-02T10:00:00Z" == finding["first"][0]["locks_at"]


def test_only_some_are_checked_when_asked(reader: Connection) -> None:
    """`only` names them in any case; the order is that of the list."""
    report = verification.verify(reader, only=["s1", "I4"])

    assert ["I4", "S1"] == [finding.id for finding in report.findings]


def test_an_unknown_invariant_is_refused(reader: Connection) -> None:
    """Nothing is checked when one of the names is none."""
    with pytest.raises(UnknownInvariant, match="no invariant I99"):
        verification.verify(reader, only=["I4", "I99"])


def test_what_cannot_be_read_is_not_clean_and_stops_no_other(reader: Connection, broken: Breaker) -> None:
    """A version whose JSON is none makes its checks unreadable, and all others go on."""
    broken("I10: a version is no JSON")

    report = verification.verify(reader)
    states = {finding.id: finding.state for finding in report.findings}

    assert State.UNREADABLE is states["I10"]
    assert State.HOLDS is states["S6"]
    assert not report.is_clean
    assert "could not be read: invalid input syntax for type json" in verification.as_text(report)


def test_all_checks_of_a_run_see_the_same_moment(reader: Connection, broken: Breaker) -> None:
    """What is broken after the run began is not seen by its later checks."""

    def break_after_the_first(_: Finding, done: int, __: int) -> None:
        if done == 1:
            broken("I8: a daily total counts one record more")

    assert verification.verify(reader, progress=break_after_the_first).is_clean
    assert not verification.verify(reader).is_clean


def test_progress_is_told_for_each_finding(reader: Connection) -> None:
    """Every finding is told once, with how many there are."""
    told: list[tuple[str, int, int]] = []
    verification.verify(
        reader, only=["I1", "I9", "S2"], progress=lambda finding, *counts: told.append((finding.id, *counts))
    )

    assert [("I1", 1, 3), ("I9", 2, 3), ("S2", 3, 3)] == told


def test_a_run_can_write_nothing(reader: Connection) -> None:
    """Inside the snapshot the database refuses every change, whatever the role."""
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), invariants.snapshot(reader):
        reader.execute("UPDATE daily_total SET records = 0")


def test_the_page_lists_what_is_checked() -> None:
    """docs/reference/invariants.md has a row for each invariant, with its promise."""
    rows = re.findall(r"^\| ([IS]\d+) \| ([^|]+) \|", PAGE.read_text("utf-8"), re.MULTILINE)

    assert [(invariant.id, invariant.promise) for invariant in INVARIANTS] == rows
