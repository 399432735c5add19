"""Remarks: what is odd about what was sent, although it is accepted.

Owns the judge's reading of spec/processing.md, section 16.4, but for text that was cleaned. Next: model.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from tests.properties.credit import Clicks
from tests.properties.generations import Generation, is_behind
from tests.properties.sent import Sent

PLAIN = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def worded(outcome: str, warnings: Iterable[str], removed: Iterable[str] = ()) -> str:
    """An outcome with its warnings, and with the fields that were removed."""
    return " ".join((outcome, *(f"+{code}" for code in sorted(set(warnings))), *(f"-{n}" for n in removed)))


def of_values(sent: Sent) -> set[str]:
    """Characters and lengths."""
    found = set()
    if set(sent.order_id) - PLAIN:
        found.add("ORDER_ID_CHARACTERS")
    if any(set(item.sku) - PLAIN or not 1 <= len(item.sku) <= 100 for item in sent.items):
        found.add("SKU_UNUSUAL")
    sid = sent.sid if sent.kind == "create" else None
    if len(sent.coupon or "") > 256 or len(sent.click or "") > 64 or len(sid or "") > 64:
        found.add("VALUE_TOO_LONG")
    return found


def of_click(sent: Sent, clicks: Clicks) -> set[str]:
    """An unknown click, and the pair of ids that is used for it."""
    used = names(sent) and sent.click not in clicks and sent.ad is not None and sent.property is not None
    return {"FALLBACK_USED"} if used else set()


def of_source(sent: Sent, *, is_item: bool) -> set[str]:
    """Where the amount comes from (D70, D71), and discounts above it (D74)."""
    found = set()
    if is_item and not sent.items:
        found.add("ITEMS_MISSING")
    if sent.amount is None and not (is_item and sent.items):
        found.add("AMOUNT_MISSING")
    if not is_item and sent.items and sent.amount is not None:
        found.add("ITEMS_IGNORED")
    subtotal = Fraction(sent.amount or 0)
    if sent.items and (is_item or sent.amount is None):
        gross = [Fraction(item.price) * item.quantity for item in sent.items]
        less = [Fraction(item.discount or 0) for item in sent.items]
        subtotal = sum((max(g - d, Fraction(0)) for g, d in zip(gross, less, strict=True)), Fraction(0))
        if sent.amount is not None and Fraction(sent.amount) not in (subtotal, sum(gross, Fraction(0))):
            found.add("AMOUNT_IGNORED")
        if any(d > g for g, d in zip(gross, less, strict=True)):
            found.add("DISCOUNT_EXCEEDS_VALUE")
    if Fraction(sent.discount or 0) > subtotal:
        found.add("DISCOUNT_EXCEEDS_VALUE")
    return found


def of_stay(sent: Sent, it: Generation) -> set[str]:
    """An open-ended order should say when the stay begins and ends (D97)."""
    told = {name for name, value in sent.vertical if value}
    lacks = it.validation == "PENDING" and not {"startDateTime", "endDateTime"} <= told
    return {"STAY_DATES_MISSING"} if lacks else set()


def of_change(sent: Sent, it: Generation) -> set[str]:
    """Sections 11 and 14, D88."""
    found = set()
    if is_behind(sent, it):
        found.add("UPDATE_TIME_BEHIND")
    if it.validation == "AUTOMATED" and sent.status is not None:
        found.add("STATUS_IGNORED")
    if sent.kind == "restate" and names(sent) and sent.click != it.click:
        found.add("PUBLISHER_DIFFERS")
    return found


def removed(sent: Sent, it: Generation, currency: str) -> list[str]:
    """The fields that the order had and the restatement left out."""
    assert it.state is not None
    was = it.said
    gone = [name for name in ("amount", "discount", "items", "coupon") if getattr(was, name)]
    gone = [name for name in gone if not getattr(sent, name)]
    if was.bypass and not sent.bypass:
        gone.append("bypassChannel")
    if sent.currency is None and it.state.currency != currency:
        gone.append("currency")
    said = dict(sent.vertical)
    return gone + [f"verticalParameters.{name}" for name, _ in was.vertical if name not in said]


def names(sent: Sent) -> bool:
    """Whether a click is named: empty and `n/a` are none (D61)."""
    return (sent.click or "").strip().lower() not in ("", "n/a")
