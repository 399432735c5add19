"""Standstill: told from recovery, from work and from the moment between the two."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from counterfoil.clock import sleep
from counterfoil.store.embedded import Watch, is_running, postmaster_pid, standstill
from counterfoil.store.embedded.standstill import stands_still
from tests.processes.running_server import until
from tests.store.embedded.rooms import acquire, ask

BESIDE = ["postgres: counterfoil: io worker 0 ", "postgres: counterfoil: checkpointer "]


@pytest.mark.parametrize(
    ("at_work", "expected"),
    [
        ([], True),
        (["postgres: counterfoil: background writer "], True),
        (["postgres: counterfoil: startup recovering 000000010000000000000001"], False),
        (["postgres: counterfoil: walwriter "], False),
    ],
)
def test_neither_recovers_nor_works(at_work: list[str], expected: bool) -> None:
    """Helpers alone keep no server up."""
    assert expected == stands_still([*BESIDE, *at_work])


def test_a_server_at_work_is_left_alone(used_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it is looked at."""
    monkeypatch.setattr(standstill, "LOOK_S", 0.0)
    monkeypatch.setattr(standstill, "PATIENCE_S", 0.0)
    watch = Watch(used_dir)
    with acquire(used_dir):
        assert [False] * 20 == [watch.ended_standstill() for _ in range(20)]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="only Linux tells a process's children")
def test_a_server_that_stands_still_is_ended(used_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not at the first look, but when its time is over; then the next start finds it as after a crash."""
    monkeypatch.setattr(standstill, "LOOK_S", 0.0)
    monkeypatch.setattr(standstill, "PATIENCE_S", 0.5)
    monkeypatch.setattr(standstill, "QUIT_S", 0.2)
    watch = Watch(used_dir)
    with acquire(used_dir) as lease:
        pid = postmaster_pid(used_dir)
        assert pid is not None
        # It can neither replace the process that is gone nor end by itself.
        os.kill(pid, signal.SIGSTOP)
        os.kill(_child(pid, "walwriter"), signal.SIGKILL)
        until(lambda: stands_still(standstill.titles_of_children(pid) or []), "no process works")
        assert not watch.ended_standstill()
        assert is_running(used_dir)
        sleep(0.6)
        assert watch.ended_standstill()
        until(lambda: not watch.ended_standstill() and not is_running(used_dir), "it is ended")
        with acquire(used_dir):
            assert [(1,)] == ask(lease.urls.server, "SELECT 1")


def _child(pid: int, work: str) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return next(int(each) for each in children if f" {work}" in Path(f"/proc/{each}/cmdline").read_text())
