"""Slow clients (R15): heads and bodies that do not end, answers that nobody takes, and one steady upload.

Owns how each of them behaves and what is wrong with how it was treated. Next: test_slow_clients.py.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import NamedTuple

QUERY = b"{ getBuildNumber }"
SCHEMA = b"GET /schema/tracking.graphql HTTP/1.1\r\nHost: a\r\n\r\n"
READER_ASKS = 400
"""So many answers fit into no buffer."""
READERS_MAX = 100
"""Each fills some megabytes of the system's buffers before its time begins; the server has to write them."""
RECEIVES = 64 * 1024
"""Of them the reader's own side takes so many bytes before anyone reads."""


class Pace(NamedTuple):
    """How slow is slow: a byte each so many seconds, the time in which each must be gone, and the upload."""

    every_s: float
    gone_s: float
    upload_s: float
    upload_bytes: int = 200_000


class Clients(NamedTuple):
    """Where they go, with which token, how many of each kind and at what pace."""

    port: int
    token: str
    number: int
    pace: Pace

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    def _head(self, length: int) -> bytes:
        return (
            f"POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {self.token}\r\n"
            f"Connection: close\r\nContent-Length: {length}\r\n\r\n"
        ).encode()

    async def slow_head(self) -> str | None:
        """A head, a byte at a time."""
        return await self._crawls(b"POST /graphql HTTP/1.1\r\nX: ", "head")

    async def slow_body(self) -> str | None:
        """A body, a byte at a time."""
        return await self._crawls(self._head(1_000_000) + QUERY, "body")

    async def silent_body(self) -> str | None:
        """A body that stops."""
        return await self._crawls(self._head(1_000) + QUERY, "silence", says_more=False)

    async def _crawls(self, begins: bytes, kind: str, *, says_more: bool = True) -> str | None:
        reader, writer = await self._connection()
        writer.write(begins)
        told = asyncio.ensure_future(reader.read())
        until = monotonic() + self.pace.gone_s
        try:
            while not told.done() and monotonic() < until:
                await asyncio.wait([told], timeout=self.pace.every_s)
                if says_more and not told.done():
                    writer.write(b"x")
            return None if told.done() else f"a slow {kind} was not cut in {self.pace.gone_s} s"
        finally:
            told.cancel()
            writer.transport.abort()

    async def slow_reader(self) -> str | None:
        """Asks for much and takes nothing."""
        loop = asyncio.get_running_loop()
        with socket.socket() as plain:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVES)
            plain.setblocking(False)
            await loop.sock_connect(plain, ("127.0.0.1", self.port))
            await loop.sock_sendall(plain, SCHEMA * READER_ASKS)
            await asyncio.sleep(self.pace.gone_s)
            # What the buffers hold still comes; then the end comes, or an answer to everything and no end.
            try:
                async with asyncio.timeout(self.pace.gone_s):
                    while await loop.sock_recv(plain, 1 << 18):
                        continue
            except ConnectionError:
                return None
            except TimeoutError:
                return f"a slow reader was not cut in {self.pace.gone_s} s"
        return None

    async def steady_upload(self) -> str | None:
        """A large body that comes evenly, for longer than a crawl may take."""
        reader, writer = await self._connection()
        body = QUERY.ljust(self.pace.upload_bytes)
        writer.write(self._head(len(body)))
        steps = max(10, int(self.pace.upload_s / self.pace.every_s))
        size = -(-len(body) // steps)
        try:
            for start in range(0, len(body), size):
                writer.write(body[start : start + size])
                await writer.drain()
                await asyncio.sleep(self.pace.upload_s / steps)
            async with asyncio.timeout(self.pace.gone_s):
                answer = await reader.read()
        except (ConnectionError, TimeoutError) as error:
            return f"a steady upload was cut: {error!r}"
        finally:
            writer.transport.abort()
        return None if answer.startswith(b"HTTP/1.1 200 ") else f"a steady upload was told {answer[:40]!r}"

    async def other(self) -> float | None:
        """Somebody else's request: how long it took, None if it was not served."""
        begin = monotonic()
        reader, writer = await self._connection()
        try:
            writer.write(self._head(len(QUERY)) + QUERY)
            async with asyncio.timeout(30):
                answer = await reader.read()
        except (ConnectionError, TimeoutError):
            return None
        finally:
            writer.transport.abort()
        return monotonic() - begin if answer.startswith(b"HTTP/1.1 200 ") else None


async def others(clients: Clients, number: int, pause_s: float = 0.0) -> list[float | None]:
    """So many requests of others, one after the other."""
    took = []
    for _ in range(number):
        took.append(await clients.other())
        await asyncio.sleep(pause_s)
    return took


async def treated(
    clients: Clients, others_s: Callable[[], Awaitable[Sequence[float | None]]]
) -> tuple[list[str], list[float]]:
    """What is wrong with how they, the steady one and others were treated; how long others took."""
    quarter = clients.number // 4
    kinds = {
        clients.slow_reader: min(quarter, READERS_MAX),
        clients.slow_body: quarter,
        clients.silent_body: quarter,
    }
    kinds[clients.slow_head] = clients.number - sum(kinds.values())
    slow = [asyncio.ensure_future(each()) for each, number in kinds.items() for _ in range(number)]
    upload = asyncio.ensure_future(clients.steady_upload())
    took = await others_s()
    said = await asyncio.gather(*slow, upload)
    faults = sorted({each for each in said if each})
    if None in took:
        faults.append(f"{list(took).count(None)} of {len(took)} others were not served")
    return faults, [each for each in took if each is not None]
