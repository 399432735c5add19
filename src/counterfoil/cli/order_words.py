"""An order in words and tables: what was sent, what became of it, when it locks.

Owns that page of the terminal. Leaves the reading to lookups/. Next: output.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from counterfoil.cli.frame import Frame
from counterfoil.cli.output import write_line, write_table
from counterfoil.lookups import Generation, Note, OrderHistory, Submission
from counterfoil.lookups.figures import Figure, by_currency, worded
from counterfoil.lookups.submissions import Held
from counterfoil.lookups.telling import moment
from counterfoil.rules.locking import PACIFIC


def say(line: str) -> None:
    """One line of words. What a shop has sent must not steer the terminal that shows it."""
    write_line(harmless(line))


def harmless(text: str) -> str:
    """The text with U+FFFD in place of every character that a terminal would act on."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def write(frame: Frame, history: OrderHistory) -> None:
    """Writes the whole page of an order."""
    say(
        f"Order {history.order_id}, action {history.action_tracker_id} of enterprise "
        f"{history.enterprise_id}, {history.mode} ledger"
    )
    for generation in history.generations:
        for line in _of_generation(generation):
            say(line)
        if generation.records:
            write_table(
                frame,
                ("record", "kind", "version", "posted", "sale", "commission", "reason"),
                [
                    (
                        record.commission_id,
                        record.kind,
                        record.version,
                        moment(record.posting_date),
                        _amounts(record.sale, generation),
                        _amounts(record.commission, generation),
                        record.correction_reason,
                    )
                    for record in generation.records
                ],
            )
    say("Sent about it")
    for submission in history.submissions:
        for line in _sent(submission):
            say(f"  {line}")
    if not history.is_whole:
        say("There is more: only the latest thousand of each are shown.")


def of_submission(submission: Submission) -> Iterator[str]:
    """One submission by itself: its order, then what became of it."""
    yield (
        f"Order {submission.order_id}, action {submission.action_tracker_id} of enterprise "
        f"{submission.enterprise_id}, {submission.mode} ledger"
    )
    yield from _sent(submission)


def _sent(submission: Submission) -> Iterator[str]:
    """What was sent and what became of it, with the sentence and the remedy of every code."""
    what = submission.state if submission.note is None else f"{submission.state}, {submission.note.code}"
    received = f"{submission.kind} by {submission.channel}, {moment(submission.received_at)}"
    yield f"{submission.submission_id}  {received}: {what}"
    if submission.note is not None:
        yield from _advice("", submission.note)
    if submission.winner is not None:
        yield f"  the first was {submission.winner}"
    if submission.held is not None:
        yield from _place(submission.held)
    for skipped in submission.skipped_checks:
        yield from _advice("not checked in the test ledger, and would have failed: ", skipped)
    for warning in submission.warnings:
        yield from _advice("warning: ", warning)
    if submission.removed_fields:
        yield f"  removed: {', '.join(submission.removed_fields)}"


def _place(held: Held) -> Iterator[str]:
    tries = f"tries: {held.tries}" + (f", missing: {held.detail}" if held.detail else "")
    yield f"  held since {moment(held.since)}, {tries}"
    if held.waiting_behind is not None:
        yield f"  behind {held.waiting_behind}"
    if held.released_at is not None:
        yield f"  released {moment(held.released_at)}, to be tried again"


def _advice(what: str, note: Note) -> Iterator[str]:
    yield f"  {what}{note.code}: {note.sentence}" if what else f"  {note.sentence}"
    yield f"  fix: {note.remedy}"


def _of_generation(generation: Generation) -> Iterator[str]:
    name = f"Generation {generation.generation}"
    if generation.note is not None:
        yield f"{name}: recorded without commission, {generation.note.code}"
        yield from _advice("", generation.note)
        return
    yield f"{name}: {generation.state}, {generation.action_status}; {_lock(generation)}"
    if generation.terms is not None:
        yield (
            f"  publisher {generation.publisher_id}, terms '{generation.terms.name}' "
            f"v{generation.terms.version}, event time {moment(generation.event_time)}"
        )
    if generation.versions:
        latest = generation.versions[0]
        yield (
            f"  version {latest.version}: sale {_amounts(latest.sale, generation)}; "
            f"commission {_amounts(latest.commission, generation)}; fee {_amounts(latest.fee, generation)}"
        )


def _lock(generation: Generation) -> str:
    status = generation.statuses[0]
    validation = "" if status.validation == "AUTOMATED" else f"{status.validation.lower()}, "
    if status.locks_at is None:
        return f"{validation}never locks by itself"
    verb = "locked" if generation.action_status in ("locked", "closed") else "locks"
    return f"{validation}{verb} {_pacific(status.locks_at)}"


def _pacific(at: datetime) -> str:
    return f"{at.astimezone(PACIFIC):%Y-%m-%d %H:%M} Pacific ({moment(at)})"


def _amounts(figure: Figure, generation: Generation) -> str:
    amounts = by_currency(figure, generation.currencies)
    return ", ".join(worded(amount, code) for code, amount in amounts.items())
