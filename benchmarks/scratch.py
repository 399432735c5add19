"""Scratch: a database of one's own with the network of the demo, for what goes round the server.

Owns its making and its end; the folder is the system's temporary one. Next: processing.py, reporting.py.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import NamedTuple

from psycopg.conninfo import make_conninfo

from counterfoil.administration import apply_network, make_sandbox
from counterfoil.network import demo_network
from counterfoil.store.connection import DatabaseUrls, connect
from counterfoil.store.embedded import acquire, place, roles
from counterfoil.store.migrate import migrate
from tests.desk import BEGINNING


class Scratch(NamedTuple):
    """Where the database is: for our two roles, and for the one that may do everything."""

    urls: DatabaseUrls
    administrator: str


@contextmanager
def scratch_database(name: str) -> Iterator[Scratch]:
    """An embedded server of its own, its clock at the desk's beginning; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f"counterfoil-bench-{name}-"))
    folder.chmod(0o711)
    try:
        with acquire(folder / "data", purpose="benchmark") as lease:
            urls = DatabaseUrls(server=lease.urls.server, owner=lease.urls.owner)
            migrate(urls.owner, urls.server_role)
            with connect(urls.server, name="bench", autocommit=True) as connection:
                make_sandbox(connection, BEGINNING)
                apply_network(connection, demo_network(), "demo_network.toml", "bench")
            words = roles.passwords(place.find(folder / "data"))
            yield Scratch(urls, make_conninfo(urls.owner, user=roles.ADMIN, password=words.admin))
    finally:
        rmtree(folder, ignore_errors=True)
