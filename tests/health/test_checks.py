"""The doctor's checks of the database: each goes red on a real fault, and stays green beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection
from psycopg.conninfo import make_conninfo

from counterfoil import health
from counterfoil.administration import release_submission
from counterfoil.clock import unix_milliseconds
from counterfoil.health import Check, State, Unsafe
from counterfoil.intake import new_batch_id, prepared
from counterfoil.model.orders import Channel, Kind, Mode, SubmissionBatch
from counterfoil.store.connection import DatabaseUrls, connect
from counterfoil.store.embedded import loose
from tests.desk import Desk
from tests.reporting.bookkeeping import create, restate


@pytest.fixture
def working(database: DatabaseUrls) -> Iterator[Connection]:
    """A connection as those which accept orders are."""
    with connect(database.server, name="doctor", autocommit=True) as connection:
        yield connection


def named(checks: list[Check], name: str) -> Check:
    """The last check of this name."""
    return next(check for check in reversed(checks) if check.name == name)


def test_a_sound_database_has_no_findings(working: Connection) -> None:
    """On the embedded database, as it is made, every check is ok."""
    assert [] == [check for check in health.of_database(working) if check.state is not State.OK]
    health.refuse_unsafe(working)


@pytest.mark.parametrize("value", ["off", "local", "remote_write"])
def test_commits_that_do_not_reach_the_disk(working: Connection, value: str) -> None:
    """`off` on the working connection is refused; `local` says the same as `on` where there is no standby."""
    working.execute(f"SET synchronous_commit = {value}".encode())
    seen = named(health.of_database(working), "synchronous_commit")

    assert (State.FAIL if value == "off" else State.OK) == seen.state
    if value == "off":
        with pytest.raises(Unsafe, match="synchronous_commit is off on the working connection"):
            health.refuse_unsafe(working)


def test_a_role_that_lowers_the_commit(database: DatabaseUrls, administrator: str) -> None:
    """ALTER ROLE … SET synchronous_commit = off does not reach our connections, and is told as a warning."""
    name = psycopg.conninfo.conninfo_to_dict(database.server)["dbname"]
    with psycopg.connect(administrator, autocommit=True) as admin:
        lower = f"ALTER ROLE counterfoil_server IN DATABASE {name} SET synchronous_commit = off"
        admin.execute(lower.encode())
    with connect(database.server, name="doctor", autocommit=True) as working:
        checks = health.of_database(working)
        told = [check.state for check in checks if check.name == "synchronous_commit"]

    assert [State.OK, State.WARN] == told
    assert "counterfoil_server" in named(checks, "synchronous_commit").says


def test_a_clock_behind_the_log(working: Connection) -> None:
    """A clock that stands before the last receipt is refused; a second's correction is not."""
    working.execute("UPDATE intake_head SET received_at = business_now() + interval '1 second'")
    health.refuse_unsafe(working)

    working.execute("UPDATE intake_head SET received_at = business_now() + interval '1 hour'")
    with pytest.raises(Unsafe, match="The clock went backwards: it stands 3600 s before"):
        health.refuse_unsafe(working)


def test_a_superuser_is_no_serving_role(database: DatabaseUrls, administrator: str) -> None:
    """Rights and triggers stop everyone but a superuser, so serving as one fails."""
    name = str(psycopg.conninfo.conninfo_to_dict(database.server)["dbname"])
    with connect(make_conninfo(administrator, dbname=name), name="doctor", autocommit=True) as working:
        assert State.FAIL == named(health.of_database(working), "role").state


def test_an_owner_may_change_history(database: DatabaseUrls) -> None:
    """A role that owns the tables is warned of: triggers alone stand guard then."""
    with connect(database.owner, name="doctor", autocommit=True) as working:
        seen = named(health.of_database(working), "history")

    assert State.WARN == seen.state
    assert "COUNTERFOIL_DATABASE_OWNER_URL" in (seen.fix or "")


