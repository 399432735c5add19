"""Processing: decides what becomes of each submission, in log order.

Owns the order of checks (spec/processing.md, section 17) and who waits behind whom. Pure: facts come in, a
decision goes out, and each decision is a fact for the next of its key. Next: rules/, then ledger.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from counterfoil import ledger
from counterfoil.errors import Code
from counterfoil.model.ledger import (
    Action,
    Click,
    Decided,
    Decision,
    Held,
    OrderVersion,
    Outcome,
    OutcomeKind,
    Rates,
    ReferralUse,
    Standing,
    Stated,
    Status,
    VersionState,
)
from counterfoil.model.orders import (
    Cancellation,
    Channel,
    Mode,
    NewOrder,
    OrderKey,
    Restatement,
    Submission,
    instant,
)
from counterfoil.model.programme import ActionTerms, ActionTracker, LockingMethod, Network, Terms
from counterfoil.money import is_currency
from counterfoil.rules import locking
from counterfoil.rules.attribution import Commissionable, NotCommissionable, click_named, judge
from counterfoil.rules.commission import Priced, RateMissing, flat_currencies, price
from counterfoil.rules.conversion import Conversion, FindRate, Missing, conversion
from counterfoil.rules.coupons import judge_restated
from counterfoil.rules.unusual import lacks_stay_dates, unusual_values

ORDER_ID_MAX = 96
POSTBACK_AHEAD_MAX = timedelta(hours=2)
OPENS_AGAIN = frozenset({Channel.API, Channel.FILE, Channel.PAGE})
"""Channels by which a key may live again (D54, D55)."""
TOLD_AT_ONCE = frozenset({Channel.API, Channel.PAGE})
"""Channels whose callers are told about times and item counts while they wait."""


class Options(Struct, frozen=True, kw_only=True):
    """The settings that deciding asks for."""

    items_max: int = 100
    rejects_stale_changes: bool = False
    ignores_declined: bool = False
    accepted_locks_at_once: bool = False


class Facts(Struct, kw_only=True):
    """What is known when a chunk is decided; standings and uses move on with each decision.

    `network_at` gives the network as a position sees it, `network_of` by its version. `used` holds the
    referral ordinals taken, by (mode, click, tracker).
    """

    standings: dict[OrderKey, Standing]
    clicks: dict[str, Click]
    used: dict[tuple[Mode, str, int], set[int]]
    network_at: Callable[[int], Network]
    network_of: Callable[[int], Network]
    find_rate: FindRate
    options: Options


class Waiting(Struct, frozen=True):
    """A submission that was held before and is read again; it stays where it is unless it may be decided."""

    submission: Submission
    code: str
    is_released: bool


class Undecidable(Exception):
    """Deciding a submission failed: a bug, or a fact that should be there and is not."""

    def __init__(self, submission_id: UUID) -> None:
        """`submission_id` is the one to hold."""
        super().__init__(str(submission_id))
        self.submission_id = submission_id


def decide_in_order(
    items: Iterable[Submission | Waiting],
    facts: Facts,
    *,
    blocked: Collection[OrderKey] = (),
    poison: Collection[UUID] = (),
) -> list[Decision]:
    """Decides a chunk in log order; what is held stops the later ones of its key and nobody else.

    `blocked` are orders with a held submission outside the chunk, `poison` submissions whose deciding failed.
    A waiting submission that cannot move gives no decision. Raises Undecidable for the first that fails.
    """
    stopped = set(blocked)
    decisions: list[Decision] = []
    for item in sorted(items, key=_place):
        submission = item.submission if isinstance(item, Waiting) else item
        if _is_behind(submission.key, stopped):
            if not isinstance(item, Waiting):
                decisions.append(Held(submission=submission, code=Code.WAITING_BEHIND))
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
        decisions.append(decision)
        if isinstance(decision, Held):
            stopped.add(submission.key)
        else:
            _move_on(facts, decision)
    return decisions


def decide(submission: Submission, facts: Facts) -> Decision:
    """What becomes of one submission, judged as of its receipt."""
    network = facts.network_at(submission.position)
    key = submission.key
    tracker = network.action_trackers.get(key.action_tracker_id)
    if tracker is None or tracker.enterprise != key.enterprise_id:
        return _rejected(submission, network, Code.ACTION_NOT_OWNED)
    order = submission.order
    if isinstance(order, NewOrder):
        return _decide_create(submission, order, tracker, network, facts)
    return _decide_change(submission, order, tracker, network, facts)


# ── creates ──────────────────────────────────────────────────────────────────────────────────────────────


def _decide_create(
    submission: Submission, order: NewOrder, tracker: ActionTracker, network: Network, facts: Facts
) -> Decision:
    if not submission.key.order_id:
        return _rejected(submission, network, Code.ORDER_ID_EMPTY)
    if len(submission.key.order_id) > ORDER_ID_MAX:
        return _rejected(submission, network, Code.ORDER_ID_TOO_LONG)
    before = facts.standings.get(submission.key)
    if before is not None and not _opens_again(submission, order, before):
        return _duplicate(submission, network, before)
    if code := _untold_fault(submission, order, facts.options):
        return _rejected(submission, network, code)
    advertiser = network.advertisers[network.enterprises[tracker.enterprise].advertiser]
    currency = _currency(order, advertiser.currency)
    if currency is None:
        return _rejected(submission, network, Code.CURRENCY_UNKNOWN)

    event_time = instant(order.event_time) if order.event_time else submission.received_at
    click = facts.clicks.get(click_named(order.cj_event) or "")
    judged = judge(
        order,
        click,
        advertiser_id=advertiser.id,
        event_time=event_time,
        network=network,
        ordinals_used=_ordinals(facts, submission, click),
    )
    generation = before.action.generation + 1 if before else 1
    action = Action(
        original_action_id=10**12 + submission.number,
        key=submission.key,
        generation=generation,
        position=submission.position,
        submission_id=submission.submission_id,
        advertiser_id=advertiser.id,
        event_time=event_time,
        code=judged.code if isinstance(judged, NotCommissionable) else None,
        credit=judged.credit,
        contract_id=judged.contract.id if isinstance(judged, Commissionable) else None,
        terms_id=judged.terms.id if isinstance(judged, Commissionable) else None,
        terms_from=judged.terms.valid_from if isinstance(judged, Commissionable) else None,
        network_version=network.version,
        locking_method=judged.action_terms.locking.method if isinstance(judged, Commissionable) else None,
        referral_ordinal=judged.referral_ordinal if isinstance(judged, Commissionable) else None,
        opening=_opening(order),
    )
    warnings = (*judged.warnings, *_warnings(submission, order))
    if isinstance(judged, NotCommissionable):
        return _recorded(submission, network, action, warnings)

    stated = ledger.stated_by(submission, order)
    priced = _price(
        stated, currency, action, judged.terms, judged.action_terms, tracker, network, submission, facts
    )
    if isinstance(priced, Held):
        return priced
    version = ledger.first_version(submission, stated, currency, priced.rates, priced.priced.pricing)
    status = locking.opened(
        judged.action_terms.locking, event_time, submission.received_at, position=submission.position
    )
    if judged.action_terms.locking.method is LockingMethod.OPEN_ENDED and lacks_stay_dates(
        order.vertical_parameters
    ):
        warnings += (Code.STAY_DATES_MISSING,)
    return Decided(
        submission=submission,
        outcome=_posted(action, version, (*warnings, *priced.priced.warnings)),
        network_version=network.version,
        standing=Standing(action=action, version=version, status=status),
        action=action,
        versions=(version,),
        status=status,
        lines=ledger.original(version),
        uses=_use(action),
        rates_position=priced.arrived,
    )


def _opens_again(submission: Submission, order: NewOrder, before: Standing) -> bool:
    """Whether a create on an existing key opens its next generation (D54, D55)."""
    if submission.channel not in OPENS_AGAIN:
        return False
    given = instant(order.event_time) if order.event_time else None
    if given is not None and given > before.action.event_time:
        return before.action.code is not None or _is_cancelled(before)
    if before.action.code is None:
        return False
    same_time = given == before.action.event_time if given else before.action.opening.startswith("-")
    return same_time and _opening(order) != before.action.opening


def _opening(order: NewOrder) -> str:
    """What D55 compares when a key is sent again; begins with `-` if no event time was given."""
    told = (
        order.cj_event,
        order.ad_id,
        order.promotional_property_id,
        order.sid,
        order.coupon,
        order.bypass_channel,
    )
    digest = sha256(repr(told).encode("utf-8", "backslashreplace")).hexdigest()
    return digest if order.event_time else f"-{digest}"


# ── changes ──────────────────────────────────────────────────────────────────────────────────────────────


def _decide_change(
    submission: Submission,
    order: Restatement | Cancellation,
    tracker: ActionTracker,
    network: Network,
    facts: Facts,
) -> Decision:
    standing = facts.standings.get(submission.key)
    adopted = standing is None and submission.mode is Mode.TEST
    if adopted:
        standing = facts.standings.get(submission.key._replace(mode=Mode.LIVE))
    if standing is None:
        return _rejected(submission, network, Code.ORDER_NOT_FOUND)
    if standing.version is None or standing.status is None:
        return _rejected(submission, network, Code.ORDER_NOT_COMMISSIONABLE)
    if _is_cancelled(standing):
        return _rejected(submission, network, Code.ORDER_CANCELLED)
    late = locking.is_too_late(standing.status, submission.received_at)
    if late and submission.mode is Mode.LIVE:
        return _rejected(submission, network, late)
    if code := _change_fault(submission, order, standing, standing.status, network, facts):
        return _rejected(submission, network, code)

    if adopted:
        standing = _adopt(standing, submission)
    before, status = standing.version, standing.status
    assert before is not None
    assert status is not None
    warnings = _change_warnings(submission, order, standing, status)
    if isinstance(order, Restatement):
        restated = _restated(submission, order, tracker, standing, before, network, facts)
        if isinstance(restated, Held):
            return restated
        after, more, arrived = restated
        warnings += more
        moved = locking.restated(
            status,
            order,
            submission.received_at,
            position=submission.position,
            locks_at_once=facts.options.accepted_locks_at_once,
        )
    else:
        after, arrived = ledger.cancelled_version(before, submission), None
        moved = locking.cancelled(status, submission.received_at, position=submission.position)
    lines = ledger.change(before, after, order.correction_reason)
    given = after.update_time
    return Decided(
        submission=submission,
        outcome=replace(_posted(standing.action, after, warnings), skipped=(late,) if late else ()),
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
        frees=_use(standing.action) if isinstance(order, Cancellation) and not adopted else None,
        rates_position=arrived,
    )


def _change_fault(
    submission: Submission,
    order: Restatement | Cancellation,
    standing: Standing,
    status: Status,
    network: Network,
    facts: Facts,
) -> Code | None:
    """Why a change of a standing, open order is rejected, in the order of section 17."""
    options = facts.options
    if code := _untold_fault(submission, order, options):
        return code
    if options.rejects_stale_changes and _is_behind_in_time(order, standing):
        return Code.STALE_CHANGE
    if isinstance(order, Restatement):
        assert standing.action.credit is not None
        _, action_terms = _terms_of(standing.action, facts)
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
        if _currency(order, network.advertisers[standing.action.advertiser_id].currency) is None:
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
    currency = _currency(order, network.advertisers[standing.action.advertiser_id].currency)
    assert currency is not None
    stated = ledger.stated_by(submission, order, spared=before.stated)
    terms, action_terms = _terms_of(standing.action, facts)
    # The network of the create prices the order for life (D66); only names may have moved on since.
    known = facts.network_of(standing.action.network_version)
    priced = _price(
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
    removed = (Code.FIELDS_REMOVED,) if _removes(before.stated, stated) else ()
    return after, (*removed, *priced.priced.warnings), priced.arrived


def _adopt(live: Standing, submission: Submission) -> Standing:
    """A copy of a live order as the test ledger's first generation and version (D113)."""
    assert live.version is not None
    assert live.status is not None
    action = replace(
        live.action,
        key=submission.key,
        original_action_id=10**12 + submission.number,
        generation=1,
        position=submission.position,
        submission_id=submission.submission_id,
        referral_ordinal=None,
    )
    return replace(
        live,
        action=action,
        version=replace(live.version, version=1),
        status=replace(live.status, position=submission.position),
    )


