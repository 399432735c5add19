"""The sender: takes batches to a server, again where it must, and remembers what was accepted.

Owns the connections, the patience and the order of work. Leaves the meaning of an answer to requests.py and
all words to the watcher. Next: cli/send.py.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

import aiohttp
from msgspec import Struct

from counterfoil.clock import monotonic
from counterfoil.sending import state as memory
from counterfoil.sending.batches import Batch, Plan, batches
from counterfoil.sending.faults import Stopped, Unsendable
from counterfoil.sending.orders import BadRow
from counterfoil.sending.requests import Accepted, NoEntry, Refused, TryAgain, body, read_answer

ANSWER_MB_MAX = 64
KEPT_MAX = 100
"""Refusals and bad rows that a report keeps; all are counted and told as they come."""


class Patience(Struct, frozen=True, kw_only=True):
    """How often a batch is sent, and how long the pauses are: each twice the one before."""

    attempts: int = 7
    first_pause_s: float = 0.5
    longest_pause_s: float = 30.0
    answer_s: float = 120.0

    def pause_s(self, attempt: int, wanted_s: int | None) -> float:
        """The pause after an attempt, counted from 1; a server that names one gets it, up to the longest."""
        own = self.first_pause_s * (1 << (attempt - 1))
        return min(self.longest_pause_s, max(own, wanted_s or 0))


class RefusedBatch(Struct, frozen=True):
    """A batch that the server refused: its rows and lines, and what the server said."""

    rows: tuple[int, int]
    lines: tuple[int, int]
    orders: int
    message: str
    fields: tuple[str, ...]
    line: int | None
    """The line of the order that the message speaks of, if it names one."""


@dataclass
class Tally:
    """How far a run is. `before` are orders that earlier runs had accepted already."""

    before: int = 0
    accepted: int = 0
    refused: int = 0
    bad_rows: int = 0
    again: int = 0


@dataclass(frozen=True)
class Report:
    """What became of a run."""

    tally: Tally
    seconds: float
    refusals: list[RefusedBatch] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)
    is_whole: bool = True
    """Whether every row was tried: false when a refusal stopped the run."""

    @property
    def all_accepted(self) -> bool:
        """Whether nothing is left to do."""
        return self.is_whole and not (self.tally.refused or self.tally.bad_rows)


class Watch(Protocol):
    """Who follows a run."""

    def bad_row(self, row: BadRow) -> None:
        """A row is not sent."""

    def refused(self, batch: RefusedBatch) -> None:
        """The server refused a batch."""

    def again(self, reason: str, pause_s: float) -> None:
        """A batch will be sent again after a pause."""

    def moved(self, tally: Tally) -> None:
        """A batch was answered."""


def check_address(url: str) -> None:
    """Raises Unsendable unless the text is an address of a web server."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unsendable(
            f"--url is {url!r}, not the address of a server.", "Write it as http://127.0.0.1:8080/graphql."
        )


async def send(plan: Plan, token: str, watch: Watch, patience: Patience | None = None) -> Report:
    """Sends what is left of the file; what was accepted is in the state file at once.

    A refused batch does not hold up the others, unless the plan says so. Raises Stopped when the server is
    not reachable or lets us not in, Unsendable when the file turns out to be broken.
    """
    check_address(plan.url)
    run = _Run(plan, watch, patience or Patience())
    async with aiohttp.ClientSession(
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=run.patience.answer_s),
        connector=aiohttp.TCPConnector(limit=plan.concurrency),
    ) as session:
        return await run.through(session)


