"""The embedded server survives kills at any moment, and says what is wrong with a folder it can't use.

Owns wrecks, made on purpose. Leaves ordinary life to test_sharing.py. Next: that.
"""

import json
import os
import shutil
import signal
import sys
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest

from counterfoil.store import embedded
from counterfoil.store.embedded import place, roles
from tests.store.embedded.rooms import acquire, another_process, ask, moved_to, tell, url_printed_by, wait_for


def lay_out(data_dir: Path, *names: str) -> None:
    """Files as an older PostgreSQL may have left them."""
    texts = {"secrets.json": json.dumps(dict.fromkeys(("admin", "owner", "server"), "word"))}
    for name in names:
        (data_dir / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        (data_dir / name).write_text(texts.get(name, "17\n"), encoding="ascii")


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
    with another_process(used_dir) as starter:
        url_printed_by(starter)
        here = place.find(used_dir)
        owner_url = roles.urls(here, roles.passwords(here)).owner
        tell(owner_url.replace("/counterfoil?", "/postgres?"), "DROP DATABASE counterfoil")
        starter.kill()
        starter.wait()
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


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux flushes a whole file system at once")
def test_a_start_after_a_crash_flushes_in_one_call(used_dir: Path) -> None:
    """File by file it would wait for the disk a thousand times."""
    with acquire(used_dir) as lease:
        assert [("syncfs",)] == ask(lease.urls.server, "SHOW recovery_init_sync_method")


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


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which processes are a dead server's")
def test_survivors_that_never_end_are_ended(used_dir: Path) -> None:
    """A backend that stands still for good keeps nobody from starting the next server."""
    with acquire(used_dir) as lease, closing(psycopg.connect(lease.urls.owner)) as connection:
        survivor, server = connection.info.backend_pid, embedded.postmaster_pid(used_dir)
        assert server is not None
        os.kill(survivor, signal.SIGSTOP)
        os.kill(server, signal.SIGKILL)
        wait_for(lambda: not embedded.is_running(used_dir))
        try:
            acquire(used_dir).release()
            wait_for(lambda: not Path(f"/proc/{survivor}/cwd").exists())
        finally:
            with suppress(ProcessLookupError):
                os.kill(survivor, signal.SIGKILL)


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
