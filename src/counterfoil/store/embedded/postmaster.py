"""The postmaster: whether a server runs on a cluster, which process it is, and what it says of itself.

Owns the truth about postmaster.pid, which a crash may leave wrong. Leaves starting to server.py. Next: that.
"""

import subprocess
from itertools import pairwise
from pathlib import Path

from counterfoil import clock
from counterfoil.store.embedded.place import Place, find


def postmaster_pid(data_dir: Path) -> int | None:
    """The pid of the server that runs on this data directory."""
    place = find(data_dir)
    pid = _pid_in(place.pid_file)
    return pid if pid is not None and _is_server_of(pid, place.cluster) else None


def status_of(place: Place) -> str | None:
    """What a running server says of itself: starting, ready, stopping."""
    if postmaster_pid(place.folder) is None:
        return None
    lines = _lines(place.pid_file)
    return lines[7].strip() if len(lines) > 7 else "starting"


def socket_folder(place: Place) -> Path:
    """Where the running server listens, also if its starter had another temporary folder than we have."""
    lines = _lines(place.pid_file)
    return Path(lines[4]) if len(lines) > 4 and lines[4] else place.socket_folder


def settle(lock_file: Path, place: Place) -> None:
    """Takes a dead server's lock file out of the way of the next one; call it under the lock.

    PostgreSQL copes with a pid that is gone, but takes any living process, even a zombie, for a server, and
    gives up on a torn file. Whether processes of the dead server still write it sees by their shared memory.
    """
    if _pid_in(lock_file) is None and lock_file.exists():
        # A server that somebody starts by hand at this moment may be about to write its pid.
        clock.sleep(0.2)
    if _is_left_over(lock_file, place):
        lock_file.unlink()


def survivors(place: Place) -> list[int]:
    """Processes of a server that is dead itself; none where the system does not tell what works where."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            is_ours = (folder / "cwd").samefile(place.cluster)
            # A title in place of a command: `postgres: counterfoil: ...`.
            is_server = (folder / "cmdline").read_bytes().startswith(b"postgres:")
        except OSError:
            continue
        if is_ours and is_server:
            found.append(int(folder.name))
    return found


def _is_left_over(lock_file: Path, place: Place) -> bool:
    pid = _pid_in(lock_file)
    if pid is None:
        return lock_file.exists()
    return _command_of(pid) is not None and not _is_server_of(pid, place.cluster)


def _pid_in(file: Path) -> int | None:
    first = next(iter(_lines(file)), "").strip()
    return int(first) if first.isascii() and first.isdigit() and int(first) > 0 else None


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _is_server_of(pid: int, cluster: Path) -> bool:
    command = _command_of(pid)
    if command is None or Path(command[0]).name != "postgres":
        return False
    try:
        # Linux knows for sure, even if the folder was moved meanwhile: a server works in its cluster.
        return Path(f"/proc/{pid}/cwd").samefile(cluster)
    except OSError:
        # Not Linux, or a container that does not let root look. In doubt it is ours: two servers on
        # one cluster would destroy it.
        folder = Path(command[1] or cluster)
        return not folder.exists() or folder.samefile(cluster)


def _command_of(pid: int) -> tuple[str, str] | None:
    """The program a process runs and the folder behind its -D, perhaps empty; nothing without a process."""
    if Path("/proc/self/cmdline").exists():
        try:
            words = Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace").split("\0")
        except (FileNotFoundError, ProcessLookupError):
            return None
        return words[0], next((folder for flag, folder in pairwise(words) if flag == "-D"), "")
    listed = subprocess.run(
        ("/bin/ps", "-ww", "-o", "command=", "-p", str(pid)), capture_output=True, text=True, check=False
    )
    program, _, rest = listed.stdout.strip().partition(" -D ")
    return (program, rest) if listed.returncode == 0 else None
