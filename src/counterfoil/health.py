"""Health: whether what "accepted" hangs on still holds, and what an operator should look at.

Owns the checks, their limits and the words of each with its fix. Changes nothing; whoever asks decides what
follows: a start refuses, `doctor` tells, `/health/ready` answers 503. Next: store/health.py.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import psycopg
from msgspec import Struct
from msgspec.structs import replace
from psycopg import Connection

from counterfoil import clock
from counterfoil.store import health
from counterfoil.store.embedded import loose
from counterfoil.store.migrate import SchemaError, check_schema
from counterfoil.verification import PENDING_AGE_MAX

CLOCK_BACK_MAX = timedelta(seconds=2)
"""How far the clock may stand behind the last receipt: what a time service corrects without a jump."""

SKEW_WARN, SKEW_FAIL = timedelta(seconds=1), timedelta(seconds=30)
DISK_WARN_BYTES, DISK_FAIL_BYTES = 2 * 1024**3, 256 * 1024**2
BACKLOG_WARN = timedelta(minutes=1)
OLDEST_POSTGRESQL = 150_000
_FLUSHED = ("on", "remote_apply")
_MIB = 1024 * 1024
_RELEASE = {
    "RATE_MISSING": "Import the rate, then it goes on by itself (counterfoil rates import); or: {command}",
}


class State(StrEnum):
    """What a check says; as a word, because colour alone says nothing."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Check(Struct, frozen=True, kw_only=True):
    """One check: its name, its state, what was seen, and what to do unless all is well."""

    name: str
    state: State = State.OK
    says: str
    fix: str | None = None


class Unsafe(Exception):
    """Accepting orders would promise what cannot be kept: says why, and what to do."""

    def __init__(self, check: Check) -> None:
        """`check` has failed."""
        super().__init__(check.says)
        self.sentence = check.says
        self.fix = check.fix or ""


def refuse_unsafe(connection: Connection) -> None:
    """Raises Unsafe where an accepted order could be lost, or be received before the one before it (C10).

    To be asked on a connection that is opened as those which accept orders are.
    """
    for check in promises(connection):
        if check.state is State.FAIL:
            raise Unsafe(check)


def promises(connection: Connection) -> list[Check]:
    """The checks of C10: three durability settings, and a clock that does not go backwards."""
    return [*_durable(health.durability(connection)), _clock_order(health.clocks(connection))]


def of_database(connection: Connection) -> list[Check]:
    """Every check that the database answers, in the order of the report."""
    seen, schema = health.durability(connection), _schema(connection)
    if schema.state is State.FAIL:
        return [_version(seen), *_durable(seen), schema]
    clocks = health.clocks(connection)
    return [
        _version(seen),
        *_durable(seen),
        *_lowered(connection),
        _checksums(seen),
        schema,
        _role(seen),
        _history(connection),
        _skew(clocks.server_now),
        _clock_order(clocks),
        backlog(connection),
        held(connection),
    ]


def readiness(connection: Connection, data_dir: Path) -> list[Check]:
    """What `/health/ready` tells: database, schema, clock, backlog and disk.

    A backlog never fails here: what can be accepted safely is accepted, whatever else waits.
    """
    checks = [Check(name="database", says="The database answers."), _schema(connection)]
    if worst(checks) is State.FAIL:
        return checks
    waiting = backlog(connection)
    return [
        *checks,
        _clock_order(health.clocks(connection)),
        replace(waiting, state=State.WARN) if waiting.state is State.FAIL else waiting,
        disk(data_dir),
    ]


def disk(folder: Path) -> Check:
    """Free room where the data directory is, or will be."""
    free = free_bytes(folder)
    says = f"{free // _MIB} MiB are free at {folder}."
    fix = "Free some room, or move the data directory to a larger disk; without room orders are refused."
    return _graded("disk", says, fix, is_bad=free < DISK_FAIL_BYTES, is_worth_a_look=free < DISK_WARN_BYTES)


