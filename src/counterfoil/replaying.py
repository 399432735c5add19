"""Replaying: decides the whole log again and compares everything with the ledger.

Owns the comparison of C8: the same log and reference data give the same actions, versions, statuses, outcomes
and lines; only commission ids and posting dates may differ. Writes nothing. Next: store/replay.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from counterfoil.errors import Code
from counterfoil.model.ledger import Decided, OutcomeKind
from counterfoil.model.orders import Mode, OrderKey, Submission
from counterfoil.processing import decide_in_order
from counterfoil.store import replay, rows
from counterfoil.store.facts import Networks, facts_for
from counterfoil.store.replay import Kept

DIFFERENCES_MAX = 50
_EVERY_ORDINAL = range(1, 1_000_000)


class Difference(Struct, frozen=True):
    """Something that the log gives otherwise than the ledger has it."""

    submission_id: UUID
    what: str
    ledger: Any
    replayed: Any


class Replayed(Struct, frozen=True):
    """What a replay found: how many submissions it decided, how many have no outcome yet, what differs."""

    decided: int
    undecided: int
    differences: tuple[Difference, ...]


def replay_log(
    connection: Connection,
    *,
    progress: Callable[[int], None] | None = None,
) -> Replayed:
    """Decides every submission that has an outcome again, as of its receipt; stops after 50 differences.

    Network, rates and settings are those that were known at its place in the log. What is held or pending now
    is left out, and so is what follows it in its order.
    """
    replay.begin(connection)
    networks = Networks()
    decided = undecided = 0
    differences: list[Difference] = []
    for lane in replay.lanes_in_order(connection):
        known = replay.kept(connection, [each.submission_id for each in lane])
        submissions = _decidable(lane, known)
        undecided += len(lane) - len(submissions)
        if not submissions:
            continue
        facts = facts_for(connection, submissions, networks)
        facts.standings.clear()
        facts.used.clear()
        facts.kept_ordinals = _ordinals(known)
        facts.kept_closings = known.closings
        decisions = decide_in_order(submissions, facts)
        again = {each.submission.submission_id: each for each in decisions if isinstance(each, Decided)}
        decided += len(submissions)
        differences += _compare(submissions, again, known)
        if progress is not None:
            progress(len(lane))
        if len(differences) >= DIFFERENCES_MAX:
            break
    connection.rollback()
    return Replayed(decided, undecided, tuple(differences[:DIFFERENCES_MAX]))


def _decidable(lane: Sequence[Submission], known: Kept) -> list[Submission]:
    found = []
    # What a held live submission holds up is of both ledgers, what a held test one holds up of its own.
    behind: set[OrderKey] = set()
    for each in lane:
        if each.submission_id not in known.outcomes:
            behind.add(each.key)
        elif not behind or not {each.key, each.key._replace(mode=Mode.LIVE)} & behind:
            found.append(each)
    return found


def _ordinals(known: Kept) -> dict[UUID, Sequence[int]]:
    """Which ordinals each submission met as taken: the one dependence between keys, kept with the outcome."""
    ordinals: dict[UUID, Sequence[int]] = {}
    for submission_id, outcome in known.outcomes.items():
        drawn = outcome[-1]
        if drawn is not None:
            ordinals[submission_id] = range(1, drawn)
        elif outcome[1] == Code.REFERRAL_LIMIT_REACHED:
            ordinals[submission_id] = _EVERY_ORDINAL
    return ordinals


def _compare(
    submissions: Sequence[Submission], again: dict[UUID, Decided], known: Kept
) -> Iterable[Difference]:
    for each in submissions:
        decided = again.get(each.submission_id)
        kept = known.outcomes[each.submission_id][:-1]
        if decided is None:
            yield Difference(each.submission_id, "outcome", kept, "held")
            continue
        told = _outcome(decided)
        if kept[-1] is None:
            # Written before outcomes named the fields that a restatement removed.
            told = (*told[:-1], None)
        if kept != told:
            yield Difference(each.submission_id, "outcome", kept, told)
    for what, kept_rows, made, key in (
        ("action", known.actions, _actions(again), 2),
        ("version", known.versions, _versions(again), 3),
        ("status", known.statuses, _statuses(again), 5),
        ("line", known.lines, _lines(again), 6),
    ):
        yield from _compare_rows(what, kept_rows, made, key, submissions[0].submission_id)


def _compare_rows(
    what: str,
    kept_rows: Iterable[tuple[Any, ...]],
    made: dict[tuple[Any, ...], tuple[UUID, tuple[Any, ...]]],
    key: int,
    fallback: UUID,
) -> Iterable[Difference]:
    left = dict(made)
    for row in kept_rows:
        _, told = left.pop(row[:key], (fallback, ()))
        if tuple(row) != told:
            yield Difference(fallback, f"{what} {row[:key]}", row, told)
    for identity, (submission_id, told) in left.items():
        yield Difference(submission_id, f"{what} {identity}", None, told)


def _outcome(decided: Decided) -> tuple[Any, ...]:
    outcome = decided.outcome
    return (
        str(outcome.kind),
        outcome.code,
        list(outcome.warnings),
        list(outcome.skipped),
        outcome.original_action_id,
        outcome.version,
        outcome.winner,
        decided.network_version,
        decided.rates_position,
        list(outcome.removed),
    )


_Made = dict[tuple[Any, ...], tuple[UUID, tuple[Any, ...]]]


def _actions(again: dict[UUID, Decided]) -> _Made:
    made = {
        each.submission.submission_id: rows.action_row(each.action) for each in again.values() if each.action
    }
    return {row[:2]: (submission_id, row) for submission_id, row in made.items()}


def _versions(again: dict[UUID, Decided]) -> _Made:
    made: _Made = {}
    for submission_id, each in again.items():
        for version in each.versions:
            assert each.standing is not None
            row = rows.version_row(each.standing.action, version)
            made[row[:3]] = submission_id, row
    return made


def _statuses(again: dict[UUID, Decided]) -> _Made:
    made: _Made = {}
    for submission_id, each in again.items():
        if each.status is not None and each.standing is not None:
            row = rows.status_row(each.standing.action, each.status, submission_id)
            made[row[:5]] = submission_id, row
    return made


def _lines(again: dict[UUID, Decided]) -> _Made:
    made: _Made = {}
    for submission_id, each in again.items():
        if each.outcome.kind is not OutcomeKind.POSTED or each.standing is None:
            continue
        action = each.standing.action
        for line in each.lines:
            row = (
                action.key.enterprise_id,
                submission_id,
                str(action.key.mode),
                action.original_action_id,
                line.version.version,
                line.sign,
                str(line.kind),
                line.correction_reason and str(line.correction_reason),
            )
            made[row[:6]] = submission_id, row
    return made
