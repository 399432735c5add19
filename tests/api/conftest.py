"""Fixtures: the house, a database with servers on it that all tests of the wire in one process share.

Owns its beginning and end. Tests send orders with ids of their own, so that they may share it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from counterfoil.store.connection import DatabaseUrls
from counterfoil.store.embedded import EmbeddedUrls
from tests.api.serving import House

_numbers = count(1)


@pytest.fixture(scope="session")
def house(server: EmbeddedUrls, administrator: str, template: str) -> Iterator[House]:
    """The demo network's database with its tokens, and servers on it."""
    name = f"house_{next(_numbers)}"
    with psycopg.connect(administrator, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER counterfoil_owner".encode())
        opened = House(
            DatabaseUrls(
                server=make_conninfo(server.server, dbname=name),
                owner=make_conninfo(server.owner, dbname=name),
            )
        )
        try:
            yield opened
        finally:
            opened.close()
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--write-golden` writes the answers of tests/api/golden/ anew."""
    parser.addoption("--write-golden", action="store_true", help="write the golden answers anew")
