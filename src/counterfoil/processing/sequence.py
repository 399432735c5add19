"""Sequence: decides a chunk in log order, and holds what has to wait.

Owns who waits behind whom, and the moving on of facts from one decision to the next. Next: creates.py and
changes.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from operator import attrgetter
from uuid import UUID

from counterfoil.errors import Code
from counterfoil.model.ledger import Decided, Decision, Held, ReferralUse
from counterfoil.model.orders import Extension, Mode, NewOrder, OrderKey, Submission
from counterfoil.processing.changes import decide_change
from counterfoil.processing.creates import decide_create
from counterfoil.processing.extensions import decide_extension
from counterfoil.processing.facts import Facts, Undecidable, Waiting
from counterfoil.processing.outcomes import rejected

BREATH = 200
"""Decisions between two breaths."""


def decide_in_order(
    items: Iterable[Submission | Waiting],
    facts: Facts,
    *,
    blocked: Collection[OrderKey] = (),
    poison: Collection[UUID] = (),
    breathe: Callable[[], None] | None = None,
) -> list[Decision]:
    """All that `decide_each` gives."""
    return list(decide_each(items, facts, blocked=blocked, poison=poison, breathe=breathe))


def decide_each(
    items: Iterable[Submission | Waiting],
    facts: Facts,
    *,
    blocked: Collection[OrderKey] = (),
    poison: Collection[UUID] = (),
    breathe: Callable[[], None] | None = None,
) -> Iterator[Decision]:
    """Decides a chunk in log order, each when it is asked for.

    What is held stops the later ones of its key and nobody else. `blocked` are orders with a held submission
    outside the chunk, `poison` submissions whose deciding failed. A waiting submission that cannot move gives
    no decision. `breathe` is called now and then, for a caller that must not be silent for long. Raises
    Undecidable for the first that fails.
    """
    stopped = set(blocked)
    decided = 0
    for item in sorted(items, key=attrgetter("position", "n")):
        submission = item.submission if isinstance(item, Waiting) else item
        if stopped and _is_behind(submission.key, stopped):
            if not isinstance(item, Waiting):
                yield Held(submission=submission, code=Code.WAITING_BEHIND)
            continue
        if isinstance(item, Waiting) and not item.is_released and item.code != Code.WAITING_BEHIND:
            stopped.add(submission.key)
            continue
        if submission.submission_id in poison:
            decision: Decision = Held(submission=submission, code=Code.PROCESSING_ERROR)
        else:
            try:
                decision = decide(submission, facts)
            except Exception as error:
                raise Undecidable(submission.submission_id) from error
        decided += 1
        if breathe is not None and decided % BREATH == 0:
            breathe()
        if isinstance(decision, Held):
            stopped.add(submission.key)
        else:
            _move_on(facts, decision)
        yield decision


def decide(submission: Submission, facts: Facts) -> Decision:
    """What becomes of one submission, judged as of its receipt."""
    network = facts.network_at(submission.position)
    key = submission.key
    order = submission.order
    if not submission.is_readable:
        raise ValueError("the log's bytes say no order")
    if isinstance(order, Extension):
        return decide_extension(submission, network, facts)
    tracker = network.action_trackers.get(key.action_tracker_id)
    if tracker is None or tracker.enterprise != key.enterprise_id:
        return rejected(submission, network, Code.ACTION_NOT_OWNED)
    if isinstance(order, NewOrder):
        return decide_create(submission, order, tracker, network, facts)
    return decide_change(submission, order, tracker, network, facts)


def _move_on(facts: Facts, decided: Decided) -> None:
    """What was decided is a fact for the next submission of the key."""
    if decided.standing is not None:
        facts.standings[decided.submission.key] = decided.standing
    if decided.uses is not None:
        _taken(facts, decided.uses).add(decided.uses.ordinal)
    if decided.frees is not None:
        _taken(facts, decided.frees).discard(decided.frees.ordinal)


def _taken(facts: Facts, use: ReferralUse) -> set[int]:
    return facts.used.setdefault((use.mode, use.click_id, use.action_tracker_id), set())


def _is_behind(key: OrderKey, stopped: set[OrderKey]) -> bool:
    """A held live submission holds both ledgers of its key, a held test one its own."""
    return key in stopped or key._replace(mode=Mode.LIVE) in stopped
