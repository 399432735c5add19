"""The lease: this process uses the embedded database; the last to give one back stops it.

Owns the data directory's lock and its register of users. Leaves the server's life to server.py. Next: that.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Self

from counterfoil.store.embedded import binaries, place, roles, server
from counterfoil.store.embedded.account import Say, choose
from counterfoil.store.embedded.place import Place
from counterfoil.store.embedded.postmaster import postmaster_pid, status_of
from counterfoil.store.embedded.roles import EmbeddedUrls
from counterfoil.store.embedded.unavailable import FolderClosed, StoreUnavailable

if sys.platform != "win32":
    import fcntl

ACCOUNT = "counterfoil"


class Lease:
    """The right to use the database at `urls`, until it is released.

    It belongs to the process that acquired it: in a forked child `release` does nothing.
    """

    def __init__(self, urls: EmbeddedUrls, *, data_dir: Path, entry: Path, held: int) -> None:
        """`held` is the locked descriptor of `entry`, our file in the register."""
        self.urls = urls
        self._data_dir = data_dir
        self._entry = entry
        self._held = held
        self._pid: int | None = os.getpid()

    def release(self) -> None:
        """Gives the right back; without another user the server stops before this returns. Repeatable."""
        if self._pid != os.getpid():
            return
        self._pid = None
        here = place.find(self._data_dir)
        with _locked(here, _silently):
            _leave(self._entry, self._held)
            _stop_if_unused(here)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def acquire(data_dir: Path, *, purpose: str, say: Say | None = None, account: str = ACCOUNT) -> Lease:
    """A running database in this directory, made and started if need be.

    `purpose` is for a person who looks into the register; `say` hears what takes long or changes the system;
    `account` is the system account for the server when we are root.

    Raises StoreUnavailable, or a kind of it.
    """
    if sys.platform == "win32":
        raise StoreUnavailable(
            "The embedded database does not run on Windows yet.",
            "Name a PostgreSQL of your own in COUNTERFOIL_DATABASE_URL.",
        )
    speak = say or _silently
    here = place.find(data_dir)
    try:
        place.own(here)
        with _locked(here, speak), ExitStack() as undo:
            is_shared = here.users.exists() and bool(_users(here))
            entry, held = _register(here, purpose)
            undo.callback(_give_up, here, entry, held)
            # Whoever is registered has seen to everything before it let go of the lock.
            is_all_there = is_shared and status_of(here) == "ready"
            urls = roles.urls(here, roles.passwords(here)) if is_all_there else _running(here, account, speak)
            undo.pop_all()
    except OSError as fault:
        raise FolderClosed(
            f"The database in {here.folder} can't be opened: {fault}.", "Look at its disk and its rights."
        ) from fault
    return Lease(urls, data_dir=here.folder, entry=entry, held=held)


def is_running(data_dir: Path) -> bool:
    """Whether a server runs on this data directory."""
    return postmaster_pid(data_dir) is not None


def users_of(data_dir: Path) -> list[tuple[int, str]]:
    """The processes that use the database of this data directory: pid and purpose; the dead are left out."""
    folder = place.find(data_dir).users
    return [user for entry in sorted(folder.glob("*-*")) if (user := _living(entry)) is not None]


def stop_now(data_dir: Path) -> None:
    """Stops the server whoever uses it; does nothing if none runs."""
    here = place.find(data_dir)
    if here.folder.exists():
        with _locked(here, _silently):
            _stop(here)


def _running(here: Place, wanted: str, say: Say) -> EmbeddedUrls:
    words = roles.passwords(here)
    runs_as = choose(here.cluster, wanted, say)
    if runs_as.switches:
        place.let_pass(here, runs_as)
    programs = binaries.ready_for(runs_as, here, say)
    server.create(here, runs_as, programs, words.admin, say)
    server.start(here, runs_as, programs, say)
    roles.establish(here, words)
    return roles.urls(here, words)


def _stop(here: Place) -> None:
    if not is_running(here.folder):
        return
    runs_as = choose(here.cluster, ACCOUNT, _silently)
    server.stop(here, runs_as, binaries.ready_for(runs_as, here, _silently))


def _stop_if_unused(here: Place) -> None:
    if not _users(here):
        _stop(here)


def _register(here: Place, purpose: str) -> tuple[Path, int]:
    here.users.mkdir(mode=0o700, exist_ok=True)
    entry = here.users / f"{os.getpid()}-{token_hex(4)}"
    held = place.open_ours(entry, os.O_RDWR)
    # The lock is the registration: the system drops it when the process ends, however it ends, and no other
    # process can be mistaken for it, as one with the same pid could.
    fcntl.flock(held, fcntl.LOCK_EX)
    os.write(held, f"{purpose}\n".encode())
    return entry, held


def _leave(entry: Path, held: int) -> None:
    entry.unlink(missing_ok=True)
    os.close(held)


def _give_up(here: Place, entry: Path, held: int) -> None:
    _leave(entry, held)
    # The fault that brought us here is what must be told.
    with suppress(StoreUnavailable, OSError):
        _stop_if_unused(here)


def _users(here: Place) -> list[Path]:
    """The entries of the living; those of the dead are removed."""
    living = []
    for entry in sorted(here.users.iterdir()):
        descriptor = os.open(entry, os.O_RDWR | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            living.append(entry)
        else:
            entry.unlink()
        finally:
            os.close(descriptor)
    return living


def _living(entry: Path) -> tuple[int, str] | None:
    try:
        descriptor = os.open(entry, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(entry.name.partition("-")[0]), os.read(descriptor, 200).decode(errors="replace").strip()
    finally:
        os.close(descriptor)
    return None


@contextmanager
def _locked(here: Place, say: Say) -> Iterator[None]:
    descriptor = place.open_ours(here.lock, os.O_RDWR)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another process is starting or stopping the database; waiting for it.")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _silently(_sentence: str) -> None:
    """Nobody listens."""
