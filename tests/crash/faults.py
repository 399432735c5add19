"""The faults: each a function that breaks something for a while, and a probe that says why it cannot here.

Owns the breaking and the mending. Sends nothing and judges nothing. Next: ground.py for what is broken.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import NamedTuple

import psycopg

from counterfoil import child
from counterfoil.store.embedded.lease import stop_now
from tests.crash.ground import Disk, Ground
from tests.processes.running_server import Process, kill, processes_on, until

EXT4_SHUTDOWN = 0x8004587D
"""`ioctl` that ends a file system as a power cut does: what was not flushed is gone."""
NO_LOG_FLUSH = 2
STRACE = shutil.which("strace") or "strace"
Strike = Callable[[Ground, Random], None]


BACK_S = 15
"""A part that died often is started again after a pause, which grows."""


class Cannot(Exception):
    """The fault cannot be made on this server: says why."""


class Fault(NamedTuple):
    """A way to break a server under load; `strike` returns when it is mended, or mends itself from then."""

    name: str
    strike: Strike
    disk: Disk = Disk.REAL
    behind_proxies: bool = False
    copies: int = 1
    probe: Callable[[], str] = str
    """Says why it cannot be made here; nothing where it can."""


# ── who can be killed and paused ────────────────────────────────────────────────────────────────────────────


def children(ground: Ground, part: str) -> list[Process]:
    """The server's processes of this part."""
    return [
        each for each in processes_on(ground.server.data_dir) if f"counterfoil.child {part}" in each.command
    ]


def database(ground: Ground) -> list[Process]:
    """The postmaster, first, and its children."""
    found = [each for each in processes_on(ground.data_dir) if "postgres" in each.command.split(" ")[0]]
    return sorted(found, key=lambda each: " -D " not in each.command)


def _signal(processes: Sequence[Process], by: signal.Signals) -> None:
    for each in processes:
        kill(each, by)


def _kill_child(part: str) -> Strike:
    def strike(ground: Ground, random: Random) -> None:
        kill(random.choice(_some(ground, part)))

    return strike


def _some(ground: Ground, part: str) -> list[Process]:
    """The processes of a part, waited for where one just died."""
    if f'"{part}"' not in Path(child.__file__).read_text():
        raise Cannot(f"the server has no process called {part}")
    until(lambda: children(ground, part) != [], f"a process called {part}", BACK_S)
    return children(ground, part)


def kill_database(ground: Ground, _random: Random) -> None:
    """SIGKILL to the postmaster and all its children."""
    _signal(database(ground), signal.SIGKILL)


def kill_back_end(ground: Ground, random: Random) -> None:
    """SIGKILL to one session of the database, upon which the postmaster ends all of them."""
    _, *others = database(ground)
    sessions = [each for each in others if "counterfoil counterfoil" in each.command]
    kill(random.choice(sessions or others))


def kill_everything(ground: Ground, _random: Random) -> None:
    """SIGKILL to every process at once, and a new start."""
    ground.server.kill_everything()
    ground.start_again()


def kill_supervisor(ground: Ground, _random: Random) -> None:
    """SIGKILL to the supervisor alone: its children end by themselves; a new start."""
    ground.server.kill()
    ground.start_again()


def pause(seconds: float) -> Strike:
    """SIGSTOP to one processor while the others go on, then SIGCONT."""

    def strike(ground: Ground, random: Random) -> None:
        stopped = random.choice(_some(ground, "processor"))
        kill(stopped, signal.SIGSTOP)
        time.sleep(seconds)
        kill(stopped, signal.SIGCONT)
        ground.mended_at = time.monotonic()

    return strike


# ── the database goes away ──────────────────────────────────────────────────────────────────────────────────


def restart_database(ground: Ground, _random: Random) -> None:
    """A fast shutdown; the supervisor starts it again."""
    stop_now(ground.data_dir)


