"""Generations: one life of an order, and what may refuse a submission that meets it.

Owns the judge's reading of the order of checks (spec/processing.md, section 17), of D54 and D55. Next:
credit.py, then model.py, which says what follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from tests.properties.programme import Paid, Programme, Terms
from tests.properties.reckoning import State
from tests.properties.sent import Sent

ISO = {"USD", "EUR", "GBP", "CHF"}


class Settings(NamedTuple):
    """The settings that deciding asks for."""

    items_max: int = 100
    rejects_stale: bool = False
    ignores_declined: bool = False
    locks_at_once: bool = False


class Record(NamedTuple):
    """A line of the ledger: kind, sign, the version it shows, the reason."""

    kind: str
    sign: int
    state: State
    generation: int
    reason: str | None


@dataclass
class Generation:
    """One life of an order; `code` says why it earns nothing, `said` is what it was last said to be."""

    number: int
    event: datetime
    opening: Sent
    book: Programme
    said: Sent
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
    extended: bool = False
    closed: bool = False
    latest_update: datetime | None = None

    def is_locked(self, at: datetime) -> bool:
        """At the instant itself it is."""
        return self.locks_at is not None and at >= self.locks_at


def refused_create(sent: Sent, last: Generation | None, at: datetime, settings: Settings) -> str | None:
    """What refuses a create before anyone asks who is credited."""
    if sent.order_id == "":
        return "ORDER_ID_EMPTY"
    if len(sent.order_id) > 96:
        return "ORDER_ID_TOO_LONG"
    if last is not None and not reopens(last, sent):
        return "DUPLICATE_ORDER"
    if sent.channel != "api" and (sent.event or at) > at + timedelta(hours=2 * (sent.channel == "postback")):
        return "EVENT_TIME_IN_FUTURE"
    if sent.channel != "api" and len(sent.items) > settings.items_max:
        return "TOO_MANY_ITEMS"
    return "CURRENCY_UNKNOWN" if has_odd_currency(sent) else None


def refused_change(sent: Sent, it: Generation | None, at: datetime, settings: Settings) -> str | None:
    """What refuses a change before anyone asks what it says: the order it meets, times, items."""
    if it is None:
        return "ORDER_NOT_FOUND"
    if it.state is None:
        return "ORDER_NOT_COMMISSIONABLE"
    if it.state.cancelled:
        return "ORDER_CANCELLED"
    if sent.mode == "live" and it.is_locked(at):
        return "ORDER_CLOSED" if it.closed else "ORDER_LOCKED"
    if sent.channel != "api" and sent.update and sent.update > at:
        return "UPDATE_TIME_IN_FUTURE"
    if sent.channel != "api" and len(sent.items) > settings.items_max:
        return "TOO_MANY_ITEMS"
    return "STALE_CHANGE" if settings.rejects_stale and is_behind(sent, it) else None


def refused_status(sent: Sent, it: Generation, settings: Settings) -> str | None:
    """Section 14."""
    if it.validation != "AUTOMATED" and sent.status is None:
        return "STATUS_REQUIRED"
    if it.validation == "ACCEPTED" and sent.status == "Pending":
        return "STATUS_BACKWARDS"
    if it.validation == "AUTOMATED" and sent.status == "Declined" and not settings.ignores_declined:
        return "STATUS_NOT_APPLICABLE"
    return None


def refused_extension(it: Generation | None, at: datetime) -> str | None:
    """Sections 15 and 17."""
    if it is None:
        return "ORDER_NOT_FOUND"
    if it.state is None or it.paid is None:
        return "ORDER_NOT_COMMISSIONABLE"
    is_fixed = it.paid.locking in ("FIXED_DATE", "FIXED_DURATION")
    may = is_fixed and not (it.extended or it.closed or it.state.cancelled or it.is_locked(at))
    return None if may else "EXTENSION_NOT_ALLOWED"


def is_behind(sent: Sent, it: Generation) -> bool:
    """Whether a later update was applied before (D88)."""
    return sent.update is not None and it.latest_update is not None and sent.update < it.latest_update


def has_odd_currency(sent: Sent) -> bool:
    """Empty or unknown; absent is neither (D83)."""
    return sent.currency is not None and sent.currency.upper() not in ISO


def reopens(last: Generation, sent: Sent) -> bool:
    """D54 and D55; two creates without a time have the same one."""
    if sent.channel not in ("api", "file"):
        return False
    old = last.opening
    if last.state is None:
        same_time = sent.event == last.event if sent.event else old.event is None
        was = (old.click, old.ad, old.property, old.sid, old.coupon, old.bypass)
        now = (sent.click, sent.ad, sent.property, sent.sid, sent.coupon, sent.bypass)
        if same_time and was != now:
            return True
    may = last.state is None or last.state.cancelled
    return may and sent.event is not None and sent.event > last.event
