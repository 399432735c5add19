"""Amounts: what an order is worth in its own currency, before and after discounts.

Owns line values, subtotal, net and the warnings about them (spec/processing.md, section 8; D70 to D74).
Converts and rounds nothing. Next: commission.py.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from functools import lru_cache

from msgspec import Struct

from counterfoil.errors import Code
from counterfoil.model.ledger import Stated
from counterfoil.money import EXACT

_NOTHING = Decimal(0)
_units = lru_cache(maxsize=1024)(Decimal)
"""A quantity as what an amount is multiplied by."""

LineWorth = tuple[str, int, Decimal, Decimal, Decimal]
"""One line: SKU, quantity, the quantity once more to reckon with, the line's value L after its own discount,
and that discount as sent (both for the whole line)."""


class Worth(Struct, frozen=True, gc=False):
    """An order in its own currency, exact. `lines` are empty where the order counts as one sum.

    `discounts` are those of the items that count and of the whole order together, as sent.
    """

    subtotal: Decimal
    net: Decimal
    discounts: Decimal
    lines: tuple[LineWorth, ...]
    warnings: tuple[Code, ...]


def worth_of(stated: Stated, *, is_item_based: bool) -> Worth:
    """What an order is worth by its items or by `amount`, as its action counts."""
    with localcontext(EXACT):
        return reckon_worth(stated, is_item_based=is_item_based)


def reckon_worth(stated: Stated, *, is_item_based: bool) -> Worth:
    """The same as `worth_of`, reckoned in the caller's context, which is `EXACT`."""
    amount = Decimal(stated.amount) if stated.amount is not None else None
    whole_discount = Decimal(stated.discount) if stated.discount is not None else _NOTHING
    warnings = _about_the_source(stated, is_item_based=is_item_based)
    exceeds = False

    # Items count on item actions, and stand in for a missing `amount` on simple ones (D71).
    lines: list[LineWorth] = []
    line_discounts = _NOTHING
    if stated.items and (is_item_based or amount is None):
        subtotal = gross = _NOTHING
        for item in stated.items:
            quantity = item.quantity
            units = _units(quantity)
            value = Decimal(item.unit_price) * units
            gross += value
            discount = _NOTHING
            if item.discount is not None:
                # A line's discount is for the whole line (D73), and its value never below 0 (D74).
                discount = Decimal(item.discount)
                line_discounts += discount
                value -= discount
                if value < _NOTHING:
                    value, exceeds = _NOTHING, True
            subtotal += value
            lines.append((item.sku, quantity, units, value, discount))
        # `amount` is meant before discounts, but senders take those of the items off as well.
        if amount is not None and amount not in (subtotal, gross):
            warnings += (Code.AMOUNT_IGNORED,)
    else:
        subtotal = amount if amount is not None else _NOTHING

    net = subtotal - whole_discount
    if net < _NOTHING:
        net, exceeds = _NOTHING, True
    if exceeds:
        warnings += (Code.DISCOUNT_EXCEEDS_VALUE,)
    return Worth(
        subtotal, net, line_discounts + whole_discount, tuple(lines) if is_item_based else (), warnings
    )


def _about_the_source(stated: Stated, *, is_item_based: bool) -> tuple[Code, ...]:
    """Warnings where the figure comes from elsewhere than the action expects (D71)."""
    if is_item_based:
        missing = () if stated.items else (Code.ITEMS_MISSING,)
        return missing if stated.items or stated.amount is not None else (*missing, Code.AMOUNT_MISSING)
    if stated.amount is None:
        return (Code.AMOUNT_MISSING,)
    return (Code.ITEMS_IGNORED,) if stated.items else ()
