"""Extensions: what becomes of the wish to let an order lock a cycle later.

Owns the checks of an extension in order (spec/processing.md, sections 15 and 17). It adds no record. Next:
rules/locking.py.
"""

from __future__ import annotations

from counterfoil.errors import Code
from counterfoil.model.ledger import Decided, Outcome, OutcomeKind, Standing
from counterfoil.model.orders import Submission
from counterfoil.model.programme import Network
from counterfoil.processing.facts import Facts
from counterfoil.processing.outcomes import is_cancelled, rejected
from counterfoil.rules import locking


def decide_extension(submission: Submission, network: Network, facts: Facts) -> Decided:
    """What becomes of an extension: `applied` with a later lock, or rejected."""
    standing = facts.standings.get(submission.key)
    if standing is None:
        return rejected(submission, network, Code.ORDER_NOT_FOUND)
    if standing.version is None or standing.status is None:
        return rejected(submission, network, Code.ORDER_NOT_COMMISSIONABLE)
    method = standing.action.locking_method
    assert method is not None
    may = locking.can_be_extended(standing.status, method, submission.received_at)
    if is_cancelled(standing) or not may:
        return rejected(submission, network, Code.EXTENSION_NOT_ALLOWED)
    status = locking.extended(standing.status, submission.received_at, position=submission.position)
    return Decided(
        submission=submission,
        outcome=Outcome(
            kind=OutcomeKind.APPLIED,
            original_action_id=standing.action.original_action_id,
            version=standing.version.version,
        ),
        network_version=network.version,
        standing=Standing(
            action=standing.action,
            version=standing.version,
            status=status,
            latest_update=standing.latest_update,
        ),
        status=status,
    )