# ── what both share ──────────────────────────────────────────────────────────────────────────────────────


class _PricedWith(Struct, frozen=True):
    priced: Priced
    rates: Rates
    arrived: int | None


def _price(
    stated: Stated,
    currency: str,
    action: Action,
    terms: Terms,
    action_terms: ActionTerms,
    tracker: ActionTracker,
    network: Network,
    submission: Submission,
    facts: Facts,
    *,
    before: OrderVersion | None = None,
) -> _PricedWith | Held:
    """The figures of a state, or the place to wait while a rate is missing (D82)."""
    assert action.credit is not None
    day = submission.received_at.date()
    currencies = {
        "advertiser": network.advertisers[action.advertiser_id].currency,
        "publisher": network.publishers[action.credit.publisher_id].currency,
    }

    def rates_from(source: str) -> Conversion | Missing:
        return conversion(source, **currencies, day=day, position=submission.position, find=facts.find_rate)

    if before is not None and before.currency == currency:
        found: Conversion | Missing = Conversion(before.rates, None)
    else:
        found = rates_from(currency)
    if isinstance(found, Missing):
        return _no_rate(submission, found.currency)
    flats = {flat: rates_from(flat) for flat in flat_currencies(terms, action_terms) - {currency}}
    priced = price(
        stated,
        tracker=tracker,
        terms=terms,
        action_terms=action_terms,
        network=network,
        event_time=action.event_time,
        currency=currency,
        rates=found.rates,
        credit=action.credit,
        flat_rates={flat: known.rates for flat, known in flats.items() if isinstance(known, Conversion)},
    )
    if isinstance(priced, RateMissing):
        return _no_rate(submission, priced.currency)
    arrivals = [found.arrived, *(known.arrived for known in flats.values() if isinstance(known, Conversion))]
    return _PricedWith(priced, found.rates, max((at for at in arrivals if at is not None), default=None))


