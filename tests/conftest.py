"""Fixtures: one embedded database server for a test process, and a database of its own for each test.

Owns the servers that tests run on. Next: desk.py, which sends orders and reads what became of them.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from counterfoil.administration import apply_network, make_sandbox
from counterfoil.network import demo_network
from counterfoil.store.connection import DatabaseUrls, connect
from counterfoil.store.embedded import EmbeddedUrls, acquire, place, roles
from counterfoil.store.migrate import migrate
from tests.desk import BEGINNING, Desk

_numbers = count(1)
MEMORY_BYTES_MIN = 2 * 1024**3


def pytest_configure(config: pytest.Config) -> None:
    """Makes the marker of long tests known."""
    config.addinivalue_line("markers", "deep: takes about a minute; runs with `-m deep` alone")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves long tests out, unless a run asks for marks."""
    if config.getoption("markexpr"):
        return
    deep = [item for item in items if item.get_closest_marker("deep")]
    if deep:
        config.hook.pytest_deselected(items=deep)
        items[:] = [item for item in items if item not in deep]


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """A folder that the database's own account can reach, also when the tests run as root.

    In memory where there is room: each test copies a database, which slow disks make the most of.
    """
    folder = Path(tempfile.mkdtemp(prefix="counterfoil-test-", dir=_memory()))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _memory() -> Path | None:
    memory = Path("/dev/shm")  # noqa: S108 - only as the parent of a folder with a name of its own
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < MEMORY_BYTES_MIN:
        return None
    return memory


@pytest.fixture(scope="session")
def server(home: Path) -> Iterator[EmbeddedUrls]:
    """An embedded database server."""
    with acquire(home / "data", purpose=f"tests {os.getpid()}") as lease:
        yield lease.urls


@pytest.fixture(scope="session")
def administrator(server: EmbeddedUrls, home: Path) -> str:
    """The embedded server's superuser, who may copy databases; the product makes roles with it, no more."""
    words = roles.passwords(place.find(home / "data"))
    return make_conninfo(server.owner, user=roles.ADMIN, password=words.admin, dbname="postgres")


@pytest.fixture(scope="session")
def template(server: EmbeddedUrls) -> str:
    """Name of a database that holds the demo network and a clock that stands at BEGINNING."""
    urls = DatabaseUrls(server=server.server, owner=server.owner)
    migrate(urls.owner, urls.server_role)
    with connect(urls.server, name="template", autocommit=True) as connection:
        make_sandbox(connection, BEGINNING)
        applied = apply_network(connection, demo_network(), "demo_network.toml", "tests")
        assert not isinstance(applied, list), applied
    return "counterfoil"


@pytest.fixture
def database(server: EmbeddedUrls, administrator: str, template: str) -> Iterator[DatabaseUrls]:
    """A database of the test's own, copied from the template."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(administrator, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER counterfoil_owner".encode())
        yield DatabaseUrls(
            server=make_conninfo(server.server, dbname=name), owner=make_conninfo(server.owner, dbname=name)
        )
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def desk(database: DatabaseUrls) -> Iterator[Desk]:
    """The demo network's desk: sends orders, moves the clock, reads the ledger."""
    with Desk(database) as opened:
        yield opened
