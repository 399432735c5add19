"""Ranking: why each rule above the one that applied did not.

Owns the reasons, in the order in which rules are judged. Judges by rules/situations.py alone, on what the
order stated and on the network that prices it. Next: explaining.py.
"""

from __future__ import annotations

from datetime import datetime
from decimal import localcontext

from msgspec import Struct
from msgspec.structs import replace

from counterfoil.lookups.terms import RuleNamed, rule_named, subject_words, wanted_words
from counterfoil.model.ledger import Credit, OrderVersion
from counterfoil.model.programme import ActionTerms, ActionTracker, CommissionRule, Condition, Network
from counterfoil.money import EXACT, plain
from counterfoil.rules.amounts import worth_of
from counterfoil.rules.situations import Facts, facts_of, holds

CONTRADICTION = "nothing speaks against it today; compare with a replay: counterfoil ledger replay"
"""Said of a rule that should have applied: the record was posted by other rules than this program's."""


class PassedOver(Struct, frozen=True, kw_only=True):
    """A rule that did not apply, and why."""

    rule: RuleNamed
    reason: str


class State(Struct, frozen=True, kw_only=True):
    """One state of an order as its rules were judged on it."""

    facts: Facts
    credit: Credit
    terms: ActionTerms
    network: Network
    event_time: datetime


def state_of(
    version: OrderVersion,
    *,
    credit: Credit,
    tracker: ActionTracker,
    terms: ActionTerms,
    network: Network,
    event_time: datetime,
) -> State:
    """The state that a version had when it was priced."""
    worth = worth_of(version.stated, is_item_based=tracker.type.is_item_based)
    with localcontext(EXACT):
        facts = facts_of(version.stated, credit, worth.net * version.rates.adv.value)
    return State(facts=facts, credit=credit, terms=terms, network=network, event_time=event_time)


def passed_over(state: State, applied: int | None, sku: str | None) -> tuple[PassedOver, ...]:
    """The rules of a higher rank than the one that applied, all of them if none did.

    `sku` is that of the item, `None` where the order counts as one sum.
    """
    ranked = sorted(state.terms.rules, key=lambda rule: rule.rank)
    higher = [rule for rule in ranked if applied is None or rule.rank < applied]
    return tuple(
        PassedOver(rule=rule_named(rule, state.network), reason=_reason(rule, state, sku)) for rule in higher
    )


def _reason(rule: CommissionRule, state: State, sku: str | None) -> str:
    if rule.properties and state.credit.property_id not in rule.properties:
        wanted = " or ".join(map(str, rule.properties))
        return f"the order came through property {state.credit.property_id}, not {wanted}"
    if rule.situation is not None:
        situation = state.network.situations[rule.situation]
        for condition in situation.conditions:
            if not holds(replace(situation, conditions=(condition,)), state.facts):
                return f"not '{situation.name}': {_unmet(condition, state.facts)}"
    if rule.item_list is not None:
        if sku is None:
            return f"it is for items of list {rule.item_list}, and this order counts as one sum"
        listed = state.network.item_list_at(rule.item_list, state.event_time)
        if listed is None or sku not in listed.skus:
            return f"SKU {sku} is not on item list {rule.item_list}"
    return CONTRADICTION


def _unmet(condition: Condition, facts: Facts) -> str:
    given = _given(condition, facts)
    said = f"is {given}" if given else "is not given"
    return f"{subject_words(condition)} {said}; wanted: {wanted_words(condition)}"


def _given(condition: Condition, facts: Facts) -> str:
    """What the order says on the subject of a condition."""
    match condition.subject:
        case "vertical":
            return facts.vertical.get(condition.name, "")
        case "custom":
            return ", ".join(pair.value for pair in facts.custom if pair.name == condition.name)
        case "coupon":
            return ", ".join(facts.coupons)
        case "device":
            return facts.device_type or ""
        case "channel":
            return facts.channel or ""
        case "property":
            return str(facts.property_id)
        case "new_to_file":
            return facts.vertical.get("customerStatus", "")
        case _:
            return plain(facts.amount)
