"""Changes: what becomes of a restatement or a cancellation.

Owns the checks of a change in order, and the rehearsal of a live order in the test ledger (D113). Next:
pricing.py.
"""

from __future__ import annotations

from msgspec.structs import replace

from counterfoil import ledger
from counterfoil.errors import Code
from counterfoil.model.ledger import (
    Decided,
    Decision,
    Held,
    OrderVersion,
    Standing,
    Status,
    StatusCause,
)
from counterfoil.model.orders import Cancellation, Mode, Restatement, Submission, instant
from counterfoil.model.programme import ActionTracker, Network
from counterfoil.processing.facts import Facts
from counterfoil.processing.outcomes import (
    currency_of,
    is_cancelled,
    ordinals_met,
    place_of,
    posted,
    rejected,
    untold_fault,
    use_of,
    warnings_of,
)
from counterfoil.processing.pricing import price_state, terms_of
from counterfoil.rules import locking
from counterfoil.rules.attribution import click_named, lowest_free
from counterfoil.rules.coupons import judge_restated


def decide_change(
    submission: Submission,
    order: Restatement | Cancellation,
    tracker: ActionTracker,
    network: Network,
    facts: Facts,
) -> Decision:
    """What becomes of a change, by the checks of section 17 in order."""
    standing = facts.standings.get(submission.key)
    adopted = standing is None and submission.mode is Mode.TEST
    if adopted:
        standing = live_at(submission, facts)
    if standing is None:
        return rejected(submission, network, Code.ORDER_NOT_FOUND)
    if standing.version is None or standing.status is None:
        return rejected(submission, network, Code.ORDER_NOT_COMMISSIONABLE)
    if is_cancelled(standing):
        return rejected(submission, network, Code.ORDER_CANCELLED)
    late = _too_late(submission, standing, standing.status, facts)
    if late and submission.mode is Mode.LIVE:
        return rejected(submission, network, late)
    if code := _change_fault(submission, order, standing, standing.status, network, facts):
        return rejected(submission, network, code)

    if adopted:
        standing = _adopt(standing, submission, order, facts)
    before, status = standing.version, standing.status
    assert before is not None
    assert status is not None
    warnings = _change_warnings(submission, order, standing, status)
    if isinstance(order, Restatement):
        restated = _restated(submission, order, tracker, standing, before, network, facts)
        if isinstance(restated, Held):
            return restated
        after, more, arrived = restated
        removed = removed_fields(before, after, order)
        warnings += (Code.FIELDS_REMOVED, *more) if removed else more
        moved = locking.restated(
            status,
            order,
            submission.received_at,
            position=submission.position,
            locks_at_once=facts.options_at(submission.position).accepted_locks_at_once,
        )
    else:
        after, arrived, removed = ledger.cancelled_version(before, submission), None, ()
        moved = locking.cancelled(status, submission.received_at, position=submission.position)
    lines = ledger.change(before, after, order.correction_reason)
    given = after.update_time
    return Decided(
        submission=submission,
        outcome=replace(
            posted(standing.action, after, warnings), skipped=(late,) if late else (), removed=removed
        ),
        network_version=network.version,
        standing=Standing(
            action=standing.action,
            version=after,
            status=moved,
            latest_update=max(filter(None, (given, standing.latest_update)), default=None),
        ),
        action=standing.action if adopted else None,
        versions=(before, after) if adopted else (after,),
        status=moved if adopted or moved is not status else None,
        lines=(*ledger.original(before), *lines) if adopted else lines,
        uses=use_of(standing.action) if adopted else None,
        frees=use_of(standing.action) if isinstance(order, Cancellation) and not adopted else None,
        rates_position=arrived,
    )


def _too_late(submission: Submission, standing: Standing, status: Status, facts: Facts) -> Code | None:
    """`ORDER_LOCKED` from the lock instant on, `ORDER_CLOSED` after the closing that took the order.

    Told by places in the log, so that it does not matter when a closing is carried out: one that is noted and
    not yet finished counts as if it were.
    """
    if status.locks_at is None or not locking.is_locked(status, submission.received_at):
        return None
    action = standing.action
    taken = status.closed_position
    if facts.kept_closings is not None:
        taken = facts.kept_closings.get(action.original_action_id)
    if taken is not None and taken < submission.position:
        return Code.ORDER_CLOSED
    # A closing takes live orders, as they were at its own place.
    since = max(action.position, status.position)
    for position, received_at in facts.closings if action.key.mode is Mode.LIVE else ():
        if since < position < submission.position and status.locks_at <= received_at:
            return Code.ORDER_CLOSED
    return Code.ORDER_LOCKED


def _change_fault(
    submission: Submission,
    order: Restatement | Cancellation,
    standing: Standing,
    status: Status,
    network: Network,
    facts: Facts,
) -> Code | None:
    """Why a change of a standing, open order is rejected, in the order of section 17."""
    options = facts.options_at(submission.position)
    if code := untold_fault(submission, order, facts):
        return code
    if options.rejects_stale_changes and _is_behind_in_time(order, standing):
        return Code.STALE_CHANGE
    if isinstance(order, Restatement):
        assert standing.action.credit is not None
        _, action_terms = terms_of(standing.action, facts)
        if code := judge_restated(
            order.coupon,
            order.bypass_channel,
            standing.action.credit.publisher_id,
            action_terms=action_terms,
            advertiser_id=standing.action.advertiser_id,
            network=network,
            event_time=standing.action.event_time,
        ):
            return code
        if currency_of(order, network.advertisers[standing.action.advertiser_id].currency) is None:
            return Code.CURRENCY_UNKNOWN
    return locking.misused_status(status, order, ignores_declined=options.ignores_declined)


