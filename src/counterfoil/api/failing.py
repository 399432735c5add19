"""Failing: what a caller is told when its request ends in an exception.

Owns which exceptions mean overload and which a bug. Next: answers.py for the words.
"""

from __future__ import annotations

import psycopg
import structlog

from counterfoil.api.answers import Answer, failure, unexpected
from counterfoil.api.receiving import NoRoom, TooSlow
from counterfoil.errors import RefusalCode, refuse
from counterfoil.intake import NotKept

OVERLOAD = (NotKept, NoRoom, TooSlow, psycopg.OperationalError)

_log = structlog.get_logger("counterfoil")


def failed(error: Exception, field: str | None, request_id: str, *, detailed: bool) -> Answer:
    """504 for what was not kept and may work later; for a bug the engine's sentence, and a line in the log.

    `field` is the root field that was at work, where one was.
    """
    if isinstance(error, OVERLOAD):
        return failure([refuse(RefusalCode.OVERLOADED)], detailed=detailed)
    _log.error("request_failed", request_id=request_id, exc_info=error)
    return unexpected(field, request_id, detailed=detailed)
