"""Situations: what each condition means, and when it does not hold.

Owns the conditions. Leaves which rule they open to test_commission.py.
"""

from decimal import Decimal

import pytest

from counterfoil.model.ledger import Stated
from counterfoil.model.orders import NameValuePair
from counterfoil.model.programme import Condition, Situation
from counterfoil.rules.situations import facts_of, holds, new_to_file
from tests.rules.demo_network import NORTHWIND, click, credited, stated


def is_met(
    condition: Condition, order: Stated, *, amount: str = "0", device: str | None = "Mobile Phone"
) -> bool:
    """Whether a situation of this one condition holds."""
    situation = Situation(id=1, advertiser=NORTHWIND, name="One", conditions=(condition,))
    return holds(situation, facts_of(order, credited(click(device_type=device)), Decimal(amount)))


@pytest.mark.parametrize(
    ("condition", "order"),
    [
        (
            Condition(subject="vertical", name="customerStatus", equals=("New",)),
            stated(vertical={"customerStatus": " NEW"}),
        ),
        (Condition(subject="vertical", name="city", present=True), stated(vertical={"city": "Rome"})),
        (Condition(subject="vertical", name="city", present=False), stated(vertical={"town": "Rome"})),
        (Condition(subject="vertical", name="city", present=False), stated(vertical={"city": ""})),
        (
            Condition(subject="custom", name="tier", equals=("Gold", "Silver")),
            stated(custom={"tier": "silver"}),
        ),
        (Condition(subject="coupon", present=True), stated(coupon="X")),
        (Condition(subject="coupon", present=False), stated(coupon=" , ")),
        (Condition(subject="coupon", present=False), stated()),
        (Condition(subject="coupon", equals=("save5",)), stated(coupon="OTHER, SAVE5")),
        (Condition(subject="device", equals=("mobile phone",)), stated()),
        (Condition(subject="channel", equals=("email",)), stated(channel="Email")),
        (Condition(subject="channel", present=False), stated()),
        (Condition(subject="property", equals=("9900001",)), stated()),
        (
            Condition(subject="new_to_file", equals=("true",)),
            stated(vertical={"customerStatus": "new"}),
        ),
        (
            Condition(subject="new_to_file", equals=("FALSE",)),
            stated(vertical={"customerStatus": "Lapsed"}),
        ),
        (Condition(subject="new_to_file", present=False), stated(vertical={"customerStatus": "Other"})),
    ],
)
def test_a_condition_that_is_met(condition: Condition, order: Stated) -> None:
    """Each subject, without case."""
    assert is_met(condition, order)


@pytest.mark.parametrize(
    ("condition", "order"),
    [
        (
            Condition(subject="vertical", name="customerStatus", equals=("New",)),
            stated(vertical={"customerStatus": "Newish"}),
        ),
        (Condition(subject="vertical", name="customerStatus", equals=("New",)), stated()),
        (Condition(subject="vertical", name="city", present=True), stated(vertical={"City": "Rome"})),
        (Condition(subject="custom", name="tier", equals=("Gold",)), stated(vertical={"tier": "Gold"})),
        (Condition(subject="coupon", equals=("SAVE5",)), stated(coupon="SAVE50,SAVE")),
        (Condition(subject="coupon", present=False), stated(coupon="X")),
        (Condition(subject="channel", equals=("Email",)), stated()),
        (Condition(subject="property", equals=("9900002",)), stated()),
        (Condition(subject="new_to_file", equals=("false",)), stated()),
        (
            Condition(subject="vertical", name="city", present=False, equals=("Rome",)),
            stated(vertical={"city": "Rome"}),
        ),
    ],
)
def test_a_condition_that_is_not_met(condition: Condition, order: Stated) -> None:
    """What is near is not equal, and what is absent equals nothing."""
    assert not is_met(condition, order)


def test_an_unknown_device_equals_no_device() -> None:
    """A click whose device was not told."""
    assert not is_met(Condition(subject="device", equals=("Desktop",)), stated(), device=None)


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("7", True),
        ("7.0", True),
        ("12.5", True),
        ("6.9999999999999999999999999", False),
        ("14", False),
        ("13.99", True),
        ("-7", False),
        ("", False),
        ("seven", False),
        ("7 ", False),
        (" 7", False),
        ("+7", False),
        ("7.", False),
        (".7e1", False),
        ("1e1", False),
        ("1_0", False),
        ("٧", False),
        ("NaN", False),
        ("Infinity", False),
        ("7\n", False),
        ("7,5", False),
    ],
)
def test_a_number_is_compared_only_if_the_text_is_one(text: str, *, met: bool) -> None:
    """`at_least` 7 and `below` 14, by a strict pattern."""
    condition = Condition(subject="vertical", name="duration", at_least=Decimal(7), below=Decimal(14))

    assert met is is_met(condition, stated(vertical={"duration": text}))


@pytest.mark.parametrize(
    ("amount", "met"), [("100", True), ("99.9999999999999999999999", False), ("1E+2", True), ("200", False)]
)
def test_the_amount_is_compared_unrounded(amount: str, *, met: bool) -> None:
    """A band from 100 to below 200."""
    condition = Condition(subject="amount", at_least=Decimal(100), below=Decimal(200))

    assert met is is_met(condition, stated(), amount=amount)


def test_one_value_must_pass_every_test() -> None:
    """Of a parameter that is sent twice, neither alone is from 5 to below 10."""
    condition = Condition(subject="custom", name="n", at_least=Decimal(5), below=Decimal(10))
    pairs = (NameValuePair(name="n", value="3"), NameValuePair(name="n", value="12"))

    assert not is_met(condition, Stated(custom_parameters=pairs))
    assert is_met(condition, Stated(custom_parameters=(*pairs, NameValuePair(name="n", value="7"))))


def test_all_conditions_of_a_situation_hold() -> None:
    """One that fails is enough."""
    coupon = Condition(subject="coupon", present=True)
    city = Condition(subject="vertical", name="city", present=True)
    both = Situation(id=1, advertiser=NORTHWIND, name="Both", conditions=(coupon, city))

    assert holds(both, facts_of(stated(coupon="X", vertical={"city": "Rome"}), credited(), Decimal(0)))
    assert not holds(both, facts_of(stated(coupon="X"), credited(), Decimal(0)))


@pytest.mark.parametrize(
    ("status", "expected"),
    [("New", True), (" new ", True), ("Return", False), ("LAPSED", False), ("Unknown", None), ("", None)],
)
def test_new_to_file_follows_the_customer_status(status: str, *, expected: bool | None) -> None:
    """D132."""
    assert expected is new_to_file({"customerStatus": status})


def test_new_to_file_is_unknown_without_a_status() -> None:
    """Nobody said."""
    assert new_to_file({}) is None
