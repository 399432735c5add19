"""The proxy: a bad line between a client and a server, made worse and better while it runs.

Owns one listening port on loopback and the connections through it, in a thread of its own. Knows no protocol,
but for repeating: there one connection is one request. Next: faults.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

CHUNK = 65_536
GONE = (ConnectionError, OSError, asyncio.IncompleteReadError)


@dataclass
class Line:
    """How the line is now."""

    delay_s: float = 0.0
    loses_answers: bool = False
    repeats: bool = False
    is_cut: bool = False


class Proxy:
    """Listens on a port and passes everything on to an address, or to a socket in a folder."""

    def __init__(self, to: tuple[str, int] | Path) -> None:
        """Begins with a line in good order."""
        self.line = Line()
        self.port = 0
        self._to = to
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        listens = Event()
        self._thread = Thread(target=self._loop.run_until_complete, args=(self._serve(listens),), daemon=True)
        self._thread.start()
        assert listens.wait(10)

    def cut(self) -> None:
        """Ends every connection at once, and lets none through until `mend`."""
        self.line.is_cut = True
        self._loop.call_soon_threadsafe(self._abort)

    def mend(self) -> None:
        """A line in good order."""
        self.line = Line()

    def close(self) -> None:
        """Ends the listening and every connection."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _abort(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def _serve(self, listens: Event) -> None:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        listens.set()
        await self._stop.wait()
        self._abort()
        server.close()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._to, Path):
            return await asyncio.open_unix_connection(self._to)
        return await asyncio.open_connection(*self._to)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mine = {writer}
        self._open.add(writer)
        try:
            if self.line.is_cut:
                return
            sent = b""
            if self.line.repeats:
                sent = await self._once(reader)
            there, back = await self._reach()
            mine.add(back)
            self._open.add(back)
            back.write(sent)
            await self._both(self._pass(reader, back), self._pass(there, writer, is_answer=True))
        except GONE:
            return
        finally:
            for each in mine:
                self._open.discard(each)
                each.transport.abort() if self.line.is_cut else each.close()

    async def _both(self, *directions: Coroutine[Any, Any, None]) -> None:
        tasks = [asyncio.ensure_future(each) for each in directions]
        # Whoever ends first ends both: HTTP and the database's protocol know no half of a connection.
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _once(self, reader: asyncio.StreamReader) -> bytes:
        """Delivers the request a first time, whose answer nobody hears; answers its bytes."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (
                int(line.split(b":")[1])
                for line in head.lower().splitlines()
                if line.startswith(b"content-length")
            ),
            0,
        )
        sent = head + await reader.readexactly(length)
        there, back = await self._reach()
        back.write(sent)
        with suppress(*GONE):
            await there.readuntil(b"\r\n\r\n")
        back.close()
        return sent

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_answer: bool = False
    ) -> None:
        while piece := await reader.read(CHUNK):
            if self.line.delay_s:
                await asyncio.sleep(self.line.delay_s)
            if is_answer and self.line.loses_answers:
                return
            writer.write(piece)
            await writer.drain()
