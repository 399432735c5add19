"""Validation: the checks on values while the caller waits, after authority and schema.

Owns the stage FIELD of the catalogue (spec/tracking-api.md, section 8): all distinct problems of a batch, in
catalogue order (D24 to D28). Asks no clock: the time of the request comes in. Next: intake.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from counterfoil.errors import Refusal, RefusalCode, refuse
from counterfoil.model.orders import Extension, InstantText, NewOrder, Order, Restatement, instant


def check(
    orders: Sequence[Order], now: datetime, *, items_max: int, tolerance: timedelta
) -> tuple[Refusal, ...]:
    """Every distinct refusal of a batch; none means that its values are acceptable.

    `now` is the business time at the start of the request, `tolerance` how far ahead of it a time may be.
    """
    latest = now + tolerance
    # All that is before this second sorts before it as text: most times need not be reckoned with. What comes
    # after the second, `+`, sorts before what may stand there in an order, `.` or `Z`.
    second = latest.astimezone(UTC).isoformat(timespec="seconds")
    refusals: list[Refusal] = []
    new = [order for order in orders if isinstance(order, NewOrder)]
    # Most batches are creates and nothing else.
    others = [] if len(new) == len(orders) else [order for order in orders if not isinstance(order, NewOrder)]
    changes = [order for order in others if not isinstance(order, Extension)]
    stated = [*new, *(order for order in others if isinstance(order, Restatement))] if others else new
    if max([len(order.items) for order in stated if order.items], default=0) > items_max:
        refusals.append(refuse(RefusalCode.ITEMS_OVER_LIMIT, fields=("items",), limit=items_max))
    if _any_ahead([order.event_time for order in new if order.event_time], second, latest):
        refusals.append(refuse(RefusalCode.EVENT_TIME_AHEAD, fields=("eventTime",)))
    if _any_ahead([order.update_time for order in changes], second, latest):
        refusals.append(refuse(RefusalCode.UPDATE_TIME_AHEAD, fields=("updateTime",)))
    return tuple(refusals)


def _any_ahead(times: Iterable[InstantText], second: InstantText, latest: datetime) -> bool:
    """Whether one of the times lies after the latest that is allowed."""
    return any(_is_ahead(text, latest) for text in times if text >= second)


def _is_ahead(text: InstantText, latest: datetime) -> bool:
    when = instant(text)
    return when > latest or (when == latest and _is_finer(text))


def _is_finer(text: str) -> bool:
    # Nine digits are legal (D41); what microseconds cut off can still lie ahead.
    _, _, fraction = text.removesuffix("Z").partition(".")
    return fraction[6:].strip("0") != ""
