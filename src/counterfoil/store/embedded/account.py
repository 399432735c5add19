"""The account under which the server runs: PostgreSQL refuses to run as root.

Owns changing to it, and asking what it may reach. Never changes a folder that is not ours. Next: binaries.py.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

if sys.platform != "win32":
    import pwd

# PostgreSQL's programs get nothing of our surroundings: no tokens, no library paths, no locale.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}

Say = Callable[[str], None]


@dataclass(frozen=True)
class Account:
    """Who the server's files and processes belong to; `switches` when that is not who we are."""

    name: str
    uid: int
    gid: int
    switches: bool

    def run(self, *command: str | Path, log: int | None = None) -> tuple[int, str]:
        """Runs a program to its end as this account; its exit status, and what it printed but to `log`.

        It gets a session of its own, so that Ctrl-C in our terminal does not reach it or what it starts.
        """
        ran = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if log is None else log,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=ENVIRONMENT,
            user=self.uid if self.switches else None,
            group=self.gid if self.switches else None,
            extra_groups=[] if self.switches else None,
            umask=0o077,
            start_new_session=True,
            check=False,
        )
        return ran.returncode, (ran.stdout or b"").decode(errors="replace")

    def first_closed(self, folders: Iterable[Path]) -> Path | None:
        """The first of these folders that this account may not enter."""
        # The account asks by itself: mode bits alone would not tell of access lists.
        script = 'for folder in "$@"; do test -x "$folder" || { printf %s "$folder"; exit 1; }; done'
        status, closed = self.run("/bin/sh", "-c", script, "sh", *folders)
        return Path(closed) if status else None


def choose(cluster: Path, wanted: str, say: Say) -> Account:
    """Ourselves; as root the cluster's owner, or without a cluster the account wanted, made if missing."""
    if os.geteuid() != 0:
        return Account(_name_of(os.geteuid()), os.geteuid(), os.getegid(), switches=False)
    if cluster.exists() and cluster.stat().st_uid != 0:
        owner = cluster.stat()
        return Account(_name_of(owner.st_uid), owner.st_uid, owner.st_gid, switches=True)
    entry = _find(wanted) or _make(wanted, say)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switches=True)


def _make(name: str, say: Say) -> "pwd.struct_passwd":
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is not None:
        options = ("--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin")
        status, _ = Account("root", 0, 0, switches=False).run(useradd, *options, name)
        entry = _find(name)
        # Status 9 is "exists already": another process made it between our two looks.
        if entry is not None:
            if status == 0:
                say(f"Made the system account {name}: PostgreSQL refuses to run as root.")
            return entry
    say(f"The account {name} can't be made here; the database runs as nobody.")
    return pwd.getpwnam("nobody")


def _find(name: str) -> "pwd.struct_passwd | None":
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
