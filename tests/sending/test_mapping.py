"""What may stand after `--map`, and what is said about the rest.

Owns fields, columns and templates. Leaves rows to test_orders.py.
"""

import pytest

from counterfoil.sending import Unsendable, read_mapping

HEADER = ["customer_id", "Date", "amount_usd", "n"]


def faults_of(*maps: str) -> tuple[str, str]:
    """What is said about a mapping, and the remedy."""
    with pytest.raises(Unsendable) as refused:
        read_mapping(maps, HEADER)
    return refused.value.sentence, refused.value.fix


def test_a_column_that_is_not_there_is_told_with_the_nearest_one() -> None:
    """A typing error in a column's name is answered with the name that was meant."""
    sentence, fix = faults_of("order_id=customer_id", "amount=amount_us")

    assert "The file has no column 'amount_us', which amount is mapped to." == sentence
    assert "Did you mean amount_usd?" == fix


def test_the_nearest_column_is_found_in_any_case() -> None:
    """Columns are compared exactly, and proposed without regard to case."""
    assert "Did you mean Date?" == faults_of("order_id=date")[1]


def test_a_column_like_no_other_is_told_with_all_columns() -> None:
    """Without a near name the remedy lists the header."""
    assert "The columns are: customer_id, Date, amount_usd, n." == faults_of("order_id=zzzzz")[1]


def test_a_place_in_a_template_is_a_column_too() -> None:
    """The columns of a template are checked like any other."""
    assert "Did you mean customer_id?" == faults_of("order_id=C-{customer}")[1]


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("ammount=n", "amount"),
        ("orderid=n", "order_id"),
        ("vertical=n", "vertical."),
        ("vertical.=n", "vertical."),
    ],
)
def test_an_unknown_field_is_told_with_the_nearest_one(text: str, near: str) -> None:
    """A typing error in a field's name is answered with the name that was meant."""
    assert f"Did you mean {near}?" == faults_of("order_id=n", text)[1]


@pytest.mark.parametrize("text", ["order_id", "order_id=", "=n", ""])
def test_a_mapping_has_two_sides(text: str) -> None:
    """Without a field or a source there is no mapping."""
    assert f"--map {text!r} is not a mapping." == faults_of(text)[0]


def test_a_field_is_mapped_once() -> None:
    """Of two sources for a field neither wins."""
    assert "The field amount is mapped twice." == faults_of("order_id=n", "amount=n", "amount=amount_usd")[0]


def test_an_order_needs_an_id() -> None:
    """A mapping without order_id is refused before the file is read."""
    assert "No column is mapped to order_id." == faults_of("amount=amount_usd")[0]


def test_an_item_needs_its_three_fields() -> None:
    """Half an item is refused, and the first missing field named."""
    sentence, fix = faults_of("order_id=n", "item_sku=n", "item_discount=n")

    assert "item_unit_price and item_quantity is missing" in sentence
    assert "Add --map item_unit_price=COLUMN." == fix


@pytest.mark.parametrize("template", ["C-{customer_id", "C-customer_id}", "{a{customer_id}}", "'x}'"])
def test_a_brace_has_a_partner(template: str) -> None:
    """A template with a single brace is refused, whatever is in it."""
    assert "has a brace without its partner" in faults_of(f"order_id={template}")[0]
