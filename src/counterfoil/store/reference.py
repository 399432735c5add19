"""Reference data: the versions of the network and the conversion rates, as they are written and read.

Owns the transaction that adds a version at its place in the log. Judges no file. Next: network/change.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from psycopg import Connection

from counterfoil.model.programme import RateQuote
from counterfoil.network import EntryKey
from counterfoil.store import lanes, log
from counterfoil.store.queries import sql


def in_force(connection: Connection) -> tuple[int, dict[EntryKey, bytes]]:
    """The version in force and all its entries."""
    row = connection.execute(sql("reference", "latest_version")).fetchone()
    assert row is not None
    version = int(row[0])
    entries = connection.execute(sql("facts", "network_entries"), {"version": version})
    return version, {(kind, key): bytes(body) for kind, key, body in entries}


def lock_log(connection: Connection) -> None:
    """Keeps everyone else from the end of the log until the transaction ends."""
    connection.execute(sql("log", "take_intake_lock"))


def add_version(
    connection: Connection,
    entry: log.Entry,
    *,
    version: int,
    entries: Sequence[tuple[str, str, bytes]],
    rates: Sequence[RateQuote],
    source: str,
) -> None:
    """Adds a version of the network at the end of the log; the caller holds the log and commits."""
    receipt = log.flush(connection, [entry])()[0]
    connection.execute(
        sql("reference", "insert_version"),
        {"version": version, "position": receipt.position, "applied_by": entry.sender, "source": source},
    )
    connection.execute(
        sql("reference", "insert_entries"),
        {
            "version": version,
            "kinds": [kind for kind, _, _ in entries],
            "ids": [key for _, key, _ in entries],
            "bodies": [body for _, _, body in entries],
        },
    )
    _insert_rates(connection, receipt.position, rates)


def add_rates(connection: Connection, entry: log.Entry, rates: Sequence[RateQuote]) -> int:
    """Adds rates at the end of the log; answers how many were new. The caller holds the log and commits."""
    receipt = log.flush(connection, [entry])()[0]
    _insert_rates(connection, receipt.position, rates)
    row = connection.execute(sql("reference", "count_rates_at"), {"position": receipt.position}).fetchone()
    assert row is not None
    return int(row[0])


def _insert_rates(connection: Connection, position: int, rates: Sequence[RateQuote]) -> None:
    if not rates:
        return
    connection.execute(
        sql("reference", "insert_rates"),
        {
            "position": position,
            "currencies": [quote.currency for quote in rates],
            "days": [quote.day for quote in rates],
            "sources": [quote.source for quote in rates],
            "per_euros": [quote.per_euro for quote in rates],
            "fixed": [quote.is_fixed for quote in rates],
        },
    )
    # Whatever waits for a rate is tried again; what still lacks one waits on.
    lanes.release_for_rates(connection)


def read_clock(connection: Connection) -> tuple[datetime, bool]:
    """The business time, and whether this is a sandbox."""
    row = connection.execute(sql("reference", "read_clock")).fetchone()
    assert row is not None
    return row[0], row[1]


def make_sandbox(connection: Connection, at: datetime) -> bool:
    """Makes a new data directory a sandbox whose time stands at `at`; answers whether it could."""
    return connection.execute(sql("reference", "make_sandbox"), {"at": at}).fetchone() is not None


def move_clock(connection: Connection, at: datetime) -> bool:
    """Moves a sandbox's time forward to `at`; answers whether it is one, and forward it was."""
    return connection.execute(sql("reference", "move_clock"), {"at": at}).fetchone() is not None
