"""Rooms for data directories, and other processes that use them.

Owns nothing that lasts: every room is cleared away. Next: conftest.py.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from counterfoil import clock
from counterfoil.store import embedded

ANOTHER_PROCESS = """
import sys
from pathlib import Path
from counterfoil.store import embedded
with embedded.acquire(Path(sys.argv[1]), purpose="another process") as lease:
    print(lease.urls.server, flush=True)
    sys.stdin.read()
"""


@contextmanager
def room(where: Path | None) -> Iterator[Path]:
    """A folder that other accounts may pass through, which pytest's own does not promise."""
    made = Path(tempfile.mkdtemp(prefix="counterfoil-test-", dir=where)).resolve()
    made.chmod(0o711)
    try:
        yield made
    finally:
        shutil.rmtree(made)


def moved_to(data_dir: Path, made: Path) -> Path:
    """A copy of a stopped database, which does not mind where it lies."""
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["/bin/cp", "-a", "--sparse=always", made, data_dir], check=True)
    return data_dir


def acquire(data_dir: Path) -> embedded.Lease:
    """A lease for the test itself."""
    return embedded.acquire(data_dir, purpose="a test")


def ask(url: str, question: str) -> list[tuple[object, ...]]:
    """The answer's rows."""
    with psycopg.connect(url) as connection:
        return connection.execute(question.encode()).fetchall()


def tell(url: str, command: str) -> None:
    """Runs what has no answer."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(command.encode())


def wait_for(happens: Callable[[], bool]) -> None:
    """Waits ten seconds at most."""
    for _ in range(1_000):
        if happens():
            return
        clock.sleep(0.01)
    raise AssertionError("waited in vain")


@contextmanager
def another_process(data_dir: Path, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that uses the database until its input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", ANOTHER_PROCESS, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def url_printed_by(process: "subprocess.Popen[str]") -> str:
    """Its first line: it has its lease."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: "subprocess.Popen[str]") -> int:
    """Lets it leave in good order; its exit status."""
    process.communicate()
    return process.returncode
