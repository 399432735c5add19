"""Roles and passwords of the embedded database: an owner that migrates, a server that may not change history.

Owns both, and the database they share. Leaves rights on single tables to the migrations. Next: lease.py.
"""

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from counterfoil.store.embedded.place import Place, write
from counterfoil.store.embedded.postmaster import socket_folder
from counterfoil.store.embedded.unavailable import DatabaseBroken, StoreUnavailable

ADMIN = "counterfoil_admin"
DATABASE = "counterfoil"
OWNER = "counterfoil_owner"
SERVER = "counterfoil_server"

# roles_present
# Which of the two roles and the database are there already, and whether the database has its rights.
PRESENT = """
SELECT rolname FROM pg_roles WHERE rolname IN (%(owner)s, %(server)s)
UNION ALL
SELECT datname FROM pg_database WHERE datname = %(database)s
UNION ALL
SELECT 'rights' FROM pg_database WHERE datname = %(database)s AND datacl IS NOT NULL
"""
# create_role
# A role that signs in with a password and may nothing else. The password arrives already salted and hashed.
CREATE_ROLE = """
CREATE ROLE {role} LOGIN PASSWORD {verifier}
NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
"""
# create_database
# The owner of the database also owns its schema public.
CREATE_DATABASE = "CREATE DATABASE {database} OWNER {owner}"
# close_database
# Nobody comes in who was not let in.
CLOSE_DATABASE = "REVOKE ALL ON DATABASE {database} FROM PUBLIC"
# open_database
# The server's role connects, and drafts its postings in temporary tables.
OPEN_DATABASE = "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {server}"


@dataclass(frozen=True)
class Passwords:
    """One for each role, made at random and never changed."""

    admin: str = field(repr=False)
    owner: str = field(repr=False)
    server: str = field(repr=False)


@dataclass(frozen=True)
class EmbeddedUrls:
    """How to connect, passwords included: as the owner, which migrates, and as the server, for all else."""

    owner: str = field(repr=False)
    server: str = field(repr=False)


def passwords(place: Place) -> Passwords:
    """Those of the data directory, made at the first call; call it under the lock.

    Raises DatabaseBroken when there is a database whose passwords are lost.
    """
    try:
        return Passwords(**json.loads(place.secrets.read_text(encoding="utf-8")))
    except FileNotFoundError:
        pass
    except (ValueError, TypeError) as fault:
        raise _lost(place) from fault
    if place.has_cluster:
        raise _lost(place)
    made = Passwords(*(secrets.token_urlsafe(32) for _ in range(3)))
    write(place.secrets, json.dumps(vars(made)))
    return made


def urls(place: Place, words: Passwords) -> EmbeddedUrls:
    """Where the running server listens."""
    socket = socket_folder(place)
    return EmbeddedUrls(
        owner=_url(OWNER, words.owner, DATABASE, socket), server=_url(SERVER, words.server, DATABASE, socket)
    )


def establish(place: Place, words: Passwords) -> None:
    """Makes what is missing of the roles, the database and the right to enter it; call it under the lock.

    A start may be killed between any two statements, so each start looks again.

    Raises StoreUnavailable when the administrator can't sign in.
    """
    names = {"owner": OWNER, "server": SERVER, "database": DATABASE}
    quoted = {kind: sql.Identifier(name) for kind, name in names.items()}
    try:
        with psycopg.connect(
            _url(ADMIN, words.admin, "postgres", socket_folder(place)), autocommit=True, connect_timeout=30
        ) as admin:
            present = {name for (name,) in admin.execute(PRESENT, names)}
            for role, password in ((OWNER, words.owner), (SERVER, words.server)):
                if role not in present:
                    verifier = admin.pgconn.encrypt_password(
                        password.encode(), role.encode(), b"scram-sha-256"
                    )
                    admin.execute(
                        sql.SQL(CREATE_ROLE).format(role=sql.Identifier(role), verifier=verifier.decode())
                    )
            if DATABASE not in present:
                admin.execute(sql.SQL(CREATE_DATABASE).format(**quoted))
            if "rights" not in present:
                with admin.transaction():
                    admin.execute(sql.SQL(CLOSE_DATABASE).format(**quoted))
                    admin.execute(sql.SQL(OPEN_DATABASE).format(**quoted))
    except psycopg.Error as fault:
        raise StoreUnavailable(
            f"The embedded database does not answer as it should: {fault}",
            f"If the password is refused, restore {place.secrets} from a backup; else look into {place.log}.",
        ) from fault


def _url(role: str, password: str, database: str, socket: Path) -> str:
    host = quote(str(socket), safe="")
    return f"postgresql://{role}:{quote(password, safe='')}@/{database}?host={host}&port=5432"


def _lost(place: Place) -> DatabaseBroken:
    return DatabaseBroken(
        f"The passwords of the database are not in {place.secrets}.",
        "Restore that file from a backup; it belongs to the folder beside it.",
    )
