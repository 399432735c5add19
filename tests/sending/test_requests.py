"""The wire of the sender: what it asks, and what it makes of an answer.

Owns both, without a socket. Leaves those to test_sender.py.
"""

import json
from typing import Any

import pytest

from counterfoil.sending.orders import Order
from counterfoil.sending.requests import Accepted, Answer, NoEntry, Refused, TryAgain, body, read_answer

ORDERS = [Order(1, 2, {"orderId": "A", "amount": "1.50"}), Order(2, 3, {"orderId": "B"})]
ROWS = [{"submissionId": "s1", "orderId": "A"}, {"submissionId": "s2", "orderId": "B"}]


def answer_to(read: Any, status: int = 200, retry_after: str | None = None) -> Answer:
    """What the sender makes of JSON."""
    return read_answer(status, retry_after, json.dumps(read).encode(), ORDERS)


def payload(orders: Any = None, errors: Any = None) -> dict[str, Any]:
    """An answer of the Tracking API."""
    return {"data": {"createOrders": {"orders": orders, "errors": errors}}}


def test_orders_travel_as_variables() -> None:
    """The document is the same for every batch, and amounts stay strings."""
    sent = json.loads(body(ORDERS))

    assert [{"orderId": "A", "amount": "1.50"}, {"orderId": "B"}] == sent["variables"]["newOrders"]
    assert "{ orders { submissionId orderId } errors { message fields } }" in sent["query"]


def test_orders_are_accepted_when_each_has_its_submission() -> None:
    """All, in any order; with `errors` null, empty or absent."""
    assert Accepted(2) == answer_to(payload(ROWS))
    assert Accepted(2) == answer_to(payload(ROWS[::-1], []))


@pytest.mark.parametrize(
    "rows",
    [
        ROWS[:1],
        [],
        None,
        "A B",
        [*ROWS, ROWS[0]],
        [{"submissionId": "s1", "orderId": "A"}, {"submissionId": "s2", "orderId": "C"}],
        [{"submissionId": None, "orderId": "A"}, {"submissionId": "s2", "orderId": "B"}],
    ],
)
def test_an_answer_that_does_not_name_our_orders_accepts_nothing(rows: Any) -> None:
    """A success without the ids of what we sent is sent again."""
    assert isinstance(answer_to(payload(rows)), TryAgain)


def test_the_servers_own_words_are_kept_on_refusal() -> None:
    """Message and fields come from the payload, each once."""
    errors = [{"message": "Unauthorized", "fields": ["enterpriseId"]}] * 2

    assert Refused("Unauthorized", ("enterpriseId",)) == answer_to(payload(None, errors))


def test_a_schema_fault_leads_to_the_order_it_speaks_of() -> None:
    """The position in the message is read, so that the line can be named."""
    message = "Validation error of type WrongType: argument 'newOrders[1].quantity' is not … @ 'createOrders'"

    assert Refused(message, (), 1) == answer_to({"errors": [{"message": message}], "data": None})


def test_errors_without_a_sentence_are_a_refusal_too() -> None:
    """Whatever form errors have, nothing counts as accepted."""
    assert Refused("The server gives no reason") == answer_to({"errors": "no"})
    assert 300 == len(getattr(answer_to({"errors": [{"message": "x" * 9000}]}), "message", ""))


@pytest.mark.parametrize("message", ["Missing Token", "Invalid Token"])
def test_a_wrong_token_ends_the_run(message: str) -> None:
    """No other batch would fare better."""
    told = answer_to({"errors": [{"message": message}], "data": None})

    assert isinstance(told, NoEntry)
    assert f"The server says: {message}." == told.sentence


@pytest.mark.parametrize("status", [401, 403, 404, 301, 405])
def test_a_status_that_no_waiting_changes_ends_the_run(status: int) -> None:
    """A wrong address or a closed door is told at once."""
    assert isinstance(answer_to({}, status), NoEntry)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_overloaded_server_is_tried_again(status: int) -> None:
    """Whatever its body says."""
    assert TryAgain(f"status {status}") == answer_to(payload(ROWS), status)


def test_a_server_may_name_the_pause() -> None:
    """`Retry-After` in seconds is heard; other forms of it are not."""
    assert TryAgain("status 429", 7) == answer_to({}, 429, "7")
    assert TryAgain("status 429") == answer_to({}, 429, "Wed, 21 Oct 2026 07:28:00 GMT")


@pytest.mark.parametrize(
    "answer", [b"", b"<html>", b"\xff", b"[]", b"null", b'{"data": null}', b'{"data": {}}']
)
def test_an_answer_that_says_nothing_is_tried_again(answer: bytes) -> None:
    """What comes from a proxy in between is no word about the orders."""
    assert isinstance(read_answer(200, None, answer, ORDERS), TryAgain)