def terminate_sessions(ground: Ground, _random: Random) -> None:
    """Every session of ours is ended by an administrator."""
    with ground.administrator() as hand:
        hand.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


def stop_database(seconds: float) -> Strike:
    """No database for a while: its keeper is paused, so that nobody starts it again."""

    def strike(ground: Ground, _random: Random) -> None:
        os.kill(ground.server.pid, signal.SIGSTOP)
        try:
            stop_now(ground.data_dir)
            time.sleep(seconds)
        finally:
            os.kill(ground.server.pid, signal.SIGCONT)
            ground.mended_at = time.monotonic()

    return strike


def freeze_database(seconds: float) -> Strike:
    """The database takes connections and answers nothing: all its processes are paused."""

    def strike(ground: Ground, _random: Random) -> None:
        frozen = database(ground)
        _signal(frozen, signal.SIGSTOP)
        time.sleep(seconds)
        _signal(frozen, signal.SIGCONT)
        ground.mended_at = time.monotonic()

    return strike


def exhaust_connections(ground: Ground, random: Random) -> None:
    """Somebody else takes every connection there is; ours are ended, and find no place."""
    taken: list[psycopg.Connection] = []
    try:
        with suppress(psycopg.OperationalError):
            while True:
                taken.append(ground.administrator())
        # The one that holds the last place frees those of ours and takes them.
        taken[0].execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = 'counterfoil_server' AND backend_type = 'client backend'"
        )
        with suppress(psycopg.OperationalError):
            while len(taken) < 400:
                taken.append(ground.administrator())
        time.sleep(random.uniform(1, 3))
    finally:
        for each in taken:
            each.close()
        ground.mended_at = time.monotonic()


# ── the disk ────────────────────────────────────────────────────────────────────────────────────────────────


def fill_disk(ground: Ground, random: Random) -> None:
    """Not a byte is left for a while, then all of them again."""
    ballast = ground.mounted / "ballast"
    stop = time.monotonic() + random.uniform(2, 4)
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while time.monotonic() < stop:
            with suppress(OSError):
                while file.write(b"\0" * 1_000_000):
                    pass
            time.sleep(0.05)
    ballast.unlink()
    ground.mended_at = time.monotonic()


