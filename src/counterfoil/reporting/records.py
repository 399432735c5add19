"""Records: what each field of a commission record says.

Owns the fields of spec/commission-detail-api.md, section 6, under their names there, and which columns of a
line each needs; a page is read column by column. Next: items.py and attributes.py for what is nested.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple

from counterfoil.model.ledger import RecordKind, ValidationStatus
from counterfoil.model.orders import CorrectionReason
from counterfoil.model.programme import Network
from counterfoil.reporting.attributes import Attributes
from counterfoil.reporting.filters import Side
from counterfoil.reporting.items import Items, Situations
from counterfoil.rules.situations import new_to_file
from counterfoil.store import reports
from counterfoil.store.reports import ClickShown, CreditShown, PricedShown, StatedShown

PERIOD_KINDS = (RecordKind.BONUS, RecordKind.PERF_INC)
"""Kinds of records that belong to no order; each is its own type of action."""

Column = Sequence[Any]
Nested = Items | Situations | Attributes

REVIEWED = frozenset({ValidationStatus.ACCEPTED, ValidationStatus.DECLINED})

REASONS: dict[str, str] = {
    CorrectionReason.BAD_DEBT: "BAD_DEBT",
    CorrectionReason.BANKRUPTCY: "BANKRUPTCY",
    CorrectionReason.BOOKING_CANCELED: "BOOKING_CANCELED",
    CorrectionReason.CANNOT_SHIP_SOLD_OUT: "CANT_SHIP_OR_SOLD_OUT",
    CorrectionReason.COMPLIANCE: "COMPLIANCE",
    CorrectionReason.DUPLICATE_ORDER: "DUPLICATED_ORDER",
    CorrectionReason.INVALID_CREDIT_CARD: "INVALID_CREDIT_CARD",
    CorrectionReason.OTHER: "OTHER_REASON",
    CorrectionReason.RETURNED_MERCHANDISE: "RETURNED_MERCHANDISE",
    CorrectionReason.UNQUALIFIED_LEAD: "UNQUALIFIED_LEAD",
}
"""The report's word for each reason of the Tracking API (section 5)."""


class Records:
    """The lines of a page, as columns; wide ones are decoded when a field first asks for them."""

    def __init__(self, columns: Mapping[str, Column], count: int, side: Side, network: Network) -> None:
        self.columns = columns
        self.count = count
        self.side = side
        self.network = network

    def __len__(self) -> int:
        return self.count

    def values(self, field: str) -> Column | Nested:
        """What the field says of each record, as it is printed; or what lies within the records."""
        return _FIELDS[self.side][field].values(self)

    @cached_property
    def credits(self) -> list[CreditShown]:
        """Who was credited, and by which click."""
        return reports.credits_of(self.columns["credit"])

    @cached_property
    def stated(self) -> list[StatedShown]:
        """What the advertiser said about the order's state."""
        return reports.stated_of(self.columns["stated"])

    @cached_property
    def priced(self) -> list[PricedShown]:
        """Items and situations of the order's state."""
        return reports.priced_of(self.columns["priced"])

    @cached_property
    def items(self) -> Items:
        """The items of all records."""
        return Items(self.priced, self.columns["sign"], self.columns["commission_id"])

    @cached_property
    def situations(self) -> Situations:
        """The situations of all records."""
        return Situations([priced.situations for priced in self.priced])

    @cached_property
    def attributes(self) -> Attributes:
        """The vertical attributes of the records that have any (D129)."""
        return Attributes([stated.vertical_parameters for stated in self.stated])


class Field(NamedTuple):
    """A field of a record: the columns it needs, and what it says of each record of a page."""

    columns: tuple[str, ...]
    values: Callable[[Records], Column | Nested]


def columns_for(side: Side, fields: Collection[str]) -> list[str]:
    """The columns that these fields need, the commission id first of all."""
    needed = {column for field in fields for column in _FIELDS[side][field].columns}
    return ["commission_id", *sorted(needed - {"commission_id"})]


