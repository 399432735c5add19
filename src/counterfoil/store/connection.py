"""Connections: how every process of ours speaks to the database.

Owns the session settings that the promise needs: READ COMMITTED, UTC, a flushed commit, and a limit on how
long a stopped process can sit in a transaction. Next: log.py.
"""

from __future__ import annotations

from typing import NamedTuple

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool

IDLE_IN_TRANSACTION_S = 10
_SESSION = (
    "-c default_transaction_isolation=read\\ committed -c TimeZone=UTC -c synchronous_commit=on"
    " -c DateStyle=ISO -c extra_float_digits=1 -c client_encoding=UTF8"
    f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_S}s"
)

INTAKE_LOCK = 4_100_002
POSTING_LOCK = 4_100_003
SCHEDULER_LOCK = 4_100_004
LANE_CLASS = 4_101
CLICK_CLASS = 4_102


class DatabaseUrls(NamedTuple):
    """Where the database is, for the two roles."""

    server: str
    owner: str

    @property
    def server_role(self) -> str:
        """Name of the role that serves."""
        return str(conninfo_to_dict(self.server).get("user", ""))


def connect(url: str, *, name: str, autocommit: bool = False) -> Connection:
    """A connection with our session settings; `name` shows in the database's list of sessions."""
    return psycopg.connect(_with_session(url, name), autocommit=autocommit)


def pool(url: str, *, name: str, size_max: int) -> ConnectionPool:
    """A pool of autocommit connections with our session settings, opened at once."""
    return ConnectionPool(
        _with_session(url, name),
        min_size=1,
        max_size=size_max,
        open=True,
        timeout=5,
        kwargs={"autocommit": True},
        check=ConnectionPool.check_connection,
    )


def _with_session(url: str, name: str) -> str:
    return make_conninfo(url, options=_SESSION, application_name=f"counterfoil {name}", connect_timeout=5)
