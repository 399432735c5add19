"""The worker: takes lanes, loads facts, decides, posts; one transaction a chunk.

Owns the loop of a processor, and what happens when a submission cannot be decided or posted: it is held, all
others pass. Next: store/lanes.py, store/facts.py, processing.py, store/posting.py, in that order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple
from uuid import UUID

import psycopg
import structlog
from psycopg import Connection

from counterfoil.crashpoint import crashpoint
from counterfoil.model.ledger import Decided, Decision, Held
from counterfoil.model.orders import Submission
from counterfoil.processing import Options, Undecidable, Waiting, decide_in_order
from counterfoil.store import lanes, posting
from counterfoil.store.facts import Networks, facts_for

SPLITS_MAX = 40

_log = structlog.get_logger("counterfoil")


class Chunk(NamedTuple):
    """What one transaction decides: work from the queue, and held submissions read again."""

    works: Sequence[lanes.Work]
    fresh: Sequence[Submission]
    waiting: Sequence[Waiting]


class Worker:
    """One processor on one connection."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        options: Options,
        *,
        chunk_max: int,
        rate_age_days_max: int,
        report: Callable[[Sequence[Decision]], None] | None = None,
    ) -> None:
        """`connect` opens a connection of the serving role; `report` hears of every committed chunk."""
        self._connect = connect
        self._options = options
        self._chunk_max = chunk_max
        self._rate_age_days_max = rate_age_days_max
        self._report = report
        self._networks = Networks()
        self._connection: Connection | None = None

    def process(self) -> int:
        """Decides and posts one chunk of whatever waits; answers how many submissions it took.

        0 means that nothing waits, or others have it. Raises psycopg.OperationalError when the database is
        away; nothing is lost then, the next call begins anew.
        """
        connection = self._open()
        wanted = lanes.lanes_with_work(connection)
        connection.commit()
        if not wanted:
            return 0
        return self._process_chunk(connection, wanted, self._chunk_max, frozenset())

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
        poison: Collection[UUID],
    ) -> int:
        splits = 0
        while True:
            chunk = self._take(connection, wanted, chunk_max)
            if not chunk.works and not chunk.waiting:
                connection.rollback()
                return 0
            try:
                return self._decide_and_post(connection, chunk, poison)
            except Undecidable as failed:
                # Each time one more submission is held, so that this ends.
                connection.rollback()
                _log.error("submission_undecidable", submission_id=str(failed), error=repr(failed.__cause__))
                poison = {*poison, failed.submission_id}
            except psycopg.Error as refused:
                if connection.broken or connection.closed or _is_passing(refused):
                    raise
                connection.rollback()
                splits += 1
                if splits > SPLITS_MAX:
                    raise
                if len(chunk.works) <= 1:
                    found = self._unpostable(connection, chunk)
                    _log.error("submissions_unpostable", submissions=len(found), error=str(refused))
                    poison = {*poison, *found}
                chunk_max = max(1, len(chunk.fresh) // 2)
                wanted = [(work.lane, work.submissions) for work in chunk.works[:1]] or wanted

    def _take(self, connection: Connection, wanted: Sequence[tuple[int, int]], chunk_max: int) -> Chunk:
        taken: list[int] = []
        filled = at = 0
        while at < len(wanted) and filled < chunk_max:
            begun, hoped_for = at, filled
            while at < len(wanted) and hoped_for < chunk_max:
                hoped_for += wanted[at][1]
                at += 1
            got = set(lanes.take(connection, [lane for lane, _ in wanted[begun:at]]))
            taken += [lane for lane, _ in wanted[begun:at] if lane in got]
            filled += sum(count for lane, count in wanted[begun:at] if lane in got)
        crashpoint("lane.claimed")
        if not taken:
            return Chunk((), (), ())
        waiting = lanes.released(connection, taken)
        works = lanes.claim(connection, taken, chunk_max)
        return Chunk(works, lanes.submissions_of(connection, works), waiting)

    def _decide_and_post(self, connection: Connection, chunk: Chunk, poison: Collection[UUID]) -> int:
        submissions = [*chunk.fresh, *(held.submission for held in chunk.waiting)]
        facts = facts_for(
            connection, submissions, self._networks, self._options, rate_age_days_max=self._rate_age_days_max
        )
        read_again = {held.submission.key for held in chunk.waiting}
        blocked = lanes.blocked(connection, (submission.key for submission in chunk.fresh)) - read_again
        crashpoint("facts.loaded")
        decisions = decide_in_order(
            [*chunk.fresh, *chunk.waiting],
            facts,
            blocked=blocked,
            poison=poison,
            # A session that is silent for ten seconds is taken for a stopped processor.
            breathe=lambda: lanes.breathe(connection),
        )
        crashpoint("batch.decided")
        decided = [decision for decision in decisions if isinstance(decision, Decided)]
        held = [(decision.submission.lane, decision) for decision in decisions if isinstance(decision, Held)]
        were_held = {again.submission.submission_id for again in chunk.waiting}
        freed = [d.submission.submission_id for d in decided if d.submission.submission_id in were_held]
        posting.write(
            connection,
            decided,
            finish=lambda: lanes.finish(connection, chunk.works, freed, held, rates_known=facts.rates_known),
        )
        if self._report is not None:
            self._report(decisions)
        return len(decisions)

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
            except psycopg.Error as error:
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
        facts = facts_for(
            connection, submissions, self._networks, self._options, rate_age_days_max=self._rate_age_days_max
        )
        decisions = decide_in_order(submissions, facts, breathe=lambda: lanes.breathe(connection))
        posting.write_wide(connection, [decision for decision in decisions if isinstance(decision, Decided)])

    def _open(self) -> Connection:
        if self._connection is None or self._connection.closed or self._connection.broken:
            self._connection = self._connect()
            posting.prepare(self._connection)
        return self._connection


def _is_passing(error: psycopg.Error) -> bool:
    """Whether an error says nothing of what was written: the database is away, full, in a deadlock."""
    return (error.sqlstate or "08")[:2] in ("08", "40", "53", "55", "57")