class _Run:
    def __init__(self, plan: Plan, watch: Watch, patience: Patience) -> None:
        self.plan = plan
        self.watch = watch
        self.patience = patience
        self.state = memory.load(plan.state_path, plan.digest, plan.file)
        self.report = Report(Tally(before=self.state.accepted), 0.0)
        self.running: set[asyncio.Task[tuple[Batch, Accepted | Refused]]] = set()

    async def through(self, session: aiohttp.ClientSession) -> Report:
        begun = monotonic()
        is_whole = True
        try:
            for batch in batches(self.plan, self.state, self._bad_row):
                self.running.add(asyncio.create_task(self._deliver(session, batch)))
                if len(self.running) >= self.plan.concurrency:
                    await self._settle(asyncio.FIRST_COMPLETED)
                if self.plan.stop_on_refusal and self.report.refusals:
                    is_whole = False
                    break
            await self._settle(asyncio.ALL_COMPLETED)
        except Unsendable:
            # The file is broken further on; what is on its way still counts.
            await self._settle(asyncio.ALL_COMPLETED)
            raise
        finally:
            for task in self.running:
                task.cancel()
            await asyncio.gather(*self.running, return_exceptions=True)
        tally = self.report.tally
        return Report(tally, monotonic() - begun, self.report.refusals, self.report.bad_rows, is_whole)

    def _bad_row(self, row: BadRow) -> None:
        self.report.tally.bad_rows += 1
        if len(self.report.bad_rows) < KEPT_MAX:
            self.report.bad_rows.append(row)
        self.watch.bad_row(row)

    async def _settle(self, until: str) -> None:
        """Waits for answers and notes them; the first outage is raised once all that came is noted."""
        if not self.running:
            return
        done, self.running = await asyncio.wait(self.running, return_when=until)
        outages = [task.exception() for task in done if task.exception()]
        for task in done:
            if not task.exception():
                self._note(*task.result())
        if outages:
            raise outages[0] or AssertionError

    def _note(self, batch: Batch, answer: Accepted | Refused) -> None:
        tally = self.report.tally
        if isinstance(answer, Accepted):
            tally.accepted += answer.count
            self.state.add(batch.first, batch.last, answer.count)
            memory.save(self.plan.state_path, self.state)
        else:
            tally.refused += len(batch.orders)
            refused = _refused_batch(batch, answer)
            if len(self.report.refusals) < KEPT_MAX:
                self.report.refusals.append(refused)
            self.watch.refused(refused)
        self.watch.moved(tally)

    async def _deliver(
        self, session: aiohttp.ClientSession, batch: Batch
    ) -> tuple[Batch, Accepted | Refused]:
        content = body(batch.orders)
        reason = ""
        for attempt in range(1, self.patience.attempts + 1):
            answer = await self._once(session, content, batch)
            if isinstance(answer, NoEntry):
                raise Stopped(answer.sentence, answer.fix)
            if not isinstance(answer, TryAgain):
                return batch, answer
            reason = answer.reason
            if attempt < self.patience.attempts:
                pause_s = self.patience.pause_s(attempt, answer.wait_s)
                self.report.tally.again += 1
                self.watch.again(reason, pause_s)
                await asyncio.sleep(pause_s)
        raise Stopped(
            f"The server at {_without_secrets(self.plan.url)} did not take the orders"
            f" in {self.patience.attempts} attempts: {reason}.",
            "Run the same command again when it answers; it goes on after what was accepted.",
        )

    async def _once(
        self, session: aiohttp.ClientSession, content: bytes, batch: Batch
    ) -> Accepted | Refused | TryAgain | NoEntry:
        try:
            # No redirects: the token is for this address alone.
            async with session.post(self.plan.url, data=content, allow_redirects=False) as answer:
                text = await _whole(answer)
                if text is None:
                    return TryAgain(f"the answer is larger than {ANSWER_MB_MAX} MB")
                retry_after = answer.headers.get("Retry-After")
                return read_answer(answer.status, retry_after, text, batch.orders)
        except aiohttp.InvalidURL:
            return NoEntry(f"{self.plan.url!r} is not an address.", "Correct --url.")
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            return TryAgain(_reason(error))


async def _whole(answer: aiohttp.ClientResponse) -> bytes | None:
    """The body of an answer; None if it is larger than any answer to a batch can be."""
    text = bytearray()
    async for chunk in answer.content.iter_chunked(1 << 16):
        text += chunk
        if len(text) > ANSWER_MB_MAX * 1_000_000:
            return None
    return bytes(text)


def _refused_batch(batch: Batch, answer: Refused) -> RefusedBatch:
    place = answer.place
    named = batch.orders[place] if place is not None and place < len(batch.orders) else None
    return RefusedBatch(
        batch.rows,
        batch.lines,
        len(batch.orders),
        answer.message,
        answer.fields,
        named.line if named else None,
    )


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection ({(error.strerror or str(error)).lower()})"
    return f"the connection broke ({str(error) or type(error).__name__})".lower()


def _without_secrets(url: str) -> str:
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"
