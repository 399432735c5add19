"""Figures: everything that one reporting currency shows of an order.

Owns the formulas of spec/processing.md, sections 8 and 9, and the one rounding that each of them names.
Chooses no rule. Next: commission.py puts three currencies side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct

from counterfoil.model.programme import CommissionRule, Fee, Flat, Percent, PercentOfSale
from counterfoil.money import CENT, MILLI, ZERO, plain, to_milli
from counterfoil.rules.amounts import Worth

_NOTHING = Decimal(0)
_ONE = Decimal(1)
_THOUSAND = Decimal(1000)
_SHARES = {1: _ONE, 2: Decimal("0.5"), 4: Decimal("0.25"), 5: Decimal("0.2"), 10: Decimal("0.1")}
"""One of so many, where that is a decimal: to multiply by it is exact, and quicker than to divide."""

Item = tuple[Decimal, Decimal, Decimal]
"""Per-item amount, commission and discount of a line."""

Steps = list[tuple[str, str]]
"""(figure, exact value) of the figures that rounding changed: `items.2.per_item adv usd` is the second item's
per-item amount in the advertiser's currency and in USD, written as `dividend/divisor` because a quotient may
never end."""


class Column(Struct, frozen=True, gc=False):
    """All figures of one reporting currency. Currencies that convert alike share one."""

    sale: Decimal
    commission: Decimal
    fee: Decimal
    discount: Decimal
    items: list[Item]


def column(
    worth: Worth,
    chosen: tuple[CommissionRule | None, ...],
    whole: CommissionRule | None,
    fee: Fee | None,
    rate: Decimal,
    flats: Mapping[str, Decimal],
    shown_in: str,
    divisors: list[str],
    steps: Steps,
) -> Column:
    """Reckons a column figure by figure, in `EXACT`, by the rule of each line or of the order as one sum.

    `rate` and `flats` are the units of this currency for one of the order's and of each flat amount's.
    `shown_in` names the currencies that share the column (` adv usd`). What rounding changed is added to
    `steps`; the divisors of the lines are written once for all columns, into `divisors`.
    """
    if worth.lines:
        items, sale, earned = _lines(worth, chosen, rate, flats, shown_in, divisors, steps)
    else:
        items = []
        sale = _rounded("sale", worth.net * rate, shown_in, steps)
        earned = _earned(whole, sale, 1, flats)
    commission = _rounded("commission", earned, shown_in, steps)
    charged = discount = ZERO
    if fee is not None:
        charged = _rounded("fee", _charged(fee, sale, commission, flats), shown_in, steps)
    if worth.discounts:
        discount = _rounded("order_discount", worth.discounts * rate, shown_in, steps)
    return Column(sale, commission, charged, discount, items)


def _lines(
    worth: Worth,
    chosen: tuple[CommissionRule | None, ...],
    rate: Decimal,
    flats: Mapping[str, Decimal],
    shown_in: str,
    divisors: list[str],
    steps: Steps,
) -> tuple[list[Item], Decimal, Decimal]:
    """The items, the sale, and the commission of all lines, unrounded."""
    subtotal, lines = worth.subtotal, worth.lines
    net_here = worth.net * rate
    takes_nothing_off = worth.net == subtotal
    items: list[Item] = []
    total, earned = ZERO, _NOTHING
    told, factor = None, None
    for (_, quantity, units, value, off), rule, names in zip(
        lines, chosen, _names(len(lines), shown_in), strict=True
    ):
        per_item = ZERO
        if quantity and subtotal:
            # L · N · rate ÷ (S · q): multiplied first, divided once (D75, D76). S and N cancel if equal.
            if takes_nothing_off and (share := _SHARES.get(quantity)):
                quotient = value * rate * share
                per_item = to_milli(quotient, MILLI) or ZERO
                is_exact = per_item == quotient
            else:
                dividend, divisor = (
                    (value * rate, units) if takes_nothing_off else (value * net_here, subtotal * units)
                )
                count, rest = divmod(dividend * _THOUSAND, divisor)
                is_exact = not rest
                if rest + rest > divisor:
                    count += _ONE
                per_item = count * MILLI
            if not is_exact:
                if not divisors:
                    divisors += [plain(subtotal * line[2]) for line in lines]
                steps.append((names[0], f"{plain(value * net_here)}/{divisors[len(items)]}"))
        sale = per_item if quantity == 1 else per_item * units
        if rule is not told:
            told = rule
            factor = rule.rate.factor if rule is not None and isinstance(rule.rate, Percent) else None
        exact = factor * sale if factor is not None else _earned(rule, sale, quantity, flats)
        commission = to_milli(exact, MILLI) or ZERO
        if commission != exact:
            steps.append((names[1], plain(exact)))
        discount = _rounded(names[2], off * rate, shown_in, steps) if off else ZERO
        items.append((per_item, commission, discount))
        total += sale
        earned += exact
    return items, total, earned


@lru_cache(maxsize=512)
def _names(count: int, shown_in: str) -> tuple[tuple[str, str, str], ...]:
    """How the figures of so many items are named in steps."""
    return tuple(
        (
            f"items.{place}.per_item{shown_in}",
            f"items.{place}.commission{shown_in}",
            f"items.{place}.discount",
        )
        for place in range(1, count + 1)
    )


def _rounded(figure: str, exact: Decimal, shown_in: str, steps: Steps) -> Decimal:
    """The one rounding of a reported figure, remembered if it changed anything."""
    value = to_milli(exact, MILLI) or ZERO
    if value != exact:
        steps.append((figure + shown_in, plain(exact)))
    return value


def _earned(rule: CommissionRule | None, sale: Decimal, units: int, flats: Mapping[str, Decimal]) -> Decimal:
    """A rule's commission, unrounded; a flat one is per unit (D79)."""
    if rule is None:
        return _NOTHING
    rate = rule.rate
    if isinstance(rate, Percent):
        return rate.factor * sale
    return rate.value * units * flats[rate.currency]


def _charged(fee: Fee, sale: Decimal, commission: Decimal, flats: Mapping[str, Decimal]) -> Decimal:
    """The network's fee, unrounded (D84)."""
    match fee:
        case Percent():
            return fee.factor * commission
        case PercentOfSale():
            return fee.value * CENT * sale
        case Flat():
            return fee.value * flats[fee.currency]
