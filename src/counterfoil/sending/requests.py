"""Requests and answers: orders as the body of a `createOrders` request, and what an answer means.

Owns both directions of the wire, pure. Asks only for fields that every compatible server has. Next:
sender.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from counterfoil.sending.orders import Order

QUERY = (
    "mutation($newOrders: [OrderCreateRequest!]!) { createOrders(newOrders: $newOrders)"
    " { orders { submissionId orderId } errors { message fields } } }"
)

AGAIN_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
NO_ENTRY_MESSAGES = frozenset({"Missing Token", "Invalid Token"})

_PLACE_IN_LIST = re.compile(r"newOrders\[([0-9]+)\]")
_SHOWN_MAX = 300


class Accepted(Struct, frozen=True):
    """Every order of the request is in the server's log."""

    count: int


class Refused(Struct, frozen=True):
    """The server keeps nothing of the request; `fields` are the input fields it names.

    `place` is the position, from 0, of the order that the message speaks of, where it names one.
    """

    message: str
    fields: tuple[str, ...] = ()
    place: int | None = None


class TryAgain(Struct, frozen=True):
    """Nothing certain is known; the same request may be sent again, since the order key counts it once."""

    reason: str
    wait_s: int | None = None


class NoEntry(Struct, frozen=True):
    """No request of this run can succeed: the token or the address is wrong."""

    sentence: str
    fix: str


Answer = Accepted | Refused | TryAgain | NoEntry


def body(orders: Sequence[Order]) -> bytes:
    """The request for these orders, as variables."""
    return msgspec.json.encode(
        {"query": QUERY, "variables": {"newOrders": [order.fields for order in orders]}}
    )


def read_answer(status: int, retry_after: str | None, answer: bytes, orders: Sequence[Order]) -> Answer:
    """What the server says to a request with these orders."""
    if status in AGAIN_STATUSES:
        return TryAgain(f"status {status}", _seconds(retry_after))
    if status in (401, 403):
        return NoEntry(f"The server does not let this token in (status {status}).", "Check the token.")
    if status != 200:
        return NoEntry(
            f"There is no Tracking API at this address (status {status}).",
            "Check --url; it usually ends in /graphql, or /graphqltest for the test ledger.",
        )
    try:
        read = msgspec.json.decode(answer)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return TryAgain("the answer is not JSON")
    return _meaning(read, orders)


def _meaning(read: Any, orders: Sequence[Order]) -> Answer:
    top = read if isinstance(read, dict) else {}
    if errors := top.get("errors"):
        return _refusal(errors)
    data = top.get("data")
    answered = data.get("createOrders") if isinstance(data, dict) else None
    if not isinstance(answered, dict):
        return TryAgain("the answer says nothing about the orders")
    if errors := answered.get("errors"):
        return _refusal(errors)
    return _counted(answered.get("orders"), orders)


def _counted(answered: Any, orders: Sequence[Order]) -> Answer:
    """Accepted, if each of our orders is answered with an id of its submission."""
    rows = answered if isinstance(answered, list) else []
    ids = {row.get("orderId") for row in rows if isinstance(row, dict) and row.get("submissionId")}
    unanswered = [order for order in orders if order.fields["orderId"] not in ids]
    if not unanswered and len(rows) == len(orders):
        return Accepted(len(orders))
    return TryAgain(f"the answer names {len(rows)} of {len(orders)} orders")


def _refusal(errors: Any) -> Answer:
    told = [each for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
    messages = [str(each.get("message", "")) for each in told]
    if NO_ENTRY_MESSAGES.intersection(messages):
        return NoEntry(f"The server says: {messages[0]}.", "Check the token, and that it is still valid.")
    fields = [str(field) for each in told for field in each.get("fields") or ()]
    message = "; ".join(dict.fromkeys(messages)) or "The server gives no reason"
    place = _PLACE_IN_LIST.search(message)
    shown = message if len(message) <= _SHOWN_MAX else f"{message[: _SHOWN_MAX - 1]}…"
    return Refused(shown, tuple(dict.fromkeys(fields)), int(place[1]) if place else None)


def _seconds(retry_after: str | None) -> int | None:
    text = (retry_after or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
