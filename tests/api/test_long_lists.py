"""Long lists among the variables: read at once or exactly, nobody can tell which.

Owns what holds around the fast way: counts, rights, sentences, limits. Next: test_typed_decoding.py.
"""

import json
from random import Random
from typing import Any

import pytest

from counterfoil.api import schemas
from counterfoil.api.graphql import Unfit, check, check_shape, read_operation
from counterfoil.capture.body import LIST_BYTES_MIN, ListText, Request
from counterfoil.capture.shape import ShapeLimits
from counterfoil.capture.tracking.documents import TypedList, orders
from counterfoil.errors import Refusal
from counterfoil.model.orders import Kind
from tests.api.asking import LIMITS, WITH_VARIABLE, envelope, fields, operation, refused, requested
from tests.api.test_typed_decoding import exact_json
from tests.api.wire_values import Writer, json_text

TWICE = WITH_VARIABLE.replace(
    "{ createOrders", "{ again: createOrders(newOrders: $o) { orders { orderId } } createOrders"
)
"""The same list for two fields."""


def long_list(**changes: object) -> list[dict[str, Any]]:
    """Orders that are enough to be left unread; the last one with changes."""
    count = LIST_BYTES_MIN // 50
    many = [{"enterpriseId": "7001", "actionTrackerId": 4711, "orderId": f"A-{n}"} for n in range(count)]
    return [*many, {**many[0], "enterpriseId": 7002, **changes}]


def test_a_long_list_becomes_the_orders_that_the_exact_way_reads() -> None:
    """Through envelope, coercion and arguments, for every field that it is used in."""
    random, sent = Random(1), list[Any]()
    while len(json_text(sent)) < LIST_BYTES_MIN:
        sent += Writer(random).orders(Kind.CREATE)
    text = json_text(sent)
    body = f'{{"query": {json.dumps(TWICE)}, "variables": {{"o": {text}, "extra": 1}}}}'
    request = requested(body)
    assert isinstance(request.variables["o"], ListText)
    asked = read_operation(schemas.tracking(), request, LIMITS)
    assert not isinstance(asked, Refusal)

    assert isinstance(asked.request.variables["o"], TypedList)
    assert exact_json(Kind.CREATE, text) == orders(Kind.CREATE, asked.request.variables["o"])


def test_both_fields_have_the_orders_of_a_list_that_is_used_twice() -> None:
    """One reading serves every use."""
    read = fields(TWICE, {"o": long_list()})

    assert [len(long_list())] * 2 == [len(orders(Kind.CREATE, each.arguments["newOrders"])) for each in read]


def test_rights_and_counts_are_told_from_a_long_list() -> None:
    """The ids of all orders, a number among them as its text (D22, D29)."""
    (found,) = operation(WITH_VARIABLE, {"o": long_list()}).order_lists()

    assert (len(long_list()), ("7001", "7002")) == (found.count, found.enterprise_ids)


@pytest.mark.parametrize(
    "changes",
    [{"amount": "1e5"}, {"foo": 1}, {"orderId": None}, {"adId": -1}, {"items": [{}]}, {"sid": "\ud800"}],
)
def test_a_fault_in_a_long_list_is_told_as_in_the_exact_way(changes: dict[str, object]) -> None:
    """In the same sentence, at the same place; what is no fault is none."""
    sent = long_list(**changes)
    asked = read_operation(schemas.tracking(), Request(document=WITH_VARIABLE, variables={"o": sent}), LIMITS)
    assert not isinstance(asked, Refusal)
    exact = check(asked)
    told = [each.message for each in exact.refusals] if isinstance(exact, Unfit) else []

    assert told == refused(WITH_VARIABLE, {"o": sent})


def test_the_declared_type_decides_what_a_long_list_is_read_as() -> None:
    """Creates are no restatements: those need the time of the change."""
    document = WITH_VARIABLE.replace("OrderCreateRequest", "OrderRestateRequest")
    document = document.replace("createOrders(newOrders", "restateOrders(restatedOrders")
    (told,) = refused(document, {"o": long_list()})

    assert "is missing required fields '[updateTime]' @ 'restateOrders'" in told


def test_the_name_of_the_operation_comes_with_a_long_list() -> None:
    """The envelope is read once, and whole."""
    assert "second" == requested(envelope(WITH_VARIABLE, {"o": long_list()}, "second")).operation_name


def test_a_long_list_counts_for_the_depth_of_the_variables() -> None:
    """Where the limit lies below that of orders, they are counted as any other value (D146)."""
    limits = ShapeLimits(variables_depth_max=2)
    asked = read_operation(schemas.tracking(), requested(envelope(WITH_VARIABLE, {"o": long_list()})), limits)
    assert not isinstance(asked, Refusal)
    fault = check_shape(asked, limits)

    assert fault is not None
    assert "maximum query depth exceeded 3 > 2" == fault.message


@pytest.mark.parametrize(
    "change",
    [
        ('"variables": {', '"extensions": {"a": [1e3]}, "variables": {'),
        ('"variables": {', '"foo": 1, "variables": {'),
        ('"variables": {', '"variables": {"o": [1], '),
        ('"variables": {', '"variables": 1, "variables": {'),
        ('"operationName": null', '"operationName": 7'),
        ('{"query"', '\ufeff \n{"query"'),
    ],
)
def test_unusual_envelopes_with_a_long_list_say_the_same(change: tuple[str, str]) -> None:
    """What else stands in the envelope, and how often, decides nothing."""
    body = envelope(WITH_VARIABLE, {"o": long_list()}).decode().replace(*change, 1)
    request = requested(body)
    value = request.variables["o"]

    assert WITH_VARIABLE == request.document
    assert long_list() == (value.value() if isinstance(value, ListText) else value)