def _restated(
    submission: Submission,
    order: Restatement,
    tracker: ActionTracker,
    standing: Standing,
    before: OrderVersion,
    network: Network,
    facts: Facts,
) -> tuple[OrderVersion, tuple[Code, ...], int | None] | Held:
    currency = currency_of(order, network.advertisers[standing.action.advertiser_id].currency)
    assert currency is not None
    stated = ledger.stated_by(submission, order, spared=before.stated)
    terms, action_terms = terms_of(standing.action, facts)
    # The network of the create prices the order for life (D66); only names may have moved on since.
    known = facts.network_of(standing.action.network_version)
    priced = price_state(
        stated,
        currency,
        standing.action,
        terms,
        action_terms,
        tracker,
        known,
        submission,
        facts,
        before=before,
    )
    if isinstance(priced, Held):
        return priced
    after = ledger.restated_version(before, submission, stated, currency, priced.rates, priced.priced.pricing)
    return after, priced.priced.warnings, priced.arrived


def live_at(submission: Submission, facts: Facts) -> Standing | None:
    """The live order that a test change would adopt: as it was at the change's place in the log (C8).

    One that waited is decided after later changes of the live order, and yet does not see them.
    """
    key = submission.key._replace(mode=Mode.LIVE)
    standing = facts.standings.get(key)
    if standing is None or place_of(standing) < submission.position:
        return standing
    return facts.live_before.get((key, submission.position))


def _adopt(
    live: Standing, submission: Submission, order: Restatement | Cancellation, facts: Facts
) -> Standing:
    """A copy of a live order as the test ledger's first generation and version (D113).

    Under terms with a limit it uses the click in the test ledger too, unless this change ends it (D65).
    """
    assert live.version is not None
    assert live.status is not None
    action = replace(
        live.action,
        key=submission.key,
        original_action_id=10**12 + submission.number,
        generation=1,
        position=submission.position,
        submission_id=submission.submission_id,
        referral_ordinal=_ordinal_of_copy(live, submission, order, facts),
    )
    return replace(
        live,
        action=action,
        # The test ledger knows no earlier versions, so its first one keeps the latest time of them all (D88).
        version=replace(live.version, version=1, update_time=live.latest_update),
        # No closing takes a test order; whether one has taken the live order by now must not be copied (C8).
        status=replace(
            live.status,
            position=submission.position,
            since=submission.received_at,
            cause=StatusCause.SUBMISSION,
            closed_at=None,
            closed_position=None,
        ),
    )


def _ordinal_of_copy(
    live: Standing, submission: Submission, order: Restatement | Cancellation, facts: Facts
) -> int | None:
    credit = live.action.credit
    if live.action.referral_ordinal is None or credit is None or isinstance(order, Cancellation):
        return None
    return lowest_free(ordinals_met(facts, submission, credit.click))


def _change_warnings(
    submission: Submission, order: Restatement | Cancellation, standing: Standing, status: Status
) -> tuple[Code, ...]:
    warnings = warnings_of(submission, order)
    if _is_behind_in_time(order, standing):
        warnings += (Code.UPDATE_TIME_BEHIND,)
    if locking.ignores_status(status, order):
        warnings += (Code.STATUS_IGNORED,)
    if isinstance(order, Cancellation):
        return warnings
    named, credit = click_named(order.cj_event), standing.action.credit
    if named is not None and (credit is None or credit.click is None or credit.click.click_id != named):
        warnings += (Code.PUBLISHER_DIFFERS,)
    return warnings


def _is_behind_in_time(order: Restatement | Cancellation, standing: Standing) -> bool:
    """Whether a later `updateTime` was applied before (D88)."""
    return standing.latest_update is not None and instant(order.update_time) < standing.latest_update


_WHOLE = {
    "amount": "amount",
    "discount": "discount",
    "items": "items",
    "coupon": "coupon",
    "bypass_channel": "bypassChannel",
}
"""Fields that a restatement leaves out as one, and their names in requests."""


def removed_fields(before: OrderVersion, after: OrderVersion, order: Restatement) -> tuple[str, ...]:
    """What the order had and the restatement left out, as requests name it (section 11)."""
    was, now = before.stated, after.stated
    removed = [name for field, name in _WHOLE.items() if getattr(was, field) and not getattr(now, field)]
    if order.currency is None and after.currency != before.currency:
        removed.append("currency")
    left = now.vertical_parameters
    removed += [f"verticalParameters.{name}" for name in was.vertical_parameters if name not in left]
    kept = {pair.name for pair in now.custom_parameters}
    gone = dict.fromkeys(pair.name for pair in was.custom_parameters if pair.name not in kept)
    return (*removed, *(f"customParameters.{name}" for name in gone))
