"""The data directory: which file of the embedded database lies where, and who may open it.

Owns names, modes and owners below it. Changes no folder above it. Next: server.py.
"""

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from counterfoil.store.embedded.account import Account
from counterfoil.store.embedded.unavailable import FolderClosed

# The system keeps 104 to 108 bytes for the path of a socket.
SOCKET_PATH_BYTES_MAX = 100
SOCKET_NAME = ".s.PGSQL.5432"
# pg_ctl and initdb put paths between double quotes in a line for the shell, where these still have a meaning.
SHELL_MEANS = frozenset('"$`\\\n')


@dataclass(frozen=True)
class Place:
    """Where things lie; `folder` is absolute and without symbolic links, the same for all processes."""

    folder: Path

    @property
    def cluster(self) -> Path:
        """What PostgreSQL calls PGDATA."""
        return self.folder / "postgresql"

    @property
    def has_cluster(self) -> bool:
        """Whether there is one. An empty folder is none: it may be where a disk is mounted."""
        return self.cluster.exists() and any(self.cluster.iterdir())

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "postgresql.log"

    @property
    def lock(self) -> Path:
        """Held by whoever starts, stops, registers or leaves."""
        return self.folder / "lock"

    @property
    def users(self) -> Path:
        """One locked file for each lease."""
        return self.folder / "users"

    @property
    def secrets(self) -> Path:
        """The passwords."""
        return self.folder / "secrets.json"

    @property
    def pid_file(self) -> Path:
        """Written by the server while it runs."""
        return self.cluster / "postmaster.pid"

    @property
    def socket_folder(self) -> Path:
        """In the data directory, or in the temporary folder where that path is too long for a socket."""
        beside = self.folder / "socket"
        # libpq takes a comma in a host for the start of the next host.
        if len(os.fsencode(beside / SOCKET_NAME)) <= SOCKET_PATH_BYTES_MAX and "," not in str(beside):
            return beside
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()
        return Path(tempfile.gettempdir()) / f"counterfoil-{digest[:16]}"


def find(data_dir: Path) -> Place:
    """The place of this data directory.

    Raises FolderClosed for a path that PostgreSQL's programs would misread.
    """
    folder = data_dir.resolve()
    if SHELL_MEANS & set(str(folder)):
        raise FolderClosed(
            f"The data directory {str(folder)!r} has a quote, $, backslash or line break in its path.",
            "Choose another one with --data-dir.",
        )
    return Place(folder)


def own(place: Place) -> None:
    """Makes the data directory, for us alone.

    Raises FolderClosed when it belongs to somebody else.
    """
    place.folder.parent.mkdir(parents=True, exist_ok=True)
    place.folder.mkdir(mode=0o700, exist_ok=True)
    owner = place.folder.stat().st_uid
    if owner != os.geteuid():
        raise FolderClosed(
            f"The data directory {place.folder} belongs to user {owner}, and this is user {os.geteuid()}.",
            f"Run it as that user (sudo -u '#{owner}' ...), or choose another directory with --data-dir.",
        )


def let_pass(place: Place, account: Account) -> None:
    """Sees to it that the account reaches the cluster.

    Raises FolderClosed with the name of a folder above ours that is in the way; those are never changed.
    """
    closed = account.first_closed(reversed(place.folder.parents))
    if closed is not None:
        raise _closed(closed, account)
    if account.first_closed([place.folder]) is None:
        return
    # Only a folder that was made for us; somebody's home given as data directory by mistake stays closed.
    ours = {place.lock, place.users, place.secrets, place.folder / "socket", place.folder / "serve.lock"}
    if not all(entry in ours or entry.name.startswith("postgresql") for entry in place.folder.iterdir()):
        raise _closed(place.folder, account)
    # Passing through is all the account needs: it can't list the folder, nor make or replace a file in it.
    os.chown(place.folder, -1, account.gid)
    place.folder.chmod(0o710)


def _closed(folder: Path, account: Account) -> FolderClosed:
    return FolderClosed(
        f"The database runs as {account.name}, which may not pass through {folder}.",
        f"Choose another directory (--data-dir /var/lib/counterfoil), or allow it: chmod o+x {folder}",
    )


def give_folder(folder: Path, account: Account) -> None:
    """Makes the folder the account's own, closed to all others.

    Raises FolderClosed when somebody else has put something in its place.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    there = folder.lstat()
    trusted = there.st_uid in {os.geteuid(), account.uid}
    if not (stat.S_ISDIR(there.st_mode) and trusted and stat.S_IMODE(there.st_mode) == 0o700):
        raise FolderClosed(
            f"{folder} should be a private folder of {account.name}, and is not.",
            f"Look who made it, remove it and start again: rm -r {folder}",
        )
    os.chown(folder, account.uid, account.gid, follow_symlinks=False)


def write(path: Path, text: str, account: Account | None = None) -> None:
    """Puts the whole text in place or nothing of it, readable by us alone, or by the account."""
    new = path.with_name(f"{path.name}.new")
    # Never written through: what lies here, a link perhaps, may not be ours.
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        if account is not None:
            os.fchown(descriptor, account.uid, account.gid)
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    new.replace(path)
    flush(path.parent)


def open_ours(path: Path, flags: int) -> int:
    """A descriptor of a file that we alone may read; made if it is missing."""
    return os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def flush(path: Path) -> None:
    """Makes what a file holds durable, or the renames in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_all(folders: Iterable[Path]) -> None:
    """Removes what dead attempts left; what can't be removed is in nobody's way."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
