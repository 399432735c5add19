"""Money: exact arithmetic, the one rounding, conversion, and how figures are written.

Owns numbers, not what they are numbers of. Knows no order and no rule. Next: rules/amounts.py.
"""

from __future__ import annotations

from decimal import (
    ROUND_HALF_DOWN,
    Context,
    Decimal,
    DivisionByZero,
    FloatOperation,
    Inexact,
    InvalidOperation,
    Overflow,
)
from fractions import Fraction

from iso4217 import Currency

PRECISION = 999
"""Digits that a product may have. An order's largest, amount × amount × rate, stays below 150 (D39)."""

EXACT = Context(
    prec=PRECISION,
    rounding=ROUND_HALF_DOWN,
    traps=[Inexact, InvalidOperation, DivisionByZero, Overflow, FloatOperation],
)
"""The context to reckon in, by `with localcontext(EXACT)`: what would lose a digit raises `Inexact`."""

# Half down of `decimal` is "nearest, ties toward zero" for either sign; here alone digits may be lost.
_ROUNDING = Context(prec=PRECISION, rounding=ROUND_HALF_DOWN, traps=[InvalidOperation, FloatOperation])
to_milli = _ROUNDING.quantize
"""`to_milli(value, MILLI) or ZERO` is `round3(value)` of a `Decimal`, for where a call is too much."""

ZERO = Decimal("0.000")
CENT = Decimal("0.01")
"""One per cent, as a factor."""

MILLI = Decimal("0.001")
_RATE_DECIMALS = 10

CURRENCIES = frozenset(currency.code for currency in Currency)
"""The codes of ISO 4217 in force, in upper case."""


def round3(value: Decimal | Fraction | int) -> Decimal:
    """The value with exactly three decimals: nearest, ties toward zero, never a negative zero (D76)."""
    if isinstance(value, Decimal):
        return to_milli(value, MILLI) or ZERO
    rounded = ratio3(Decimal(abs(value.numerator)), Decimal(value.denominator))
    return rounded if value >= 0 else rounded.copy_negate() or ZERO


def ratio3(numerator: Decimal, denominator: Decimal) -> Decimal:
    """`round3` of a quotient, divided once and never rounded in between (D76).

    `numerator` is not negative, `denominator` is positive.
    """
    whole, rest = EXACT.divmod(EXACT.scaleb(numerator, 3), denominator)
    if EXACT.add(rest, rest) > denominator:
        whole = EXACT.add(whole, 1)
    return EXACT.scaleb(whole, -3)


def exchange_rate(per_euro_order: Decimal, per_euro_report: Decimal) -> Decimal:
    """Units of the reporting currency for one of the order's, half up to 10 decimals (D80 to D82).

    Both arguments are units for one euro, positive. The value of one O in USD divided by that of one X is
    the same quotient, whatever the dollar is worth. That it is 1 for equal currencies follows.
    """
    whole, rest = EXACT.divmod(EXACT.scaleb(per_euro_report, _RATE_DECIMALS), per_euro_order)
    if EXACT.add(rest, rest) >= per_euro_order:
        whole = EXACT.add(whole, 1)
    return EXACT.scaleb(whole, -_RATE_DECIMALS)


def plain(value: Decimal) -> str:
    """Plain notation without trailing zeros, exponent or negative zero (commission-detail-api.md, section 8).

    Nothing is rounded: what went through `round3` has at most three decimals.
    """
    text = str(value)
    if "E" in text:
        text = format(value, "f")
    if text[-1] != "0":
        return text
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def plain_text(text: str) -> str:
    """A received decimal in plain notation, its digits as received: `1.50` stays, `1e-05` is `0.00001` (D40).

    The text is a number without sign whose size is bounded already (D39): an exponent is written out.
    """
    if "e" in text or "E" in text:
        return format(Decimal(text), "f")
    return text


def is_currency(code: str) -> bool:
    """Whether this is a code of ISO 4217, in whatever case (D83)."""
    return code.isascii() and code.upper() in CURRENCIES