def instant_text(moment: datetime) -> str:
    """The instant in whole seconds, the rest cut off (section 8)."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _column(name: str) -> Field:
    return Field((name,), lambda records: records.columns[name])


def _named(column: str, name: Callable[[Network, int], str]) -> Field:
    """The names that the network has for a column of ids, each looked up once."""

    def values(records: Records) -> Column:
        ids = records.columns[column]
        names = {each: each and name(records.network, int(each)) for each in set(ids)}
        return [names[each] for each in ids]

    return Field((column,), values)


def _always(value: object) -> Field:
    return Field((), lambda records: [value] * len(records))


def _of_click(shown: Callable[[ClickShown], str | None]) -> Field:
    def values(records: Records) -> Column:
        return [credit.click and shown(credit.click) for credit in records.credits]

    return Field(("credit",), values)


def _action_types(records: Records) -> Column:
    trackers = records.network.action_trackers
    known = {
        each: str(trackers[int(each)].type) for each in set(records.columns["action_tracker_id"]) if each
    }
    columns = zip(records.columns["kind"], records.columns["action_tracker_id"], strict=True)
    return [kind if kind in PERIOD_KINDS else known[tracker] for kind, tracker in columns]


_ATTRIBUTES = Field(("stated",), lambda records: records.attributes)
_SHOPPER_ID = Field(("credit",), lambda records: [credit.sid for credit in records.credits])

_COMMON: dict[str, Field] = {
    "actionStatus": _column("action_status"),
    "actionTrackerId": _column("action_tracker_id"),
    "actionTrackerName": _named(
        "action_tracker_id", lambda network, each: network.action_trackers[each].name
    ),
    "actionType": Field(("kind", "action_tracker_id"), _action_types),
    "advertiserId": _column("advertiser_id"),
    "advertiserName": _named("advertiser_id", lambda network, each: network.advertisers[each].name),
    "aid": _column("ad_id"),
    "clickDate": _of_click(lambda click: instant_text(click.clicked_at)),
    "clickReferringURL": _of_click(lambda click: click.referring_url),
    "commissionId": _column("commission_id"),
    # The order's own hit keeps no browser and no device.
    "concludingBrowser": _always(None),
    "concludingDeviceName": _always(None),
    "concludingDeviceType": _always(None),
    "correctionReason": Field(
        ("correction_reason",),
        lambda records: [
            each and REASONS[CorrectionReason(each)] for each in records.columns["correction_reason"]
        ],
    ),
    "country": _of_click(lambda click: click.country),
    "coupon": Field(("stated",), lambda records: [stated.coupon for stated in records.stated]),
    "verticalAttributes": _ATTRIBUTES,
    "customPixel": _ATTRIBUTES,
    "eventDate": _column("event_date"),
    "initiatingBrowser": _of_click(lambda click: click.browser),
    "initiatingDeviceName": _of_click(lambda click: click.device_name),
    "initiatingDeviceType": _of_click(lambda click: click.device_type),
    "isCrossDevice": _always(False),
    "lockingDate": _column("locking_date"),
    "lockingMethod": _column("locking_method"),
    "orderDiscountAdvCurrency": _column("discount_adv"),
    "orderDiscountOrigCurrency": _column("discount_original"),
    "orderDiscountPubCurrency": _column("discount_pub"),
    "orderDiscountUsd": _column("discount_usd"),
    "orderId": _column("order_id"),
    "validationStatus": _column("validation"),
    "original": _column("is_original"),
    "originalActionId": _column("original_action_id"),
    "postingDate": _column("posting_date"),
    "pubCommissionAmountPubCurrency": _column("commission_pub"),
    "pubCommissionAmountUsd": _column("commission_usd"),
    "publisherId": _column("publisher_id"),
    "publisherName": _named("publisher_id", lambda network, each: network.publishers[each].name),
    "reviewedStatus": Field(
        ("validation",),
        lambda records: [
            "1" if each in ("ACCEPTED", "DECLINED") else "0" for each in records.columns["validation"]
        ],
    ),
    "saleAmountPubCurrency": _column("sale_pub"),
    "saleAmountUsd": _column("sale_usd"),
    "siteToStoreOffer": _always(None),
    "source": _column("source"),
    "websiteId": _column("property_id"),
    "websiteName": _named("property_id", lambda network, each: network.properties[each].name),
    "items": Field(("priced", "sign"), lambda records: records.items),
    "situations": Field(("priced",), lambda records: records.situations.names_by_owner()),
    "situationDetails": Field(("priced",), lambda records: records.situations),
}

_FIELDS: dict[Side, dict[str, Field]] = {
    Side.ADVERTISER: {
        **_COMMON,
        "adOwner": _always(None),
        "advCommissionAmountAdvCurrency": _column("cost_adv"),
        "advCommissionAmountUsd": _column("cost_usd"),
        "cjFeeAdvCurrency": _column("fee_adv"),
        "cjFeeUsd": _column("fee_usd"),
        "newToFile": Field(
            ("stated",),
            lambda records: [new_to_file(stated.vertical_parameters) for stated in records.stated],
        ),
        "saleAmountAdvCurrency": _column("sale_adv"),
    },
    Side.PUBLISHER: {
        **_COMMON,
        # Always null on this side (D133).
        "saleAmountAdvCurrency": _always(None),
        "shopperId": _SHOPPER_ID,
        "sid": _SHOPPER_ID,
    },
}


def field_names(side: Side) -> frozenset[str]:
    """The fields that a record has on this side."""
    return frozenset(_FIELDS[side])
