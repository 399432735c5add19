"""What an order becomes: actions, versions, statuses, and the records of both ledgers.

Owns the shapes that are posted and read back; all frozen, and none can lead back to itself, so the collector
of cycles is spared them (`gc=False`). The rules are in rules/. Next: processing.py.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from counterfoil.model.orders import (
    BypassChannel,
    CorrectionReason,
    CustomIds,
    Kind,
    Mode,
    NameValuePair,
    OrderItem,
    OrderKey,
    Submission,
)
from counterfoil.model.programme import LockingMethod


class Click(Struct, frozen=True, kw_only=True):
    """A click that was stored here: who sent the shopper, and when."""

    click_id: str
    clicked_at: datetime
    publisher_id: int
    property_id: int
    advertiser_id: int
    ad_id: int
    sid: str | None = None
    referring_url: str | None = None
    browser: str | None = None
    device_type: str | None = None
    device_name: str | None = None
    country: str | None = None


class Credit(Struct, frozen=True, kw_only=True, gc=False):
    """Who is credited with an order, kept for the life of its generation (spec/processing.md, section 3)."""

    publisher_id: int
    property_id: int
    ad_id: int
    sid: str | None = None
    click: Click | None = None


class ValidationStatus(StrEnum):
    """Whether an open-ended order counts; all others are AUTOMATED."""

    PENDING = "PENDING"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    AUTOMATED = "AUTOMATED"


class Rate(Struct, frozen=True, kw_only=True):
    """Units of the reporting currency for one of the order's, with the day and source it was published.

    Where quotes of two sources were divided, day and source are the older one's, and `also` names the other.
    """

    value: Decimal
    day: date | None = None
    source: str | None = None
    also: str | UnsetType = UNSET


class Rates(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The three rates that an order's figures are converted by; exactly 1 within a currency.

    `flats` are those of the other currencies in which the order's terms name flat amounts, by currency; kept
    like the order's own (D81).
    """

    adv: Rate
    pub: Rate
    usd: Rate
    flats: dict[str, Rates] = {}


class Money3(Struct, frozen=True, gc=False):
    """One figure in the three reporting currencies."""

    adv: Decimal
    pub: Decimal
    usd: Decimal


class PricedItem(Struct, frozen=True, gc=False):
    """One line as the report shows it (spec/processing.md, section 8), with the rule that priced it.

    `rule` is the rank of the rule, `None` where no rule applied.
    """

    sku: str
    quantity: int
    per_item: Money3
    commission: Money3
    discount: Money3
    rule: int | None
    item_list: int | None
    situation: int | None


class Amounts(Struct, frozen=True, gc=False):
    """The reported figures of an order: what the records of its version say.

    `fee` is positive; the advertiser's cost is -(commission + fee) (D85).
    """

    sale: Money3
    commission: Money3
    fee: Money3
    order_discount: Money3
    order_discount_original: Decimal


class Pricing(Struct, frozen=True, kw_only=True, gc=False):
    """Amounts and items of one state of an order, and how they came about.

    `situations` are (id, name) of all situations used, once each. `rule` is the rank on a simple action.
    `steps` are (figure, exact value before rounding), for the figures that rounding changed.
    """

    amounts: Amounts
    items: tuple[PricedItem, ...]
    situations: tuple[tuple[int, str], ...]
    rule: int | None
    steps: tuple[tuple[str, str], ...] = ()


