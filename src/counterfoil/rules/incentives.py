"""Incentives: what a publisher earns for passing a threshold in a month.

Owns the judging of one publisher's month under one action's terms (spec/processing.md, section 9). Posts
nothing. Next: statements.py, whose closing asks.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, localcontext
from typing import NamedTuple

from counterfoil.model.programme import Flat, Incentive
from counterfoil.money import EXACT, round3
from counterfoil.rules.locking import PACIFIC


class MonthBrought(NamedTuple):
    """What a publisher brought by one action in a month, in the advertiser's currency."""

    orders: int
    sales: Decimal
    commission: Decimal


class Reward(NamedTuple):
    """What an incentive gives, in the advertiser's currency, and why in words."""

    amount: Decimal
    reason: str


def month_span(month: date) -> tuple[datetime, datetime]:
    """A calendar month on the Pacific calendar, as UTC instants: from the first, before the second."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    since, before = (
        datetime(first.year, first.month, 1, tzinfo=PACIFIC).astimezone(UTC) for first in (month, following)
    )
    return since, before


def rewards(incentives: tuple[Incentive, ...], brought: MonthBrought) -> tuple[Reward, ...]:
    """What the month earns: of each kind of threshold, the highest one that was reached."""
    best: dict[str, Incentive] = {}
    for incentive in incentives:
        reached = getattr(brought, incentive.threshold_kind)
        known = best.get(incentive.threshold_kind)
        if reached >= incentive.threshold and (known is None or incentive.threshold > known.threshold):
            best[incentive.threshold_kind] = incentive
    return tuple(_reward(incentive, brought) for incentive in best.values())


def _reward(incentive: Incentive, brought: MonthBrought) -> Reward:
    reached = getattr(brought, incentive.threshold_kind)
    told = f"{reached} {incentive.threshold_kind}, threshold {incentive.threshold}"
    if isinstance(incentive.reward, Flat):
        return Reward(round3(incentive.reward.value), f"{told}: {incentive.reward.value} flat")
    with localcontext(EXACT):
        amount = round3(brought.sales * incentive.reward.value * Decimal("0.01"))
    return Reward(amount, f"{told}: {incentive.reward.value} % of sales {brought.sales}")
