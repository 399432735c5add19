"""Telling: the lines that the log has about a request.

Owns what they name: the request, its batches, codes and numbers. Next: logs.py, one floor down.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from counterfoil import tracing
from counterfoil.api.answers import Answer
from counterfoil.api.timing import Spent
from counterfoil.api.tracking import Progress
from counterfoil.logs import request_accepted
from counterfoil.model.orders import SubmissionBatch

SLOW_S = 5.0
"""A request that takes longer is worth a warning."""

CODES_MAX = 20

_log = structlog.get_logger("counterfoil")


def tell_accepted(request_id: str, batches: Sequence[SubmissionBatch], size: int, spent: Spent) -> None:
    """A request whose orders are durable; `size` is that of its body in bytes."""
    submissions = sum([len(batch.orders) for batch in batches])
    seconds = sum(spent.steps.values())
    request_accepted(request_id, [batch.batch_id for batch in batches], submissions, size, seconds)
    if seconds > SLOW_S:
        steps = {f"{step}_ms": round(took * 1000) for step, took in spent.steps.items()}
        _log.warning("request_slow", request_id=request_id, submissions=submissions, **steps)


def trace(progress: Progress, request_id: str, spent: Spent, traceparent: str | None) -> None:
    """The span of a request: named by the type of its operation, whose own name is an attribute."""
    attributes = {"counterfoil.request_id": request_id, "graphql.operation.type": progress.kind or ""}
    if progress.name:
        attributes["graphql.operation.name"] = progress.name[: tracing.NAME_MAX]
    tracing.tell(progress.kind or "request", spent.steps, attributes, traceparent)


def tell_refused(request_id: str, answer: Answer) -> None:
    """A request that was refused, in whole or in part."""
    _log.info("refused", request_id=request_id, status=answer.status, codes=answer.codes[:CODES_MAX])
