"""Generations: one life of an order, and what may refuse a submission that meets it.

Owns the judge's reading of the order of checks (spec/processing.md, section 17), of D54 and D55, and of
coupons and channels. Next: model.py, which says what follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from tests.properties.programme import Paid, Programme, Terms
from tests.properties.reckoning import State
from tests.properties.sent import Sent

ISO = {"USD", "EUR", "GBP", "CHF"}


class Record(NamedTuple):
    """A line of the ledger: kind, sign, the version it shows, the reason."""

    kind: str
    sign: int
    state: State
    generation: int
    reason: str | None


@dataclass
class Generation:
    """One life of an order; `code` says why it earns nothing."""

    number: int
    event: datetime
    opening: Sent
    book: Programme
    code: str | None = None
    publisher: int = 0
    click: str | None = None
    advertiser: int = 0
    terms: Terms | None = None
    paid: Paid | None = None
    state: State | None = None
    versions: int = 0
    validation: str = ""
    lock_date: datetime | None = None
    locks_at: datetime | None = None
    closed: bool = False


def refused_create(sent: Sent, last: Generation | None, at: datetime) -> str | None:
    """What refuses a create before anyone asks who is credited."""
    if sent.order_id == "":
        return "ORDER_ID_EMPTY"
    if len(sent.order_id) > 96:
        return "ORDER_ID_TOO_LONG"
    if last is not None and not reopens(last, sent):
        return "DUPLICATE_ORDER"
    if sent.channel != "api" and (sent.event or at) > at + timedelta(hours=2 * (sent.channel == "postback")):
        return "EVENT_TIME_IN_FUTURE"
    if sent.channel != "api" and len(sent.items) > 100:
        return "TOO_MANY_ITEMS"
    return "CURRENCY_UNKNOWN" if has_odd_currency(sent) else None


def refused_change(sent: Sent, it: Generation | None, at: datetime, book: Programme) -> str | None:
    """What refuses a change: the order it meets, then what it says."""
    if it is None:
        return "ORDER_NOT_FOUND"
    if it.state is None:
        return "ORDER_NOT_COMMISSIONABLE"
    if it.state.cancelled:
        return "ORDER_CANCELLED"
    if sent.mode == "live" and it.closed:
        return "ORDER_CLOSED"
    if sent.mode == "live" and it.locks_at and at >= it.locks_at:
        return "ORDER_LOCKED"
    if sent.channel != "api" and sent.update and sent.update > at:
        return "UPDATE_TIME_IN_FUTURE"
    if sent.channel != "api" and len(sent.items) > 100:
        return "TOO_MANY_ITEMS"
    return (refused_restatement(sent, it, book) if sent.kind == "restate" else None) or refused_status(
        sent, it
    )


def refused_restatement(sent: Sent, it: Generation, book: Programme) -> str | None:
    """What would take the commission away, or cannot be read."""
    assert it.paid is not None
    verdicts = coupons(it, sent, book)
    if 0 in verdicts or excludes(it.paid, sent):
        return "CHANGES_COMMISSIONABILITY"
    if verdicts:
        return "CHANGES_PUBLISHER"
    return "CURRENCY_UNKNOWN" if has_odd_currency(sent) else None


def refused_status(sent: Sent, it: Generation) -> str | None:
    """Section 14."""
    assert it.paid is not None
    is_open_ended = it.paid.locking == "OPEN_ENDED"
    if is_open_ended and sent.status is None:
        return "STATUS_REQUIRED"
    if is_open_ended and it.validation == "ACCEPTED" and sent.status == "Pending":
        return "STATUS_BACKWARDS"
    return "STATUS_NOT_APPLICABLE" if not is_open_ended and sent.status == "Declined" else None


def has_odd_currency(sent: Sent) -> bool:
    """Empty or unknown; absent is neither (D83)."""
    return sent.currency is not None and sent.currency.upper() not in ISO


def reopens(last: Generation, sent: Sent) -> bool:
    """D54 and D55."""
    if sent.channel not in ("api", "file") or sent.event is None:
        return False
    if last.state is not None:
        return last.state.cancelled and sent.event > last.event
    old = last.opening
    was = (old.click, old.ad, old.property, old.sid, old.coupon, old.bypass)
    now = (sent.click, sent.ad, sent.property, sent.sid, sent.coupon, sent.bypass)
    return sent.event > last.event or (sent.event == last.event and was != now)


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
