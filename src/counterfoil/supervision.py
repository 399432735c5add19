"""Supervision: starts the processes of `serve`, restarts those that die, stops all of them cleanly.

Owns the sockets that they share, the children and their back-off, and what a child hears of its supervisor:
the word to begin, and its end. Knows nothing of orders. Next: serving.py, child.py.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event, Thread
from types import FrameType

import structlog

from counterfoil.clock import monotonic
from counterfoil.settings import SettingError, Settings

STOP_S = 4.0
LOOK_S = 0.2
BACK_OFF_MAX_S = 10.0
STEADY_S = 30.0
BACKLOG = 2048
PORT_MAX = 65_535
STDIN = 0
BEGIN = b"begin\n"

_log = structlog.get_logger("counterfoil")


def stop_when_asked() -> Event:
    """An event that is set by SIGTERM or Ctrl-C."""
    stop = Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return stop


def wait_for_the_word() -> bool:
    """In a child: returns when all that it needs is ready; false when its supervisor is gone instead."""
    # Not by `sys.stdin`: what it read ahead would be kept from the watch below.
    return os.read(STDIN, len(BEGIN)) == BEGIN


def stop_when_orphaned(ask: Callable[[], None]) -> None:
    """In a child: calls `ask` when its supervisor is gone, whose end of our standard input closes then."""

    def watch() -> None:
        # Not by `sys.stdin`: its lock would be held while the process ends.
        while os.read(STDIN, 4096):
            pass
        ask()

    Thread(target=watch, name="orphan-watch", daemon=True).start()


@contextlib.contextmanager
def only_server_of(data_dir: Path) -> Iterator[None]:
    """Keeps a second `serve` from this data directory. Raises SettingError when there is one."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(data_dir / "serve.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SettingError(
            f"The data directory {data_dir} cannot be used: {error.strerror}.",
            "Name a folder that you may write to: --data-dir DIR or COUNTERFOIL_DATA_DIR=DIR.",
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SettingError(
                f"Another server runs on the data directory {data_dir}.",
                "Stop it, or name another: --data-dir DIR or COUNTERFOIL_DATA_DIR=DIR.",
            ) from error
        yield
    finally:
        os.close(descriptor)


def queue() -> tuple[socket.socket, socket.socket]:
    """The way from all API processes to all readers: what goes in on the left comes out on the right.

    Whoever starts these processes holds both ends, so that a request outlives the reader before it is taken.
    """
    into, out_of = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    for end in (into, out_of):
        end.setblocking(False)
        end.set_inheritable(True)
    return into, out_of


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises SettingError when the port is taken or the address is not ours."""
    if port > PORT_MAX:
        raise SettingError(
            f"There is no port {port}.", f"Choose one up to {PORT_MAX}: --port N or COUNTERFOIL_PORT=N."
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise SettingError(
                f"The address {host} is not one of this machine: {error.strerror}.",
                "Name one that is: --host 127.0.0.1, or --host 0.0.0.0 for all; also COUNTERFOIL_HOST.",
            ) from error
        other = port + 1 if port < PORT_MAX else port - 1
        raise SettingError(
            f"Port {port} on {host} cannot be used: {error.strerror}.",
            f"Choose another with --port {other} or COUNTERFOIL_PORT={other}, or stop what uses it.",
        ) from error
    listener.set_inheritable(True)
    return listener


class Child:
    """One process of ours, started again when it dies, with a growing pause while it keeps dying."""

    def __init__(
        self, name: str, command: Sequence[str], settings: Settings, descriptors: tuple[int, ...]
    ) -> None:
        """`command` follows `python -m counterfoil.child`; `descriptors` are open in the child."""
        self.name = name
        self._command = [sys.executable, "-m", "counterfoil.child", *command]
        self._environment = settings.as_environment()
        self._descriptors = descriptors
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._pause_s = 0.0
        self._again_at = 0.0

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._process.pid if self._process else None

    def prepare(self) -> None:
        """Starts the process, which loads what it takes and waits for the word to begin.

        It ends by itself when its standard input, which we hold, closes.
        """
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
            self._command,
            stdin=subprocess.PIPE,
            env=self._environment,
            pass_fds=self._descriptors,
            start_new_session=True,
        )
        self._started_at = monotonic()
        _log.info("process_started", process=self.name, pid=self._process.pid)

    def begin(self) -> None:
        """Gives the process the word, and starts it before unless it was prepared."""
        if self._process is None:
            self.prepare()
        assert self._process is not None
        assert self._process.stdin is not None
        # Where it has died meanwhile, the next look at it says so.
        with contextlib.suppress(OSError):
            os.write(self._process.stdin.fileno(), BEGIN)

    def look_after(self) -> None:
        """Notices that the process died, and starts it again when its pause is over."""
        now = monotonic()
        if self._process is not None:
            if (code := self._process.poll()) is None:
                return
            steady = now - self._started_at > STEADY_S
            self._pause_s = 0.2 if steady or not self._pause_s else min(self._pause_s * 2, BACK_OFF_MAX_S)
            self._again_at = now + self._pause_s
            _log.error(
                "process_died", process=self.name, pid=self._process.pid, code=code, again_in_s=self._pause_s
            )
            self._close_input()
            self._process = None
        if now >= self._again_at:
            self.begin()

    def ask_to_stop(self) -> None:
        """Sends the signal on which a process of ours finishes."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def wait(self, deadline: float) -> None:
        """Waits until the process has ended; past the deadline it is killed, and nothing is lost by that."""
        if self._process is None:
            return
        try:
            self._process.wait(timeout=max(0.05, deadline - monotonic()))
        except subprocess.TimeoutExpired:
            _log.warning("process_killed", process=self.name, pid=self._process.pid)
            self._process.kill()
            self._process.wait()
        else:
            _log.info(
                "process_ended", process=self.name, pid=self._process.pid, code=self._process.returncode
            )
        self._close_input()
        self._process = None

    def _close_input(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()


@contextlib.contextmanager
def prepared(children: Sequence[Child]) -> Iterator[None]:
    """The children load what they take while whoever holds this makes ready what they need.

    They are stopped at the end, whether they were given the word or not.
    """
    try:
        for child in children:
            child.prepare()
        yield
    finally:
        stop_all(children)


def supervise(children: Sequence[Child], stop: Event, keep_database: Callable[[], None]) -> None:
    """Keeps the children and the database alive until `stop` is set, then stops the children."""
    for child in children:
        child.begin()
    while not stop.wait(LOOK_S):
        keep_database()
        for child in children:
            child.look_after()
    stop_all(children)


def stop_all(children: Sequence[Child]) -> None:
    """Asks every child to finish, and returns when none is left."""
    deadline = monotonic() + STOP_S
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.wait(deadline)
