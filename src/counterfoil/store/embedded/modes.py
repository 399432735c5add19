"""The modes of folders and files: whether somebody else on the machine could reach the embedded database.

Owns which of them must be closed to whom. Changes none; place.py makes them. Next: place.py.
"""

from __future__ import annotations

import stat
from pathlib import Path
from typing import NamedTuple

from counterfoil.store.embedded.place import Place, find
from counterfoil.store.embedded.postmaster import socket_folder


class Loose(NamedTuple):
    """A path that is open to more than it should be, and the command that closes it."""

    path: Path
    mode: int
    fix: str


def has_database(data_dir: Path) -> bool:
    """Whether there is an embedded database in this directory; asking makes none."""
    return data_dir.is_dir() and find(data_dir).has_cluster


def loose(data_dir: Path) -> list[Loose]:
    """What others may enter or read, and folders above in which others could put something in our place."""
    here = find(data_dir)
    found = [each for path, closed in _ours(here) if (each := _opened(path, closed)) is not None]
    for above in here.folder.parents:
        mode = _mode(above)
        if mode is not None and mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            found.append(Loose(above, mode, f"chmod o-w {above}"))
    return found


def _ours(here: Place) -> list[tuple[Path, int]]:
    """Each path with the bits that must not be set. The folder may be listed, all that is in it is closed."""
    return [
        (here.folder, 0o022),
        (here.cluster, 0o077),
        (socket_folder(here), 0o077),
        (here.secrets, 0o077),
        (here.users, 0o077),
        (here.log, 0o077),
    ]


def _opened(path: Path, closed: int) -> Loose | None:
    mode = _mode(path)
    if mode is None or not mode & closed:
        return None
    return Loose(path, mode, f"chmod {stat.S_IMODE(mode) & ~closed:o} {path}")


def _mode(path: Path) -> int | None:
    try:
        return stat.S_IMODE(path.lstat().st_mode)
    except FileNotFoundError:
        return None
