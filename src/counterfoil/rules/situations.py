"""Situations: whether the conditions that a rule asks for hold for an order.

Owns what each condition means. Judges one state of an order, at order level only. Next: commission.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct

from counterfoil.model.ledger import Credit, Stated
from counterfoil.model.orders import NameValuePair
from counterfoil.model.programme import Condition, Situation
from counterfoil.money import plain
from counterfoil.rules.coupons import coupons_in

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)

_NEW_TO_FILE = {"new": True, "return": False, "lapsed": False}


class Facts(Struct, frozen=True, kw_only=True):
    """What situations are judged by.

    `amount` is the order's net in the advertiser's currency, unrounded. `device_type` is the click's.
    """

    vertical: Mapping[str, str]
    custom: tuple[NameValuePair, ...]
    coupons: tuple[str, ...]
    device_type: str | None
    channel: str | None
    property_id: int
    amount: Decimal


def facts_of(stated: Stated, credit: Credit, amount: Decimal) -> Facts:
    """The facts of one state of an order; `amount` as in `Facts`."""
    return Facts(
        vertical=stated.vertical_parameters,
        custom=stated.custom_parameters,
        coupons=coupons_in(stated.coupon),
        device_type=credit.click.device_type if credit.click is not None else None,
        channel=stated.bypass_channel.name if stated.bypass_channel is not None else None,
        property_id=credit.property_id,
        amount=amount,
    )


def new_to_file(vertical: Mapping[str, str]) -> bool | None:
    """Whether the customer is new: New is, Return and Lapsed are not, else it is unknown (D132)."""
    return _NEW_TO_FILE.get(vertical.get("customerStatus", "").strip().casefold())


def holds(situation: Situation, facts: Facts) -> bool:
    """Whether all conditions of a situation hold (spec/processing.md, section 9)."""
    for condition in situation.conditions:  # noqa: SIM110 - a generator would cost more than the conditions
        if not _is_met(condition, facts):
            return False
    return True


def _is_met(condition: Condition, facts: Facts) -> bool:
    """Whether what the condition asks for is true of its subject; empty values count as absent.

    A subject can have several values (coupons, a repeated parameter): one of them must pass every test.
    """
    values = _values(condition, facts)
    if condition.present is not None and condition.present is not any(values):
        return False
    if not condition.equals and condition.at_least is None and condition.below is None:
        return True
    for value in values:  # noqa: SIM110 - see `holds`
        if value and _passes(value, condition):
            return True
    return False


def _values(condition: Condition, facts: Facts) -> tuple[str, ...]:
    if condition.subject == "vertical":
        return (facts.vertical.get(condition.name, ""),)
    match condition.subject:
        case "custom":
            return tuple(pair.value for pair in facts.custom if pair.name == condition.name)
        case "coupon":
            return facts.coupons
        case "device":
            return (facts.device_type or "",)
        case "channel":
            return (facts.channel or "",)
        case "property":
            return (str(facts.property_id),)
        case "new_to_file":
            known = new_to_file(facts.vertical)
            return () if known is None else ("true" if known else "false",)
        case "amount":
            return (plain(facts.amount),)
        case unknown:
            raise AssertionError(f"the network let pass an unknown subject: {unknown}")


def _passes(value: str, condition: Condition) -> bool:
    if condition.equals:
        folded = value.strip().casefold()
        if folded not in [wanted.casefold() for wanted in condition.equals]:
            return False
    if condition.at_least is None and condition.below is None:
        return True
    # Strict, so that no blank, underscore, exponent or foreign digit turns a text into a number.
    if not _NUMBER.fullmatch(value):
        return False
    number = Decimal(value)
    if condition.at_least is not None and number < condition.at_least:
        return False
    return condition.below is None or number < condition.below
