"""Validation: the checks on values while the caller waits, after authority and schema.

Owns the stage FIELD of the catalogue (spec/tracking-api.md, section 8): all distinct problems of a batch, in
catalogue order (D24 to D28). Asks no clock: the time of the request comes in. Next: intake.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from counterfoil.errors import Refusal, RefusalCode, refuse
from counterfoil.model.orders import Cancellation, NewOrder, Order, Restatement, instant


def check(
    orders: Sequence[Order], now: datetime, *, items_max: int, tolerance: timedelta
) -> tuple[Refusal, ...]:
    """Every distinct refusal of a batch; none means that its values are acceptable.

    `now` is the business time at the start of the request, `tolerance` how far ahead of it a time may be.
    """
    latest = now + tolerance
    refusals: list[Refusal] = []
    if any(
        len(order.items or ()) > items_max for order in orders if isinstance(order, NewOrder | Restatement)
    ):
        refusals.append(refuse(RefusalCode.ITEMS_OVER_LIMIT, fields=("items",), limit=items_max))
    if any(_is_ahead(order.event_time, latest) for order in orders if isinstance(order, NewOrder)):
        refusals.append(refuse(RefusalCode.EVENT_TIME_AHEAD, fields=("eventTime",)))
    if any(
        _is_ahead(order.update_time, latest)
        for order in orders
        if isinstance(order, Restatement | Cancellation)
    ):
        refusals.append(refuse(RefusalCode.UPDATE_TIME_AHEAD, fields=("updateTime",)))
    return tuple(refusals)


def _is_ahead(text: str | None, latest: datetime) -> bool:
    if text is None:
        return False
    when = instant(text)
    return when > latest or (when == latest and _is_finer(text))


def _is_finer(text: str) -> bool:
    # Nine digits are legal (D41); what microseconds cut off can still lie ahead.
    _, _, fraction = text.removesuffix("Z").partition(".")
    return fraction[6:].strip("0") != ""
