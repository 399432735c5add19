"""Leaving: connections whose answer went out before their request was in.

Owns the moment for which they stay, unread, so that their callers get to see the answer. Leaves to wire.py
which answers end a connection. Next: connection.py.
"""

from __future__ import annotations

import os
import socket
from asyncio import AbstractEventLoop, TimerHandle, Transport

STAY_S = 2.0
"""How long a caller has to notice that nobody reads what it sends; then its line is cut."""

LEAVING_MAX = 200
"""So many stay at the same time; the oldest makes room for one more."""


class Leaving:
    """The lines of a process that are to be closed soon: a file each, and nothing else."""

    def __init__(self) -> None:
        self._lines: dict[int, TimerHandle] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def keep(self, transport: Transport, loop: AbstractEventLoop) -> None:
        """Keeps the line of a transport that closes now.

        Closed while bytes of the body arrive, it would be reset, and many callers would lose the answer.
        """
        try:
            with transport.get_extra_info("socket").dup() as line:
                line.shutdown(socket.SHUT_WR)
                number = line.detach()
        except OSError:
            # The caller is gone already, or no file is left.
            return
        if len(self._lines) >= LEAVING_MAX:
            self._close(next(iter(self._lines)))
        self._lines[number] = loop.call_later(STAY_S, self._close, number)

    def _close(self, number: int) -> None:
        self._lines.pop(number).cancel()
        os.close(number)
