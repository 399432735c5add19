"""Scalars: the schema of the product as text, and what its three own scalars take.

Owns both for the peers. Leaves the schema's meaning to the product, whose file this reads. Next:
graphql_core.py.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from typing import Any

INT_MAX = 2**31 - 1
SCALARS = ("Instant", "NonNegativeDecimalNumber", "NonNegativeInt")


def sdl() -> str:
    """The Tracking API's schema: exactly the original's types."""
    told = (files("counterfoil.api") / "tracking.graphql").read_text("utf-8")
    missing = [f"scalar {name}" for name in SCALARS if f"scalar {name}" not in told]
    return "\n".join([told, *missing])


def instant(value: Any) -> str:
    """An instant, kept as it was sent. Raises ValueError."""
    datetime.fromisoformat(value)
    return str(value)


def decimal(value: Any) -> Decimal:
    """A decimal that is not negative, exactly. Raises ValueError."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{value!r} is no decimal") from None
    if not found.is_finite() or found < 0:
        raise ValueError(f"{value!r} is negative or no number")
    return found


def whole(value: Any) -> int:
    """A whole number of 32 bits that is not negative. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= INT_MAX:
        raise ValueError(f"{value!r} is no whole number from 0")
    return value


PARSED = {"Instant": instant, "NonNegativeDecimalNumber": decimal, "NonNegativeInt": whole}
