"""Fixtures: one fair history for a test process, and a copy of it for each test that breaks it.

Owns the copies. Next: history.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from counterfoil.store.connection import DatabaseUrls
from counterfoil.store.embedded import EmbeddedUrls
from tests.desk import Desk
from tests.verification.history import write_history

_numbers = count(1)


@pytest.fixture(scope="session")
def history(server: EmbeddedUrls, administrator: str, template: str) -> str:
    """Name of a database that holds a fair history; nobody is connected to it."""
    name = "fair_history"
    with psycopg.connect(administrator, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER counterfoil_owner".encode())
    with Desk(DatabaseUrls(make_conninfo(server.server, dbname=name), "")) as desk:
        write_history(desk)
    return name


@pytest.fixture
def copy(server: EmbeddedUrls, administrator: str, history: str) -> Iterator[str]:
    """Name of a database with the same history, to be broken."""
    name = f"history_{next(_numbers)}"
    with psycopg.connect(administrator, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {history} OWNER counterfoil_owner".encode())
        yield name
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
