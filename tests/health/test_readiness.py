"""`/health/ready`: each check by name, 503 only for what keeps orders from being accepted safely."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from counterfoil import health
from counterfoil.health import State
from counterfoil.store.connection import DatabaseUrls
from tests.api.serving import House, Served
from tests.desk import Desk
from tests.reporting.bookkeeping import create


@pytest.fixture
def house(database: DatabaseUrls) -> House:
    """A house of the test's own, because its database is broken on purpose."""
    return House(database)


def told(served: Served) -> tuple[int, str, dict[str, str]]:
    """Status, word, and the checks."""
    reply = served.ask("GET", "/health/ready")
    return reply.status, reply.json["status"], reply.json["checks"]


def test_each_check_is_told(house: House) -> None:
    """Ready names database, schema, clock, backlog and disk; a schema or clock that is wrong is 503."""
    served = house.served()
    try:
        fine = dict.fromkeys(("database", "schema", "clock_order", "backlog", "disk"), "ok")
        assert (200, "ready", fine) == told(served)

        connection = house.desk.connection
        connection.execute("UPDATE intake_head SET received_at = business_now() + interval '1 day'")
        assert (503, "not ready", fine | {"clock_order": "fail"}) == told(served)
        connection.execute("UPDATE intake_head SET received_at = NULL")

        with psycopg.connect(house._urls.owner, autocommit=True) as owner:
            owner.execute("DELETE FROM schema_migration WHERE number > 1")
        assert (503, "not ready", {"database": "ok", "schema": "fail"}) == told(served)
    finally:
        house.close()


def test_without_a_database(house: House) -> None:
    """A database that does not answer is 503 and one failed check; the process itself stays alive."""
    served = house.served()
    try:
        with psycopg.connect(house._urls.owner, autocommit=True) as owner:
            owner.execute("REVOKE SELECT ON schema_migration FROM counterfoil_server")
        assert (503, "not ready", {"database": "fail"}) == told(served)
        assert 200 == served.ask("GET", "/health/live").status
    finally:
        house.close()


def test_a_backlog_never_turns_orders_away(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long work waits, what can be accepted safely is accepted; the backlog is a warning."""
    desk.send([create("A-1")])
    monkeypatch.setattr(health, "PENDING_AGE_MAX", -health.BACKLOG_WARN)
    checks = health.readiness(desk.connection, tmp_path)

    assert State.FAIL is health.backlog(desk.connection).state
    assert State.WARN is next(check.state for check in checks if check.name == "backlog")
    assert State.FAIL is not health.worst(checks)
