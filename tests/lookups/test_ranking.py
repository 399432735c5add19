"""Ranking: why a rule of a higher rank did not apply."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from msgspec.structs import replace

from counterfoil.lookups.ranking import CONTRADICTION, State, passed_over
from counterfoil.model.ledger import Click, Credit
from counterfoil.model.orders import NameValuePair
from counterfoil.model.programme import (
    ActionTerms,
    CommissionRule,
    Condition,
    ItemList,
    Locking,
    LockingMethod,
    Network,
    Percent,
    Situation,
)
from counterfoil.rules.situations import Facts
from tests.desk import BEGINNING

LIST = 77
CLICK = Click(click_id="c", clicked_at=BEGINNING, publisher_id=1, property_id=2, advertiser_id=3, ad_id=4)
CREDIT = Credit(publisher_id=1, property_id=2, ad_id=4, click=CLICK)
FACTS = Facts(
    vertical={"customerStatus": "Return"},
    custom=(NameValuePair(name="till", value="4"),),
    coupons=("SPRING", "TEN"),
    device_type="Desktop",
    channel="Email",
    property_id=2,
    amount=Decimal("140.00"),
)


@dataclass(frozen=True)
class Programme:
    """Rules by rank, from 1, and the conditions of the one situation, 31."""

    rules: tuple[CommissionRule, ...]
    conditions: tuple[Condition, ...] = ()
    facts: Facts = field(default=FACTS)

    def reasons(self, applied: int | None, sku: str | None = None) -> list[str]:
        """Why the rules above the one that applied did not."""
        listed = ItemList(id=LIST, advertiser=3, valid_from=BEGINNING, skus=frozenset({"LP-1"}))
        network = Network(
            version=1,
            position=1,
            situations={31: Situation(id=31, advertiser=3, name="Special", conditions=self.conditions)},
            item_lists={LIST: (listed,)},
        )
        terms = ActionTerms(
            action_tracker=5, locking=Locking(method=LockingMethod.FIXED_DATE), rules=self.rules
        )
        state = State(facts=self.facts, credit=CREDIT, terms=terms, network=network, event_time=BEGINNING)
        return [each.reason for each in passed_over(state, applied, sku)]


def rule(rank: int, **asks: object) -> CommissionRule:
    """A rule of this rank."""
    return replace(CommissionRule(rank=rank, rate=Percent(value=Decimal(rank))), **asks)


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        (Condition(subject="vertical", name="customerStatus", equals=("New",)),
         "customerStatus is Return; wanted: New"),
        (Condition(subject="vertical", name="brand", present=True), "brand is not given; wanted: given"),
        (Condition(subject="custom", name="till", equals=("5", "6")), "till is 4; wanted: 5 or 6"),
        (Condition(subject="coupon", equals=("SUMMER",)), "the coupon is SPRING, TEN; wanted: SUMMER"),
        (Condition(subject="coupon", present=False), "the coupon is SPRING, TEN; wanted: not given"),
        (Condition(subject="device", equals=("Mobile",)), "the device type is Desktop; wanted: Mobile"),
        (Condition(subject="channel", equals=("Social",)), "the bypass channel is Email; wanted: Social"),
        (Condition(subject="property", equals=("9",)), "the publisher's property is 2; wanted: 9"),
        (Condition(subject="new_to_file", equals=("true",)), "new to file is Return; wanted: true"),
        (Condition(subject="amount", at_least=Decimal(150), below=Decimal(500)),
         "the order amount is 140; wanted: 150 or more and less than 500"),
    ],
    ids=lambda value: value.subject if isinstance(value, Condition) else "",
)  # fmt: skip
def test_an_unmet_condition_is_told_by_its_input(condition: Condition, reason: str) -> None:
    """What the order said on the subject, and what the situation asks for."""
    programme = Programme((rule(1, situation=31), rule(2)), (condition,))

    assert [f"not 'Special': {reason}"] == programme.reasons(2)


def test_the_first_unmet_condition_is_the_reason() -> None:
    """Conditions that hold are no reason; of two that do not, the first is told."""
    conditions = (
        Condition(subject="device", equals=("Desktop",)),
        Condition(subject="channel", equals=("Social",)),
        Condition(subject="coupon", present=False),
    )
    programme = Programme((rule(1, situation=31), rule(2)), conditions)

    assert ["not 'Special': the bypass channel is Email; wanted: Social"] == programme.reasons(2)


def test_properties_come_before_the_situation() -> None:
    """Reasons follow the order in which rules are judged: properties, situation, item list."""
    unmet = Condition(subject="device", equals=("Mobile",))
    programme = Programme(
        (rule(1, properties=(8, 9), situation=31, item_list=LIST), rule(2, situation=31, item_list=LIST)),
        (unmet,),
    )

    assert [
        "the order came through property 2, not 8 or 9",
        "not 'Special': the device type is Desktop; wanted: Mobile",
    ] == programme.reasons(None, "LP-2")


def test_an_item_that_is_not_listed_and_an_order_without_items() -> None:
    """An item list asks for the item's own SKU, in its own case, and can never price a whole order."""
    programme = Programme((rule(1, item_list=LIST), rule(2)))

    assert [f"SKU lp-1 is not on item list {LIST}"] == programme.reasons(2, "lp-1")
    assert [f"it is for items of list {LIST}, and this order counts as one sum"] == programme.reasons(2)


def test_rules_below_the_one_that_applied_are_not_judged() -> None:
    """Only higher ranks need a reason, whatever the order in which they are listed."""
    programme = Programme((rule(3), rule(2, item_list=LIST), rule(1, item_list=LIST)))

    assert [] == programme.reasons(1, "LP-1")
    assert 2 == len(programme.reasons(3, "LP-2"))


def test_a_rule_without_a_reason_is_admitted() -> None:
    """Should nothing speak against a rule that did not apply, that is said instead of a made-up reason."""
    assert [CONTRADICTION] == Programme((rule(1), rule(2))).reasons(2)
