"""Keeping: how a peer makes orders durable, which is the quickest way there is: one binary COPY, one commit.

Owns the table of the peers, in a database of its own on the server under measurement. Next: running.py.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
from psycopg.conninfo import make_conninfo

DATABASE = "bench_peers"
URL = "BENCH_PEERS_URL"
_DROP = b"DROP DATABASE IF EXISTS bench_peers"
_CREATE = b"CREATE DATABASE bench_peers"
_TABLE = b"""
CREATE TABLE IF NOT EXISTS peer_order (
    batch_id uuid NOT NULL,
    n integer NOT NULL,
    enterprise_id bigint NOT NULL,
    action_tracker_id bigint NOT NULL,
    order_id text NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (batch_id, n)
)
"""
_COPY = b"""
COPY peer_order (batch_id, n, enterprise_id, action_tracker_id, order_id, body) FROM STDIN (FORMAT BINARY)
"""
_KEPT = b"""
SELECT split_part(order_id, '-', 1), count(*), count(DISTINCT order_id), min(order_id), max(order_id)
FROM peer_order
GROUP BY 1
"""
_TYPES = ("uuid", "int4", "int8", "int8", "text", "bytea")


def database(admin_url: str) -> str:
    """The address of a new, empty database for the peers."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(_DROP)
        admin.execute(_CREATE)
    url = make_conninfo(admin_url, dbname=DATABASE)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_TABLE)
    return url


def kept(url: str) -> list[tuple[Any, ...]]:
    """What the peers' table holds of each batch, as sums.py compares it."""
    with psycopg.connect(url) as connection:
        return connection.execute(_KEPT).fetchall()


class Keeper:
    """One connection, opened with the first order."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection | None = None

    def keep(self, orders: Sequence[dict[str, Any]]) -> UUID:
        """Makes the orders durable; answers the id of their batch."""
        if self._connection is None:
            self._connection = psycopg.connect(os.environ[URL])
        batch_id = uuid4()
        encode = msgspec.json.Encoder().encode
        with (
            self._connection.transaction(),
            self._connection.cursor() as cursor,
            cursor.copy(_COPY) as copy,
        ):
            copy.set_types(_TYPES)
            for n, order in enumerate(orders, start=1):
                enterprise, tracker = int(order["enterpriseId"]), order["actionTrackerId"]
                copy.write_row((batch_id, n, enterprise, tracker, order["orderId"], encode(order)))
        return batch_id
