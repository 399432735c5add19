"""The order of the checks: with two or three faults in one request, the earliest stage is told and no other.

Owns the pairs and triples of D22, D23 and D25, over the wire. Next: orders_on_the_wire.py.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any, NamedTuple

import pytest

from tests.api.orders_on_the_wire import FUTURE, an_id, items, order
from tests.api.serving import House, Reply

PADDING = " " * (1024 * 1024)
SETTINGS: dict[str, Any] = {"body_mb_max": 1, "orders_max": 2}

FAULTS = ("token", "size", "syntax", "count", "shape", "authorisation", "schema", "field")
"""In the order in which they are checked (D22)."""

CODES = {
    "token": "INVALID_TOKEN",
    "size": "BODY_TOO_LARGE",
    "syntax": "INVALID_SYNTAX",
    "count": "TOO_MANY_ORDERS",
    "shape": "QUERY_TOO_COMPLEX",
    "schema": "SCHEMA_FAULT",
}
"""What top-level errors are called; the others are told in the payload where there is one."""


class Sent(NamedTuple):
    """A request with faults, and the order id of its first order."""

    body: str
    token: str
    order_id: str


def with_faults(faults: tuple[str, ...]) -> Sent:
    """A request that has these faults and no other."""
    order_id = an_id("P")
    orders = [
        order(
            order_id,
            more=(items(101) if "field" in faults else "") + (", no: 1" if "schema" in faults else ""),
            enterprise="1500002" if "authorisation" in faults else "1500001",
        )
    ] * (3 if "count" in faults else 1)
    message = "message " * (5 if "shape" in faults else 1)
    document = (
        f"mutation {{ createOrders(newOrders: [{', '.join(orders)}]) {{ errors {{ {message} fields }} }} }}"
    )
    if "syntax" in faults:
        document += " }"
    if "size" in faults:
        document += PADDING
    return Sent(document, "cfoil_live_x" if "token" in faults else "live", order_id)


def told(reply: Reply) -> list[str]:
    """The codes of the top-level errors, or the sentences of the payload's."""
    answer = reply.json
    if answer["data"] is None:
        return [error["extensions"]["code"] for error in answer["errors"]]
    assert answer["data"]["createOrders"].get("orders") is None
    return [error["message"] for error in answer["data"]["createOrders"]["errors"]]


def expected(faults: tuple[str, ...]) -> list[str]:
    """What is told of these faults, the first one's."""
    match faults[0]:
        case "authorisation":
            # Without a payload it is told at top level, alone (D23).
            return ["UNAUTHORIZED"] if "schema" in faults else ["Unauthorized"]
        case "field":
            return ["Order may not have more than 100 items"]
        case first:
            return [CODES[first]]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_earliest_stage_is_told_and_nothing_is_kept(house: House, number: int) -> None:
    """Of one, two or three faults in a request the first of D22 is told alone, and no order is kept."""
    for faults in combinations(FAULTS, number):
        sent = with_faults(faults)

        reply = house.ask(sent.body, sent.token, headers={"Counterfoil-Errors": "detailed"}, **SETTINGS)

        assert (faults, expected(faults)) == (faults, told(reply))
        assert (504 if faults[0] in ("size", "count") else 200) == reply.status
        assert 0 == house.kept(sent.order_id)


def test_without_faults_the_same_request_is_kept(house: House) -> None:
    """The request of the pairs is good once it has none of the faults."""
    sent = with_faults(())

    reply = house.ask(sent.body, **SETTINGS)

    assert {"data": {"createOrders": {"errors": None}}} == reply.json
    assert 1 == house.kept(sent.order_id)


@pytest.mark.parametrize("later", FAULTS[4:])
def test_too_many_orders_as_a_payload_error_come_before_everything_later(house: House, later: str) -> None:
    """By setting, the count is told in the payload, at top level where a later fault prevents one (D29)."""
    sent = with_faults(("count", later))

    reply = house.ask(sent.body, orders_max=2, orders_max_answer="payload")

    sentence = "Request may not have more than 2 orders"
    if later in ("shape", "schema"):
        assert sentence == reply.message
    else:
        assert [{"message": sentence, "fields": ["newOrders"]}] == reply.payload()["errors"]


def test_a_future_time_and_too_many_items_are_told_together(house: House) -> None:
    """All distinct problems of the one stage are told, once each, over all orders of the field (D25)."""
    body = (
        f"mutation {{ createOrders(newOrders: [{order(an_id(), items(101), event_time=FUTURE)}, "
        f"{order(an_id(), items(101))}, {order(an_id(), event_time=FUTURE)}]) "
        "{ errors { message fields } } }"
    )

    assert [
        {"message": "Order may not have more than 100 items", "fields": ["items"]},
        {"message": "Order may not have an eventTime in the future", "fields": ["eventTime"]},
    ] == house.ask(body).payload()["errors"]
