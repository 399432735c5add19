"""Handing over: a large request on its way from an API process to a reader, and its answer on the way back.

Owns what goes over the private sockets between processes of ours. Each request has a socket pair of its own,
whose other end is passed to whichever reader is free. Next: reader.py, which takes it.
"""

from __future__ import annotations

import asyncio
import socket
from array import array
from datetime import datetime
from struct import Struct as Form

from msgspec import Struct, msgpack

from counterfoil.api.answers import Answer
from counterfoil.api.receiving import NoRoom
from counterfoil.api.timing import Spent
from counterfoil.api.tracking import Asked
from counterfoil.api.turns import WAIT_S
from counterfoil.api.wire import Call
from counterfoil.errors import Refusal
from counterfoil.intake import Unknown
from counterfoil.model.orders import Mode
from counterfoil.tokens import Caller

SIZES = Form(">II")
"""What stands before a request and before an answer: the size of its head and of its body."""

TAKEN = b"t"
HEAD_BYTES_MAX = 16 * 1024 * 1024
"""Far more than a head ever has: a caller's enterprises are in it."""


class Handed(Struct, frozen=True, kw_only=True):
    """The head of a request: who asks, and how; its body follows."""

    mode: Mode
    caller: Caller
    content_type: str | None
    detailed: bool
    now: datetime
    is_fresh: bool
    only_reads: bool
    authorization: str | None
    address: str | None
    request_id: str
    takes_gzip: bool

    def asked(self, body: bytes) -> Asked:
        """The request as it is judged."""
        return Asked(
            mode=self.mode,
            caller=self.caller,
            body=body,
            content_type=self.content_type,
            detailed=self.detailed,
            now=self.now,
            is_fresh=self.is_fresh,
            only_reads=self.only_reads,
            authorization=self.authorization,
            address=self.address,
        )


class Returned(Struct, frozen=True, kw_only=True):
    """The head of an answer; its body follows."""

    status: int
    headers: dict[str, str]
    steps: dict[str, float]
    kind: str | None = None
    name: str | None = None


encode = msgpack.Encoder().encode
handed = msgpack.Decoder(Handed).decode
_returned = msgpack.Decoder(Returned).decode


class Readers:
    """The readers, as an API process sees them."""

    def __init__(self, into: socket.socket) -> None:
        """`into` is the left end of the queue."""
        self._into = into

    async def answer(self, asked: Asked, call: Call, spent: Spent) -> Answer:
        """What a reader answers. Cancelled, the reader keeps nothing that is not kept already.

        Raises NoRoom when no reader takes it in time, and Unknown when the reader ends in the middle.
        """
        assert not isinstance(asked.caller, Refusal), "only callers with a token are handed over"
        head = encode(
            Handed(
                mode=asked.mode,
                caller=asked.caller,
                content_type=asked.content_type,
                detailed=asked.detailed,
                now=asked.now,
                is_fresh=asked.is_fresh,
                only_reads=asked.only_reads,
                authorization=asked.authorization,
                address=asked.address,
                request_id=call.request_id,
                takes_gzip=call.takes_gzip,
            )
        )
        ours, theirs = socket.socketpair()
        with ours:
            ours.setblocking(False)
            with theirs:
                self._pass_on(theirs)
            try:
                returned, body = await _exchanged(ours, head, asked.body)
            except OSError as error:
                raise Unknown from error
        spent.take_over(returned.steps)
        asked.progress.kind, asked.progress.name = returned.kind, returned.name
        return Answer(returned.status, body, returned.headers)

    def _pass_on(self, end: socket.socket) -> None:
        rights = array("i", [end.fileno()])
        try:
            self._into.sendmsg([TAKEN], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
        except OSError as error:
            raise NoRoom from error


async def _exchanged(ours: socket.socket, head: bytes, body: bytes) -> tuple[Returned, bytes]:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(WAIT_S):
            await _exactly(ours, len(TAKEN))
    except TimeoutError:
        raise NoRoom from None
    await loop.sock_sendall(ours, SIZES.pack(len(head), len(body)) + head)
    await loop.sock_sendall(ours, body)
    head_size, body_size = SIZES.unpack(await _exactly(ours, SIZES.size))
    returned = _returned(await _exactly(ours, head_size))
    return returned, bytes(await _exactly(ours, body_size))


async def _exactly(ours: socket.socket, size: int) -> bytearray:
    """So many bytes. Raises ConnectionError when the other end is gone before."""
    loop = asyncio.get_running_loop()
    received = bytearray(size)
    rest = memoryview(received)
    while rest:
        count = await loop.sock_recv_into(ours, rest)
        if not count:
            raise ConnectionError("the reader is gone")
        rest = rest[count:]
    return received
