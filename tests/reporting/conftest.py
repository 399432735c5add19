"""Fixtures of the reports: a history that everyone may read, and a ledger for a single test, both served.

Owns their beginning and end. Tests that share the history leave it as it is. Next: counter.py.
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
from tests.reporting.counter import Counter
from tests.reporting.history import tell

_numbers = count(1)


@pytest.fixture
def counter(desk: Desk) -> Iterator[Counter]:
    """The desk's ledger, served."""
    opened = Counter(desk)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shelf(server: EmbeddedUrls, administrator: str, template: str) -> Iterator[Counter]:
    """The history of history.py, served; nobody adds to it."""
    name = f"shelf_of_reports_{next(_numbers)}"
    with psycopg.connect(administrator, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER counterfoil_owner".encode())
        urls = DatabaseUrls(
            server=make_conninfo(server.server, dbname=name), owner=make_conninfo(server.owner, dbname=name)
        )
        with Desk(urls) as desk:
            tell(desk)
            opened = Counter(desk)
            try:
                yield opened
            finally:
                opened.close()
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
