"""The ground: a server with the demo network on a disk of its own, for as many rounds as are wanted.

Owns the disk, the server on it and the lines to it. Breaks nothing by itself. Next: faults.py.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg.conninfo import make_conninfo

from counterfoil.store.embedded import Lease, acquire, place, roles
from tests.crash.proxy import Proxy
from tests.processes.running_server import RunningServer, Wire, counterfoil, until

MEMORY_BYTES = 400 * 1024 * 1024
LOOP_BYTES = 600 * 1024 * 1024


class Disk(Enum):
    """What the data directory lies on."""

    REAL = "the machine's disk"
    MEMORY = "a small tmpfs"
    LOOP = "ext4 in a file"


class Ground:
    """A folder, what is mounted on it, a seeded data directory, and its server."""

    def __init__(self, disk: Disk = Disk.REAL, *, behind_proxies: bool = False, **settings: str) -> None:
        """Makes all of it; `settings` become COUNTERFOIL_* variables of the server.

        `behind_proxies` puts one of ours between clients and API, and one between server and database.
        """
        self.disk = disk
        # Not /tmp, which is memory on many machines: what was accepted must have gone to a disk.
        self.folder = Path(tempfile.mkdtemp(prefix="counterfoil-crash-", dir="/var/tmp"))
        self.folder.chmod(0o711)
        self.mounted = self.folder / "disk"
        self.mounted.mkdir(mode=0o711)
        self.data_dir = self.mounted / "data"
        self.mended_at = 0.0
        """When the last fault was over, or began where it mends itself; on the monotonic clock."""
        self._settings = settings
        self._lease: Lease | None = None
        self.to_database: Proxy | None = None
        self.to_api: Proxy | None = None
        with ExitStack() as undo:
            undo.callback(self._clear_disk)
            self._build(behind_proxies)
            undo.pop_all()

    def _build(self, behind_proxies: bool) -> None:
        self.mount()
        seeded = counterfoil("seed-demo", "--json", "--data-dir", self.data_dir)
        assert seeded.returncode == 0, seeded.stderr
        self.seeded: dict[str, Any] = json.loads(seeded.stdout)
        if behind_proxies:
            self._lease = acquire(self.data_dir, purpose="crash tests")
            here = place.find(self.data_dir)
            self.to_database = Proxy(here.socket_folder / place.SOCKET_NAME)
        self.server = self._started()
        if behind_proxies:
            self.to_api = Proxy(("127.0.0.1", self.server.port))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    @property
    def wire(self) -> Wire:
        """The way that clients take."""
        return Wire(self.to_api.port) if self.to_api is not None else self.server

    def start_again(self) -> None:
        """Another server, where the last one has ended."""
        self.server.clear()
        self.mended_at = time.monotonic()
        self.server = self._started()

    def administrator(self) -> psycopg.Connection:
        """The database's superuser, by the private socket."""
        here = place.find(self.data_dir)
        words = json.loads(here.secrets.read_text())
        return psycopg.connect(
            make_conninfo(
                host=str(here.socket_folder),
                port=5432,
                user=roles.ADMIN,
                password=words["admin"],
                dbname=roles.DATABASE,
            ),
            autocommit=True,
        )

    def mount(self) -> None:
        """Puts the disk in place; what a disk in a file holds is found again."""
        if self.disk is Disk.MEMORY:
            _run("mount", "-t", "tmpfs", "-o", f"size={MEMORY_BYTES},mode=0711", "tmpfs", self.mounted)
        if self.disk is Disk.LOOP:
            image = self.folder / "image"
            if not image.exists():
                with image.open("wb") as file:
                    file.truncate(LOOP_BYTES)
                _run("mkfs.ext4", "-q", "-F", image)
            _run("mount", "-o", "loop", image, self.mounted)
            self.mounted.chmod(0o711)

    def unmount(self) -> None:
        """Takes the disk away, once those who were killed have let go of it."""
        if self.mounted.is_mount():
            until(self._is_let_go, "the disk is free")

    def _is_let_go(self) -> bool:
        return subprocess.run(["/bin/umount", self.mounted], capture_output=True, check=False).returncode == 0

    def clear(self) -> None:
        """Nothing of it is left."""
        self.server.clear()
        if self._lease is not None:
            self._lease.release()
        for proxy in (self.to_api, self.to_database):
            if proxy is not None:
                proxy.close()
        self._clear_disk()

    def _clear_disk(self) -> None:
        self.unmount()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _started(self) -> RunningServer:
        if self._lease is None or self.to_database is None:
            server = RunningServer(self.data_dir, **self._settings)
        else:
            by_proxy = {"host": "127.0.0.1", "port": str(self.to_database.port)}
            urls = {
                "database_url": _url(self._lease.urls.server, **by_proxy),
                "database_owner_url": _url(self._lease.urls.owner, **by_proxy),
            }
            server = RunningServer(self.mounted / "served", **self._settings, **urls)
        try:
            server.wait_ready()
        except AssertionError:
            server.clear()
            raise
        return server


def is_on_another_disk(one: Path, other: Path) -> bool:
    """Whether the two files do not share a file system."""
    return one.stat().st_dev != other.stat().st_dev


def _url(url: str, **changed: str) -> str:
    return make_conninfo(url, **changed)


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True)
