"""Pricing: the figures of one state of an order, or the place to wait while a rate is missing.

Owns the gathering of what the rules need: the terms of the generation, the rates of the day. Next:
rules/commission.py.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from counterfoil.errors import Code
from counterfoil.model.ledger import Action, Held, OrderVersion, Rates, Stated
from counterfoil.model.orders import Submission
from counterfoil.model.programme import ActionTerms, ActionTracker, Network, Terms
from counterfoil.processing.facts import Facts
from counterfoil.rules.commission import Priced, RateMissing, flat_currencies, price
from counterfoil.rules.conversion import Conversion, Missing, conversion


class PricedWith(Struct, frozen=True, gc=False):
    """The figures, the rates they were converted by, and the latest rate that was waited for."""

    priced: Priced
    rates: Rates
    arrived: int | None


def price_state(
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
) -> PricedWith | Held:
    """The figures of a state, or the place to wait while a rate is missing (D82)."""
    assert action.credit is not None
    advertiser = network.advertisers[action.advertiser_id].currency
    publisher = network.publishers[action.credit.publisher_id].currency

    # While the currency stays, so do its rates, and those of flat amounts: the net moves only with the order.
    kept = before.rates if before is not None and before.currency == currency else None
    found: Conversion | Missing = (
        Conversion(kept, None)
        if kept is not None
        else _rates_from(currency, advertiser, publisher, submission, facts)
    )
    if isinstance(found, Missing):
        return _no_rate(submission, found.currency)
    rates, arrived = found
    flat_rates: dict[str, Rates] = {}
    for flat in flat_currencies(terms, action_terms):
        if flat == currency:
            continue
        own = kept.flats.get(flat) if kept is not None else None
        if own is None:
            known = _rates_from(flat, advertiser, publisher, submission, facts)
            if isinstance(known, Missing):
                continue
            own = known.rates
            arrived = max((at for at in (arrived, known.arrived) if at is not None), default=None)
        flat_rates[flat] = own
    if flat_rates or rates.flats:
        rates = replace(rates, flats=dict(sorted(flat_rates.items())))
    priced = price(
        stated,
        tracker=tracker,
        terms=terms,
        action_terms=action_terms,
        network=network,
        event_time=action.event_time,
        currency=currency,
        rates=rates,
        credit=action.credit,
        flat_rates=flat_rates,
    )
    if isinstance(priced, RateMissing):
        return _no_rate(submission, priced.currency)
    return PricedWith(priced, rates, arrived)


def _rates_from(
    source: str, advertiser: str, publisher: str, submission: Submission, facts: Facts
) -> Conversion | Missing:
    """The rates of a currency on the day of receipt, looked up once for all orders of a request."""
    question = (source, advertiser, publisher, submission.position)
    known = facts.conversions.get(question)
    if known is not None:
        return known
    found = conversion(
        source,
        advertiser=advertiser,
        publisher=publisher,
        day=submission.received_at.date(),
        position=submission.position,
        find=facts.find_rate,
    )
    if isinstance(found, Conversion):
        facts.conversions[question] = found
    return found


def _no_rate(submission: Submission, currency: str) -> Held:
    day = submission.received_at.date().isoformat()
    return Held(submission=submission, code=Code.RATE_MISSING, detail=f"{currency} {day}")


def terms_of(action: Action, facts: Facts) -> tuple[Terms, ActionTerms]:
    """The terms an action was opened under, which price it for life (D66)."""
    network = facts.network_of(action.network_version)
    assert action.contract_id is not None
    terms = next(t for t in network.terms[action.contract_id] if t.valid_from == action.terms_from)
    return terms, terms.by_tracker[action.key.action_tracker_id]
