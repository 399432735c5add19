"""Outcomes: how each decision is said, and the checks that creates and changes share.

Owns no order of checks. Next: creates.py, changes.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from counterfoil.errors import Code
from counterfoil.model.ledger import (
    Action,
    Click,
    Decided,
    OrderVersion,
    Outcome,
    OutcomeKind,
    ReferralUse,
    Standing,
    VersionState,
)
from counterfoil.model.orders import Cancellation, Channel, NewOrder, Restatement, Submission, instant
from counterfoil.model.programme import Network
from counterfoil.money import is_currency
from counterfoil.processing.facts import Facts
from counterfoil.rules.unusual import unusual_values

_POSTED = OutcomeKind.POSTED
POSTBACK_AHEAD_MAX = timedelta(hours=2)
TOLD_AT_ONCE = frozenset({Channel.API, Channel.PAGE})
"""Channels whose callers are told about times and item counts while they wait."""


def currency_of(order: NewOrder | Restatement, functional: str) -> str | None:
    """The order's currency in upper case, the advertiser's if absent, `None` if it is none (D83)."""
    if order.currency is None:
        return functional
    return order.currency.upper() if is_currency(order.currency) else None


def untold_fault(
    submission: Submission, order: NewOrder | Restatement | Cancellation, facts: Facts
) -> Code | None:
    """What callers of the API are told while they wait, checked here for the other channels."""
    if submission.channel in TOLD_AT_ONCE:
        return None
    ahead = POSTBACK_AHEAD_MAX if submission.channel is Channel.POSTBACK else timedelta(0)
    latest = submission.received_at + ahead
    if isinstance(order, NewOrder):
        if order.event_time and instant(order.event_time) > latest:
            return Code.EVENT_TIME_IN_FUTURE
    elif instant(order.update_time) > latest:
        return Code.UPDATE_TIME_IN_FUTURE
    if (
        not isinstance(order, Cancellation)
        and len(order.items or ()) > facts.options_at(submission.position).items_max
    ):
        return Code.TOO_MANY_ITEMS
    return None


def warnings_of(submission: Submission, order: NewOrder | Restatement | Cancellation) -> tuple[Code, ...]:
    """Warnings about characters and lengths of what was sent (section 16.4)."""
    cleaned = (Code.TEXT_CLEANED,) if submission.cleaned else ()
    return (*cleaned, *unusual_values(order))


def is_cancelled(standing: Standing) -> bool:
    """Whether the order has ended: cancelled or declined."""
    return standing.version is not None and standing.version.state is VersionState.CANCELLED


def place_of(standing: Standing) -> int:
    """The place in the log of what last made the order what it is."""
    places = [standing.action.position]
    if standing.version is not None:
        places.append(standing.version.position)
    if standing.status is not None:
        places.append(standing.status.position)
    return max(places)


def ordinals_met(facts: Facts, submission: Submission, click: Click | None) -> Collection[int]:
    """The referral ordinals of a click that are taken when a submission is decided (D65)."""
    if facts.kept_ordinals is not None:
        return facts.kept_ordinals.get(submission.submission_id, ())
    if click is None:
        return ()
    return facts.used.get((submission.mode, click.click_id, submission.key.action_tracker_id), ())


def use_of(action: Action) -> ReferralUse | None:
    """The use of a click that the action holds under terms with a limit (D65)."""
    if action.referral_ordinal is None or action.credit is None or action.credit.click is None:
        return None
    click_id = action.credit.click.click_id
    return ReferralUse(action.key.mode, click_id, action.key.action_tracker_id, action.referral_ordinal)


def posted(action: Action, version: OrderVersion, warnings: Sequence[Code]) -> Outcome:
    """The outcome of what added records."""
    return Outcome(
        kind=_POSTED,
        warnings=tuple(dict.fromkeys(warnings)) if warnings else (),
        original_action_id=action.original_action_id,
        version=version.version,
    )


def recorded(submission: Submission, network: Network, action: Action, warnings: Iterable[Code]) -> Decided:
    """A create that is kept without commission, with its code (section 16.1)."""
    return Decided(
        submission=submission,
        outcome=Outcome(
            kind=OutcomeKind.RECORDED,
            code=action.code,
            warnings=tuple(dict.fromkeys(warnings)),
            original_action_id=action.original_action_id,
        ),
        network_version=network.version,
        standing=Standing(action=action),
        action=action,
    )


def duplicate(submission: Submission, network: Network, before: Standing) -> Decided:
    """A create on a key that stands: nothing is added, the first wins (D53)."""
    return Decided(
        submission=submission,
        outcome=Outcome(
            kind=OutcomeKind.DUPLICATE,
            code=Code.DUPLICATE_ORDER,
            warnings=(Code.TEXT_CLEANED,) if submission.cleaned else (),
            original_action_id=before.action.original_action_id,
            winner=before.action.submission_id,
        ),
        network_version=network.version,
    )


def rejected(submission: Submission, network: Network, code: Code) -> Decided:
    """A submission that changes nothing, with its code (section 16.2)."""
    return Decided(
        submission=submission,
        outcome=Outcome(
            kind=OutcomeKind.REJECTED,
            code=code,
            warnings=(Code.TEXT_CLEANED,) if submission.cleaned else (),
        ),
        network_version=network.version,
    )
