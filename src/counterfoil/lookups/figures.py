"""Figures as they are shown: plain text, in the currencies in which they are reported.

Owns the currencies of an action and the form of amounts and rates. Reckons nothing but the cost, which is a
sum with a sign (D85). Next: orders.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, localcontext

from iso4217 import Currency
from msgspec import Struct

from counterfoil.model.ledger import Action, Money3, Rate, Rates
from counterfoil.model.programme import Network
from counterfoil.money import EXACT, plain


class Figure(Struct, frozen=True, kw_only=True):
    """One figure in the advertiser's currency, the publisher's, and USD; without trailing zeros."""

    advertiser: str
    publisher: str
    usd: str


class Currencies(Struct, frozen=True, kw_only=True):
    """The reporting currencies of an action; the publisher's is unknown where nobody is credited."""

    advertiser: str
    publisher: str | None


class RateShown(Struct, frozen=True, kw_only=True):
    """Units of `to` for one `currency`, with the day and the source of the rate; exactly 1 has neither.

    Where quotes of two sources were divided, `source` names both and `day` is that of the older one.
    """

    currency: str
    to: str
    value: str
    day: date | None
    source: str | None


def figure(amount: Money3) -> Figure:
    """A figure of the ledger."""
    return Figure(advertiser=plain(amount.adv), publisher=plain(amount.pub), usd=plain(amount.usd))


def figure_of(amounts: Sequence[Decimal]) -> Figure:
    """A figure given as its three columns."""
    advertiser, publisher, usd = amounts
    return Figure(advertiser=plain(advertiser), publisher=plain(publisher), usd=plain(usd))


def cost(commission: Sequence[Decimal], fee: Sequence[Decimal]) -> Figure:
    """What a commission and its fee cost the advertiser: a negative figure (D85)."""
    with localcontext(EXACT):
        return figure_of([-(earned + charged) for earned, charged in zip(commission, fee, strict=True)])


def three(amount: Money3) -> tuple[Decimal, Decimal, Decimal]:
    """The three columns of a figure."""
    return amount.adv, amount.pub, amount.usd


def currencies_of(action: Action, network: Network) -> Currencies:
    """The currencies in which an action is reported."""
    publisher = network.publishers.get(action.credit.publisher_id) if action.credit is not None else None
    return Currencies(
        advertiser=network.advertisers[action.advertiser_id].currency,
        publisher=publisher.currency if publisher is not None else None,
    )


def rates_shown(currency: str, rates: Rates, currencies: Currencies) -> tuple[RateShown, ...]:
    """The rates that an order's figures were converted by, each currency once, its own left out."""
    targets = {currencies.advertiser: rates.adv, currencies.publisher: rates.pub, "USD": rates.usd}
    return tuple(
        RateShown(currency=currency, to=to, value=plain(rate.value), day=rate.day, source=_sources(rate))
        for to, rate in targets.items()
        if to is not None and to != currency
    )


def _sources(rate: Rate) -> str | None:
    return f"{rate.source} and {rate.also}" if rate.also else rate.source


def worded(amount: str, currency: str) -> str:
    """An amount as people read it: at least the currency's own decimals, its code after it."""
    whole, _, decimals = amount.partition(".")
    shown = decimals.ljust(Currency(currency).exponent or 0, "0")
    return f"{whole}.{shown} {currency}" if shown else f"{whole} {currency}"


def by_currency(shown: Figure, currencies: Currencies) -> dict[str, str]:
    """A figure by currency code, the advertiser's first, each currency once."""
    codes = (currencies.advertiser, currencies.publisher, "USD")
    amounts = (shown.advertiser, shown.publisher, shown.usd)
    return {code: amount for code, amount in zip(codes, amounts, strict=True) if code is not None}
