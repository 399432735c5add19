"""Migrations: numbered plain SQL, applied in order, each in a transaction of its own, under a lock.

Owns the table `schema_migration` and the rights of the serving role. Next: sql/migrations/.
"""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from typing import NamedTuple

import psycopg
from psycopg import Connection, sql

MIGRATION_LOCK = 4_100_001
_MAKE_LIST = (
    "CREATE TABLE schema_migration (number integer PRIMARY KEY, title text NOT NULL,"
    " checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT clock_timestamp())"
)


class SchemaError(Exception):
    """The database's schema and this program do not fit: says why, and what to do."""

    def __init__(self, sentence: str, fix: str) -> None:
        """`sentence` says what is wrong, `fix` what to do."""
        super().__init__(sentence)
        self.sentence = sentence
        self.fix = fix


class Migration(NamedTuple):
    """One numbered step: title and reason are its first comment lines."""

    number: int
    title: str
    script: str

    @property
    def checksum(self) -> str:
        """Digest of the script, so that a step that was changed after it was applied is noticed."""
        return sha256(self.script.encode()).hexdigest()


def known_migrations() -> tuple[Migration, ...]:
    """All steps this program knows, in order."""
    folder = files("counterfoil.store") / "sql" / "migrations"
    steps = []
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if not entry.name.endswith(".sql"):
            continue
        script = entry.read_text(encoding="utf-8")
        steps.append(Migration(int(entry.name[:4]), script.partition("\n")[0].removeprefix("-- "), script))
    assert [step.number for step in steps] == list(range(1, len(steps) + 1)), "migrations are numbered 1 to n"
    return tuple(steps)


def migrate(owner_url: str, server_role: str) -> tuple[Migration, ...]:
    """Brings the schema up to date and gives `server_role` its rights; answers the steps it applied.

    Safe when several processes start together: the second waits and finds nothing to do. Raises SchemaError
    when the schema is newer than this program, a step was changed after it had been applied, or the role may
    not migrate.
    """
    try:
        return _migrated(owner_url, server_role)
    except psycopg.errors.InsufficientPrivilege as error:
        raise SchemaError(
            f"The database's role may not migrate: {error.diag.message_primary}.",
            "Name a role that owns the database in COUNTERFOIL_DATABASE_OWNER_URL.",
        ) from error


def _migrated(owner_url: str, server_role: str) -> tuple[Migration, ...]:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (MIGRATION_LOCK,))
        _refuse_old_server(connection)
        if connection.execute("SELECT to_regclass('schema_migration')").fetchone() == (None,):
            connection.execute(_MAKE_LIST)
        missing = _missing(connection)
        for step in missing:
            with connection.transaction():
                connection.execute(step.script.encode())
                connection.execute(
                    "INSERT INTO schema_migration (number, title, checksum) VALUES (%s, %s, %s)",
                    (step.number, step.title, step.checksum),
                )
        # With one role for both there is nothing to grant, and perhaps no right to.
        if server_role != connection.info.user:
            _grant(connection, server_role)
    return missing


def check_schema(connection: Connection) -> None:
    """Raises SchemaError unless the schema is exactly the one this program knows."""
    try:
        missing = _missing(connection)
    except psycopg.errors.UndefinedTable:
        connection.rollback()
        missing = known_migrations()
    if missing:
        raise SchemaError(
            f"The database lacks {len(missing)} migration(s), the first is {missing[0].number}.",
            "Run: counterfoil migrate",
        )


def _refuse_old_server(connection: Connection) -> None:
    if connection.info.server_version < 150000:
        raise SchemaError(
            f"The server is PostgreSQL {connection.info.server_version // 10000}; 15 or newer is needed.",
            "Point COUNTERFOIL_DATABASE_URL at a newer server, or leave it unset for the embedded one.",
        )


def _missing(connection: Connection) -> tuple[Migration, ...]:
    rows = connection.execute("SELECT number, checksum FROM schema_migration ORDER BY number").fetchall()
    known = {step.number: step for step in known_migrations()}
    for number, checksum in rows:
        if number not in known:
            raise SchemaError(
                f"The database has migration {number}; this program knows {len(known)}: the schema is newer.",
                "Use the newer version of counterfoil that made it.",
            )
        if known[number].checksum != checksum:
            raise SchemaError(
                f"Migration {number} was changed after it had been applied.",
                "Use the version of counterfoil that applied it; migrations are never edited.",
            )
    applied = {number for number, _ in rows}
    return tuple(step for number, step in known.items() if number not in applied)


def _grant(connection: Connection, server_role: str) -> None:
    script = (files("counterfoil.store") / "sql" / "grants.sql").read_text(encoding="utf-8")
    with connection.transaction():
        connection.execute(
            sql.SQL(script).format(
                server=sql.Identifier(server_role), database=sql.Identifier(connection.info.dbname)
            )
        )