def free_bytes(folder: Path) -> int:
    """Free room at a folder that may be still to be made."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return shutil.disk_usage(there).free


def folders(data_dir: Path) -> Check:
    """Whether others on the machine could reach the embedded database by its folders and files."""
    found = loose(data_dir)
    if not found:
        return Check(
            name="folders", says="Nobody else on this machine can reach the database by its folders."
        )
    first = found[0]
    return Check(
        name="folders",
        state=State.FAIL,
        says=", ".join(f"{each.path} has mode {each.mode:04o}" for each in found)
        + ": others on this machine could reach the database.",
        fix=f"Close it: {first.fix}" if len(found) == 1 else "Close them: " + "; ".join(e.fix for e in found),
    )


def backlog(connection: Connection) -> Check:
    """How long accepted work waits for its decision, in machine time."""
    waiting = health.backlog(connection)
    if waiting.since is None:
        return Check(name="backlog", says="Nothing waits to be decided.")
    age = max(clock.machine_now() - waiting.since, timedelta(0))
    says = (
        f"{waiting.submissions} submissions wait to be decided, the oldest for {age.total_seconds():.0f} s."
    )
    fix = "See that a processor runs (counterfoil serve, or counterfoil worker); add processors if they do."
    return _graded("backlog", says, fix, is_bad=age > PENDING_AGE_MAX, is_worth_a_look=age > BACKLOG_WARN)


def held(connection: Connection) -> Check:
    """How many submissions are held, and the command that lets the oldest go."""
    oldest = health.oldest_held(connection)
    if oldest is None:
        return Check(name="held", says="No submission is held.")
    count = sum(health.held(connection).values())
    key = f"{oldest.enterprise_id}/{oldest.action_tracker_id}/{printable(oldest.order_id)}"
    since = oldest.since.isoformat(timespec="seconds").replace("+00:00", "Z")
    return Check(
        name="held",
        state=State.WARN,
        says=f"{count} held; the oldest since {since}: {oldest.mode} order {key}, {oldest.code}.",
        fix=_RELEASE.get(oldest.code, "Remove the cause, then: {command}").format(
            command=f"counterfoil orders release {oldest.submission_id}"
        ),
    )


def printable(order_id: str) -> str:
    """An order id as it can stand in a line: shortened, control characters escaped."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in order_id[:64])


def _graded(name: str, says: str, fix: str, *, is_bad: bool, is_worth_a_look: bool) -> Check:
    if is_bad:
        return Check(name=name, state=State.FAIL, says=says, fix=fix)
    if is_worth_a_look:
        return Check(name=name, state=State.WARN, says=says, fix=fix)
    return Check(name=name, says=says)


def _schema(connection: Connection) -> Check:
    try:
        check_schema(connection)
    except SchemaError as misfit:
        return Check(name="schema", state=State.FAIL, says=misfit.sentence, fix=misfit.fix)
    return Check(name="schema", says="The schema is the one this program knows.")


def _version(seen: health.Durability) -> Check:
    if seen.version_number < OLDEST_POSTGRESQL:
        return Check(
            name="postgresql",
            state=State.FAIL,
            says=f"The server is PostgreSQL {seen.version}; 15 or newer is needed.",
            fix="Point COUNTERFOIL_DATABASE_URL at a newer server, or leave it unset for the embedded one.",
        )
    return Check(name="postgresql", says=f"The server is PostgreSQL {seen.version}.")


def _durable(seen: health.Durability) -> Iterator[Check]:
    for name, value, lost in (
        ("fsync", seen.fsync, "a power cut loses or breaks accepted orders"),
        ("full_page_writes", seen.full_page_writes, "a power cut can tear pages of the database"),
    ):
        if value == "on":
            yield Check(name=name, says=f"{name} is on.")
        else:
            yield Check(
                name=name,
                state=State.FAIL,
                says=f"{name} is {value} on the database server: {lost}.",
                fix=f"Set {name} = on in the server's postgresql.conf, and reload it.",
            )
    yield _commit(seen)


def _commit(seen: health.Durability) -> Check:
    name, value = "synchronous_commit", seen.synchronous_commit
    if value in _FLUSHED or (value in ("local", "remote_write") and not seen.has_standby):
        return Check(name=name, says=f"{name} is {value} on the working connection.")
    return Check(
        name=name,
        state=State.FAIL,
        says=f"{name} is {value} on the working connection: orders are answered before they are safe.",
        fix="Let our session settings pass: a connection pooler must not drop the startup option `options`.",
    )


