"""Months: what a calendar month earned besides its orders.

Owns the judge's reading of incentives (spec/processing.md, section 9). Imports nothing of the product. Next:
model.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from tests.properties.generations import Generation
from tests.properties.locks import pacific, tenth_after
from tests.properties.programme import Incentive, Programme
from tests.properties.reckoning import Figure, rate, round3


class Earned(NamedTuple):
    """What a publisher is given for a month of one action."""

    publisher: int
    tracker: int
    commission: Figure


def earned(
    month: date,
    orders: Iterable[tuple[int, Generation]],
    book: Programme,
    per_euro: Callable[[str], Fraction],
) -> list[Earned]:
    """The incentives of a month, by publisher and action; `orders` are live ones with their action."""
    since, before = pacific(month, 0), pacific(tenth_after(month).replace(day=1), 0)
    brought: dict[tuple[int, int, int], list[Generation]] = {}
    for tracker, it in orders:
        if it.validation in ("AUTOMATED", "ACCEPTED") and since <= it.event < before:
            brought.setdefault((it.advertiser, it.publisher, tracker), []).append(it)
    found = []
    for (advertiser, publisher, tracker), generations in sorted(brought.items()):
        end = before - timedelta(microseconds=1)
        until = book.contracts[advertiser, publisher]
        if until is not None and until <= end:
            continue
        terms = [each for each in book.terms[advertiser, publisher] if each.valid_from <= end][-1]
        paid = terms.paid.get(tracker)
        amount = reward(paid.incentives if paid else (), generations)
        if amount is None:
            continue
        own = book.currencies[advertiser]
        sums = [round3(amount * rate(own, x, per_euro)) for x in (own, book.currencies[publisher], "USD")]
        found.append(Earned(publisher, tracker, (sums[0], sums[1], sums[2])))
    return sorted(found)


def reward(incentives: Iterable[Incentive], generations: Iterable[Generation]) -> Fraction | None:
    """Of each kind of threshold the highest that was reached, in the advertiser's currency."""
    states = [each.state for each in generations if each.state is not None]
    reached = {
        "orders": Fraction(sum(not state.cancelled for state in states)),
        "sales": sum((state.sale[0] for state in states), Fraction(0)),
        "commission": sum((state.commission[0] for state in states), Fraction(0)),
    }
    best: dict[str, Incentive] = {}
    for each in incentives:
        if reached[each.kind] >= Fraction(each.threshold) and (
            each.kind not in best or Fraction(each.threshold) > Fraction(best[each.kind].threshold)
        ):
            best[each.kind] = each
    if not best:
        return None
    given = [
        Fraction(each.amount) * (reached["sales"] / 100 if each.is_percent else 1) for each in best.values()
    ]
    return sum((round3(each) for each in given), Fraction(0))
