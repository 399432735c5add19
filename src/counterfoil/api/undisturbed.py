"""Undisturbed: large trees grow without the garbage collector looking through them again and again.

Owns the pause. These trees have no cycles: what is let go is freed at once. Next: tracking.py.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

LARGE = 64 * 1024
"""Bytes of a body from which on the collector would take longer than the reading."""


@contextmanager
def undisturbed() -> Iterator[None]:
    """No garbage collection meanwhile.

    Two threads at once may let it begin again early, which is no harm. Within another one it changes nothing.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
