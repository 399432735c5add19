"""Creates: what becomes of a new order.

Owns the checks of a create in order, and when a key may live again (D54, D55). Next: pricing.py.
"""

from __future__ import annotations

from hashlib import sha256

from counterfoil import ledger
from counterfoil.errors import Code
from counterfoil.model.ledger import Action, Decided, Decision, Held, Standing
from counterfoil.model.orders import Channel, NewOrder, Submission, instant
from counterfoil.model.programme import ActionTracker, LockingMethod, Network
from counterfoil.processing.facts import Facts
from counterfoil.processing.outcomes import (
    currency_of,
    duplicate,
    is_cancelled,
    ordinals_met,
    posted,
    recorded,
    rejected,
    untold_fault,
    use_of,
    warnings_of,
)
from counterfoil.processing.pricing import price_state
from counterfoil.rules import locking
from counterfoil.rules.attribution import Commissionable, NotCommissionable, click_named, judge
from counterfoil.rules.unusual import lacks_stay_dates

ORDER_ID_MAX = 96
_DIGEST = sha256()
_OPEN_ENDED = LockingMethod.OPEN_ENDED
OPENS_AGAIN = frozenset({Channel.API, Channel.FILE, Channel.PAGE})
"""Channels by which a key may live again (D54, D55)."""


def decide_create(
    submission: Submission, order: NewOrder, tracker: ActionTracker, network: Network, facts: Facts
) -> Decision:
    """What becomes of a new order, by the checks of section 17 in order."""
    if not submission.key.order_id:
        return rejected(submission, network, Code.ORDER_ID_EMPTY)
    if len(submission.key.order_id) > ORDER_ID_MAX:
        return rejected(submission, network, Code.ORDER_ID_TOO_LONG)
    before = facts.standings.get(submission.key)
    if before is not None and not _opens_again(submission, order, before):
        return duplicate(submission, network, before)
    if code := untold_fault(submission, order, facts):
        return rejected(submission, network, code)
    advertiser = network.advertisers[network.enterprises[tracker.enterprise].advertiser]
    currency = currency_of(order, advertiser.currency)
    if currency is None:
        return rejected(submission, network, Code.CURRENCY_UNKNOWN)

    event_time = instant(order.event_time) if order.event_time else submission.received_at
    click = facts.clicks.get(click_named(order.cj_event) or "")
    judged = judge(
        order,
        click,
        advertiser_id=advertiser.id,
        event_time=event_time,
        network=network,
        ordinals_used=ordinals_met(facts, submission, click),
    )
    generation = before.action.generation + 1 if before else 1
    granted = judged if isinstance(judged, Commissionable) else None
    # The first two without names: with more than fifteen, Python makes a dictionary of them before the call.
    action = Action(
        10**12 + submission.number,
        submission.key,
        generation=generation,
        position=submission.position,
        submission_id=submission.submission_id,
        advertiser_id=advertiser.id,
        event_time=event_time,
        code=judged.code if isinstance(judged, NotCommissionable) else None,
        credit=judged.credit,
        contract_id=granted.contract.id if granted else None,
        terms_id=granted.terms.id if granted else None,
        terms_from=granted.terms.valid_from if granted else None,
        network_version=network.version,
        locking_method=granted.action_terms.locking.method if granted else None,
        referral_ordinal=granted.referral_ordinal if granted else None,
        opening=_opening(order),
    )
    warnings = (*judged.warnings, *warnings_of(submission, order))
    if isinstance(judged, NotCommissionable):
        return recorded(submission, network, action, warnings)

    stated = ledger.stated_by(submission, order)
    priced = price_state(
        stated, currency, action, judged.terms, judged.action_terms, tracker, network, submission, facts
    )
    if isinstance(priced, Held):
        return priced
    version = ledger.first_version(submission, stated, currency, priced.rates, priced.priced.pricing)
    status = locking.opened(
        judged.action_terms.locking, event_time, submission.received_at, position=submission.position
    )
    if judged.action_terms.locking.method is _OPEN_ENDED and lacks_stay_dates(order.vertical_parameters):
        warnings += (Code.STAY_DATES_MISSING,)
    return Decided(
        submission=submission,
        outcome=posted(action, version, (*warnings, *priced.priced.warnings)),
        network_version=network.version,
        standing=Standing(action=action, version=version, status=status),
        action=action,
        versions=(version,),
        status=status,
        lines=ledger.original(version),
        uses=use_of(action),
        rates_position=priced.arrived,
    )


def _opens_again(submission: Submission, order: NewOrder, before: Standing) -> bool:
    """Whether a create on an existing key opens its next generation (D54, D55)."""
    if submission.channel not in OPENS_AGAIN:
        return False
    given = instant(order.event_time) if order.event_time else None
    if given is not None and given > before.action.event_time:
        return before.action.code is not None or is_cancelled(before)
    if before.action.code is None:
        return False
    same_time = given == before.action.event_time if given else before.action.opening.startswith("-")
    return same_time and _opening(order).lstrip("-") != before.action.opening.lstrip("-")


def _opening(order: NewOrder) -> str:
    """What D55 compares when a key is sent again; begins with `-` if no event time was given."""
    named = f"{order.cj_event!r}, {order.ad_id!r}, {order.promotional_property_id!r}, {order.sid!r}"
    told = f"({named}, {order.coupon!r}, {order.bypass_channel!r})"
    # A copy of a begun digest costs a fraction of beginning one.
    hashed = _DIGEST.copy()
    hashed.update(told.encode("utf-8", "backslashreplace"))
    digest = hashed.hexdigest()
    return digest if order.event_time else f"-{digest}"
