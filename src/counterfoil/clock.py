"""Time: the only module that asks for it.

Owns business time (what orders, locks and reports mean) and machine time (deadlines, tokens, retries). A
sandbox keeps its business time in the database; the store reads it and hands it over. Next: intake.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Business time, in UTC."""

    def now(self) -> datetime:
        """The business time at this moment."""
        ...


class SystemClock:
    """Business time is the machine's."""

    def now(self) -> datetime:
        """The machine's UTC."""
        return datetime.now(UTC)


class SandboxClock:
    """Business time stands where the database says, until someone moves it forward."""

    def __init__(self, read: Callable[[], datetime]) -> None:
        """`read` asks the store for the sandbox's time."""
        self._read = read

    def now(self) -> datetime:
        """The sandbox's time."""
        return self._read()


def machine_now() -> datetime:
    """Machine time in UTC: for tokens, sign-ins and logs, never for orders."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds on a clock that only moves forward: for deadlines and rates."""
    return time.monotonic()


def unix_milliseconds() -> int:
    """Milliseconds since 1970, for ids that sort by their making."""
    return time.time_ns() // 1_000_000


def unix_nanoseconds() -> int:
    """Nanoseconds since 1970, for spans of traces."""
    return time.time_ns()


def sleep(seconds: float) -> None:
    """Waits."""
    time.sleep(seconds)
