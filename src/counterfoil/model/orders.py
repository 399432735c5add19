"""What advertisers send: new orders, restatements, cancellations, and the submissions they become.

Owns the shapes of an order on its way into the log; the JSON names are those of the wire. Decides nothing.
Next: programme.py for the terms, ledger.py for what an order becomes.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct

DecimalText = str
"""A decimal in plain notation, digits as received (`1.50`), that has passed the strict pattern. Becomes
`Decimal` where it is reckoned with; text until then, so that no digit is lost on the way."""

InstantText = str
"""An instant in UTC with `Z` and 0, 3, 6 or 9 fraction digits (D44)."""


class Mode(StrEnum):
    """Which of the two ledgers an order belongs to."""

    LIVE = "live"
    TEST = "test"


class Channel(StrEnum):
    """How something came into the log. The last six enter positions without orders."""

    API = "api"
    TAG = "tag"
    POSTBACK = "postback"
    FILE = "file"
    PAGE = "page"
    NETWORK = "network"
    RATES = "rates"
    CLOCK = "clock"
    CLOSING = "closing"
    BONUS = "bonus"
    SETTINGS = "settings"


class Kind(StrEnum):
    """What a submission asks for."""

    CREATE = "create"
    RESTATE = "restate"
    CANCEL = "cancel"
    EXTEND = "extend"


class OrderStatus(StrEnum):
    """Status that a restatement gives an open-ended order."""

    PENDING = "Pending"
    ACCEPTED = "Accepted"


class CancellationStatus(StrEnum):
    """Status that a cancellation gives an open-ended order."""

    DECLINED = "Declined"


class CorrectionReason(StrEnum):
    """Why an order changed, in the Tracking API's words."""

    BAD_DEBT = "BadDebt"
    BANKRUPTCY = "Bankruptcy"
    BOOKING_CANCELED = "BookingCanceled"
    CANNOT_SHIP_SOLD_OUT = "CannotShipSoldOut"
    COMPLIANCE = "Compliance"
    DUPLICATE_ORDER = "DuplicateOrder"
    INVALID_CREDIT_CARD = "InvalidCreditCard"
    OTHER = "Other"
    RETURNED_MERCHANDISE = "ReturnedMerchandise"
    UNQUALIFIED_LEAD = "UnqualifiedLead"


class _Sent(
    Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    rename="camel",
    forbid_unknown_fields=True,
    gc=False,
):
    """Base of everything that arrives on the wire and is kept in the log.

    Nothing in it can lead back to itself, so the collector of cycles is spared tens of thousands of objects.
    """


class OrderItem(_Sent, frozen=True, kw_only=True):
    """One line of an order; `discount` is a line total (D73)."""

    unit_price: DecimalText
    quantity: int
    sku: str
    discount: DecimalText | None = None


class NameValuePair(_Sent, frozen=True, kw_only=True):
    """A custom parameter."""

    name: str
    value: str


class BypassChannel(_Sent, frozen=True, kw_only=True):
    """Another marketing channel that had the last touch (spec/processing.md, section 6)."""

    name: str
    timestamp: InstantText


class CustomIds(_Sent, frozen=True, kw_only=True):
    """The advertiser's ids of the shopper: personal, kept beside the log (D155)."""

    universal_tag_cj_user: str | None = None
    user_id: str | None = None
    email_hash: str | None = None


class _Keyed(_Sent, frozen=True, kw_only=True):
    enterprise_id: str
    action_tracker_id: int
    order_id: str


class _Stated(_Keyed, frozen=True, kw_only=True):
    """What a create and a restatement both say about an order."""

    cj_event: str | None = None
    amount: DecimalText | None = None
    discount: DecimalText | None = None
    vertical_parameters: dict[str, str] | None = None
    custom_parameters: tuple[NameValuePair, ...] | None = None
    items: tuple[OrderItem, ...] | None = None
    coupon: str | None = None
    currency: str | None = None
    bypass_channel: BypassChannel | None = None


class NewOrder(_Stated, frozen=True, kw_only=True):
    """An order as first sent (`OrderCreateRequest`)."""

    ad_id: int | None = None
    promotional_property_id: int | None = None
    sid: str | None = None
    event_time: InstantText | None = None
    ids: CustomIds | None = None


class Restatement(_Stated, frozen=True, kw_only=True):
    """The whole order as it is now (`OrderRestateRequest`); what is left out is removed."""

    update_time: InstantText
    status: OrderStatus | None = None
    correction_reason: CorrectionReason | None = None


class Cancellation(_Keyed, frozen=True, kw_only=True):
    """The end of an order (`OrderCancelRequest`)."""

    update_time: InstantText
    status: CancellationStatus | None = None
    correction_reason: CorrectionReason | None = None


class Extension(_Keyed, frozen=True, kw_only=True):
    """Moves an order's lock to the next cycle, once (D106). Comes from a page, a command or a file."""


Order = NewOrder | Restatement | Cancellation | Extension

ORDER_TYPES: dict[Kind, type[NewOrder | Restatement | Cancellation | Extension]] = {
    Kind.CREATE: NewOrder,
    Kind.RESTATE: Restatement,
    Kind.CANCEL: Cancellation,
    Kind.EXTEND: Extension,
}


class OrderKey(NamedTuple):
    """Identity of an order over all channels (D52); `order_id` is the cleaned text (D145)."""

    mode: Mode
    enterprise_id: int
    action_tracker_id: int
    order_id: str


class SubmissionBatch(Struct, frozen=True, kw_only=True):
    """The orders of one mutation field, postback, tag hit, file chunk or page action, in the order sent.

    `sender` is the id of the token, or the name of the person, that sent them.
    """

    batch_id: UUID
    mode: Mode
    channel: Channel
    kind: Kind
    sender: str
    orders: tuple[Order, ...]


class Receipt(Struct, frozen=True, kw_only=True):
    """Says that a batch is durable in the log. Order n (from 1) has `submission_id(batch_id, n)`."""

    batch_id: UUID
    position: int
    received_at: datetime
    first_number: int


class Submission(Struct, frozen=True, kw_only=True, gc=False):
    """One order as it stands in the log.

    `number` is its dense running number over the whole log, `position` that of its request. `cleaned` tells
    that a character was replaced in a text (warning `TEXT_CLEANED`). One that is not `is_readable`
    stands for bytes in the log that say no order: it is held.
    """

    submission_id: UUID
    batch_id: UUID
    n: int
    lane: int
    position: int
    number: int
    received_at: datetime
    mode: Mode
    channel: Channel
    kind: Kind
    order: Order
    key: OrderKey
    cleaned: bool = False
    is_readable: bool = True


def submission_id(batch_id: UUID, n: int) -> UUID:
    """Id of order `n` (from 1) of a batch: the batch's UUIDv7, whose low 24 bits are zero, plus `n`."""
    return UUID(int=batch_id.int + n)


def clean_text(text: str) -> str:
    """The text as a text column can hold it: NUL and lone surrogates become U+FFFD (D145)."""
    if text.isprintable():
        return text
    return text.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def instant(text: InstantText) -> datetime:
    """The instant as a time, whole microseconds (what is finer is cut off)."""
    return datetime.fromisoformat(text)


LANES = 256


def lane_of(enterprise_id: int, action_tracker_id: int, order_id: str) -> int:
    """The lane (0 to 255) in which all submissions of a key are decided, live and test alike.

    `order_id` is the cleaned text. The database computes the same with `lane_of(...)`; fixed for good.
    """
    key = f"{enterprise_id}\x1f{action_tracker_id}\x1f{order_id}"
    return sha256(key.encode()).digest()[0]
