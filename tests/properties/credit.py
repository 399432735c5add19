"""Credit: who is credited with an order, and what withholds commission.

Owns the judge's reading of spec/processing.md, sections 3 to 6. Imports nothing of the product. Next:
model.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from tests.properties.generations import Generation, has_odd_currency
from tests.properties.programme import Click, Paid, Programme
from tests.properties.sent import Sent

Key = tuple[str, int, int, str]
Orders = Mapping[Key, Sequence[Generation]]
Clicks = Mapping[str, tuple[datetime, Click]]


def attribute(new: Generation, sent: Sent, clicks: Clicks, orders: Orders) -> str | None:
    """Sections 3 and 4: who is credited, and by which terms; the first condition that fails."""
    book = new.book
    clicked_at, click = clicks.get(sent.click or "", (None, None))
    if click is None and (sent.ad is None or sent.property is None):
        return "UNATTRIBUTED"
    if click is not None and click.advertiser != new.advertiser:
        return "CLICK_OF_OTHER_ADVERTISER"
    if click is None and (
        book.ads.get(sent.ad or 0) != new.advertiser or sent.property not in book.properties
    ):
        return "AD_OR_PROPERTY_UNKNOWN"
    new.publisher = click.publisher if click else book.properties[sent.property or 0]
    new.click = sent.click if click else None
    pair = (new.advertiser, new.publisher)
    end = book.contracts.get(pair, new.event)
    if end is None or new.event < end:
        new.terms = [terms for terms in book.terms[pair] if terms.valid_from <= new.event][-1]
        new.paid = new.terms.paid.get(sent.tracker)
    if clicked_at is not None and (code := too_far(new, sent, clicked_at, orders)):
        return code
    if new.terms is None:
        return "NO_ACTIVE_CONTRACT"
    if new.paid is None:
        return "ACTION_NOT_IN_TERMS"
    if verdicts := coupons(new, sent, book):
        return "COUPON_EXCLUDED" if 0 in verdicts else "COUPON_OF_OTHER_PUBLISHER"
    return "CHANNEL_EXCLUDED" if excludes(new.paid, sent) else None


def too_far(new: Generation, sent: Sent, clicked_at: datetime, orders: Orders) -> str | None:
    """What asks for a click: D63 to D65."""
    if new.event < clicked_at - timedelta(hours=24):
        return "EVENT_BEFORE_CLICK"
    if new.paid and new.event > clicked_at + timedelta(hours=24 * new.paid.referral_days):
        return "REFERRAL_PERIOD_OVER"
    if new.paid and new.paid.limit is not None and uses(sent, orders) >= new.paid.limit:
        return "REFERRAL_LIMIT_REACHED"
    return None


def uses(sent: Sent, orders: Orders) -> int:
    """Commissionable orders of this click and action that are not cancelled (D65)."""
    alike = [g for key, gs in orders.items() if (key[0], key[2]) == (sent.mode, sent.tracker) for g in gs]
    return sum(g.click == sent.click and g.state is not None and not g.state.cancelled for g in alike)


def refused_restatement(sent: Sent, it: Generation, book: Programme) -> str | None:
    """What would take the commission away, or cannot be read."""
    assert it.paid is not None
    verdicts = coupons(it, sent, book)
    if 0 in verdicts or excludes(it.paid, sent):
        return "CHANGES_COMMISSIONABILITY"
    if verdicts:
        return "CHANGES_PUBLISHER"
    return "CURRENCY_UNKNOWN" if has_odd_currency(sent) else None


def coupons(it: Generation, sent: Sent, book: Programme) -> set[int]:
    """Whose the coupons are, if they withhold commission: 0 for an excluded one, or another publisher."""
    found = set()
    for code in (sent.coupon or "").split(","):
        for since, until, owner in book.coupons.get((it.advertiser, code.strip().lower()), []):
            if since <= it.event and (until is None or it.event < until) and owner != it.publisher:
                found.add(owner)
    return found


def excludes(paid: Paid, sent: Sent) -> bool:
    """Section 6: a channel that the terms withhold commission for."""
    return (sent.bypass or "").lower() in [name.lower() for name in paid.channels]
