"""Copies of a database: PostgreSQL's own dump of one moment, and the way back into an empty one.

Owns the calls of pg_dump, pg_restore and psql, and the mark of a copy that nobody has verified yet. Leaves
folders and what they say of themselves to backups.py. Next: that.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from msgspec import Struct
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from counterfoil.store.embedded import programs
from counterfoil.store.migrate import known_migrations
from counterfoil.store.queries import sql

TIME_LIMIT_SINCE = 170000
"""The server version that knows `transaction_timeout`, which a dump sets."""

_LINES_AT_ONCE = 1 << 20


class CopyFailed(Exception):
    """One of PostgreSQL's programs could not do its part; nothing half-done is taken for a copy."""

    def __init__(self, sentence: str, fix: str) -> None:
        """`sentence` says what failed, `fix` what to do."""
        super().__init__(sentence)
        self.sentence = sentence
        self.fix = fix


class Extent(Struct, frozen=True):
    """How much a database holds at one moment: what a copy must hold again.

    `schema` is the number of its last migration, `position` the end of the log; the sums are those of all
    live records in US dollars, as text.
    """

    schema: int
    position: int
    submissions: int
    records: int
    last_live_commission_id: int
    last_test_commission_id: int
    sale_usd: str
    commission_usd: str


@contextmanager
def one_moment(connection: Connection) -> Iterator[tuple[str, Extent]]:
    """Holds one moment of the database: the name by which a dump sees it, and its extent.

    `connection` must be free; it is kept in a transaction until the end.
    """
    with connection.transaction():
        connection.execute(sql("copies", "hold_moment"))
        connection.execute(sql("copies", "be_patient"))
        row = connection.execute(sql("copies", "name_moment")).fetchone()
        assert row is not None
        yield str(row[0]), extent(connection)


def extent(connection: Connection) -> Extent:
    """What the database holds now."""
    row = connection.execute(sql("copies", "extent")).fetchone()
    assert row is not None
    return Extent(*row)


def is_empty(connection: Connection) -> bool:
    """Whether nobody has made a table in the database."""
    row = connection.execute(sql("copies", "tables")).fetchone()
    return row == (0,)


def dump(url: str, target: Path, moment: str, heard: Callable[[int], None]) -> None:
    """Writes one moment of the database into a file; `heard` is told its size as it grows.

    Raises CopyFailed.
    """
    command = ["pg_dump", f"--snapshot={moment}", "--format=custom", "--no-owner", "--no-privileges",
               f"--file={target}"]  # fmt: skip
    with _started(url, command, stdout=subprocess.DEVNULL) as running:
        while True:
            try:
                running.wait(timeout=0.5)
                break
            except subprocess.TimeoutExpired:
                heard(target.stat().st_size if target.exists() else 0)


def load(url: str, source: Path, server_version: int) -> None:
    """Loads a dump into an empty database, whole or not at all, and marks it as not verified.

    Raises CopyFailed; then the database is as empty as before.
    """
    reader = [str(programs() / "pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error", "--file=-"]
    loader = ["psql", "--single-transaction", "--set=ON_ERROR_STOP=1", "--no-psqlrc", "--quiet",
              "--output=/dev/null", "--file=-"]  # fmt: skip
    with (
        subprocess.Popen([*reader, str(source)], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reading,
        _started(url, loader, stdin=subprocess.PIPE) as loading,
    ):
        assert reading.stdout is not None
        assert reading.stderr is not None
        assert loading.stdin is not None
        try:
            _pour(reading.stdout, loading.stdin, knows_time_limit=server_version >= TIME_LIMIT_SINCE)
            if reading.wait() == 0:
                loading.stdin.write(b"\n" + sql("copies", "mark_unverified") + b";\n")
            else:
                # The transaction must not be committed with half of the data in it.
                loading.stdin.write(b"\nROLLBACK;\n\\quit 3\n")
            loading.stdin.close()
        except BrokenPipeError:
            # The one that loads has stopped and says why.
            reading.kill()
        loading.wait()
        if loading.returncode == 0 and reading.returncode != 0:
            raise CopyFailed(f"The copy cannot be read: {_last_line(reading.stderr)}.", _OTHER_BACKUP)


def unverified_since(connection: Connection) -> str | None:
    """When the database was loaded from a copy, if nobody has verified it since."""
    if connection.execute(sql("copies", "find_mark")).fetchone() == (None,):
        return None
    row = connection.execute(sql("copies", "read_mark")).fetchone()
    return str(row[0]) if row is not None else None


def unmark(connection: Connection) -> None:
    """Takes the mark away, once everything has been verified; the owner's right."""
    connection.execute(sql("copies", "unmark"))


def newest_schema() -> int:
    """The number of the last migration that this program knows."""
    return known_migrations()[-1].number


_OTHER_BACKUP = "Take another backup; this one is damaged."


def _pour(source: IO[bytes], target: IO[bytes], *, knows_time_limit: bool) -> None:
    if not knows_time_limit:
        # Set before the first table; an older server does not know it and would refuse the whole copy.
        for line in _until_data(source):
            if line != b"SET transaction_timeout = 0;\n":
                target.write(line)
    while chunk := source.read(_LINES_AT_ONCE):
        target.write(chunk)


def _until_data(source: IO[bytes]) -> Iterable[bytes]:
    for line in source:
        yield line
        if line.startswith(b"CREATE "):
            return


@contextmanager
def _started(
    url: str, command: list[str], *, stdin: int | None = None, stdout: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """One of the programs at work on a database. Raises CopyFailed when it ends badly."""
    parts = conninfo_to_dict(url)
    password = str(parts.pop("password", ""))
    running = subprocess.Popen(
        [str(programs() / command[0]), *command[1:], f"--dbname={make_conninfo('', **parts)}"],
        stderr=subprocess.PIPE,
        # A command line can be read by everyone on the machine, the environment cannot.
        env={"PGPASSWORD": password, "LC_ALL": "C"},
        stdin=stdin,
        stdout=stdout,
    )
    # Killed however the caller's part ends, which does nothing to a program that has ended by itself.
    with running, ExitStack() as unless_it_ends:
        unless_it_ends.callback(running.kill)
        yield running
        assert running.stderr is not None
        if running.wait() != 0:
            raise CopyFailed(
                f"{command[0]} ended with: {_last_line(running.stderr)}.",
                "Look at the disk's room and the database's version, and run the command again.",
            )


def _last_line(stream: IO[bytes]) -> str:
    lines = stream.read().decode("utf-8", "replace").strip().splitlines()
    return (lines[-1] if lines else "no word").rstrip(".")
