"""Timing: where the time of one request went, for callers who ask for details.

Owns the header `Server-Timing`. Says nothing to anyone else. Next: http.py, which takes the times.
"""

from __future__ import annotations

from collections.abc import Mapping

from counterfoil.clock import monotonic

READ, CHECK, APPEND, ANSWER = "read", "check", "append", "answer"


class Spent:
    """A stop-watch that is read at the end of each step."""

    def __init__(self) -> None:
        self._since = monotonic()
        self.steps: dict[str, float] = {}

    def on(self, step: str) -> None:
        """Puts the time since the last step on this one, in seconds."""
        now = monotonic()
        self.steps[step] = self.steps.get(step, 0.0) + now - self._since
        self._since = now

    def take_over(self, steps: Mapping[str, float]) -> None:
        """Adds what another process spent on it; the way there and back is on its last step."""
        before = self._since
        self._since = monotonic()
        self.steps |= steps
        self.steps[ANSWER] = self.steps.get(ANSWER, 0.0) + self._since - before - sum(steps.values())

    def header(self) -> str:
        """The value of `Server-Timing`: steps in milliseconds."""
        return ", ".join(f"{step};dur={1000 * seconds:.2f}" for step, seconds in self.steps.items())
