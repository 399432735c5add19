"""Watching: what is counted and logged of each chunk that a processor has committed.

Owns those lines and counts: ids, codes and numbers alone, never an order's contents. Next: metrics.py, then
logs.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import structlog

from counterfoil import metrics, tracing
from counterfoil.clock import unix_milliseconds
from counterfoil.model.ledger import Decision, Held, OutcomeKind
from counterfoil.model.orders import Submission

LINES_MAX = 100
"""Lines about single submissions that one chunk may write; the rest are a number."""

SLOW_MS = 10_000
"""A chunk that takes longer is worth a warning: other lanes wait for its processor."""

_log = structlog.get_logger("counterfoil")


def watch_chunk(decisions: Sequence[Decision], steps: Mapping[str, float]) -> None:
    """Counts, logs and traces a committed chunk; `steps` is what each step took, in seconds."""
    outcomes: Counter[tuple[str, str]] = Counter()
    rejections: Counter[str] = Counter()
    lines = 0
    for decision in decisions:
        submission = decision.submission
        word, code = (
            ("held", decision.code)
            if isinstance(decision, Held)
            else (str(decision.outcome.kind), decision.outcome.code)
        )
        outcomes[metrics.endpoint(submission.channel, submission.mode), word] += 1
        if word == OutcomeKind.REJECTED:
            rejections[str(code)] += 1
        if word in ("held", OutcomeKind.REJECTED):
            lines += 1
            if lines <= LINES_MAX:
                _log.info(word, submission_id=str(submission.submission_id), code=code)
    # First how long they took: whoever sees an outcome counted finds that, too.
    _ages([decision.submission for decision in decisions])
    for (endpoint, word), number in outcomes.items():
        metrics.submissions(endpoint, word, number)
    for code, number in rejections.items():
        metrics.rejected(code, number)
    _say(outcomes, len(decisions), lines - LINES_MAX, sum(steps.values()))
    tracing.tell("chunk", steps, {"counterfoil.submissions": len(decisions)})


def _ages(submissions: Sequence[Submission]) -> None:
    now = unix_milliseconds()
    # A batch's id begins with the milliseconds of its acceptance.
    for batch in {submission.batch_id for submission in submissions}:
        metrics.processed(max(now - (batch.int >> 80), 0) / 1000)


def _say(outcomes: Counter[tuple[str, str]], number: int, unsaid: int, seconds: float) -> None:
    by_word: Counter[str] = Counter()
    for (_, word), each in outcomes.items():
        by_word[word] += each
    milliseconds = round(seconds * 1000)
    said = {"submissions": number, **by_word, "ms": milliseconds}
    if unsaid > 0:
        said["unsaid"] = unsaid
    if milliseconds > SLOW_MS:
        _log.warning("chunk_slow", **said)
        return
    _log.info("chunk", **said)
