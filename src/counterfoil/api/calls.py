"""Calls: how many a token may make in a while, where the operator limits them (D20).

Owns the counting, in each API process by itself. Leaves the answer to http.py. Next: answers.py.
"""

from __future__ import annotations

from math import ceil

from counterfoil.clock import monotonic

TOKENS_MAX = 10_000
"""Tokens that are counted at the same time; past that all counts begin anew."""


class CallLimit:
    """So many calls in so many seconds for each token, or no limit at all."""

    def __init__(self, setting: str) -> None:
        """`setting` is `off` or `calls/seconds`, such as `200/300`."""
        self._calls, self._seconds = (0, 0) if setting == "off" else map(int, setting.split("/"))
        self._counted: dict[str, tuple[float, int]] = {}

    def seconds_to_wait(self, token_id: str) -> int | None:
        """Counts a call; `None` if it may be made, otherwise when the next one may."""
        if not self._calls:
            return None
        now = monotonic()
        begin, calls = self._counted.get(token_id, (now, 0))
        if now - begin >= self._seconds:
            begin, calls = now, 0
        if calls >= self._calls:
            return max(1, ceil(begin + self._seconds - now))
        if len(self._counted) >= TOKENS_MAX:
            self._counted.clear()
        self._counted[token_id] = (begin, calls + 1)
        return None