def test_a_history_without_its_guard(database: DatabaseUrls, working: Connection) -> None:
    """A trigger that was switched off is found by the name of its table; the fix switches it on again."""
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute("ALTER TABLE intake_log DISABLE TRIGGER ALL")
        seen = named(health.of_database(working), "history")
        assert (State.FAIL, "No trigger guards the history in intake_log.") == (seen.state, seen.says)

        owner.execute((seen.fix or "").removeprefix("As its owner: ").partition(";")[0].encode())
    assert State.OK == named(health.of_database(working), "history").state


def test_a_schema_that_does_not_fit(database: DatabaseUrls, working: Connection) -> None:
    """A missing migration fails with the command that brings it, and asks nothing of tables not there."""
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute("DELETE FROM schema_migration WHERE number > 1")
    checks = health.of_database(working)

    assert ("schema", "Run: counterfoil migrate") == (checks[-1].name, checks[-1].fix)


def test_work_that_waits_too_long(desk: Desk) -> None:
    """The backlog is as old as its oldest batch, in machine time, also where the business clock stands."""
    desk.send([create("A-1")])
    assert State.OK == health.backlog(desk.connection).state

    for minutes, state in ((2, State.WARN), (11, State.FAIL)):
        _send_of_age(desk, timedelta(minutes=minutes))
        seen = health.backlog(desk.connection)
        assert state == seen.state
        assert f"the oldest for {minutes * 60} s" in seen.says or f"for {minutes * 60 + 1} s" in seen.says
        desk.process()


def _send_of_age(desk: Desk, age: timedelta) -> None:
    moment = unix_milliseconds() - int(age.total_seconds() * 1000)
    made = UUID(int=new_batch_id().int & ((1 << 80) - 1) | moment << 80)
    batch = SubmissionBatch(
        batch_id=made,
        mode=Mode.LIVE,
        channel=Channel.API,
        kind=Kind.CREATE,
        sender="t",
        orders=(create("B"),),
    )
    desk.process()
    desk.intake.receive([prepared(batch)]).result(timeout=10)


def test_the_oldest_that_is_held(desk: Desk) -> None:
    """The one that others wait behind is named with key and code; the command in its fix lets it go."""
    desk.send([create("A-1")])
    held = desk.send([create("B-1\n", currency="CHF")])
    desk.process()
    desk.send([restate("B-1\n")])
    desk.process()
    seen = health.held(desk.connection)

    assert State.WARN == seen.state
    assert seen.says.startswith(
        "2 held; the oldest since 2026-03-01T10:00:00Z: live order 1500001/401/B-1\\u000a"
    )
    assert seen.says.endswith("RATE_MISSING.")
    command = f"counterfoil orders release {held.submission_ids[0]}"
    assert command in (seen.fix or "")
    assert release_submission(desk.connection, held.submission_ids[0], "tests") is not None


@pytest.mark.parametrize(
    ("path", "mode", "fix"),
    [
        ("data", 0o777, "chmod 755 "),
        ("data/postgresql", 0o755, "chmod 700 "),
        ("data/socket", 0o777, "chmod 700 "),
        ("data/secrets.json", 0o644, "chmod 600 "),
    ],
)
def test_a_folder_that_others_may_enter(tmp_path: Path, path: str, mode: int, fix: str) -> None:
    """What is open to others is named with its mode and the command that closes it; nothing else is."""
    for folder in ("data", "data/postgresql", "data/socket", "data/users"):
        (tmp_path / folder).mkdir(mode=0o700)
    (tmp_path / "data/secrets.json").touch(0o600)
    assert [] == [each for each in loose(tmp_path / "data") if tmp_path in (each.path, *each.path.parents)]

    (tmp_path / path).chmod(mode)
    (found,) = (each for each in loose(tmp_path / "data") if tmp_path in each.path.parents)
    assert (tmp_path / path, mode) == (found.path, found.mode)
    assert f"{fix}{tmp_path / path}" == found.fix


def test_a_disk_that_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Free room is judged where the data directory is, or will be, in two steps."""
    assert State.OK == health.disk(tmp_path / "not" / "yet").state
    monkeypatch.setattr(health, "DISK_WARN_BYTES", 2**60)
    assert State.WARN == health.disk(tmp_path).state
    monkeypatch.setattr(health, "DISK_FAIL_BYTES", 2**60)
    assert State.FAIL == health.disk(tmp_path).state
