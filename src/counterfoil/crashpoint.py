"""Crash points: named places at which a test can end the process, as a power cut would.

Owns the count of passes. Costs one comparison unless armed by the setting `crashpoint`.
"""

from __future__ import annotations

import os

_armed: list[tuple[str, int]] = []
_passes: dict[str, int] = {}
EXIT_CODE = 137


def arm(text: str) -> None:
    """Arms `name` or `name:nth` (from 1); the empty text disarms."""
    _armed.clear()
    _passes.clear()
    if not text:
        return
    name, _, nth = text.partition(":")
    _armed.append((name, int(nth or "1")))


def crashpoint(name: str) -> None:
    """Ends the process at once, without any clean-up, if this point is armed and it is the n-th pass."""
    if not _armed:
        return
    wanted, nth = _armed[0]
    if name != wanted:
        return
    _passes[name] = _passes.get(name, 0) + 1
    if _passes[name] == nth:
        os._exit(EXIT_CODE)