def _inject(action: str, seconds: float) -> Strike:
    """Every flush of the database goes wrong in this way for a while."""

    def strike(ground: Ground, _random: Random) -> None:
        pids = [word for each in database(ground) for word in ("-p", str(each.pid))]
        tracing = subprocess.Popen(
            [STRACE, "-f", "-q", "-o", "/dev/null", "-e", "trace=fsync,fdatasync",
             "-e", f"inject=fsync,fdatasync:{action}", *pids],
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(seconds)
        tracing.terminate()
        tracing.wait(20)
        ground.mended_at = time.monotonic()

    return strike


def cut_power(ground: Ground, _random: Random) -> None:
    """All writers are paused, the file system forgets what was not flushed, everything ends; a new start."""
    _signal(processes_on(ground.data_dir), signal.SIGSTOP)
    descriptor = os.open(ground.mounted, os.O_RDONLY)
    try:
        fcntl.ioctl(descriptor, EXT4_SHUTDOWN, ctypes.c_uint32(NO_LOG_FLUSH))
    finally:
        os.close(descriptor)
    ground.server.kill_everything()
    until(lambda: processes_on(ground.data_dir) == [], "no process is left")
    ground.unmount()
    ground.mount()
    ground.start_again()


# ── the line ────────────────────────────────────────────────────────────────────────────────────────────────


def _cut(which: str) -> Strike:
    def strike(ground: Ground, random: Random) -> None:
        proxy = getattr(ground, which)
        proxy.cut()
        time.sleep(random.uniform(0.1, 2))
        proxy.mend()
        ground.mended_at = time.monotonic()

    return strike


def _worsen(which: str, **line: float) -> Strike:
    """The line loses answers, is slow, or delivers twice, for a while."""

    def strike(ground: Ground, random: Random) -> None:
        proxy = getattr(ground, which)
        for name, value in line.items():
            setattr(proxy.line, name, value)
        time.sleep(random.uniform(0.5, 2))
        proxy.mend()
        if "loses_answers" in line:
            # Half of a connection is worth nothing: whoever waits on one is told so.
            proxy.cut()
            proxy.mend()
        ground.mended_at = time.monotonic()

    return strike


# ── what this machine can do ────────────────────────────────────────────────────────────────────────────────


def needs_mounts() -> str:
    """A tmpfs of our own."""
    with tempfile.TemporaryDirectory() as folder:
        tried = _tried("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder)
        if not tried:
            _tried("umount", folder)
    return f"nothing can be mounted: {tried}" if tried else ""


def needs_loop() -> str:
    """A disk in a file that can be ended by `ioctl`."""
    if missing := needs_mounts():
        return missing
    if shutil.which("mkfs.ext4") is None:
        return "no mkfs.ext4"
    found = _tried("losetup", "--find")
    return f"no loop devices: {found}" if found else ""


def needs_strace() -> str:
    """A strace that may look at other processes."""
    if shutil.which("strace") is None:
        return "no strace"
    tried = _tried("strace", "-q", "-o", "/dev/null", "-e", "inject=fsync:error=EIO", "true")
    return f"strace may not trace: {tried}" if tried else ""


def _tried(*command: str | Path) -> str:
    try:
        ran = subprocess.run(command, capture_output=True, check=False, timeout=20)
    except OSError as error:
        return str(error)
    return "" if ran.returncode == 0 else ran.stderr.decode().strip() or f"exit code {ran.returncode}"


KILLS = (
    Fault("kill-api", _kill_child("api")),
    Fault("kill-processor", _kill_child("processor")),
    Fault("kill-reader", _kill_child("reader")),
    Fault("kill-database", kill_database),
    Fault("kill-back-end", kill_back_end),
    Fault("kill-supervisor", kill_supervisor),
    Fault("kill-everything", kill_everything),
)
OUTAGES = (
    Fault("restart-database", restart_database),
    Fault("terminate-sessions", terminate_sessions),
    Fault("exhaust-connections", exhaust_connections),
    Fault("stop-database", stop_database(5)),
    Fault("freeze-database", freeze_database(5)),
)
LONG = (Fault("stop-database-long", stop_database(30)), Fault("pause-long", pause(60)))
PAUSES = (Fault("pause", pause(5)),)
DISKS = (
    Fault("disk-full", fill_disk, disk=Disk.MEMORY, probe=needs_mounts),
    Fault("fsync-error", _inject("error=EIO", 1.5), probe=needs_strace),
    Fault("fsync-slow", _inject("delay_enter=300000", 4), probe=needs_strace),
)
POWER = (Fault("power-cut", cut_power, disk=Disk.LOOP, probe=needs_loop),)
LINES = (
    Fault("client-cut", _cut("to_api"), behind_proxies=True),
    Fault("client-loses-answers", _worsen("to_api", loses_answers=True), behind_proxies=True),
    Fault("client-repeats", _worsen("to_api", repeats=True), behind_proxies=True, copies=2),
    Fault("client-slow", _worsen("to_api", delay_s=0.2), behind_proxies=True),
    Fault("database-cut", _cut("to_database"), behind_proxies=True),
    Fault("database-loses-answers", _worsen("to_database", loses_answers=True), behind_proxies=True),
    Fault("database-slow", _worsen("to_database", delay_s=0.1), behind_proxies=True),
)
FAULTS = {fault.name: fault for fault in (*KILLS, *OUTAGES, *PAUSES, *LONG, *DISKS, *POWER, *LINES)}
"""Every fault by its name, in the order of the table in docs/explanation/reliability.md."""
