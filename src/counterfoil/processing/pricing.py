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


class PricedWith(Struct, frozen=True):
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
    day = submission.received_at.date()
    currencies = {
        "advertiser": network.advertisers[action.advertiser_id].currency,
        "publisher": network.publishers[action.credit.publisher_id].currency,
    }

    def rates_from(source: str) -> Conversion | Missing:
        return conversion(source, **currencies, day=day, position=submission.position, find=facts.find_rate)

    # While the currency stays, so do its rates, and those of flat amounts: the net moves only with the order.
    kept = before.rates if before is not None and before.currency == currency else None
    found = Conversion(kept, None) if kept is not None else rates_from(currency)
    if isinstance(found, Missing):
        return _no_rate(submission, found.currency)
    flats = {
        flat: Conversion(kept.flats[flat], None) if kept and flat in kept.flats else rates_from(flat)
        for flat in sorted(flat_currencies(terms, action_terms) - {currency})
    }
    flat_rates = {flat: known.rates for flat, known in flats.items() if isinstance(known, Conversion)}
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
        flat_rates=flat_rates,
    )
    if isinstance(priced, RateMissing):
        return _no_rate(submission, priced.currency)
    arrivals = [found.arrived, *(known.arrived for known in flats.values() if isinstance(known, Conversion))]
    rates = replace(found.rates, flats=flat_rates)
    return PricedWith(priced, rates, max((at for at in arrivals if at is not None), default=None))


def _no_rate(submission: Submission, currency: str) -> Held:
    day = submission.received_at.date().isoformat()
    return Held(submission=submission, code=Code.RATE_MISSING, detail=f"{currency} {day}")


def terms_of(action: Action, facts: Facts) -> tuple[Terms, ActionTerms]:
    """The terms an action was opened under, which price it for life (D66)."""
    network = facts.network_of(action.network_version)
    assert action.contract_id is not None
    terms = next(t for t in network.terms[action.contract_id] if t.valid_from == action.terms_from)
    return terms, next(a for a in terms.actions if a.action_tracker == action.key.action_tracker_id)
