"""Standstill: a server that says for ever that it recovers, while no process of it does.

Owns noticing it and ending the server, so that it can be started again. PostgreSQL comes into this state when
the process that recovers ends on an error of the disk. Next: postmaster.py; app.py, which looks.
"""

import os
import signal
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from counterfoil import clock
from counterfoil.store.embedded.postmaster import postmaster_pid

LOOK_S = 1.0
PATIENCE_S = 10.0
"""So long neither of the two processes is there: far longer than a server needs between one and the other."""

QUIT_S = 5.0
"""How long the server has to end by itself."""

_AT_WORK = ("startup", "walwriter")
"""The one recovers, the other writes the log of a server that is up."""


class Watch:
    """What was seen of one data directory's server."""

    def __init__(self, data_dir: Path) -> None:
        """Nothing is looked at yet."""
        self._data_dir = data_dir
        self._next_look = 0.0
        self._still_since: float | None = None

    def ended_standstill(self) -> bool:
        """Whether the server stood still for too long, and was told to end. Looks once a second."""
        now = clock.monotonic()
        if now < self._next_look:
            return False
        self._next_look = now + LOOK_S
        pid = postmaster_pid(self._data_dir)
        titles = titles_of_children(pid) if pid is not None else None
        if pid is None or titles is None or not stands_still(titles):
            self._still_since = None
            return False
        if self._still_since is None:
            self._still_since = now
        still_s = now - self._still_since
        if still_s < PATIENCE_S:
            return False
        # Nobody waits for its end here: the next look finds it gone, or ends it.
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGQUIT if still_s < PATIENCE_S + QUIT_S else signal.SIGKILL)
        return True


def stands_still(titles: Collection[str]) -> bool:
    """Whether none of a server's processes, by their titles, recovers it or keeps it up."""
    return not any(f" {work}" in title for title in titles for work in _AT_WORK)


def titles_of_children(pid: int) -> list[str] | None:
    """What the server's processes say they do; `None` where the system does not tell."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return None
    titles = []
    for child in children:
        with suppress(OSError):
            titles.append(Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode("latin-1"))
    return titles
