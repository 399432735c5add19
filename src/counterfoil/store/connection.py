"""Connections: how every process of ours speaks to the database.

Owns the session settings that the promise needs: READ COMMITTED, UTC, a flushed commit, and a limit on how
long a stopped process can sit in a transaction. Next: log.py.
"""

from __future__ import annotations

from typing import NamedTuple

import psycopg
from psycopg import Connection
from psycopg.adapt import PyFormat
from psycopg.conninfo import conninfo_to_dict, make_conninfo

IDLE_IN_TRANSACTION_S = 10
SILENT_S = 10
"""How long the other side of a connection may be silent below TCP before it is taken for gone.

A machine that was cut off must be able to refuse, and the database must let go of what it held.
"""
_SESSION = (
    "-c default_transaction_isolation=read\\ committed -c TimeZone=UTC -c synchronous_commit=on"
    " -c DateStyle=ISO -c extra_float_digits=1 -c client_encoding=UTF8"
    f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_S}s"
    f" -c tcp_keepalives_idle={SILENT_S // 2} -c tcp_keepalives_interval=1"
    f" -c tcp_keepalives_count={SILENT_S // 2} -c tcp_user_timeout={SILENT_S}s"
)

INTAKE_LOCK = 4_100_002
POSTING_LOCK = 4_100_003
SCHEDULER_LOCK = 4_100_004
VERIFYING_LOCK = 4_100_006
LANE_CLASS = 4_101
CLICK_CLASS = 4_102
_BYTES = psycopg.adapters.get_dumper(bytes, PyFormat.BINARY)


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
    connection = psycopg.connect(_with_session(url, name), autocommit=autocommit)
    # COPY asks by the column's type, for which the driver would take a slower way than for bytes as such.
    connection.adapters.register_dumper(bytes, _BYTES)
    return connection


def _with_session(url: str, name: str) -> str:
    return make_conninfo(
        url,
        options=_SESSION,
        application_name=f"counterfoil {name}",
        connect_timeout=5,
        # They say nothing to a socket of the same machine.
        keepalives_idle=SILENT_S // 2,
        keepalives_interval=1,
        keepalives_count=SILENT_S // 2,
        tcp_user_timeout=SILENT_S * 1000,
    )
