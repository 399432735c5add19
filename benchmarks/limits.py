"""Limits: what the machine needs for the parts of the work that nobody can leave out.

Owns decoding the same orders, copying the same rows, writing the same bytes, and committing. Next:
one_request.py and singles.py, which stand beside them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from psycopg import Connection
from psycopg.conninfo import make_conninfo

RUNS = 5
COMMITS_S = 1.0
TYPES = ("uuid", "int2", "int4", "int8", "int8", "text", "text", "bool", "bytea", "bytea")
_COLUMNS = "batch_id, lane, n, enterprise_id, action_tracker_id, order_id, kind, cleaned, digest, body"
_ROWS = f"SELECT {_COLUMNS} FROM intake_log WHERE order_id LIKE %s".encode()  # noqa: S608 - columns of ours
_COPY = f"COPY bench_log ({_COLUMNS}) FROM STDIN (FORMAT BINARY)".encode()


class _Item(msgspec.Struct, forbid_unknown_fields=True):
    sku: str
    unitPrice: Decimal  # noqa: N815 - the wire's name
    quantity: int
    discount: Decimal | None = None


class _Pair(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    value: str


class _Order(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    enterprise_id: str | int
    action_tracker_id: int
    order_id: str
    event_time: str | None = None
    cj_event: str | None = None
    currency: str | None = None
    items: list[_Item] | None = None
    amount: Decimal | None = None
    discount: Decimal | None = None
    coupon: str | None = None
    sid: str | None = None
    vertical_parameters: dict[str, str] | None = None
    custom_parameters: list[_Pair] | None = None
    ids: dict[str, str] | None = None


class _Variables(msgspec.Struct):
    o: list[_Order]


class _Envelope(msgspec.Struct):
    query: str
    variables: _Variables


def _timed(run: Callable[[], Any]) -> list[float]:
    found = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        run()
        found.append(time.perf_counter() - begin)
    return found


def decoding(body: bytes) -> list[float]:
    """Seconds to decode a request's variables into typed orders, strictly."""
    decoder = msgspec.json.Decoder(_Envelope)
    return _timed(lambda: decoder.decode(body))


def log_rows(connection: Connection, name: str) -> list[tuple[Any, ...]]:
    """The rows that the product wrote for a batch."""
    return connection.execute(_ROWS, (f"{name}-%",)).fetchall()


def copying(admin_url: str, rows: list[tuple[Any, ...]]) -> list[float]:
    """Seconds to copy the rows into a table like the log, in binary, until the commit is flushed."""
    with psycopg.connect(make_conninfo(admin_url, dbname="counterfoil"), autocommit=True) as admin:
        # A table of its own, with the log's columns and key, and without its triggers.
        admin.execute("CREATE TABLE bench_log (LIKE intake_log INCLUDING DEFAULTS INCLUDING INDEXES)")

        def run() -> None:
            with admin.transaction(), admin.cursor() as cursor, cursor.copy(_COPY) as copy:
                copy.set_types(TYPES)
                for row in rows:
                    copy.write_row(row)

        found = []
        try:
            for _ in range(RUNS):
                begin = time.perf_counter()
                run()
                found.append(time.perf_counter() - begin)
                admin.execute("TRUNCATE bench_log")
        finally:
            admin.execute("DROP TABLE bench_log")
    return found


def writing(folder: Path, text: bytes) -> list[float]:
    """Seconds to write the bytes into a new file and to flush it, on the disk of the data directory."""
    file = folder.parent / "bytes"

    def run() -> None:
        with file.open("wb") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        file.unlink()

    return _timed(run)


def commits(admin_url: str) -> float:
    """Durable commits of one small row a second, one after the other on one connection."""
    with psycopg.connect(make_conninfo(admin_url, dbname="counterfoil")) as admin:
        admin.execute("CREATE TABLE bench_commit (n integer)")
        admin.commit()
        made, begin = 0, time.perf_counter()
        while time.perf_counter() - begin < COMMITS_S:
            admin.execute("INSERT INTO bench_commit (n) VALUES (%s)", (made,))
            admin.commit()
            made += 1
        took = time.perf_counter() - begin
        admin.execute("DROP TABLE bench_commit")
        admin.commit()
    return made / took