class Stated(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What the advertiser last said about an order, as far as it is kept with the version (cleaned text)."""

    amount: str | None = None
    discount: str | None = None
    coupon: str | None = None
    vertical_parameters: dict[str, str] = {}
    custom_parameters: tuple[NameValuePair, ...] = ()
    items: tuple[OrderItem, ...] = ()
    bypass_channel: BypassChannel | None = None
    ids: CustomIds | None = None


class VersionState(StrEnum):
    """Whether a version stands for an order or for the end of one."""

    STANDING = "standing"
    CANCELLED = "cancelled"


class OrderVersion(Struct, frozen=True, kw_only=True, gc=False):
    """What an order is after a create, restatement or cancellation."""

    version: int
    state: VersionState
    kind: Kind
    submission_id: UUID
    position: int
    received_at: datetime
    currency: str
    rates: Rates
    stated: Stated
    pricing: Pricing
    update_time: datetime | None = None
    correction_reason: CorrectionReason | None = None


class Action(Struct, frozen=True, gc=False):
    """One generation of an order: what CJ calls the action.

    `code` says why it is not commissionable, `None` if it is. `terms_version` is the network version and the
    start of the terms that price it for life (D66).
    """

    original_action_id: int
    key: OrderKey
    generation: int
    position: int
    submission_id: UUID
    advertiser_id: int
    event_time: datetime
    code: str | None
    credit: Credit | None
    contract_id: int | None
    terms_id: int | None
    terms_from: datetime | None
    network_version: int
    locking_method: LockingMethod | None
    referral_ordinal: int | None
    opening: str
    """Digest of what D55 compares when the same key is sent again."""


class StatusCause(StrEnum):
    """What changed a status."""

    SUBMISSION = "submission"
    CALENDAR = "calendar"
    CLOSING = "closing"
    PERSON = "person"


class Status(Struct, frozen=True, kw_only=True, gc=False):
    """Until when an action can change, and whether it counts, from `since` on.

    `locking_date` is the stored and reported date, `locks_at` the instant from which changes are late
    (`None`: never by itself, a pended open-ended order). `position` is the place in the log of what changed
    it; `closed_position` that of the closing.
    """

    validation: ValidationStatus
    locking_date: datetime
    locks_at: datetime | None
    since: datetime
    cause: StatusCause
    position: int
    extended: bool = False
    closed_at: datetime | None = None
    closed_position: int | None = None


class Standing(Struct, frozen=True, kw_only=True, gc=False):
    """What a key is now: its latest generation, that one's latest version and status.

    `version` and `status` are `None` for a generation that is not commissionable. `latest_update` is the
    latest `updateTime` that any of its changes gave.
    """

    action: Action
    version: OrderVersion | None = None
    status: Status | None = None
    latest_update: datetime | None = None


class RecordKind(StrEnum):
    """What a line of the ledger is."""

    ORIGINAL = "original"
    REVERSAL = "reversal"
    CORRECTION = "correction"
    LEGACY = "legacy"
    PERF_INC = "perf_inc"
    BONUS = "bonus"


class Line(Struct, frozen=True, kw_only=True, gc=False):
    """One commission record to be posted: a version of an action, with sign +1 (state) or -1 (reversal)."""

    version: OrderVersion
    sign: int
    kind: RecordKind
    correction_reason: CorrectionReason | None = None


class OutcomeKind(StrEnum):
    """The final word on a submission (spec/processing.md, section 1)."""

    POSTED = "posted"
    RECORDED = "recorded"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    APPLIED = "applied"


class Outcome(Struct, frozen=True, kw_only=True, gc=False):
    """One submission's outcome. `action` and `version` are those it produced, or the ones it met."""

    kind: OutcomeKind
    code: str | None = None
    warnings: tuple[str, ...] = ()
    original_action_id: int | None = None
    version: int | None = None
    winner: UUID | None = None
    skipped: tuple[str, ...] = ()
    """Production checks that the test ledger leaves out and that would have failed (D112)."""
    removed: tuple[str, ...] = ()
    """Fields that a restatement left out and the order had, as requests name them (`FIELDS_REMOVED`)."""


class ReferralUse(NamedTuple):
    """One use of a click under terms that limit them (D65)."""

    mode: Mode
    click_id: str
    action_tracker_id: int
    ordinal: int


class Decided(Struct, frozen=True, kw_only=True, gc=False):
    """A decision: the outcome and everything it adds to the ledger, in the order of adding.

    `standing` is what the key is afterwards, `None` where it was and stays unknown. A test change that adopts
    a live order brings an action and two versions (D113).
    """

    submission: Submission
    outcome: Outcome
    network_version: int
    standing: Standing | None = None
    action: Action | None = None
    versions: tuple[OrderVersion, ...] = ()
    status: Status | None = None
    lines: tuple[Line, ...] = ()
    uses: ReferralUse | None = None
    frees: ReferralUse | None = None
    rates_position: int | None = None
    """Place in the log of a rate that arrived only after the submission (D149)."""


class Held(Struct, frozen=True, kw_only=True, gc=False):
    """Not decided now: the submission waits, and later ones of its key wait behind it."""

    submission: Submission
    code: str
    detail: str = ""


Decision = Decided | Held
