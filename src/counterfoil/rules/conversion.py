"""Conversion: which rates an order's figures are converted by.

Owns spec/processing.md, section 7, and D80 to D82 and D149: exactly 1 for the same currency, otherwise the
euro's worth of one divided by that of the other. Reads no store: a look-up comes in. Next: commission.py.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from msgspec import UNSET

from counterfoil.model.ledger import Rate, Rates
from counterfoil.model.programme import RateQuote
from counterfoil.money import exchange_rate

_ONE = Decimal(1)


class KnownRate(NamedTuple):
    """A quote that serves. `arrived` is its place in the log if it came only after the submission (D151)."""

    quote: RateQuote
    arrived: int | None


FindRate = Callable[[str, date, int], KnownRate | None]
"""(currency, UTC day, position of the submission) -> the rate that counts, if any is known."""


class Conversion(NamedTuple):
    """The three rates of an order, and the place in the log of the latest one that had to be waited for."""

    rates: Rates
    arrived: int | None


class Missing(NamedTuple):
    """A currency without a rate for the day."""

    currency: str
    day: date


def conversion(
    currency: str, *, advertiser: str, publisher: str, day: date, position: int, find: FindRate
) -> Conversion | Missing:
    """The rates from the order's currency into the advertiser's, the publisher's and USD."""
    rates: dict[str, Rate] = {}
    arrivals: list[int] = []
    for target in (advertiser, publisher, "USD"):
        if target in rates:
            continue
        found = _rate(currency, target, day, position, find)
        if isinstance(found, Missing):
            return found
        rates[target], arrived = found
        arrivals += arrived
    return Conversion(
        Rates(adv=rates[advertiser], pub=rates[publisher], usd=rates["USD"]), max(arrivals, default=None)
    )


def _rate(
    source: str, target: str, day: date, position: int, find: FindRate
) -> tuple[Rate, list[int]] | Missing:
    if source == target:
        return Rate(value=_ONE), []
    quotes = []
    arrivals = []
    for currency in (source, target):
        if currency == "EUR":
            continue
        known = find(currency, day, position)
        if known is None:
            return Missing(currency, day)
        quotes.append(known.quote)
        if known.arrived is not None:
            arrivals.append(known.arrived)
    worth = {quote.currency: quote.per_euro for quote in quotes}
    oldest = min(quotes, key=lambda quote: quote.day)
    value = exchange_rate(worth.get(source, _ONE), worth.get(target, _ONE))
    also = [quote.source for quote in quotes if quote.source != oldest.source]
    return Rate(value=value, day=oldest.day, source=oldest.source, also=also[0] if also else UNSET), arrivals
