"""A running server: real processes on a data directory, started, spoken to, stopped and killed.

Owns the way to them: ports, signals, HTTP as a plain client speaks it. Leaves what orders say to documents.py
and what became of them to book.py.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, NamedTuple

from counterfoil.supervision import BEGIN

READY_S = 45
STOP_S = 5
"""What the product promises for SIGTERM and Ctrl-C."""
PATIENCE_S = 30
LOOK_S = 0.02
PROGRAM = Path(sys.executable).with_name("counterfoil")
"""The command that a person types."""


class Reply(NamedTuple):
    """One answer as it came over the wire."""

    status: int
    body: bytes
    content_type: str

    @property
    def json(self) -> Any:
        """The body, which is JSON."""
        return json.loads(self.body)

    @property
    def submission_ids(self) -> list[str]:
        """The ids of all orders that this answer accepted."""
        fields = (self.json.get("data") or {}).values()
        return [order["submissionId"] for field in fields for order in (field or {}).get("orders") or ()]


class Process(NamedTuple):
    """A living process that works on a data directory."""

    pid: int
    command: str


def environment(**settings: str) -> dict[str, str]:
    """Our environment without settings of ours, plus these."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERFOIL_")}
    return clean | {f"COUNTERFOIL_{name.upper()}": value for name, value in settings.items()}


def free_port() -> int:
    """A port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def counterfoil(*words: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Runs one command to its end."""
    return subprocess.run(
        [PROGRAM, *map(str, words)],
        env=environment(**settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def until(holds: Callable[[], bool], what: str, seconds: float = PATIENCE_S) -> float:
    """Waits until it holds; answers how long that took. Fails with `what` was waited for."""
    begin = time.monotonic()
    while not holds():
        waited = time.monotonic() - begin
        assert waited < seconds, f"waited {waited:.1f} s in vain: {what}"
        time.sleep(LOOK_S)
    return time.monotonic() - begin


def processes_on(data_dir: Path) -> list[Process]:
    """Every living process that has this data directory in its command, its settings, or under its feet."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            command = (entry / "cmdline").read_bytes()
            told = command + (entry / "environ").read_bytes() + os.fsencode((entry / "cwd").readlink())
        except OSError:
            continue
        # A zombie has no command: it is dead, and only waits to be counted.
        if command and os.fsencode(data_dir) in told:
            found.append(Process(int(entry.name), command.replace(b"\0", b" ").decode().strip()))
    return found


class Wire:
    """What a client does with a port, on loopback unless another host is named."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.port = port
        self.host = host

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30,
    ) -> Reply:
        """One request on a connection of its own."""
        connection = HTTPConnection(self.host, self.port, timeout=timeout)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Reply(response.status, response.read(), response.headers.get("Content-Type", ""))
        finally:
            connection.close()

    def post(self, path: str, token: str, body: str | bytes, timeout: float = 30) -> Reply:
        """What `curl -d` sends."""
        raw = body.encode() if isinstance(body, str) else body
        return self.ask("POST", path, raw, {"Authorization": f"Bearer {token}"}, timeout)


class Part(Wire):
    """One process as the supervisor starts it, `api` or `processor`, without a supervisor."""

    def __init__(self, data_dir: Path, part: str, **settings: str) -> None:
        """Starts it on a data directory whose database runs."""
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            super().__init__(listener.getsockname()[1])
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "counterfoil.child",
                    part,
                    *([str(listener.fileno())] * (part == "api")),
                ],
                env=environment(data_dir=str(data_dir), **settings),
                stdin=subprocess.PIPE,
                pass_fds=(listener.fileno(),),
            )
        assert self._process.stdin is not None
        self._process.stdin.write(BEGIN)
        self._process.stdin.flush()

    def wait(self) -> int:
        """Its exit code, once it has ended by itself."""
        try:
            return self._process.wait(PATIENCE_S)
        finally:
            self._process.kill()
            self._process.communicate()


class RunningServer(Wire):
    """`counterfoil serve`, or another command that runs until it is stopped, on one data directory."""

    def __init__(self, data_dir: Path, *options: str, command: str = "serve", **settings: str) -> None:
        """Starts it; `settings` become COUNTERFOIL_* variables of all its processes."""
        super().__init__(free_port())
        self.data_dir = data_dir
        self._command = command
        self._log = data_dir.parent / f"{data_dir.name}-{command}-{self.port}.log"
        port = ["--port", str(self.port)] if command != "worker" else []
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [PROGRAM, command, "--data-dir", str(data_dir), *port, *options],
                env=environment(**settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The supervisor."""
        return self._process.pid

    @property
    def output(self) -> str:
        """All that it has said so far."""
        return self._log.read_text(errors="replace")

    def wait_ready(self) -> None:
        """Returns when orders can be served."""
        until(lambda: self.is_ready() or not self.is_alive(), "ready", READY_S)
        assert self.is_alive(), f"ended with {self._process.returncode}:\n{self.output}"

    def is_alive(self) -> bool:
        """Whether the supervisor runs."""
        return self._process.poll() is None

    def is_ready(self) -> bool:
        """Whether it says that orders can be served."""
        try:
            return self.ask("GET", "/health/ready").status == 200
        except (OSError, HTTPException):
            return False

    def stop(self, by: signal.Signals = signal.SIGTERM, patience_s: float = STOP_S) -> int:
        """Asks it to stop; answers its exit code. Fails when it takes longer than promised."""
        begin = time.monotonic()
        self._process.send_signal(by)
        try:
            code = self._process.wait(2 * PATIENCE_S)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"did not stop:\n{self.output}") from None
        took = time.monotonic() - begin
        assert took < patience_s, f"took {took:.1f} s to stop:\n{self.output}"
        return code

    def kill(self) -> None:
        """SIGKILL to the supervisor alone."""
        self._process.kill()
        self._process.wait()

    def kill_everything(self) -> None:
        """SIGKILL to the supervisor, its children and the embedded database, as near to at once as we can."""
        for process in processes_on(self.data_dir):
            kill(process)
        self._process.wait()

    def child(self, part: str) -> Process | None:
        """Its process of this part, `api` or `processor`, if it lives."""
        living = processes_on(self.data_dir)
        return next((each for each in living if f"counterfoil.child {part}" in each.command), None)

    def postmaster(self) -> Process:
        """The embedded database's first process."""
        pid = int((self.data_dir / "postgresql" / "postmaster.pid").read_text().splitlines()[0])
        return next(process for process in processes_on(self.data_dir) if process.pid == pid)

    def clear(self) -> None:
        """After a test, however it ended: nothing of it lives on."""
        until(lambda: not self._killed_some(), f"no process on {self.data_dir}")
        self._process.wait()

    def _killed_some(self) -> bool:
        living = processes_on(self.data_dir)
        for process in living:
            # A killed database would leave its shared memory behind, which small machines run out of.
            kill(process, signal.SIGQUIT if "postgres" in process.command else signal.SIGKILL)
        return bool(living)


def kill(process: Process, by: signal.Signals = signal.SIGKILL) -> None:
    """One signal to one process, SIGKILL unless another is named."""
    try:
        os.kill(process.pid, by)
    except ProcessLookupError:
        return
