"""Backups: a folder that holds everything of one moment, and the way back from it.

Owns what a backup says of itself, and the rule that a copy is not served before everything in it has been
verified. Leaves PostgreSQL's own programs to store/copies.py. Next: that, then verification.py.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from hashlib import file_digest
from pathlib import Path

import msgspec
from msgspec import Struct
from psycopg import Connection

from counterfoil import __version__
from counterfoil.clock import machine_now
from counterfoil.crashpoint import crashpoint
from counterfoil.store import acts, copies
from counterfoil.store.acts import Deed
from counterfoil.store.copies import CopyFailed, Extent
from counterfoil.store.embedded import flush
from counterfoil.verification import Finding, Report, verify

DUMP, SLIP = "orders.dump", "backup.json"
COPY_AGE_MAX = timedelta(days=3650)

Heard = Callable[[str], None]


class Slip(Struct, frozen=True, kw_only=True):
    """What a backup says of itself: when, by which version, how much, and the digest of its bytes."""

    taken_at: str
    counterfoil: str
    server_version: int
    extent: Extent
    size: int
    sha256: str


class BackupRefused(Exception):
    """A backup that cannot be taken or given back; nothing was changed."""

    def __init__(self, sentence: str, fix: str) -> None:
        """`sentence` says what is wrong, `fix` what to do."""
        super().__init__(sentence)
        self.sentence = sentence
        self.fix = fix


def back_up(connection: Connection, url: str, target: Path, taken_by: str, heard: Heard) -> Slip:
    """Copies everything of one moment into a new folder, while orders go on coming in.

    `connection` is the owner's and free, `url` the owner's too. The folder has its name once it is whole and
    on disk. Raises BackupRefused, CopyFailed.
    """
    if target.exists():
        raise BackupRefused(f"{target} is there already.", "Name a folder that does not exist yet.")
    half = target.with_name(f"{target.name}.half")
    try:
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise BackupRefused(
            f"{half} cannot be written: {error.strerror}.", "Name a folder that you may write to."
        ) from error
    dump = half / DUMP
    with copies.one_moment(connection) as (moment, extent):
        heard(f"Copying {extent.submissions:,} submissions and {extent.records:,} records.")
        copies.dump(url, dump, moment, lambda size: heard(f"{size / 1e6:,.0f} MB written."))
    crashpoint("backup.half_written")
    slip = Slip(
        taken_at=machine_now().isoformat(timespec="seconds"),
        counterfoil=__version__,
        server_version=connection.info.server_version,
        extent=extent,
        size=dump.stat().st_size,
        sha256=_digest(dump),
    )
    (half / SLIP).write_bytes(msgspec.json.format(msgspec.json.encode(slip), indent=2) + b"\n")
    for part in (dump, half / SLIP, half):
        flush(part)
    half.rename(target)
    flush(target.parent)
    if extent.schema >= acts.SINCE_SCHEMA:
        acts.note(connection, taken_by, Deed.BACKUP_TAKEN, target.name, after={"sha256": slip.sha256})
    return slip


def read_slip(source: Path) -> Slip:
    """What a backup says of itself, its bytes compared with it. Raises BackupRefused."""
    try:
        slip = msgspec.json.decode((source / SLIP).read_bytes(), type=Slip)
        digest = _digest(source / DUMP)
    except (OSError, msgspec.MsgspecError) as error:
        raise BackupRefused(
            f"{source} is no backup: {error}.", "Name the folder that counterfoil backup wrote."
        ) from error
    if digest != slip.sha256:
        raise BackupRefused(
            f"{source / DUMP} is not what was backed up: its SHA-256 is {digest}.",
            "Take another backup; this one is damaged.",
        )
    if slip.extent.schema > copies.newest_schema():
        raise BackupRefused(
            f"The backup has migration {slip.extent.schema}; this program knows {copies.newest_schema()}.",
            f"Use counterfoil {slip.counterfoil} or newer.",
        )
    return slip


def load(connection: Connection, url: str, source: Path, slip: Slip) -> None:
    """Loads a backup into an empty database, whole or not at all; it is marked as not verified yet.

    The connection and the address are the owner's. Raises BackupRefused, CopyFailed.
    """
    if not copies.is_empty(connection):
        raise BackupRefused(
            "The database is not empty.",
            "Restore into a new one: --data-dir NEW, or COUNTERFOIL_DATABASE_URL with an empty database.",
        )
    copies.load(url, source / DUMP, connection.info.server_version)
    found = copies.extent(connection)
    if found != slip.extent:
        raise CopyFailed(f"The copy holds {found}, the backup {slip.extent}.", "Take another backup.")
    crashpoint("restore.loaded_unverified")


def accept(
    connection: Connection, accepted_by: str, heard: Callable[[Finding, int, int], None] | None
) -> Report:
    """Verifies everything; a clean database may be served from then on."""
    # What was accepted and not yet decided has grown old in the copy, which is no fault of it.
    report = verify(connection, None, heard, pending_age_max=COPY_AGE_MAX)
    if report.is_clean:
        with connection.transaction():
            copies.unmark(connection)
            acts.note(connection, accepted_by, Deed.BACKUP_RESTORED, "database")
    return report


def refuse_unverified(connection: Connection) -> None:
    """Raises BackupRefused while the database is a copy that nobody has verified."""
    loaded_at = copies.unverified_since(connection)
    if loaded_at is not None:
        raise BackupRefused(
            f"The database was restored at {loaded_at} and has not been verified.",
            "Run: counterfoil restore --verify",
        )


def refuse_unrestored(connection: Connection) -> None:
    """Raises BackupRefused unless the database is a copy that nobody has verified."""
    if copies.unverified_since(connection) is None:
        raise BackupRefused(
            "There is no restored database here that waits to be verified.",
            "Name the backup to restore, or check any database with counterfoil ledger verify.",
        )


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()
