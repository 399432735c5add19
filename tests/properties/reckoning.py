"""Reckoning: the figures of one state of an order, in exact fractions.

Owns the judge's reading of spec/processing.md, sections 7 to 9. Imports nothing of the product. Next:
model.py, which says when there is a new state.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from tests.properties.programme import Paid, Programme, Rule, Terms
from tests.properties.sent import Sent

Figure = tuple[Fraction, Fraction, Fraction]
"""One amount for the advertiser, the publisher and in USD."""
ZERO: Figure = (Fraction(0), Fraction(0), Fraction(0))


class Wait(Exception):
    """RATE_MISSING."""


class Priced(NamedTuple):
    """One line of an item action."""

    sku: str
    quantity: int
    per_item: Figure
    commission: Figure
    discount: Figure


class State(NamedTuple):
    """One version of an order. Rates are kept by the pair of currencies."""

    currency: str
    rates: dict[tuple[str, str], Fraction]
    sale: Figure
    commission: Figure
    fee: Figure
    discount: Figure
    items: tuple[Priced, ...]
    cancelled: bool = False


def price(
    terms: tuple[Terms, Paid],
    event: datetime,
    own: tuple[str, str, str],
    sent: Sent,
    book: Programme,
    per_euro: Callable[[str], Fraction],
    before: State | None,
) -> State:
    """Sections 7 to 9; `own` are the currencies of advertiser and publisher, and USD."""
    form, share, fee_currency = terms[0].fee
    paid = terms[1]
    currency = own[0] if sent.currency is None else sent.currency.upper()
    flats = {rule.flat[1] for rule in paid.rules if rule.flat} | ({fee_currency} - {""})
    if before is not None and before.currency == currency:
        rates = before.rates
    else:
        rates = {(o, x): rate(o, x, per_euro) for o in {currency, *flats} for x in own}

    def each(amount: Fraction, o: str = currency) -> Figure:
        return (amount * rates[o, own[0]], amount * rates[o, own[1]], amount * rates[o, own[2]])

    is_item = book.trackers[sent.tracker][1]
    skus = [skus for since, skus in book.lists[77] if since <= event][-1]
    lines = [max(Fraction(i.price) * i.quantity - Fraction(i.discount or 0), Fraction(0)) for i in sent.items]
    counts_items = bool(sent.items) if is_item else sent.amount is None
    subtotal = sum(lines, Fraction(0)) if counts_items else Fraction(sent.amount or 0)
    taken = Fraction(sent.discount or 0)
    net = max(subtotal - taken, Fraction(0))
    # On a simple action with an amount, items are kept for information (D70), and so are their discounts.
    if is_item or counts_items:
        taken += sum((Fraction(i.discount or 0) for i in sent.items), Fraction(0))
    items: list[Priced] = []
    if is_item and sent.items:
        sale = commission = ZERO
        for line, item in zip(lines, sent.items, strict=True):
            divisor = subtotal * item.quantity
            per = rounded(each(line * net / divisor)) if divisor else ZERO
            rule = choose(paid, sent, item.sku if item.sku in skus else None)
            exact = times(per, Fraction(item.quantity) * Fraction(rule.percent or 0) / 100)
            if rule.flat:
                exact = times(each(Fraction(rule.flat[0]), rule.flat[1]), Fraction(item.quantity))
            sale = plus(sale, times(per, Fraction(item.quantity)))
            commission = plus(commission, exact)
            off = rounded(each(Fraction(item.discount or 0)))
            items.append(Priced(item.sku, item.quantity, per, rounded(exact), off))
        commission = rounded(commission)
    else:
        sale = rounded(each(net))
        rule = choose(paid, sent, None)
        commission = rounded(times(sale, Fraction(rule.percent or 0) / 100))
        if rule.flat:
            commission = rounded(each(Fraction(rule.flat[0]), rule.flat[1]))
    fee = rounded(times(commission if form == "percent" else sale, Fraction(share) / 100))
    if form == "flat":
        fee = rounded(each(Fraction(share), fee_currency))
    return State(currency, rates, sale, commission, fee, rounded(each(taken)), tuple(items))


def rate(o: str, x: str, per_euro: Callable[[str], Fraction]) -> Fraction:
    """Section 7: units of X for one O, ten decimals, half up."""
    if o == x:
        return Fraction(1)
    exact = per_euro(x) / per_euro(o)
    return Fraction(int(exact * 10**10 + Fraction(1, 2)), 10**10)


def choose(paid: Paid, sent: Sent, listed_sku: str | None) -> Rule:
    """The first rule by rank whose situation holds and whose list, if any, has the SKU."""
    says = dict(sent.vertical)
    stay = says.get("duration", "")
    holds = {31: says.get("customerStatus", "").lower() == "new", 32: stay.isdigit() and int(stay) >= 7}
    for rule in paid.rules:
        if (rule.situation is None or holds[rule.situation]) and (
            rule.listed is None or listed_sku is not None
        ):
            return rule
    return Rule("0")


def round3(x: Fraction) -> Fraction:
    """Three decimals, nearest, ties toward zero; nothing here is negative."""
    whole, rest = divmod(x * 1000, 1)
    return Fraction(whole + (1 if rest > Fraction(1, 2) else 0), 1000)


def rounded(figure: Figure) -> Figure:
    """Each of the three on its own."""
    return (round3(figure[0]), round3(figure[1]), round3(figure[2]))


def times(figure: Figure, factor: Fraction) -> Figure:
    """Exact."""
    return (figure[0] * factor, figure[1] * factor, figure[2] * factor)


def plus(one: Figure, other: Figure) -> Figure:
    """Exact."""
    return (one[0] + other[0], one[1] + other[1], one[2] + other[2])
