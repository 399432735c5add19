"""Amounts: what an order is worth in its own currency, before and after discounts.

Owns line values, subtotal, net and the warnings about them (spec/processing.md, section 8; D70 to D74).
Converts and rounds nothing. Next: commission.py.
"""

from __future__ import annotations

from decimal import Decimal, localcontext

from msgspec import Struct

from counterfoil.errors import Code
from counterfoil.model.ledger import Stated
from counterfoil.model.orders import OrderItem
from counterfoil.money import EXACT

_NOTHING = Decimal(0)


class LineWorth(Struct, frozen=True):
    """One line: its value L after its own discount, and that discount as sent (both for the whole line)."""

    sku: str
    quantity: int
    value: Decimal
    discount: Decimal


class Worth(Struct, frozen=True, kw_only=True):
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
        amount = Decimal(stated.amount) if stated.amount is not None else None
        whole_discount = Decimal(stated.discount) if stated.discount is not None else _NOTHING
        warnings = _about_the_source(stated, is_item_based=is_item_based)

        # Items count on item actions, and stand in for a missing `amount` on simple ones (D71).
        lines: tuple[LineWorth, ...] = ()
        line_discounts = _NOTHING
        if stated.items and (is_item_based or amount is None):
            gross = [Decimal(item.unit_price) * item.quantity for item in stated.items]
            lines = tuple(_line(item, value) for item, value in zip(stated.items, gross, strict=True))
            subtotal = sum((line.value for line in lines), _NOTHING)
            line_discounts = sum((line.discount for line in lines), _NOTHING)
            # `amount` is meant before discounts, but senders take those of the items off as well.
            if amount is not None and amount not in (subtotal, sum(gross, _NOTHING)):
                warnings += (Code.AMOUNT_IGNORED,)
            exceeds = any(line.discount > value for line, value in zip(lines, gross, strict=True))
        else:
            subtotal = amount if amount is not None else _NOTHING
            exceeds = False

        if exceeds or whole_discount > subtotal:
            warnings += (Code.DISCOUNT_EXCEEDS_VALUE,)
        return Worth(
            subtotal=subtotal,
            net=max(subtotal - whole_discount, _NOTHING),
            discounts=line_discounts + whole_discount,
            lines=lines if is_item_based else (),
            warnings=warnings,
        )


def _line(item: OrderItem, gross: Decimal) -> LineWorth:
    """A line's discount is for the whole line (D73), and its value never below 0 (D74)."""
    discount = Decimal(item.discount) if item.discount is not None else _NOTHING
    return LineWorth(item.sku, item.quantity, max(gross - discount, _NOTHING), discount)


def _about_the_source(stated: Stated, *, is_item_based: bool) -> tuple[Code, ...]:
    """Warnings where the figure comes from elsewhere than the action expects (D71)."""
    if is_item_based:
        missing = () if stated.items else (Code.ITEMS_MISSING,)
        return missing if stated.items or stated.amount is not None else (*missing, Code.AMOUNT_MISSING)
    if stated.amount is None:
        return (Code.AMOUNT_MISSING,)
    return (Code.ITEMS_IGNORED,) if stated.items else ()
