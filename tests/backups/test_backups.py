"""Backups: what is taken under load comes back whole, is verified before it is served, and can be older.

Owns the way there and back. `schema-0003` is a backup of the first released schema, with a history of all
kinds of orders; it is kept as it was written.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from threading import Event, Thread
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection
from psycopg.conninfo import make_conninfo

from counterfoil import backups
from counterfoil.model.orders import Mode
from counterfoil.replaying import replay_log
from counterfoil.store import copies
from counterfoil.store.connection import DatabaseUrls, connect
from counterfoil.store.embedded import EmbeddedUrls
from counterfoil.store.migrate import migrate
from tests.desk import Desk
from tests.verification.history import create

OLD = Path(__file__).with_name("schema-0003")
_numbers = count(1)


@pytest.fixture
def empty(server: EmbeddedUrls, administrator: str) -> Iterator[DatabaseUrls]:
    """A database in which nobody has made a table."""
    name = f"restored_{next(_numbers)}"
    with psycopg.connect(administrator, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} OWNER counterfoil_owner".encode())
        yield DatabaseUrls(
            server=make_conninfo(server.server, dbname=name), owner=make_conninfo(server.owner, dbname=name)
        )
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _owner(urls: DatabaseUrls) -> Connection:
    return connect(urls.owner, name="copy", autocommit=True)


def _taken(urls: DatabaseUrls, target: Path) -> backups.Slip:
    with _owner(urls) as connection:
        return backups.back_up(connection, urls.owner, target, "tests", _nothing)


def _loaded(urls: DatabaseUrls, source: Path) -> None:
    with _owner(urls) as connection:
        backups.load(connection, urls.owner, source, backups.read_slip(source))
    migrate(urls.owner, urls.server_role)


def _nothing(_sentence: str) -> None:
    pass


def _outcomes(urls: DatabaseUrls, up_to: int) -> dict[UUID, str]:
    with connect(urls.server, name="test") as connection:
        rows = connection.execute(
            "SELECT submission_id, outcome FROM submission_outcome WHERE position <= %s", (up_to,)
        )
        return dict(rows.fetchall())


def test_a_backup_taken_under_load_is_one_moment(desk: Desk, empty: DatabaseUrls, tmp_path: Path) -> None:
    """Orders that come in meanwhile are in it whole or not at all; what it holds is verified, and goes on."""
    enough, begun = Event(), Event()
    sent = count(1)

    def keep_sending() -> None:
        while not enough.is_set():
            desk.send([create(f"L-{next(sent)}") for _ in range(5)])
            desk.worker.process()
            begun.set()

    sender = Thread(target=keep_sending)
    sender.start()
    try:
        assert begun.wait(30)
        slip = _taken(desk.urls, tmp_path / "backup")
    finally:
        enough.set()
        sender.join()
    desk.worker.drain()
    assert 0 < slip.extent.submissions < next(sent) - 1, "nothing came in meanwhile"

    _loaded(empty, tmp_path / "backup")
    with _owner(empty) as connection:
        report = backups.accept(connection, "tests", None)
        assert slip.extent.submissions == copies.extent(connection).submissions

    assert report.is_clean, [each for each in report.findings if not each.is_clean]
    with Desk(empty) as restored:
        restored.worker.drain()
        restored.send([create("L-1"), create("AFTER")])
        restored.worker.drain()
        assert ["duplicate", "posted"] == restored_states(restored, "L-1", "AFTER")
    assert _outcomes(desk.urls, slip.extent.position).items() <= _outcomes(empty, 10**9).items()


def restored_states(desk: Desk, *order_ids: str) -> list[str]:
    """The last outcome of each of these orders."""
    return [
        str(
            desk.connection.execute(
                "SELECT outcome FROM submission_outcome WHERE order_id = %s ORDER BY position DESC LIMIT 1",
                (order_id,),
            ).fetchone()[0]  # type: ignore[index]
        )
        for order_id in order_ids
    ]


def test_a_backup_of_an_older_schema_comes_up_to_date_with_its_orders(empty: DatabaseUrls) -> None:
    """The first released schema is migrated: same orders, same records, same sums, every promise kept."""
    slip = backups.read_slip(OLD)
    assert slip.extent.schema < copies.newest_schema()

    _loaded(empty, OLD)

    with _owner(empty) as connection:
        held = copies.extent(connection)
        assert (slip.extent.submissions, slip.extent.records) == (held.submissions, held.records)
        assert ("1637.354", "129.654") == (held.sale_usd, held.commission_usd)
        assert backups.accept(connection, "tests", None).is_clean
    assert [] == _live_differences(empty)
    with Desk(empty) as desk:
        desk.worker.drain()
        desk.send([create("NEW")], Mode.LIVE)
        desk.worker.drain()
        assert ["posted"] == restored_states(desk, "NEW")


def _live_differences(urls: DatabaseUrls) -> list[str]:
    """What a replay of the live ledger finds; copies in the test ledger have another `since` since 0004."""
    with connect(urls.server, name="replay") as connection:
        rows = connection.execute(
            "SELECT original_action_id::text FROM action WHERE mode = 'test'"
        ).fetchall()
        rehearsed = [f", {action_id}, " for (action_id,) in rows]
        connection.rollback()
        found = [each.what for each in replay_log(connection).differences]
    return [what for what in found if not any(action in what for action in rehearsed)]


def test_what_was_restored_is_not_served_before_it_is_verified(empty: DatabaseUrls) -> None:
    """A loaded copy is refused with the command that verifies it; afterwards it is served."""
    _loaded(empty, OLD)
    with _owner(empty) as connection:
        with pytest.raises(backups.BackupRefused, match="has not been verified"):
            backups.refuse_unverified(connection)

        assert backups.accept(connection, "tests", None).is_clean

        backups.refuse_unverified(connection)
        with pytest.raises(backups.BackupRefused, match="no restored database"):
            backups.refuse_unrestored(connection)


def test_a_copy_that_breaks_a_promise_stays_refused(
    desk: Desk, empty: DatabaseUrls, administrator: str, tmp_path: Path
) -> None:
    """A backup of a damaged ledger can be loaded and looked at, and is not served."""
    desk.send([create("A")])
    desk.worker.drain()
    name = desk.connection.info.dbname
    with psycopg.connect(make_conninfo(administrator, dbname=name), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("UPDATE daily_total SET sale_usd = sale_usd + 1")
    _taken(desk.urls, tmp_path / "damaged")

    _loaded(empty, tmp_path / "damaged")
    with _owner(empty) as connection:
        report = backups.accept(connection, "tests", None)

        assert ["I8"] == [each.id for each in report.findings if not each.is_clean]
        with pytest.raises(backups.BackupRefused, match="has not been verified"):
            backups.refuse_unverified(connection)


def test_a_backup_is_never_given_back_over_something(desk: Desk) -> None:
    """A database that has tables is left as it is."""
    with _owner(desk.urls) as connection, pytest.raises(backups.BackupRefused, match="not empty"):
        backups.load(connection, desk.urls.owner, OLD, backups.read_slip(OLD))


def _flip(folder: Path) -> None:
    content = bytearray((folder / backups.DUMP).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / backups.DUMP).write_bytes(content)


def _cut(folder: Path) -> None:
    (folder / backups.DUMP).write_bytes((folder / backups.DUMP).read_bytes()[:-1000])


def _forget(folder: Path) -> None:
    (folder / backups.SLIP).unlink()


def _from_the_future(folder: Path) -> None:
    slip = (folder / backups.SLIP).read_text()
    (folder / backups.SLIP).write_text(slip.replace('"schema": 3', '"schema": 9999'))


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (_flip, "is not what was backed up"),
        (_cut, "is not what was backed up"),
        (_forget, "is no backup"),
        (_from_the_future, "this program knows"),
    ],
)
def test_a_damaged_backup_is_refused_by_name(
    damage: Callable[[Path], None], sentence: str, tmp_path: Path
) -> None:
    """A changed byte, a missing end or slip, and a newer schema are told before anything is loaded."""
    copy = tmp_path / "copy"
    shutil.copytree(OLD, copy)
    damage(copy)

    with pytest.raises(backups.BackupRefused, match=sentence):
        backups.read_slip(copy)


def test_a_dump_that_ends_early_loads_nothing(empty: DatabaseUrls, tmp_path: Path) -> None:
    """Even past the digest, half a dump leaves the database empty and says so."""
    copy = tmp_path / "copy"
    shutil.copytree(OLD, copy)
    slip = backups.read_slip(copy)
    _cut(copy)

    with _owner(empty) as connection:
        with pytest.raises(copies.CopyFailed):
            backups.load(connection, empty.owner, copy, slip)
        assert copies.is_empty(connection)


def test_a_backup_has_its_name_only_when_it_is_whole(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that ended in the middle is under another name, and the next begins anew over it."""
    target = tmp_path / "backup"

    def end(_name: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as ending:
        ending.setattr(backups, "crashpoint", end)
        with pytest.raises(KeyboardInterrupt):
            _taken(desk.urls, target)
    assert not target.exists()
    assert (tmp_path / "backup.half").exists()

    _taken(desk.urls, target)

    assert ["backup"] == [each.name for each in tmp_path.iterdir()]
    with pytest.raises(backups.BackupRefused, match="there already"):
        _taken(desk.urls, target)