def _no_rate(submission: Submission, currency: str) -> Held:
    day = submission.received_at.date().isoformat()
    return Held(submission=submission, code=Code.RATE_MISSING, detail=f"{currency} {day}")


def _terms_of(action: Action, facts: Facts) -> tuple[Terms, ActionTerms]:
    """The terms an action was opened under, which price it for life (D66)."""
    network = facts.network_of(action.network_version)
    assert action.contract_id is not None
    terms = next(t for t in network.terms[action.contract_id] if t.valid_from == action.terms_from)
    return terms, next(a for a in terms.actions if a.action_tracker == action.key.action_tracker_id)


def _currency(order: NewOrder | Restatement, functional: str) -> str | None:
    """The order's currency in upper case, the advertiser's if absent, `None` if it is none (D83)."""
    if order.currency is None:
        return functional
    return order.currency.upper() if is_currency(order.currency) else None


def _untold_fault(
    submission: Submission, order: NewOrder | Restatement | Cancellation, options: Options
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
    if not isinstance(order, Cancellation) and len(order.items or ()) > options.items_max:
        return Code.TOO_MANY_ITEMS
    return None


def _warnings(submission: Submission, order: NewOrder | Restatement | Cancellation) -> tuple[Code, ...]:
    cleaned = (Code.TEXT_CLEANED,) if submission.cleaned else ()
    return (*cleaned, *unusual_values(order))


def _change_warnings(
    submission: Submission, order: Restatement | Cancellation, standing: Standing, status: Status
) -> tuple[Code, ...]:
    warnings = _warnings(submission, order)
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
    return standing.latest_update is not None and instant(order.update_time) < standing.latest_update


def _is_cancelled(standing: Standing) -> bool:
    return standing.version is not None and standing.version.state is VersionState.CANCELLED


def _removes(before: Stated, after: Stated) -> bool:
    """Whether the new state lacks something that the one before had."""
    if set(before.vertical_parameters) - set(after.vertical_parameters):
        return True
    pairs = ((getattr(before, name), getattr(after, name)) for name in msgspec.structs.asdict(before))
    return any(was and not now for was, now in pairs)


def _ordinals(facts: Facts, submission: Submission, click: Click | None) -> Collection[int]:
    if click is None:
        return ()
    return facts.used.get((submission.mode, click.click_id, submission.key.action_tracker_id), ())


def _use(action: Action) -> ReferralUse | None:
    if action.referral_ordinal is None or action.credit is None or action.credit.click is None:
        return None
    click_id = action.credit.click.click_id
    return ReferralUse(action.key.mode, click_id, action.key.action_tracker_id, action.referral_ordinal)


def _posted(action: Action, version: OrderVersion, warnings: Iterable[Code]) -> Outcome:
    return Outcome(
        kind=OutcomeKind.POSTED,
        warnings=tuple(dict.fromkeys(warnings)),
        original_action_id=action.original_action_id,
        version=version.version,
    )


def _recorded(submission: Submission, network: Network, action: Action, warnings: Iterable[Code]) -> Decided:
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


def _duplicate(submission: Submission, network: Network, before: Standing) -> Decided:
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


def _rejected(submission: Submission, network: Network, code: Code) -> Decided:
    return Decided(
        submission=submission,
        outcome=Outcome(
            kind=OutcomeKind.REJECTED,
            code=code,
            warnings=(Code.TEXT_CLEANED,) if submission.cleaned else (),
        ),
        network_version=network.version,
    )


def _move_on(facts: Facts, decided: Decided) -> None:
    """What was decided is a fact for the next submission of the key."""
    if decided.standing is not None:
        facts.standings[decided.submission.key] = decided.standing
    for use, takes in ((decided.uses, True), (decided.frees, False)):
        if use is None:
            continue
        taken = facts.used.setdefault((use.mode, use.click_id, use.action_tracker_id), set())
        if takes:
            taken.add(use.ordinal)
        else:
            taken.discard(use.ordinal)


def _place(item: Submission | Waiting) -> tuple[int, int]:
    submission = item.submission if isinstance(item, Waiting) else item
    return submission.position, submission.n


def _is_behind(key: OrderKey, stopped: set[OrderKey]) -> bool:
    """A held live submission holds both ledgers of its key, a held test one its own."""
    return key in stopped or key._replace(mode=Mode.LIVE) in stopped
