"""A document that was read before is judged as at first: by what is remembered of it, and by its orders."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from counterfoil.api.answers import Answer
from counterfoil.api.lookups import Lookups
from counterfoil.api.tracking import Accepted, Again, Asked, TrackingApi
from counterfoil.capture.shape import ShapeLimits
from counterfoil.model.orders import Mode, Receipt
from counterfoil.settings import read_settings
from counterfoil.tokens import Caller, Scope, TokenKind

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
SCOPES = frozenset({Scope.TRACKING})
OWNER = Caller(token_id="t", kind=TokenKind.LIVE, scopes=SCOPES, enterprises=frozenset({1500001}))
TESTER = Caller(token_id="t", kind=TokenKind.TEST, scopes=SCOPES, enterprises=frozenset({1500001}))

ORDER: dict[str, Any] = {
    "enterpriseId": "1500001",
    "actionTrackerId": 401,
    "orderId": "A-1",
    "eventTime": "2026-03-01T09:00:00Z",
    "amount": "1.50",
    "items": [{"unitPrice": "1.50", "quantity": 1, "sku": "S"}],
    "coupon": "SPRING",
}
FOREIGN = {**ORDER, "enterpriseId": "7"}
AHEAD = {**ORDER, "eventTime": "2027-03-01T09:00:00Z"}
ANSWER = "{ orders { orderId orderReceivedTime } errors { message fields } }"
LITERAL = "mutation { createOrders(newOrders: [%s]) " + ANSWER + " }"
VARIABLE = "mutation M($o: [OrderCreateRequest!]!) { it: createOrders(newOrders: $o) " + ANSWER + " }"
WITH_DEFAULT = VARIABLE.replace("]!)", "] = [{enterpriseId: 1500001, actionTrackerId: 4, orderId: 5}])")
TWICE = (
    "mutation($o: [OrderCreateRequest!]!) { a: createOrders(newOrders: $o) { errors { message } }"
    " b: createOrders(newOrders: $o) { errors { message } } }"
)


def literal(*orders: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A bare document."""
    told = ", ".join(
        "{" + ", ".join(f"{name}: {_literal(value)}" for name, value in order.items()) + "}"
        for order in orders
    )
    return LITERAL % told, {}


def _literal(value: Any) -> str:
    if isinstance(value, list):
        inner = [", ".join(f"{name}: {json.dumps(each)}" for name, each in item.items()) for item in value]
        return "[" + ", ".join("{" + each + "}" for each in inner) + "]"
    return json.dumps(value)


def variable(*orders: Any, document: str = VARIABLE, **others: Any) -> tuple[str, dict[str, Any]]:
    """A document whose orders are variables, and variables beside them."""
    return document, {"o": list(orders), **others}


REQUESTS = {
    "literal": literal(ORDER),
    "literals": literal(ORDER, ORDER, {**ORDER, "orderId": "A-2"}),
    "literal, foreign": literal(ORDER, FOREIGN),
    "literal, ahead": literal(AHEAD),
    "literal, wrong": literal({**ORDER, "actionTrackerId": "no"}),
    "literal, variables unused": (literal(ORDER)[0], {"x": 1}),
    "literal, variables too deep": (literal(ORDER)[0], {"x": [[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]}),
    "variable": variable(ORDER),
    "variables": variable(ORDER, {**ORDER, "orderId": "A-2"}),
    "variable, foreign": variable(FOREIGN),
    "variable, ahead": variable(AHEAD),
    "variable, wrong": variable({**ORDER, "amount": "x"}),
    "variable, nothing": variable(),
    "variable, null": (VARIABLE, {"o": None}),
    "variable, missing": (VARIABLE, {}),
    "variable, another beside it": variable(ORDER, x=1),
    "variable, one too deep beside it": variable(ORDER, x=[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]),
    "variable with a default": variable(ORDER, document=WITH_DEFAULT),
    "default": (WITH_DEFAULT, {}),
    "twice": variable(ORDER, document=TWICE),
    "too many items": variable({**ORDER, "items": ORDER["items"] * 3000}),
    "too many orders": variable(*[ORDER] * 10_001),
}


@pytest.mark.parametrize("caller", [OWNER, TESTER], ids=["owner", "tester"])
@pytest.mark.parametrize("name", REQUESTS)
def test_a_known_document_is_judged_as_at_first(name: str, caller: Caller) -> None:
    """Whatever it was known from: the answer, the orders kept and their batches are the same."""
    document, variables = REQUESTS[name]
    # Blanks make it another document, which nobody has read.
    unknown = document + " " * (len(name) + 100 * (caller is OWNER))
    at_first = judged(unknown, variables, caller)
    for known_by in (literal(ORDER), variable(ORDER), (document, variables), (document, variables)):
        judged(*known_by, OWNER)

    assert at_first == judged(document, variables, caller)
    assert at_first == judged(unknown, variables, caller)


def judged(document: str, variables: dict[str, Any], caller: Caller) -> Any:
    """What becomes of one request: its answer, and what has to be kept before it is given."""
    api = TrackingApi(read_settings({}, {}), ShapeLimits(), "1", cast("Lookups", None))
    asked = Asked(
        mode=Mode.LIVE,
        caller=caller,
        body=json.dumps({"query": document, "variables": variables}).encode(),
        content_type=None,
        detailed=False,
        now=NOW,
        is_fresh=False,
    )
    told = api.judge(asked)
    if isinstance(told, Again):
        return told
    if isinstance(told, Answer):
        return told, asked.progress
    assert isinstance(told, Accepted)
    kept = [(batch.mode, batch.channel, batch.kind, batch.sender, batch.orders) for batch in told.batches]
    return told.answer(_receipts(told)), kept, asked.progress


def _receipts(accepted: Accepted) -> Sequence[Receipt]:
    return [
        Receipt(batch_id=each.batch_id, position=1, received_at=NOW, first_number=1)
        for each in accepted.batches
    ]
