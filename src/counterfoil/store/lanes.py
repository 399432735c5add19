"""Lanes: finds work, takes it, and reads the submissions in log order.

Owns the queue. A processor holds its lanes until its transaction ends; keys of one lane keep log order, lanes
run side by side. Next: facts.py, then posting.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from counterfoil.capture.canonical import read_order
from counterfoil.model.ledger import Held
from counterfoil.model.orders import Channel, Extension, Kind, Mode, OrderKey, Submission, submission_id
from counterfoil.processing import Waiting
from counterfoil.store.queries import sql

_KINDS = {kind.value: kind for kind in Kind}
_MODES = {mode.value: mode for mode in Mode}
_CHANNELS = {channel.value: channel for channel in Channel}


class Work(NamedTuple):
    """One lane of one request, to be decided whole; the rest is what its request says of all submissions."""

    lane: int
    position: int
    batch_id: UUID
    submissions: int
    first_number: int
    received_at: datetime
    mode: str
    channel: str


class Loaded(NamedTuple):
    """Claimed submissions: an action was opened for `known` orders alone, `held` ones may be blocked."""

    submissions: Sequence[Submission]
    known: Collection[OrderKey]
    held: Collection[OrderKey]


def listen(connection: Connection) -> None:
    """Has the connection told, from now on, whenever something was accepted."""
    connection.autocommit = True
    connection.execute(sql("lanes", "listen"))


def prepare(connection: Connection) -> None:
    """Has the connection look into indexes whatever the statistics say; once, before its first chunk."""
    connection.execute(sql("lanes", "look_up_only"))
    connection.commit()


def breathe(connection: Connection) -> None:
    """Says that this processor is alive, while it decides and asks nothing."""
    connection.execute(sql("lanes", "breathe"))


def lanes_with_work(connection: Connection) -> list[tuple[int, int]]:
    """(lane, submissions) of every lane that has something to decide, oldest first; a hint."""
    return connection.execute(sql("lanes", "lanes_with_work")).fetchall()


def take(connection: Connection, lanes: Sequence[int]) -> list[int]:
    """Takes those of the lanes that nobody else has, until the transaction ends."""
    rows = connection.execute(sql("lanes", "try_lanes"), {"lanes": list(lanes)}).fetchall()
    return [lane for (lane,) in rows]


def claim(connection: Connection, lanes: Sequence[int], submissions_max: int) -> list[Work]:
    """The oldest work of the taken lanes, up to a number of submissions (at least one piece)."""
    rows = connection.execute(sql("lanes", "claim_pending"), {"lanes": list(lanes), "rows": submissions_max})
    works: list[Work] = []
    total = 0
    for row in rows:
        work = Work(*row)
        if works and total + work.submissions > submissions_max:
            break
        works.append(work)
        total += work.submissions
    return works


def load(connection: Connection, works: Sequence[Work]) -> Loaded:
    """The submissions of the claimed work, in no particular order, and what is to be asked about them."""
    if not works:
        return Loaded((), frozenset(), frozenset())
    rows = connection.cursor(binary=True).execute(
        sql("lanes", "load_pending"),
        {"batch_ids": [work.batch_id for work in works], "lanes": [work.lane for work in works]},
    )
    submissions, known, held = [], set(), set()
    # All at once: the driver takes longer to give them one by one.
    for number, *logged, is_known, is_held in rows.fetchall():
        submission = _submission(works[number - 1], *logged)
        submissions.append(submission)
        if is_known:
            known.add(submission.key)
        if is_held:
            held.add(submission.key)
    return Loaded(submissions, known, held)


def released(connection: Connection, lanes: Sequence[int]) -> list[Waiting]:
    """Every held submission of the orders in these lanes that have a released one."""
    rows = connection.execute(sql("lanes", "load_released"), {"lanes": list(lanes)})
    return [Waiting(submission_of(row[:-2]), row[-2], row[-1]) for row in rows]


def blocked(connection: Connection, keys: Iterable[OrderKey]) -> set[OrderKey]:
    """Which orders have a held submission, as keys of the ledger it belongs to."""
    wanted = list({key[1:] for key in keys})
    if not wanted:
        return set()
    rows = connection.execute(
        sql("lanes", "load_blocks"),
        {
            "enterprises": [key[0] for key in wanted],
            "trackers": [key[1] for key in wanted],
            "order_ids": [key[2] for key in wanted],
        },
    )
    return {OrderKey(Mode(mode), *rest) for mode, *rest in rows}


def finish(
    connection: Connection,
    works: Sequence[Work],
    decided: Sequence[UUID],
    held: Sequence[tuple[int, Held]],
    *,
    rates_known: int,
) -> None:
    """Takes decided work out of the queue and puts held submissions into their place.

    `decided` are submissions that had been held before; `held` come with their lane. `rates_known` is the
    place of the latest rates that were known to the decisions.
    """
    if works:
        connection.execute(
            sql("lanes", "delete_pending"),
            {"lanes": [work.lane for work in works], "positions": [work.position for work in works]},
        )
    if decided:
        connection.execute(sql("lanes", "delete_held"), {"submission_ids": list(decided)})
    if held:
        connection.execute(sql("lanes", "hold"), {**_held_columns(held), "rates_known": rates_known})


def release_for_rates(connection: Connection) -> int:
    """Lets everything be tried again that was held for a rate before the latest rates came in."""
    return connection.execute(sql("lanes", "release_for_rates")).rowcount


def release(connection: Connection, held: UUID) -> bool:
    """Lets one held submission be tried again; answers whether there was one to release."""
    return (
        connection.execute(sql("lanes", "release_submission"), {"submission_id": held}).fetchone() is not None
    )


def undecided_before(connection: Connection, position: int) -> int:
    """How many pieces of work accepted up to `position` are still undecided."""
    row = connection.execute(sql("lanes", "undecided_before"), {"position": position}).fetchone()
    assert row is not None
    return int(row[0])


def _held_columns(held: Sequence[tuple[int, Held]]) -> dict[str, list[Any]]:
    submissions = [entry.submission for _, entry in held]
    return {
        "batch_ids": [submission.batch_id for submission in submissions],
        "ns": [submission.n for submission in submissions],
        "submission_ids": [submission.submission_id for submission in submissions],
        "positions": [submission.position for submission in submissions],
        "lanes": [lane for lane, _ in held],
        "modes": [str(submission.mode) for submission in submissions],
        "enterprises": [submission.key.enterprise_id for submission in submissions],
        "trackers": [submission.key.action_tracker_id for submission in submissions],
        "order_ids": [submission.key.order_id for submission in submissions],
        "codes": [entry.code for _, entry in held],
        "details": [entry.detail for _, entry in held],
        "tries": [0 if entry.code == "WAITING_BEHIND" else 1 for _, entry in held],
    }


def submission_of(row: Sequence[Any]) -> Submission:
    """A submission from a row of the log joined with its request, in the order of `load_released`."""
    batch_id, n, lane, *logged = row[:-5]
    position, first_number, received_at, mode, channel = row[-5:]
    work = Work(lane, position, batch_id, 1, first_number, received_at, mode, channel)
    return _submission(work, n, *logged)


def _submission(
    work: Work,
    n: int,
    kind: str,
    enterprise_id: int,
    tracker_id: int,
    order_id: str,
    cleaned: bool,
    body: bytes,
) -> Submission:
    asked, ledger = _KINDS[kind], _MODES[work.mode]
    order = read_order(asked, body)
    return Submission(
        submission_id=submission_id(work.batch_id, n),
        batch_id=work.batch_id,
        n=n,
        lane=work.lane,
        position=work.position,
        number=work.first_number + n - 1,
        received_at=work.received_at,
        mode=ledger,
        channel=_CHANNELS[work.channel],
        kind=asked,
        order=order or _nothing_readable(enterprise_id, tracker_id, order_id),
        is_readable=order is not None,
        key=OrderKey(ledger, enterprise_id, tracker_id, order_id),
        cleaned=cleaned,
    )


def _nothing_readable(enterprise_id: int, tracker_id: int, order_id: str) -> Extension:
    # The key is known from its columns, so that the submission can be held where it belongs.
    return Extension(enterprise_id=str(enterprise_id), action_tracker_id=tracker_id, order_id=order_id)
