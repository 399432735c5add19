"""Points in time as text: the forms that are accepted, and the one form that is kept.

Owns D41 to D44. Leaves the sentence about a refused text to api/messages.py and zone-less dates of reports to
their own API. Next: scalars.py.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from counterfoil.model.orders import InstantText

_FORM = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    # No 24:00 and no :60; some versions of Python would take the first.
    r"(?:[Tt]((?:[01][0-9]|2[0-3]):[0-5][0-9])(:[0-5][0-9](?:\.([0-9]{0,9}))?)?"
    r"(?:[Zz]|([+-])([0-9]{2})(?::?([0-9]{2}))?))?"
)
PLAIN_INSTANT = (
    r"(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
)
"""The pattern of the common case, which is its own canonical form; every month has 28 days."""

_PLAIN = re.compile(PLAIN_INSTANT)
_OFFSET_MAX = timedelta(hours=18)
_MINUTES_IN_AN_HOUR = 60


def canonical_instant(text: str) -> InstantText | None:
    """The instant in UTC with `Z` and 0, 3, 6 or 9 fraction digits (D44); None if the text is none.

    A date alone is midnight UTC (D43). Years run from 0001 to 9999, in UTC; offsets reach 18 hours. A
    date-time without a zone is none (D42).
    """
    if _PLAIN.fullmatch(text):
        return text
    form = _FORM.fullmatch(text)
    if form is None:
        return None
    date, minute, second, fraction, sign, hours, minutes = form.groups()
    clock = f"{minute}{second[:3]}" if second else f"{minute}:00" if minute else "00:00:00"
    try:
        # This refuses days that no month has, and the year 0.
        moment = datetime.fromisoformat(f"{date}T{clock}")
        if sign:
            moment = moment - _offset(sign, hours, minutes or "00")
    except (ValueError, OverflowError):
        return None
    utc = moment.isoformat() if sign else f"{date}T{clock}"
    return f"{utc}{_fraction(fraction)}Z" if fraction else f"{utc}Z"


def _offset(sign: str, hours: str, minutes: str) -> timedelta:
    if int(minutes) >= _MINUTES_IN_AN_HOUR:
        raise ValueError
    size = timedelta(hours=int(hours), minutes=int(minutes))
    if size > _OFFSET_MAX:
        raise ValueError
    return size if sign == "+" else -size


def _fraction(digits: str) -> str:
    """The fraction in groups of three digits, as many groups as are needed."""
    significant = digits.rstrip("0")
    if not significant:
        return ""
    return "." + significant.ljust(-(-len(significant) // 3) * 3, "0")
