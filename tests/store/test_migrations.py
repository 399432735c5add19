"""Migrations: applied once, never edited, and what history tables refuse afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from counterfoil.model.orders import lane_of
from counterfoil.store.connection import DatabaseUrls, connect
from counterfoil.store.embedded import EmbeddedUrls
from counterfoil.store.migrate import SchemaError, check_schema, known_migrations, migrate
from tests.desk import Desk
from tests.store.schema_dump import SCHEMA, dumped

APPEND_ONLY = (
    "intake_request",
    "intake_log",
    "network_version",
    "reference_version",
    "conversion_rate",
    "deciding_options",
    "action",
    "order_version",
    "action_status",
    "posting",
    "commission_record",
    "submission_outcome",
    "event",
    "period_record",
    "statement",
    "statement_line",
    "statement_payment",
    "verification_run",
    "act",
)


@pytest.fixture
def empty(server: EmbeddedUrls, administrator: str) -> Iterator[DatabaseUrls]:
    """A database without a schema."""
    with psycopg.connect(administrator, autocommit=True) as admin:
        admin.execute("CREATE DATABASE empty OWNER counterfoil_owner")
        yield DatabaseUrls(
            server=make_conninfo(server.server, dbname="empty"),
            owner=make_conninfo(server.owner, dbname="empty"),
        )
        admin.execute("DROP DATABASE empty WITH (FORCE)")


def test_processes_that_start_together_apply_each_step_once(empty: DatabaseUrls) -> None:
    """The second waits for the first and finds nothing to do."""
    with ThreadPoolExecutor() as both:
        applied = [both.submit(migrate, empty.owner, empty.server_role) for _ in range(2)]

    assert sorted([0, len(known_migrations())]) == sorted(len(each.result()) for each in applied)


def test_the_printed_schema_is_what_the_migrations_make(empty: DatabaseUrls) -> None:
    """`make schema` was run after the last change."""
    migrate(empty.owner, empty.server_role)

    assert SCHEMA.read_text(encoding="utf-8") == dumped(empty.owner)


def test_a_newer_schema_is_refused(desk: Desk) -> None:
    """A program that does not know a migration says so and stops."""
    number = len(known_migrations()) + 1
    with psycopg.connect(desk.urls.owner) as owner:
        owner.execute(
            "INSERT INTO schema_migration (number, title, checksum) VALUES (%s, 'later', 'x')", (number,)
        )
    with pytest.raises(SchemaError, match="newer"):
        migrate(desk.urls.owner, desk.urls.server_role)
    with connect(desk.urls.server, name="check") as connection, pytest.raises(SchemaError, match="newer"):
        check_schema(connection)


def test_a_changed_migration_is_refused(desk: Desk) -> None:
    """What was applied is never edited."""
    with psycopg.connect(desk.urls.owner) as owner:
        owner.execute("UPDATE schema_migration SET checksum = 'other' WHERE number = 1")
    with pytest.raises(SchemaError, match="was changed"):
        migrate(desk.urls.owner, desk.urls.server_role)


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_history_refuses_change_by_right_and_by_trigger(desk: Desk, table: str) -> None:
    """The serving role has no right to change it; the owner, who has, meets the trigger."""
    for change in ("DELETE FROM {}", "TRUNCATE {} CASCADE", "UPDATE {} SET {}"):
        statement = change.format(table, _column(desk, table))
        with (
            connect(desk.urls.server, name="serving") as serving,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            serving.execute(statement.encode())
        with (
            psycopg.connect(desk.urls.owner) as owner,
            pytest.raises(psycopg.errors.IntegrityConstraintViolation),
        ):
            owner.execute(statement.encode())


def test_every_table_with_a_trigger_is_tested(desk: Desk) -> None:
    """A new history table joins the list above."""
    rows = desk.connection.execute(
        "SELECT DISTINCT event_object_table FROM information_schema.triggers"
        " UNION SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal"
    )

    assert sorted(APPEND_ONLY) == sorted(name for (name,) in rows)


@pytest.mark.parametrize("order_id", ["A-1", "", "Größe/7", "a\x1fb", "\ufffd", "x" * 96])
def test_the_database_and_the_program_agree_on_lanes(desk: Desk, order_id: str) -> None:
    """A lane is fixed for good, so both must reckon it alike."""
    row = desk.connection.execute("SELECT lane_of(1500001, 401, %s)", (order_id,)).fetchone()

    assert (lane_of(1500001, 401, order_id),) == row


def _column(desk: Desk, table: str) -> str:
    row = desk.connection.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND is_identity = 'NO' LIMIT 1",
        (table,),
    ).fetchone()
    assert row is not None
    return f"{row[0]} = {row[0]}"
