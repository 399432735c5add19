"""Terms in words: rates, rules and the version of a contract's terms, as people name them.

Owns those words ("6 %", "'Default terms' v3"). Applies nothing: that is rules/. Next: ranking.py.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from counterfoil.lookups.figures import worded
from counterfoil.model.ledger import Action
from counterfoil.model.programme import (
    ActionTerms,
    CommissionRule,
    Condition,
    Fee,
    Flat,
    Network,
    Percent,
    PercentOfSale,
    Terms,
)
from counterfoil.money import plain


class TermsNamed(Struct, frozen=True, kw_only=True):
    """The terms that price an action for life (D66). `version` counts those of the contract from 1."""

    id: int
    name: str
    version: int
    valid_from: datetime
    contract_id: int


class RuleNamed(Struct, frozen=True, kw_only=True):
    """One rule of the terms: its rank, its rate in words, and what it asks for."""

    rank: int
    rate: str
    situation: str | None
    item_list_id: int | None


def terms_of(action: Action, network: Network) -> tuple[TermsNamed, Terms, ActionTerms] | None:
    """The terms of an action, named and as they are; `None` for an order without commission."""
    if action.contract_id is None or action.code is not None:
        return None
    series = network.terms[action.contract_id]
    at = next(n for n, terms in enumerate(series) if terms.valid_from == action.terms_from)
    terms = series[at]
    named = TermsNamed(
        id=terms.id,
        name=terms.name,
        version=at + 1,
        valid_from=terms.valid_from,
        contract_id=action.contract_id,
    )
    tracker = action.key.action_tracker_id
    return named, terms, next(each for each in terms.actions if each.action_tracker == tracker)


def rule_named(rule: CommissionRule, network: Network) -> RuleNamed:
    """A rule in words."""
    situation = None if rule.situation is None else network.situations[rule.situation].name
    return RuleNamed(
        rank=rule.rank, rate=rate_words(rule.rate), situation=situation, item_list_id=rule.item_list
    )


def rate_words(rate: Percent | Flat) -> str:
    """The rate of a rule: `6 %`, or `2.50 USD`."""
    if isinstance(rate, Percent):
        return f"{plain(rate.value)} %"
    return worded(plain(rate.value), rate.currency)


def fee_words(fee: Fee | None) -> str:
    """What the network charges the advertiser (D84)."""
    match fee:
        case None:
            return "no fee"
        case Percent():
            return f"{plain(fee.value)} % of the commission"
        case PercentOfSale():
            return f"{plain(fee.value)} % of the sale"
        case Flat():
            return f"{worded(plain(fee.value), fee.currency)} an order"


_SUBJECTS = {
    "coupon": "the coupon",
    "device": "the device type",
    "channel": "the bypass channel",
    "property": "the publisher's property",
    "new_to_file": "new to file",
    "amount": "the order amount",
}


def subject_words(condition: Condition) -> str:
    """What a condition is about."""
    return _SUBJECTS.get(condition.subject, condition.name)


def wanted_words(condition: Condition) -> str:
    """What a condition asks for: `New`, `10 or more and less than 50`."""
    wanted = []
    if condition.present is not None:
        wanted.append("given" if condition.present else "not given")
    if condition.equals:
        wanted.append(" or ".join(condition.equals))
    if condition.at_least is not None:
        wanted.append(f"{plain(condition.at_least)} or more")
    if condition.below is not None:
        wanted.append(f"less than {plain(condition.below)}")
    return " and ".join(wanted)
