"""Unusual values: what is accepted although the programme's documents set a limit.

Owns the limits of spec/tracking-api.md, section 5. Refuses nothing: D57, D58 and D97 ask for warnings only.
Next: processing.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from counterfoil.errors import Code
from counterfoil.model.orders import Cancellation, Extension, NewOrder, Order

COUPON_LENGTH_MAX = 256
SID_LENGTH_MAX = 64
CJ_EVENT_LENGTH_MAX = 64

_is_order_id = re.compile(r"[A-Za-z0-9_-]+", re.ASCII).fullmatch
_is_sku = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII).fullmatch


def unusual_values(order: Order) -> tuple[Code, ...]:
    """Warnings about characters and lengths, each once. Lengths are counted in characters."""
    warnings: tuple[Code, ...] = ()
    if not _is_order_id(order.order_id):
        warnings += (Code.ORDER_ID_CHARACTERS,)
    if isinstance(order, (Cancellation, Extension)):
        return warnings
    for item in order.items or ():
        if not _is_sku(item.sku):
            warnings += (Code.SKU_UNUSUAL,)
            break
    sid = order.sid if isinstance(order, NewOrder) else None
    if (
        (order.coupon and len(order.coupon) > COUPON_LENGTH_MAX)
        or (order.cj_event and len(order.cj_event) > CJ_EVENT_LENGTH_MAX)
        or (sid and len(sid) > SID_LENGTH_MAX)
    ):
        warnings += (Code.VALUE_TOO_LONG,)
    return warnings


def lacks_stay_dates(vertical: Mapping[str, str] | None) -> bool:
    """Whether an open-ended order lacks one of its two dates: warning `STAY_DATES_MISSING` (D97)."""
    return not (vertical and vertical.get("startDateTime") and vertical.get("endDateTime"))
