"""Access: the tokens, as they are stored and found.

Owns rows of hashes; judges no caller. Next: api/auth.py.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import class_row

from counterfoil.store.queries import sql


class StoredToken(NamedTuple):
    """What is known of a token when it is used."""

    token_id: str
    token_hash: bytes
    kind: str
    scopes: list[str]
    company_id: int | None
    enterprises: list[int] | None
    address_ranges: list[str] | None
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class ListedToken(NamedTuple):
    """What people see of a token."""

    token_id: str
    last4: str
    kind: str
    name: str
    scopes: list[str]
    company_id: int | None
    enterprises: list[int] | None
    address_ranges: list[str] | None
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    last_used_from: str | None


def insert_token(connection: Connection, values: dict[str, Any]) -> None:
    """Stores a new token's hash and rights."""
    connection.execute(sql("reference", "insert_token"), values)


def find_token(connection: Connection, token_id: str) -> StoredToken | None:
    """A token by its id, dead or alive."""
    cursor = connection.cursor(row_factory=class_row(StoredToken))
    return cursor.execute(sql("reference", "find_token"), {"token_id": token_id}).fetchone()


def list_tokens(connection: Connection) -> list[ListedToken]:
    """All tokens, newest first."""
    return (
        connection.cursor(row_factory=class_row(ListedToken))
        .execute(sql("reference", "list_tokens"))
        .fetchall()
    )


def revoke_token(connection: Connection, token_id: str, now: datetime) -> bool:
    """Ends a token; answers whether there is one."""
    values = {"token_id": token_id, "now": now}
    return connection.execute(sql("reference", "revoke_token"), values).fetchone() is not None


def touch_token(connection: Connection, token_id: str, now: datetime, address: str | None) -> None:
    """Notes that a token was used and from where, at most once a minute."""
    values = {"token_id": token_id, "now": now, "address": address}
    connection.execute(sql("reference", "touch_token"), values)
