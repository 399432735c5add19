"""The worker: takes lanes, loads facts, decides, posts; one transaction a chunk.

Owns the loop of a processor, and what happens when a submission cannot be decided or posted: it is held, all
others pass. Next: store/lanes.py, store/facts.py, processing.py, store/posting.py, in that order.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice, pairwise
from typing import NamedTuple
from uuid import UUID

import psycopg
import structlog
from psycopg import Connection

from counterfoil.clock import monotonic
from counterfoil.crashpoint import crashpoint
from counterfoil.model.ledger import Decided, Decision, Held
from counterfoil.model.orders import Submission
from counterfoil.processing import Undecidable, Waiting, decide_each
from counterfoil.store import lanes, posting
from counterfoil.store.facts import Networks, facts_for

SPLITS_MAX = 40
STEPS = ("facts", "decide", "post")
"""What is done with a chunk once it is taken."""

UNPOSTABLE = (psycopg.Error, ValueError, OverflowError)
"""What is raised for a row that cannot be written: by the database, or before it for a text or a number."""
BREATH_S = 1.0

PIECE = 100
"""Decisions that are in memory with all that they add, before they are rows."""

_log = structlog.get_logger("counterfoil")


class Chunk(NamedTuple):
    """What one transaction decides: work from the queue, and held submissions read again."""

    works: Sequence[lanes.Work]
    loaded: lanes.Loaded
    waiting: Sequence[Waiting]

    @property
    def fresh(self) -> Sequence[Submission]:
        """The submissions of the work."""
        return self.loaded.submissions


class Worker:
    """One processor on one connection."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        *,
        chunk_max: int,
        report: Callable[[Sequence[Decision], Mapping[str, float]], None] | None = None,
    ) -> None:
        """`connect` opens a connection of the serving role.

        `report` hears of every committed chunk, and what each of STEPS took, in seconds.
        """
        self._connect = connect
        self._chunk_max = chunk_max
        self._report = report
        self._networks = Networks()
        self._connection: Connection | None = None
        self._hints: list[tuple[int, int]] = []
        self._poison: frozenset[UUID] = frozenset()

    def process(self) -> int:
        """Decides and posts one chunk of whatever waits; answers how many submissions it took.

        0 means that nothing waits, or others have it. Raises psycopg.OperationalError when the database is
        away; nothing is lost then, the next call begins anew.
        """
        connection = self._open()
        with _without_collector():
            while True:
                is_fresh = not self._hints
                if is_fresh:
                    self._hints = lanes.lanes_with_work(connection)
                    connection.commit()
                while self._hints:
                    wanted = self._next_hints()
                    if taken := self._process_chunk(connection, wanted, self._chunk_max):
                        return taken
                if is_fresh:
                    return 0

    def _next_hints(self) -> list[tuple[int, int]]:
        """Lanes that should fill a chunk. Where work lies is asked for once a round, not for every chunk."""
        expected = count = 0
        while count < len(self._hints) and expected < self._chunk_max:
            expected += self._hints[count][1]
            count += 1
        wanted, self._hints = self._hints[:count], self._hints[count:]
        return wanted

    def drain(self) -> int:
        """Decides everything that waits and can be decided; answers how many submissions."""
        total = 0
        while taken := self.process():
            total += taken
        return total

    def close(self) -> None:
        """Lets go of the connection; what was begun is undone by the database."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _process_chunk(
        self,
        connection: Connection,
        wanted: Sequence[tuple[int, int]],
        chunk_max: int,
    ) -> int:
        splits = 0
        while True:
            chunk = self._take(connection, wanted, chunk_max)
            if not chunk.works and not chunk.waiting:
                connection.rollback()
                return 0
            try:
                taken = self._decide_and_post(connection, chunk, self._poison)
                if self._poison:
                    # They are held now: released by a person they are tried again.
                    self._poison -= _ids(chunk)
                return taken
            except Undecidable as failed:
                # Each time one more submission is held, so that this ends.
                connection.rollback()
                _log.error(
                    "submission_undecidable",
                    submission_id=str(failed.submission_id),
                    exc_info=failed.__cause__,
                )
                self._poison |= {failed.submission_id}
            except UNPOSTABLE as refused:
                if connection.broken or connection.closed or _is_passing(refused):
                    raise
                connection.rollback()
                splits += 1
                if splits > SPLITS_MAX:
                    raise
                if len(chunk.works) <= 1:
                    found = self._unpostable(connection, chunk)
                    _log.error(
                        "submissions_unpostable",
                        submissions=[str(each) for each in found][:10],
                        sqlstate=getattr(refused, "sqlstate", None),
                        exc_info=refused,
                    )
                    self._poison |= found
                chunk_max = max(1, len(chunk.fresh) // 2)
                # Half of the lanes, so that one bad row among many lanes is found in a few steps.
                lanes_tried = list(dict.fromkeys(work.lane for work in chunk.works))
                half = lanes_tried[: max(1, len(lanes_tried) // 2)]
                wanted = [(lane, chunk_max) for lane in half] or wanted

    def _take(self, connection: Connection, wanted: Sequence[tuple[int, int]], chunk_max: int) -> Chunk:
        taken = lanes.take(connection, [lane for lane, _ in wanted])
        # What others have is made up for from the lanes that would have been next.
        missing = sum(count for lane, count in wanted if lane not in taken) if len(taken) < len(wanted) else 0
        while missing > 0 and self._hints:
            lane, count = self._hints.pop(0)
            if lanes.take(connection, [lane]):
                taken.append(lane)
                missing -= count
        crashpoint("lane.claimed")
        if not taken:
            return Chunk((), lanes.load(connection, ()), ())
        waiting = lanes.released(connection, taken)
        works = lanes.claim(connection, taken, chunk_max)
        return Chunk(works, lanes.load(connection, works), waiting)

    def _decide_and_post(self, connection: Connection, chunk: Chunk, poison: Collection[UUID]) -> int:
        times = [monotonic()]
        submissions = [*chunk.fresh, *(held.submission for held in chunk.waiting)]
        read_again = {held.submission.key for held in chunk.waiting}
        facts = facts_for(connection, submissions, self._networks, {*read_again, *chunk.loaded.known})
        blocked = lanes.blocked(connection, chunk.loaded.held) - read_again
        times.append(monotonic())
        crashpoint("facts.loaded")
        gathered = posting.Gathered()
        held: list[tuple[int, Held]] = []
        freed: list[UUID] = []
        told: list[Decision] = []
        were_held = {again.submission.submission_id for again in chunk.waiting}
        breathe = _breather(connection)
        coming = Counter(submission.key[1:] for submission in submissions)
        come_again = {key for key, number in coming.items() if number > 1}
        all_of_them = decide_each(
            [*chunk.fresh, *chunk.waiting], facts, blocked=blocked, poison=poison, breathe=breathe
        )
        for decisions in _pieces(all_of_them):
            gathered.add(decision for decision in decisions if isinstance(decision, Decided))
            told += map(_brief, decisions)
            for decision in decisions:
                submission = decision.submission
                if isinstance(decision, Held):
                    held.append((submission.lane, decision))
                elif were_held and submission.submission_id in were_held:
                    freed.append(submission.submission_id)
                if submission.key[1:] not in come_again:
                    # Nobody asks any more what became of it.
                    facts.standings.pop(submission.key, None)
        times.append(monotonic())
        crashpoint("batch.decided")
        posting.write(
            connection,
            gathered,
            finish=lambda: lanes.finish(connection, chunk.works, freed, held, rates_known=facts.rates_known),
        )
        if self._report is not None:
            times.append(monotonic())
            took = (later - earlier for earlier, later in pairwise(times))
            self._report(told, dict(zip(STEPS, took, strict=True)))
        return len(told)

    def _unpostable(self, connection: Connection, chunk: Chunk) -> set[UUID]:
        """Which submissions of one piece of work the database refuses: halves are tried, and undone."""
        candidates = [*chunk.fresh, *(held.submission for held in chunk.waiting)]
        candidates.sort(key=lambda each: (each.position, each.n))
        refused: set[UUID] = set()
        parts = [candidates]
        while parts:
            part = parts.pop()
            if not part or not lanes.take(connection, [part[0].lane]):
                continue
            try:
                self._try(connection, part)
            except UNPOSTABLE as error:
                if connection.broken or _is_passing(error):
                    raise
                if len(part) == 1:
                    refused.add(part[0].submission_id)
                else:
                    half = len(part) // 2
                    parts += [part[:half], part[half:]]
            connection.rollback()
        return refused

    def _try(self, connection: Connection, submissions: Sequence[Submission]) -> None:
        facts = facts_for(connection, submissions, self._networks)
        gathered = posting.Gathered()
        for decisions in _pieces(decide_each(submissions, facts, breathe=_breather(connection))):
            gathered.add(decision for decision in decisions if isinstance(decision, Decided))
        posting.write_wide(connection, gathered)

    def _open(self) -> Connection:
        if self._connection is None or self._connection.closed or self._connection.broken:
            self._connection = self._connect()
            lanes.prepare(self._connection)
            posting.prepare(self._connection)
        return self._connection


def _pieces(decisions: Iterable[Decision]) -> Iterator[list[Decision]]:
    """A few at a time, so that they become rows at once, and are forgotten, before more are decided."""
    coming = iter(decisions)
    while piece := list(islice(coming, PIECE)):
        yield piece


def _brief(decision: Decision) -> Decision:
    """What is reported of a decision."""
    if isinstance(decision, Held):
        return decision
    return Decided(
        submission=decision.submission, outcome=decision.outcome, network_version=decision.network_version
    )


def _breather(connection: Connection) -> Callable[[], None]:
    """A session that is silent for ten seconds is taken for a stopped processor: so it says something."""
    said_at = monotonic()

    def breathe() -> None:
        nonlocal said_at
        if monotonic() - said_at >= BREATH_S:
            lanes.breathe(connection)
            said_at = monotonic()

    return breathe


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keeps the collector of cycles from looking through a chunk's many rows again and again.

    They hold none; what else there is, it finds between two chunks.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _ids(chunk: Chunk) -> set[UUID]:
    held = (again.submission for again in chunk.waiting)
    return {submission.submission_id for submission in (*chunk.fresh, *held)}


def _is_passing(error: Exception) -> bool:
    """Whether an error says nothing of what was written: the database is away, full, ill, in a deadlock."""
    if not isinstance(error, psycopg.Error) or isinstance(error, psycopg.DataError):
        return False
    return (error.sqlstate or "08")[:2] in ("08", "40", "53", "55", "57", "58")
