"""Figures: everything that one reporting currency shows of an order.

Owns the formulas of spec/processing.md, sections 8 and 9, and the one rounding that each of them names.
Chooses no rule. Next: commission.py puts three currencies side by side.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from counterfoil.model.programme import CommissionRule, Fee, Flat, Percent, PercentOfSale
from counterfoil.money import CENT, MILLI, ZERO, plain, to_milli
from counterfoil.rules.amounts import Worth

_NOTHING = Decimal(0)
_ONE = Decimal(1)
_THOUSAND = Decimal(1000)


@lru_cache(maxsize=4096)
def _names(place: int, shown_in: str) -> tuple[str, str, str]:
    """How the figures of an item are named in steps."""
    return (
        f"items.{place}.per_item{shown_in}",
        f"items.{place}.commission{shown_in}",
        f"items.{place}.discount",
    )


class Column:
    """All figures of one reporting currency, reckoned in `EXACT`. Currencies that convert alike share one.

    `flats` are the units of this currency for one of each flat amount's. `shown_in` names the currencies that
    share the column (` adv usd`). A step is a figure that rounding changed, and its exact value:
    `items.2.per_item adv usd` is the second item's per-item amount in the advertiser's currency and in USD,
    written as `dividend/divisor` because a quotient may never end.
    """

    __slots__ = ("commission", "discount", "fee", "flats", "items", "rate", "sale", "shown_in", "steps")

    def __init__(self, rate: Decimal, flats: dict[str, Decimal], shown_in: str) -> None:
        self.rate = rate
        self.flats = flats
        self.shown_in = shown_in
        self.steps: list[tuple[str, str]] = []
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
            earned = self._reckon_lines(worth, chosen)
        else:
            self.sale = self._rounded("sale", worth.net * self.rate)
            earned = self._earned(whole, self.sale, 1)
        self.commission = self._rounded("commission", earned)
        if fee is not None:
            self.fee = self._rounded("fee", self._charged(fee))
        if worth.discounts:
            self.discount = self._rounded("order_discount", worth.discounts * self.rate)

    def _reckon_lines(self, worth: Worth, chosen: tuple[CommissionRule | None, ...]) -> Decimal:
        """Fills the items and the sale; the commission of all lines, unrounded."""
        rate, steps, items, shown_in = self.rate, self.steps, self.items, self.shown_in
        subtotal = worth.subtotal
        net_here = worth.net * rate
        takes_nothing_off = worth.net == subtotal
        total, earned = ZERO, _NOTHING
        told = enumerate(zip(worth.lines, chosen, strict=True), start=1)
        for place, ((_, quantity, value, off), rule) in told:
            per_item = ZERO
            if quantity and subtotal:
                # L · N · rate ÷ (S · q): multiplied first, divided once (D75, D76). S and N cancel if equal.
                if takes_nothing_off and quantity == 1:
                    dividend = value * rate
                    per_item = to_milli(dividend, MILLI) or ZERO
                    is_exact = per_item == dividend
                else:
                    dividend, divisor = (
                        (value * rate, Decimal(quantity))
                        if takes_nothing_off
                        else (value * net_here, subtotal * quantity)
                    )
                    count, rest = divmod(dividend * _THOUSAND, divisor)
                    is_exact = not rest
                    if rest + rest > divisor:
                        count += _ONE
                    per_item = count * MILLI
                if not is_exact:
                    quotient = f"{plain(value * net_here)}/{plain(subtotal * quantity)}"
                    steps.append((_names(place, shown_in)[0], quotient))
            sale = per_item if quantity == 1 else per_item * quantity
            if rule is None:
                exact = _NOTHING
            elif isinstance(share := rule.rate, Percent):
                exact = share.factor * sale
            else:
                exact = self._earned(rule, sale, quantity)
            commission = to_milli(exact, MILLI) or ZERO
            if commission != exact:
                steps.append((_names(place, shown_in)[1], plain(exact)))
            discount = self._rounded(_names(place, shown_in)[2], off * rate) if off else ZERO
            items.append((per_item, commission, discount))
            total += sale
            earned += exact
        self.sale = total
        return earned

    def _rounded(self, figure: str, exact: Decimal) -> Decimal:
        """The one rounding of a reported figure, remembered if it changed anything."""
        value = to_milli(exact, MILLI) or ZERO
        if value != exact:
            self.steps.append((figure + self.shown_in, plain(exact)))
        return value

    def _earned(self, rule: CommissionRule | None, sale: Decimal, units: int) -> Decimal:
        """A rule's commission, unrounded; a flat one is per unit (D79)."""
        if rule is None:
            return _NOTHING
        rate = rule.rate
        if isinstance(rate, Percent):
            return rate.factor * sale
        return rate.value * units * self.flats[rate.currency]

    def _charged(self, fee: Fee) -> Decimal:
        """The network's fee, unrounded (D84)."""
        match fee:
            case Percent():
                return fee.factor * self.commission
            case PercentOfSale():
                return fee.value * CENT * self.sale
            case Flat():
                return fee.value * self.flats[fee.currency]
