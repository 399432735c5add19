"""Figures: everything that one reporting currency shows of an order.

Owns the formulas of spec/processing.md, sections 8 and 9, and the one rounding that each of them names.
Chooses no rule. Next: commission.py puts three currencies side by side.
"""

from __future__ import annotations

from decimal import Decimal

from counterfoil.model.programme import CommissionRule, Fee, Flat, Percent, PercentOfSale
from counterfoil.money import CENT, ZERO, ratio3, round3
from counterfoil.rules.amounts import LineWorth, Worth

_NOTHING = Decimal(0)


class Column:
    """All figures of one reporting currency. Currencies that convert alike share one column.

    `flats` are the units of this currency for one of each flat amount's. A step is (item from 1, or 0 for the
    order; figure; exact value; what that is still to be divided by) of a figure that rounding changed.
    """

    __slots__ = ("commission", "discount", "fee", "flats", "items", "rate", "sale", "steps")

    def __init__(self, rate: Decimal, flats: dict[str, Decimal]) -> None:
        self.rate = rate
        self.flats = flats
        self.steps: list[tuple[int, str, Decimal, Decimal | None]] = []
        self.sale = self.commission = self.fee = self.discount = ZERO
        self.items: list[tuple[Decimal, Decimal, Decimal]] = []
        """Per-item amount, commission and discount of each line."""

    def reckon(
        self,
        worth: Worth,
        chosen: tuple[CommissionRule | None, ...],
        whole: CommissionRule | None,
        fee: Fee | None,
    ) -> None:
        """Fills the column, figure by figure, by the rule of each line or of the order as one sum."""
        if worth.lines:
            earned = _NOTHING
            for place, (line, rule) in enumerate(zip(worth.lines, chosen, strict=True), start=1):
                per_item = self._per_item(place, line, worth)
                sale = per_item * line.quantity
                exact = self._earned(rule, sale, line.quantity)
                commission = self._rounded("commission", exact, place)
                discount = self._rounded("discount", line.discount * self.rate, place)
                self.items.append((per_item, commission, discount))
                self.sale += sale
                earned += exact
        else:
            self.sale = self._rounded("sale", worth.net * self.rate)
            earned = self._earned(whole, self.sale, 1)
        self.commission = self._rounded("commission", earned)
        self.fee = self._rounded("fee", self._charged(fee))
        self.discount = self._rounded("order_discount", worth.discounts * self.rate)

    def _rounded(self, figure: str, exact: Decimal, place: int = 0) -> Decimal:
        """The one rounding of a reported figure, remembered if it changed anything."""
        value = round3(exact)
        if value != exact:
            self.steps.append((place, figure, exact, None))
        return value

    def _per_item(self, place: int, line: LineWorth, worth: Worth) -> Decimal:
        """L · N · rate ÷ (S · q): multiplied first, divided once (D75, D76)."""
        divisor = worth.subtotal * line.quantity
        if not divisor:
            return ZERO
        dividend = line.value * worth.net * self.rate
        value = ratio3(dividend, divisor)
        if value * divisor != dividend:
            self.steps.append((place, "per_item", dividend, divisor))
        return value

    def _earned(self, rule: CommissionRule | None, sale: Decimal, units: int) -> Decimal:
        """A rule's commission, unrounded; a flat one is per unit (D79)."""
        if rule is None:
            return _NOTHING
        if isinstance(rule.rate, Percent):
            return rule.rate.value * CENT * sale
        return rule.rate.value * units * self.flats[rule.rate.currency]

    def _charged(self, fee: Fee | None) -> Decimal:
        """The network's fee, unrounded (D84)."""
        match fee:
            case None:
                return _NOTHING
            case Percent():
                return fee.value * CENT * self.commission
            case PercentOfSale():
                return fee.value * CENT * self.sale
            case Flat():
                return fee.value * self.flats[fee.currency]
