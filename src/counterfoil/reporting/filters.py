"""Filters: the arguments of a report, read.

Owns what each argument means and what makes it unreadable (D115 to D126). Leaves the form of a date to
windows.py and whose records may be read to pages.py. Next: pages.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from counterfoil.errors import Refusal, RefusalCode, refuse
from counterfoil.model.orders import clean_text
from counterfoil.reporting.windows import Window, read_date, window

ID_MAX = 2**63 - 1
"""No id is larger."""

_ID_DIGITS_MAX = 19
_SHOWN_MAX = 1000


class Side(StrEnum):
    """Whose view of a record is asked for."""

    ADVERTISER = "advertiser"
    PUBLISHER = "publisher"


class Filters(Struct, frozen=True, kw_only=True):
    """The arguments of both queries; `None` is a condition that was not given, or an empty list (D122).

    `companies` are those of `forPublishers` or `forAdvertisers`. Ids that are no numbers are left out, so
    that a list of nothing else is empty and matches nothing. Statuses and types are in lower case (D126).
    `order_ids` and `updated_since` are an export's alone (D152).
    """

    side: Side
    companies: tuple[int, ...]
    posting: Window | None = None
    event: Window | None = None
    locking: Window | None = None
    since_commission_id: int | None = None
    commission_ids: tuple[int, ...] | None = None
    advertiser_ids: tuple[int, ...] | None = None
    publisher_ids: tuple[int, ...] | None = None
    ad_ids: tuple[int, ...] | None = None
    website_ids: tuple[int, ...] | None = None
    action_statuses: tuple[str, ...] | None = None
    action_types: tuple[str, ...] | None = None
    locking_methods: tuple[str, ...] | None = None
    validation_statuses: tuple[str, ...] | None = None
    order_ids: tuple[str, ...] | None = None
    updated_since: datetime | None = None

    @property
    def is_of_the_last_day(self) -> bool:
        """Whether nothing says which time is meant, so that it is the last 24 hours (D115)."""
        said = (
            *(self.posting, self.event, self.locking, self.since_commission_id, self.commission_ids),
            *(self.order_ids, self.updated_since),
        )
        return all(each is None for each in said)


_SIDES = {
    "publisherCommissions": (Side.PUBLISHER, "forPublishers"),
    "advertiserCommissions": (Side.ADVERTISER, "forAdvertisers"),
}
_DATES = (
    "sincePostingDate",
    "beforePostingDate",
    "sinceEventDate",
    "beforeEventDate",
    "sinceLockingDate",
    "beforeLockingDate",
)
_UPDATED = "updatedSince"


def read_filters(field_name: str, arguments: Mapping[str, Any]) -> Filters | Refusal:
    """The filters that the arguments of a query mean, or why they mean none.

    `arguments` hold coerced values by the wire's names; a `None` counts as not given (D4). What cannot be
    read is refused first, in the order of the arguments (D120, D121), then a window that is too long (D117).
    """
    side, companies = _SIDES[field_name]
    filters = _read(side, companies, arguments)
    if isinstance(filters, Refusal):
        return filters
    if any(
        each is not None and each.is_too_long for each in (filters.posting, filters.event, filters.locking)
    ):
        return refuse(RefusalCode.RANGE_TOO_LONG)
    return filters


def read_export_filters(side: Side, arguments: Mapping[str, Any]) -> Filters | Refusal:
    """The filters of an export: the same arguments, of any length of time, and two more (D152).

    `orderIds` are compared exactly; `updatedSince` is a date as the others are. What cannot be read is
    refused as in a query, the refusal's `fields` name the argument.
    """
    _, companies = _SIDES[f"{side}Commissions"]
    return _read(side, companies, arguments)


def _read(side: Side, companies: str, arguments: Mapping[str, Any]) -> Filters | Refusal:
    dates = {}
    for name in (*_DATES, _UPDATED):
        text = arguments.get(name)
        dates[name] = None if text is None else read_date(text)
        if text is not None and dates[name] is None:
            return refuse(RefusalCode.INVALID_DATE, fields=(name,), value=_shown(text), name=name)
    cursor = arguments.get("sinceCommissionId")
    since_commission_id = None if cursor is None else _number(cursor)
    if cursor is not None and since_commission_id is None:
        return refuse(
            RefusalCode.INVALID_COMMISSION_ID,
            fields=("sinceCommissionId",),
            value=_shown(cursor),
            name="sinceCommissionId",
        )
    posting, event, locking = (
        window(dates[f"since{kind}Date"], dates[f"before{kind}Date"])
        for kind in ("Posting", "Event", "Locking")
    )
    return Filters(
        side=side,
        companies=_ids(arguments.get(companies)) or (),
        posting=posting,
        event=event,
        locking=locking,
        since_commission_id=since_commission_id,
        commission_ids=_ids(arguments.get("commissionIds")),
        advertiser_ids=_ids(arguments.get("advertiserIds")),
        publisher_ids=_ids(arguments.get("publisherIds")),
        ad_ids=_ids(arguments.get("adIds")),
        website_ids=_ids(arguments.get("websiteIds")),
        action_statuses=_words(arguments.get("actionStatuses")),
        action_types=_words(arguments.get("actionTypes")),
        locking_methods=_words_as_given(arguments.get("lockingMethods")),
        validation_statuses=_words_as_given(arguments.get("validationStatuses")),
        order_ids=_texts(arguments.get("orderIds")),
        updated_since=dates[_UPDATED],
    )


def _number(text: str) -> int | None:
    """A commission id; one that is too large for any stays larger than all (D121)."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal()):
        return None
    digits = digits.lstrip("0") or "0"
    # The length is asked first: Python refuses to read thousands of digits.
    size = ID_MAX if len(digits) > _ID_DIGITS_MAX else min(int(digits), ID_MAX)
    return -size if text.startswith("-") else size


def _ids(texts: Iterable[str] | None) -> tuple[int, ...] | None:
    given = tuple(texts or ())
    if not given:
        return None
    return tuple(dict.fromkeys(int(text) for text in given if _is_id(text)))


def _is_id(text: str) -> bool:
    if not (text.isascii() and text.isdecimal()) or len(text) > _ID_DIGITS_MAX:
        return False
    return int(text) <= ID_MAX


def _words(texts: Iterable[str] | None) -> tuple[str, ...] | None:
    return tuple(text.lower() for text in texts) if texts else None


def _words_as_given(texts: Iterable[str] | None) -> tuple[str, ...] | None:
    return tuple(texts) if texts else None


def _texts(texts: Iterable[str] | None) -> tuple[str, ...] | None:
    # As the store keeps them (D145).
    return tuple(clean_text(text) for text in texts) if texts else None


def _shown(text: str) -> str:
    """The text as far as a message shows it (D36)."""
    return text if len(text) <= _SHOWN_MAX else f"{text[:_SHOWN_MAX]}..."
