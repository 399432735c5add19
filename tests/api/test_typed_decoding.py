"""The fast way of reading orders: it declines, or agrees with the exact way to the last digit.

Owns the comparison of capture/tracking/decoding.py with the readers of the schema. Next: wire_values.py.
"""

from functools import cache
from random import Random

import pytest
from graphql import parse_type, parse_value, type_from_ast
from hypothesis import given, settings
from hypothesis import strategies as st

from counterfoil.api import schemas
from counterfoil.api.inputs import Misplaced, Reader
from counterfoil.capture.body import ListText
from counterfoil.capture.canonical import encode_orders
from counterfoil.capture.tracking import documents
from counterfoil.capture.tracking.decoding import decode_list
from counterfoil.capture.tracking.verticals import ADVERTISER_VERTICAL, VERTICAL_PARAMETERS, VERTICAL_TYPES
from counterfoil.model.orders import Kind, Order
from tests.api.wire_values import INPUTS, Writer, json_text, literal_text, marked_text

KINDS = tuple(INPUTS)


@cache
def reader(kind: Kind) -> Reader:
    """The exact reader of a list of orders."""
    schema = schemas.tracking()
    type_ = type_from_ast(schema.types, parse_type(f"[{INPUTS[kind]}!]!"))
    return schema.reader(type_)  # type: ignore[arg-type]


def exact_json(kind: Kind, text: str) -> tuple[Order, ...] | None:
    """What the exact way makes of a list among the variables; None when it refuses."""
    try:
        value = ListText(text.encode()).value()
    except (ValueError, AssertionError):
        return None
    read = reader(kind).from_json(value)
    return None if isinstance(read, Misplaced) else documents.orders(kind, read)


def exact_literal(kind: Kind, text: str) -> tuple[Order, ...] | None:
    """What the exact way makes of a literal; None when it refuses."""
    read = reader(kind).from_literal(parse_value(text), {})
    return None if isinstance(read, Misplaced) else documents.orders(kind, read)


def assert_agrees(exact: tuple[Order, ...] | None, fast: tuple[Order, ...] | None) -> None:
    """Either declined, or the same orders with the same bytes in the log."""
    if fast is None:
        return
    assert exact == fast
    assert encode_orders(exact) == encode_orders(fast)


SEEDS = st.integers(0, 2**32)
GAPS = ("", " ", "\n\t")
LISTS_OF_A_SEED = 10


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_usual_orders_are_never_declined(kind: Kind, seed: int) -> None:
    """Without anything borderline the fast way reads both, however the numbers are sent."""
    random = Random(seed)
    for _ in range(LISTS_OF_A_SEED):
        value = Writer(random).orders(kind)
        text = json_text(value, random.choice(GAPS))
        from_json = decode_list(kind, text.encode(), literal=False)
        from_literal = decode_list(kind, marked_text(value).encode(), literal=True)

        assert exact_json(kind, text) == from_json
        assert exact_literal(kind, literal_text(value)) == from_literal


@pytest.mark.parametrize("odd", [1, 5])
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_variables_are_declined_or_read_alike(kind: Kind, odd: int, seed: int) -> None:
    """Among borderline values the fast way accepts nothing that the exact one refuses or reads otherwise."""
    random = Random(seed)
    for _ in range(LISTS_OF_A_SEED):
        text = json_text(Writer(random, odd).orders(kind), random.choice(GAPS))
        assert_agrees(exact_json(kind, text), decode_list(kind, text.encode(), literal=False))


@pytest.mark.parametrize("odd", [1, 5])
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_literals_are_declined_or_read_alike(kind: Kind, odd: int, seed: int) -> None:
    """The same under the rules of literals, where a quoted number is no Int and an enum no string."""
    random = Random(seed)
    for _ in range(LISTS_OF_A_SEED):
        value = Writer(random, odd).orders(kind)
        if "\\ud800" in marked_text(value):
            # The library's parser knows no lone surrogates, and the fast way is handed none.
            continue
        fast = decode_list(kind, marked_text(value).encode(), literal=True)
        if fast is not None:
            # Where a vertical parameter stands twice, their order may be another, which says nothing.
            assert exact_literal(kind, literal_text(value)) == fast


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_mutilated_json_is_declined_or_read_alike(kind: Kind, seed: int) -> None:
    """A character less, more, or another, anywhere in the text."""
    random = Random(seed)
    text = json_text(Writer(random, 1).orders(kind))
    for _ in range(LISTS_OF_A_SEED):
        place = random.randrange(len(text))
        put = random.choice(["", *'0-.e,:[]{}"\\n \x00\x01\t1', "null", "\\u0002", "\\ud800"])
        changed = text[:place] + put + text[place + random.randrange(2) :]
        assert_agrees(exact_json(kind, changed), decode_list(kind, changed.encode(), literal=False))


ORDER = '"enterpriseId": "1", "actionTrackerId": 2, "orderId": "3"'


@pytest.mark.parametrize(
    "member",
    [
        '"amount": "\\u000249.99"',
        '"amount": "1\\n2"',
        '"amount": "1\\n"',
        '"amount": "\\u0661"',
        '"amount": " 1"',
        '"amount": "1_0"',
        '"amount": "NaN"',
        '"amount": "1e5"',
        '"amount": true',
        '"amount": -0',
        '"amount": 1e999',
        '"amount": {}',
        '"items": [{"unitPrice": null, "quantity": 1, "sku": "s"}]',
        '"items": [null]',
        '"items": [{"unitPrice": 1, "quantity": true, "sku": "s"}]',
        '"adId": 2147483648',
        '"adId": -1',
        '"eventTime": "2026-02-29T00:00:00Z"',
        '"eventTime": "2026-03-01T10:00:00"',
        '"eventTime": "2026-03-01T24:00:00Z"',
        '"verticalParameters": {"foo": "x"}',
        '"verticalParameters": {"advertiserVertical": "retail"}',
        '"status": "Pending"',
        '"foo": null',
    ],
)
def test_what_the_exact_way_refuses_is_declined(member: str) -> None:
    """Values that a kind parser would let pass (trust: traps 15 and 16)."""
    text = f"[{{{ORDER}, {member}}}]"

    assert exact_json(Kind.CREATE, text) is None
    assert decode_list(Kind.CREATE, text.encode(), literal=False) is None


def test_the_names_of_the_vertical_parameters_are_those_of_the_schema() -> None:
    """The fast way knows them by heart."""
    types = schemas.tracking().types

    assert set(types.type_map["VerticalParametersInput"].fields) == VERTICAL_PARAMETERS  # type: ignore[attr-defined]
    assert set(types.type_map["VerticalType"].values) == VERTICAL_TYPES  # type: ignore[attr-defined]
    assert ADVERTISER_VERTICAL in VERTICAL_PARAMETERS
