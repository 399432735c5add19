"""R9, whole processes: the clock of `serve` jumps, with its database's or without, while a client sends.

Owns the jumps, by libfaketime, and what must hold after them. For one process: tests/crash/test_clock.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from counterfoil.store.connection import connect
from counterfoil.store.embedded import account
from tests.crash.judge import judged_otherwise, violations
from tests.processes.book import Book
from tests.processes.conftest import StartServer
from tests.processes.documents import cancels, create, document, restates
from tests.processes.running_server import RunningServer
from tests.processes.test_doctor import examined

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
pytestmark = pytest.mark.skipif(
    not LIBRARIES, reason="no libfaketime (Debian: faketime); clocks jump in tests/crash/test_clock.py alone"
)
RISING = (
    "SELECT received_at, first_number FROM intake_request ORDER BY position",
    "SELECT posted_at FROM posting WHERE mode = 'live' ORDER BY last_commission_id",
    "SELECT at FROM event ORDER BY event_id",
)
TOLERANCE_S, TRIES = 60, 20
NOW, AHEAD, BACK, A_LITTLE_BACK, OVER_A_YEAR = "+0", "+40d", "-40d", "-30", "+400d"
AHEAD_OF_US, ENDED = "Order may not have an eventTime in the future", "Invalid Token"
REFUSALS = frozenset({AHEAD_OF_US, AHEAD_OF_US.replace("event", "update"), ENDED})
WALK: Sequence[tuple[str, list[str]]] = (
    (NOW, []),
    (AHEAD, []),
    (NOW, []),
    (BACK, [AHEAD_OF_US]),
    (A_LITTLE_BACK, []),
    (OVER_A_YEAR, [ENDED]),
    (NOW, []),
)
"""Offsets, and what is said of an order of now: 30 s are within the tolerance, tokens live for a year."""


class Jumps:
    """A clock for processes that are started on it: it stands off the machine's by what was set last."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._file = folder / "offset"
        self._patch = patch
        self._surroundings = {
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }
        self.to(NOW)

    def to(self, offset: str) -> None:
        """Moves the clock of all these processes, at once."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{offset}\n")
        # The database's account reads it as well.
        fresh.chmod(0o644)
        fresh.replace(self._file)

    @contextmanager
    def for_ours(self) -> Iterator[None]:
        """What is started meanwhile lives by this clock; an embedded database gets nothing of this."""
        with self._patch.context() as ours:
            for name, value in self._surroundings.items():
                ours.setenv(name, value)
            yield

    @contextmanager
    def for_the_database(self) -> Iterator[None]:
        """An embedded database that is started meanwhile lives by this clock."""
        with self._patch.context() as its:
            for name, value in self._surroundings.items():
                its.setitem(account.ENVIRONMENT, name, value)
            yield


class Sender:
    """A client that creates, restates and cancels without a pause, and keeps what was accepted."""

    def __init__(self, server: RunningServer, seeded: dict[str, Any]) -> None:
        self.accepted: list[str] = []
        self.refused: Counter[str] = Counter()
        self._server = server
        self._seeded = seeded
        self._stop = Event()
        self._fault: BaseException | None = None
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def send(self, words: str, sender: str = "advertiser") -> list[str]:
        """One request, again while the machine is too busy; its refusals, none when it is accepted."""
        for _ in range(TRIES):
            reply = self._server.post("/graphql", self._seeded["tokens"][sender], words)
            if reply.status != 504:
                break
        assert 200 == reply.status
        fields = (reply.json.get("data") or {}).values()
        told = [each["message"] for field in fields for each in field["errors"] or ()]
        told += [each["message"] for each in reply.json.get("errors") or ()]
        self.accepted += reply.submission_ids
        assert bool(told) != bool(reply.submission_ids)
        return told

    def stop(self) -> None:
        """Ends it; raises what it met."""
        self._stop.set()
        self._thread.join(30)
        if self._fault is not None:
            raise self._fault

    def _run(self) -> None:
        number = 0
        try:
            while not self._stop.is_set():
                number += 1
                order = f"LOOP-{number}"
                for words in (
                    create(self._seeded, order),
                    create(self._seeded, order),
                    document(restates(order, amount="40.00")),
                    document(cancels(order)),
                ):
                    self.refused.update(self.send(words))
        except BaseException as fault:  # the test raises it
            self._fault = fault


@pytest.fixture
def jumps(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jumps]:
    """A clock of the test's own; what killed processes leave in shared memory is taken away."""
    folder = data_dir.with_name(f"{data_dir.name}-clock")
    folder.mkdir(mode=0o755)
    yield Jumps(folder, monkeypatch)
    for left in Path("/dev/shm").glob("*faketime_s*_*"):  # noqa: S108 - the library chooses the place
        if not Path("/proc", left.name.rpartition("_")[2]).exists():
            left.unlink(missing_ok=True)


@pytest.mark.parametrize(
    "with_database", [True, pytest.param(False, marks=pytest.mark.deep)], ids=["database too", "ours alone"]
)
def test_the_clock_jumps_while_a_client_sends(
    jumps: Jumps, start: StartServer, data_dir: Path, seeded: dict[str, Any], with_database: bool
) -> None:
    """Nothing is lost or doubled, the log falls nowhere back, no lock comes early, and the doctor tells."""
    with jumps.for_the_database() if with_database else nullcontext():
        book = Book(data_dir)
    with book:
        with jumps.for_ours():
            server = start(future_tolerance_s=str(TOLERANCE_S))
        sender = Sender(server, seeded)
        for number, (offset, told) in enumerate(WALK):
            jumps.to(offset)
            # A caller that was seen is known for a second: the end of its token shows on another's.
            whose = "alpine" if told == [ENDED] else "advertiser"
            assert told == sender.send(create(seeded, f"JUMP-{number}"), whose), offset
        sender.stop()
        book.wait_decided()

        assert {*sender.refused} <= REFUSALS
        assert Counter(sender.accepted) == book.outcomes(sender.accepted)
        assert [(len(sender.accepted),)] == book.ask("SELECT count(*) FROM intake_log")
        for question in RISING:
            rows = book.ask(question)
            assert sorted(rows) == rows
        assert [] == judged_otherwise(book.ask)
        if not with_database:
            # The database's clock is the one that counts, and it stood by its orders.
            assert [] == book.ask("SELECT FROM submission_outcome WHERE code = 'ORDER_LOCKED'")
        with connect(book.server_url, name="verify", autocommit=True) as connection:
            assert [] == violations(connection)

        jumps.to(BACK)
        with nullcontext() if with_database else jumps.for_ours():
            code, checks = examined(data_dir)
        assert (1, "fail") == (code, checks["clock_skew"]["state"])
        assert ("fail" if with_database else "ok") == checks["clock_order"]["state"]
        assert (503 if with_database else 200) == server.ask("GET", "/health/ready").status
