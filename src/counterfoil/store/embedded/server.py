"""The server's life: made once, started, waited for, stopped.

Owns the cluster's making, settings and log. Leaves roles to roles.py. Next: postmaster.py.
"""

import os
import re
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from counterfoil import clock
from counterfoil.store.embedded.account import Account, Say
from counterfoil.store.embedded.binaries import MAJOR_VERSION
from counterfoil.store.embedded.place import (
    SOCKET_NAME,
    Place,
    flush,
    give_folder,
    open_ours,
    remove_all,
    write,
)
from counterfoil.store.embedded.postmaster import (
    postmaster_pid,
    settle,
    socket_folder,
    status_of,
    survivors,
)
from counterfoil.store.embedded.roles import ADMIN
from counterfoil.store.embedded.unavailable import DatabaseBroken, StartFailed, WrongVersion

# Recovery after a crash reads the whole write-ahead log again; a stop writes everything down.
PATIENCE_SECONDS = 600
ASKED_AFTER, ENDED_AFTER = 2, 4
"""Tries, half a second each, after which the survivors of a killed server are told to end, and are ended."""
LOG_BYTES_MAX = 8_000_000
LOG_BYTES_KEPT = 1_000_000
LOG_LINES_SHOWN = 20
# Since then Linux tells of every page that could not be written when a whole file system is flushed.
SYNCFS_SINCE = (5, 8)
SETTINGS = """\
# Written by Counterfoil at every start. What you set with ALTER SYSTEM stays.
listen_addresses = ''
unix_socket_directories = '"{socket_folder}"'
unix_socket_permissions = 0700
port = 5432
max_connections = 200
shared_buffers = 256MB
max_wal_size = 2GB
jit = off
timezone = 'UTC'
lc_messages = 'C'
password_encryption = 'scram-sha-256'
cluster_name = 'counterfoil'

# An accepted order is never lost.
fsync = on
full_page_writes = on
synchronous_commit = on
recovery_init_sync_method = {sync_method}

# No statement, parameter or key goes into the log: they carry what shoppers and tokens must not lose.
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
log_checkpoints = off
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""
ACCESS = """\
# Written by Counterfoil at every start: everyone who reaches the private socket shows a password.
local all all scram-sha-256
"""


def create(place: Place, account: Account, programs: Path, password: str, say: Say) -> None:
    """Makes the cluster, unless there is one; call it under the lock.

    PG_VERSION is written long before the rest: a killed attempt would pass for a cluster and fail for ever.
    So it is made in a scratch folder and put in place by one rename; what dead attempts left is removed here.

    Raises WrongVersion, DatabaseBroken for a folder that is not a cluster, StartFailed when initdb gives up.
    """
    remove_all(place.folder.glob("postgresql.new-*"))
    if place.has_cluster:
        _check(place)
        return
    say(f"Making a database in {place.folder}.")
    scratch = place.folder / f"postgresql.new-{token_hex(8)}"
    give_folder(scratch, account)
    write(scratch / "password", password, account)
    status, printed = account.run(
        programs / "initdb",
        "--pgdata",
        scratch / "cluster",
        "--username",
        ADMIN,
        "--pwfile",
        scratch / "password",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        # Sorts by code point, knows the case of all letters, and is the same on every platform.
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums",
        f"--sync-method={_sync_method()}",
        "--no-instructions",
    )
    if status != 0:
        remove_all([scratch])
        raise StartFailed(f"initdb made no database: {_last_lines(printed)}", "Remove the cause it names.")
    (scratch / "cluster").replace(place.cluster)
    flush(place.folder)
    remove_all([scratch])


def start(place: Place, account: Account, programs: Path, say: Say) -> None:
    """Starts the server if it does not run, and returns when it takes connections; call it under the lock.

    The server has a session of its own and outlives whoever started it.

    Raises StartFailed with the last lines of its log.
    """
    _bound(place.log)
    if status_of(place) == "stopping":
        _wait_until_gone(place)
    if postmaster_pid(place.folder) is None:
        _launch(place, account, programs, say)
    for tenth in range(PATIENCE_SECONDS * 10):
        status = status_of(place)
        if status == "ready":
            return
        if postmaster_pid(place.folder) is None:
            raise _failed(place, "The database stopped while it was starting")
        if tenth % 50 == 49:
            say(f"The database is {status}; after a crash it reads its log again, which can take minutes.")
        clock.sleep(0.1)
    raise _failed(place, f"The database did not start within {PATIENCE_SECONDS // 60} minutes")


def stop(place: Place, account: Account, programs: Path) -> None:
    """Stops the server, cutting connections that are still open; call it under the lock.

    Raises StartFailed when it does not stop in time.
    """
    if postmaster_pid(place.folder) is None:
        return
    folder = socket_folder(place)
    patience = f"--timeout={PATIENCE_SECONDS}"
    status, printed = account.run(
        programs / "pg_ctl", "stop", "--pgdata", place.cluster, "--mode=fast", "--wait", patience, "--silent"
    )
    if status != 0 and postmaster_pid(place.folder) is not None:
        raise StartFailed(f"The database did not stop: {_last_lines(printed)}", "Stop it by its pid.")
    if folder.parent != place.folder:
        remove_all([folder])


def _sync_method() -> str:
    """How what a dead server wrote is flushed before it is read: in one call, or file by file."""
    # A cluster has a thousand files, and a start after a crash would wait for the disk at each of them.
    if sys.platform != "linux":
        return "fsync"
    release = re.match(r"(\d+)\.(\d+)", os.uname().release)
    is_told = release is not None and (int(release[1]), int(release[2])) >= SYNCFS_SINCE
    return "syncfs" if is_told else "fsync"


def _check(place: Place) -> None:
    version = place.cluster / "PG_VERSION"
    if not (place.cluster / "global" / "pg_control").exists() or not version.exists():
        raise DatabaseBroken(
            f"{place.cluster} is not a complete database.",
            "Restore it from a backup, or move it away to begin with an empty one.",
        )
    written_by = version.read_text(encoding="ascii", errors="replace").strip()
    if written_by != MAJOR_VERSION:
        raise WrongVersion(
            f"{place.cluster} was written by PostgreSQL {written_by}; this is {MAJOR_VERSION}.",
            f"Dump it with version {written_by} and restore it into a new data directory.",
        )
    if os.geteuid() == 0 and place.cluster.stat().st_uid == 0:
        raise DatabaseBroken(
            f"{place.cluster} belongs to root, as which PostgreSQL refuses to run.",
            f"Give it to the account that shall run it: chown -R counterfoil: {place.cluster}",
        )


def _launch(place: Place, account: Account, programs: Path, say: Say) -> None:
    settle(place.pid_file, place)
    give_folder(place.socket_folder, account)
    settle(place.socket_folder / f"{SOCKET_NAME}.lock", place)
    # Neither ' nor , ends the name: doubled the first, in double quotes the second.
    folder = str(place.socket_folder).replace("'", "''")
    settings = SETTINGS.format(socket_folder=folder, sync_method=_sync_method())
    write(place.cluster / "postgresql.conf", settings, account)
    write(place.cluster / "pg_hba.conf", ACCESS, account)
    for attempt in range(PATIENCE_SECONDS):
        log = open_ours(place.log, os.O_WRONLY | os.O_APPEND)
        try:
            begin = os.fstat(log).st_size
            # It inherits our descriptor, so the log stays ours. A longer recovery is waited for by `start`.
            status, _ = account.run(
                programs / "pg_ctl",
                "start",
                "--pgdata",
                place.cluster,
                "--wait",
                "--timeout=5",
                "--silent",
                log=log,
            )
        finally:
            os.close(log)
        if status == 0 or postmaster_pid(place.folder) is not None:
            return
        # Processes of a killed server may live a moment longer, and PostgreSQL does not wait for them.
        if "shared memory block" not in _text_of(place.log, begin):
            break
        if attempt % 10 == 0:
            say("Processes of a killed server are still at work; waiting for their end.")
        # One may wait for ever for a lock whose holder was killed with its server.
        if attempt >= ASKED_AFTER:
            _end_all(survivors(place), signal.SIGQUIT if attempt < ENDED_AFTER else signal.SIGKILL)
        clock.sleep(0.5)
    raise _failed(place, "The database could not be started")


def _end_all(pids: Sequence[int], how: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, how)


def _wait_until_gone(place: Place) -> None:
    for _ in range(PATIENCE_SECONDS * 10):
        if postmaster_pid(place.folder) is None:
            return
        clock.sleep(0.1)
    raise _failed(place, "The database is stopping and does not come to an end")


def _failed(place: Place, what: str) -> StartFailed:
    begin = max(0, place.log.stat().st_size - LOG_BYTES_KEPT) if place.log.exists() else 0
    return StartFailed(f"{what}: {_last_lines(_text_of(place.log, begin))}", f"Its log is {place.log}.")


def _last_lines(text: str) -> str:
    return "\n".join(text.splitlines()[-LOG_LINES_SHOWN:])


def _text_of(log: Path, begin: int) -> str:
    try:
        with log.open("rb") as file:
            file.seek(begin)
            return file.read(LOG_BYTES_KEPT).decode(errors="replace")
    except FileNotFoundError:
        return ""


def _bound(log: Path) -> None:
    """Keeps the end of a log that has grown too long; what a running server appends goes on after the cut."""
    if not log.exists() or log.stat().st_size <= LOG_BYTES_MAX:
        return
    write(log.with_name(f"{log.name}.old"), _text_of(log, log.stat().st_size - LOG_BYTES_KEPT))
    os.truncate(log, 0)