def _lowered(connection: Connection) -> Iterator[Check]:
    for each in health.lowered_commit(connection):
        yield Check(
            name="synchronous_commit",
            state=State.WARN,
            says=f"synchronous_commit is {each.value} by default for {each.role} in {each.database}; "
            "our connections set it on, others do not.",
            fix=f"Take it back: ALTER ROLE {each.role} RESET synchronous_commit, and the same IN DATABASE.",
        )


def _checksums(seen: health.Durability) -> Check:
    if seen.data_checksums == "on":
        return Check(name="data_checksums", says="Pages of the database carry checksums.")
    return Check(
        name="data_checksums",
        state=State.WARN,
        says="Pages of the database carry no checksums: a failing disk would go unnoticed.",
        fix="Stop the database server and run pg_checksums --enable.",
    )


def _role(seen: health.Durability) -> Check:
    if not seen.is_superuser:
        return Check(name="role", says=f"The serving role {seen.role} is not a superuser.")
    return Check(
        name="role",
        state=State.FAIL,
        says=f"The serving role {seen.role} is a superuser, whom no right and no trigger stops.",
        fix="Name a plain role in COUNTERFOIL_DATABASE_URL; see docs/how-to/use-your-own-postgresql.md.",
    )


def _history(connection: Connection) -> Check:
    found = health.changeable_history(connection)
    open_ones = [each.name for each in found if not each.is_guarded]
    permitted = [each.name for each in found if each.is_permitted]
    if open_ones:
        return Check(
            name="history",
            state=State.FAIL,
            says=f"No trigger guards the history in {', '.join(open_ones)}.",
            fix=f"As its owner: ALTER TABLE {open_ones[0]} ENABLE TRIGGER {open_ones[0]}_is_append_only; "
            "then counterfoil ledger verify.",
        )
    if permitted:
        return Check(
            name="history",
            state=State.WARN,
            says=f"The serving role may change history in {len(permitted)} tables; triggers alone refuse it.",
            fix="Serve with a role that does not own the tables: COUNTERFOIL_DATABASE_URL for serving, "
            "COUNTERFOIL_DATABASE_OWNER_URL for migrating.",
        )
    return Check(name="history", says="The serving role cannot change history.")


def _skew(server_now: datetime) -> Check:
    skew = abs(clock.machine_now() - server_now)
    says = f"This machine and the database differ by {skew.total_seconds():.1f} s."
    fix = "Let both follow one time service, such as chrony or systemd-timesyncd."
    return _graded("clock_skew", says, fix, is_bad=skew > SKEW_FAIL, is_worth_a_look=skew > SKEW_WARN)


def _clock_order(clocks: health.Clocks) -> Check:
    name = "clock_order"
    if clocks.last_receipt is None or clocks.last_receipt - clocks.business_now <= CLOCK_BACK_MAX:
        return Check(name=name, says="The clock is not behind the log.")
    behind = (clocks.last_receipt - clocks.business_now).total_seconds()
    return Check(
        name=name,
        state=State.FAIL,
        says=f"The clock went backwards: it stands {behind:.0f} s before the last receipt in the log.",
        fix="Set the clock of the database's machine right (timedatectl), then start again.",
    )


def worst(checks: Iterable[Check]) -> State:
    """The gravest state among the checks."""
    states = {check.state for check in checks}
    return next((state for state in (State.FAIL, State.WARN) if state in states), State.OK)


def unreachable(error: psycopg.Error | Exception) -> Check:
    """The check of a database that does not answer."""
    said = str(error).strip()
    return Check(
        name="database",
        state=State.FAIL,
        says=f"The database does not answer: {said.splitlines()[0] if said else type(error).__name__}.",
        fix="Start it, or correct COUNTERFOIL_DATABASE_URL.",
    )


def as_json(checks: Sequence[Check]) -> list[dict[str, str]]:
    """The checks for programs."""
    return [
        {"name": each.name, "state": str(each.state), "says": each.says}
        | ({"fix": each.fix} if each.fix else {})
        for each in checks
    ]
