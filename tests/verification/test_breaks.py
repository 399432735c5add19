"""Positive controls: every check of `ledger verify` can fail, and fails for what it is for.

Owns the proof that no check is blind. Next: breaks.sql.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import Connection
from psycopg.conninfo import make_conninfo

from counterfoil import verification
from counterfoil.store import invariants
from counterfoil.verification import INVARIANTS
from tests.verification.breaks import BREAKS, WORDS, Break


@pytest.fixture
def unguarded(administrator: str, history: str) -> Iterator[Connection]:
    """The fair history in a transaction without triggers, which is undone."""
    with psycopg.connect(make_conninfo(administrator, dbname=history)) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(WORDS)
        yield connection
        connection.rollback()


def red(connection: Connection) -> set[str]:
    """The ids of all checks that do not hold in the connection's transaction."""
    report = verification.examine(connection, INVARIANTS)
    return {finding.id for finding in report.findings if not finding.is_clean}


@pytest.mark.parametrize("broken", BREAKS, ids=[broken.name for broken in BREAKS])
def test_a_check_goes_red_when_its_promise_is_broken(unguarded: Connection, broken: Break) -> None:
    """Each break turns exactly the named checks red."""
    changed = unguarded.execute(broken.sql).rowcount

    assert 0 != changed
    assert set(broken.red) == red(unguarded)


def test_nothing_is_red_before_it_is_broken(unguarded: Connection) -> None:
    """What the breaks begin with holds, also as the administrator sees it."""
    assert set() == red(unguarded)


def test_every_check_has_a_break() -> None:
    """There is no check that nothing has been seen to turn red."""
    assert invariants.names() == {broken.red[0] for broken in BREAKS}
