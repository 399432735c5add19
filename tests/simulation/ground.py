"""Ground: databases for long runs, outside the test runner.

Owns an embedded server in memory, and fresh copies of a database with the demo network. Next: store_world.py.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from counterfoil.administration import apply_network, make_sandbox
from counterfoil.network import demo_network
from counterfoil.store.connection import DatabaseUrls, connect
from counterfoil.store.embedded import acquire, place, roles
from counterfoil.store.migrate import migrate
from tests.desk import BEGINNING


class Ground:
    """A server with one template."""

    def __init__(self, urls: DatabaseUrls, administrator: str, template: str = "counterfoil") -> None:
        """The template is a database of the server that `urls` names."""
        self._urls, self._template = urls, template
        self._administrator = administrator
        self._numbers = count(1)

    @contextmanager
    def database(self) -> Iterator[DatabaseUrls]:
        """A fresh copy, gone afterwards."""
        name = f"piece_{os.getpid()}_{next(self._numbers)}"
        with psycopg.connect(self._administrator, autocommit=True) as admin:
            admin.execute(
                f"CREATE DATABASE {name} TEMPLATE {self._template} OWNER counterfoil_owner".encode()
            )
            try:
                yield DatabaseUrls(
                    server=make_conninfo(self._urls.server, dbname=name),
                    owner=make_conninfo(self._urls.owner, dbname=name),
                )
            finally:
                admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextmanager
def ground() -> Iterator[Ground]:
    """Starts a server, makes the template, takes everything away at the end."""
    memory = Path("/dev/shm")  # noqa: S108 - only as the parent of a folder with a name of its own
    folder = Path(
        tempfile.mkdtemp(prefix="counterfoil-test-", dir=memory if os.access(memory, os.W_OK) else None)
    )
    folder.chmod(0o711)
    try:
        with acquire(folder / "data", purpose=f"simulation {os.getpid()}") as lease:
            urls = DatabaseUrls(server=lease.urls.server, owner=lease.urls.owner)
            migrate(urls.owner, urls.server_role)
            with connect(urls.server, name="template", autocommit=True) as connection:
                make_sandbox(connection, BEGINNING)
                applied = apply_network(connection, demo_network(), "demo_network.toml", "tests")
                assert not isinstance(applied, list), applied
            words = roles.passwords(place.find(folder / "data"))
            yield Ground(
                urls, make_conninfo(urls.owner, user=roles.ADMIN, password=words.admin, dbname="postgres")
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
