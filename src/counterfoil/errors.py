"""The catalogue: every refusal, rejection, held place and warning, with its exact sentence and its remedy.

Owns codes and sentences, in order of precedence. Refusals and rejections are values; exceptions are bugs or
outages. The engine's own sentences about schema faults are in api/messages.py.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import NamedTuple

from msgspec import Struct


class Stage(IntEnum):
    """Order of the checks while the caller waits; the first stage that fails is reported (D22, D25)."""

    ROUTE = 0
    TOKEN = 1
    SIZE = 2
    SYNTAX = 3
    COUNT = 4
    SHAPE = 5
    AUTHORISATION = 6
    SCHEMA = 7
    FIELD = 8
    LOAD = 9


class RefusalCode(StrEnum):
    """Codes of what is told at once (spec/tracking-api.md, section 8)."""

    MISSING_TOKEN = "MISSING_TOKEN"
    INVALID_TOKEN = "INVALID_TOKEN"
    TOO_MANY_CALLS = "TOO_MANY_CALLS"
    BODY_TOO_LARGE = "BODY_TOO_LARGE"
    INVALID_SYNTAX = "INVALID_SYNTAX"
    TOO_MANY_ORDERS = "TOO_MANY_ORDERS"
    QUERY_TOO_DEEP = "QUERY_TOO_DEEP"
    QUERY_TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    UNAUTHORIZED = "UNAUTHORIZED"
    SCHEMA_FAULT = "SCHEMA_FAULT"
    ITEMS_OVER_LIMIT = "ITEMS_OVER_LIMIT"
    EVENT_TIME_AHEAD = "EVENT_TIME_AHEAD"
    UPDATE_TIME_AHEAD = "UPDATE_TIME_AHEAD"
    RANGE_TOO_LONG = "RANGE_TOO_LONG"
    INVALID_DATE = "INVALID_DATE"
    INVALID_COMMISSION_ID = "INVALID_COMMISSION_ID"
    OVERLOADED = "OVERLOADED"
    UNEXPECTED_FAILURE = "UNEXPECTED_FAILURE"
    NOT_FOUND = "NOT_FOUND"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"


class Told(NamedTuple):
    """One row: when it is checked, what is said (with places for values), what to do."""

    code: RefusalCode
    stage: Stage
    sentence: str
    remedy: str


REFUSALS: dict[RefusalCode, Told] = {
    row.code: row
    for row in (
        Told(
            RefusalCode.MISSING_TOKEN,
            Stage.TOKEN,
            "Missing Token",
            "Send the header `Authorization: Bearer <token>`.",
        ),
        Told(
            RefusalCode.INVALID_TOKEN,
            Stage.TOKEN,
            "Invalid Token",
            "Check for a typing error, or create a token: `counterfoil token create`.",
        ),
        Told(RefusalCode.TOO_MANY_CALLS, Stage.TOKEN, "429", "Wait as long as `Retry-After` says."),
        Told(RefusalCode.BODY_TOO_LARGE, Stage.SIZE, "504", "Send {limit} MB or less in one request."),
        Told(
            RefusalCode.INVALID_SYNTAX,
            Stage.SYNTAX,
            "Invalid Syntax",
            "Send a GraphQL document, or JSON with the member `query`.",
        ),
        Told(
            RefusalCode.TOO_MANY_ORDERS,
            Stage.COUNT,
            "Request may not have more than {limit} orders",
            "Send {limit} orders or fewer in one request.",
        ),
        Told(
            RefusalCode.QUERY_TOO_DEEP,
            Stage.SHAPE,
            "maximum query depth exceeded {n} > {limit}",
            "Nest less.",
        ),
        Told(
            RefusalCode.QUERY_TOO_COMPLEX,
            Stage.SHAPE,
            "maximum query complexity exceeded {n} > {limit}",
            "Ask for less at once: {what}.",
        ),
        Told(
            RefusalCode.UNAUTHORIZED,
            Stage.AUTHORISATION,
            "Unauthorized",
            "Use an enterprise id, an endpoint and a token that belong together.",
        ),
        Told(
            RefusalCode.SCHEMA_FAULT,
            Stage.SCHEMA,
            "{message}",
            "Correct what the message names; the schema is at /schema/tracking.graphql.",
        ),
        Told(
            RefusalCode.ITEMS_OVER_LIMIT,
            Stage.FIELD,
            "Order may not have more than {limit} items",
            "Merge items, or split the order.",
        ),
        Told(
            RefusalCode.EVENT_TIME_AHEAD,
            Stage.FIELD,
            "Order may not have an eventTime in the future",
            "Correct the clock or the zone.",
        ),
        Told(
            RefusalCode.UPDATE_TIME_AHEAD,
            Stage.FIELD,
            "Order may not have an updateTime in the future",
            "Correct the clock or the zone.",
        ),
        Told(
            RefusalCode.RANGE_TOO_LONG,
            Stage.FIELD,
            "Date range may not exceed 31 days",
            "Ask for 31 days or fewer, and page.",
        ),
        Told(
            RefusalCode.INVALID_DATE,
            Stage.FIELD,
            "Invalid date '{value}' for argument '{name}'",
            "Write it as 2026-03-01T00:00:00Z.",
        ),
        Told(
            RefusalCode.INVALID_COMMISSION_ID,
            Stage.FIELD,
            "Invalid commission id '{value}' for argument '{name}'",
            "Send the digits of a commission id.",
        ),
        Told(
            RefusalCode.OVERLOADED,
            Stage.LOAD,
            "504",
            "Send the same request again in a moment; nothing of it was kept.",
        ),
        Told(
            RefusalCode.UNEXPECTED_FAILURE,
            Stage.LOAD,
            "Exception while fetching data (/{field}) : Internal error, request {request_id}",
            "Tell the operator the request id; look the order up before you send it again.",
        ),
        Told(
            RefusalCode.NOT_FOUND, Stage.ROUTE, "404", "The endpoints are /graphql, /graphqltest and /query."
        ),
        Told(RefusalCode.METHOD_NOT_ALLOWED, Stage.ROUTE, "405", "Send a POST."),
    )
}


class Refusal(Struct, frozen=True):
    """A request, or one mutation field of it, that is not accepted. Nothing of it is kept.

    `fields` are the plain names of input fields (D26); `line` and `column` count from 1 where known.
    """

    code: RefusalCode
    message: str
    fields: tuple[str, ...] = ()
    hint: str = ""
    line: int | None = None
    column: int | None = None
    classification: str | None = None
    engine_message: str | None = None

    @property
    def stage(self) -> Stage:
        """When this is checked."""
        return REFUSALS[self.code].stage


def refuse(
    code: RefusalCode,
    *,
    fields: tuple[str, ...] = (),
    line: int | None = None,
    column: int | None = None,
    classification: str | None = None,
    **values: object,
) -> Refusal:
    """The refusal of a code, with the values its sentence and its remedy name."""
    row = REFUSALS[code]
    return Refusal(
        code,
        row.sentence.format(**values),
        fields,
        row.remedy.format(**values),
        line,
        column,
        classification,
    )


class Place(StrEnum):
    """What a code of processing says about: an outcome, a place to wait, or a warning beside an outcome."""

    RECORDED = "recorded"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    HELD = "held"
    WARNING = "warning"


class Code(StrEnum):
    """Codes of what is decided later (spec/processing.md, section 16). Stable for good."""

    UNATTRIBUTED = "UNATTRIBUTED"
    CLICK_OF_OTHER_ADVERTISER = "CLICK_OF_OTHER_ADVERTISER"
    AD_OR_PROPERTY_UNKNOWN = "AD_OR_PROPERTY_UNKNOWN"
    EVENT_BEFORE_CLICK = "EVENT_BEFORE_CLICK"
    REFERRAL_PERIOD_OVER = "REFERRAL_PERIOD_OVER"
    REFERRAL_LIMIT_REACHED = "REFERRAL_LIMIT_REACHED"
    NO_ACTIVE_CONTRACT = "NO_ACTIVE_CONTRACT"
    ACTION_NOT_IN_TERMS = "ACTION_NOT_IN_TERMS"
    COUPON_EXCLUDED = "COUPON_EXCLUDED"
    COUPON_OF_OTHER_PUBLISHER = "COUPON_OF_OTHER_PUBLISHER"
    CHANNEL_EXCLUDED = "CHANNEL_EXCLUDED"
    ACTION_NOT_OWNED = "ACTION_NOT_OWNED"
    ORDER_ID_EMPTY = "ORDER_ID_EMPTY"
    ORDER_ID_TOO_LONG = "ORDER_ID_TOO_LONG"
    CURRENCY_UNKNOWN = "CURRENCY_UNKNOWN"
    EVENT_TIME_IN_FUTURE = "EVENT_TIME_IN_FUTURE"
    UPDATE_TIME_IN_FUTURE = "UPDATE_TIME_IN_FUTURE"
    TOO_MANY_ITEMS = "TOO_MANY_ITEMS"
    DUPLICATE_ORDER = "DUPLICATE_ORDER"
    ORDER_NOT_FOUND = "ORDER_NOT_FOUND"
    ORDER_NOT_COMMISSIONABLE = "ORDER_NOT_COMMISSIONABLE"
    ORDER_CANCELLED = "ORDER_CANCELLED"
    ORDER_LOCKED = "ORDER_LOCKED"
    ORDER_CLOSED = "ORDER_CLOSED"
    STALE_CHANGE = "STALE_CHANGE"
    CHANGES_COMMISSIONABILITY = "CHANGES_COMMISSIONABILITY"
    CHANGES_PUBLISHER = "CHANGES_PUBLISHER"
    STATUS_REQUIRED = "STATUS_REQUIRED"
    STATUS_BACKWARDS = "STATUS_BACKWARDS"
    STATUS_NOT_APPLICABLE = "STATUS_NOT_APPLICABLE"
    EXTENSION_NOT_ALLOWED = "EXTENSION_NOT_ALLOWED"
    RATE_MISSING = "RATE_MISSING"
    PROCESSING_ERROR = "PROCESSING_ERROR"
    WAITING_BEHIND = "WAITING_BEHIND"
    ORDER_ID_CHARACTERS = "ORDER_ID_CHARACTERS"
    SKU_UNUSUAL = "SKU_UNUSUAL"
    VALUE_TOO_LONG = "VALUE_TOO_LONG"
    FALLBACK_USED = "FALLBACK_USED"
    PUBLISHER_DIFFERS = "PUBLISHER_DIFFERS"
    AMOUNT_IGNORED = "AMOUNT_IGNORED"
    AMOUNT_MISSING = "AMOUNT_MISSING"
    ITEMS_MISSING = "ITEMS_MISSING"
    ITEMS_IGNORED = "ITEMS_IGNORED"
    DISCOUNT_EXCEEDS_VALUE = "DISCOUNT_EXCEEDS_VALUE"
    FIELDS_REMOVED = "FIELDS_REMOVED"
    UPDATE_TIME_BEHIND = "UPDATE_TIME_BEHIND"
    STATUS_IGNORED = "STATUS_IGNORED"
    STAY_DATES_MISSING = "STAY_DATES_MISSING"
    TEXT_CLEANED = "TEXT_CLEANED"


class Entry(NamedTuple):
    """One row: where the code belongs, what it says, what to do."""

    code: Code
    place: Place
    sentence: str
    remedy: str


_ROWS = (
    Entry(
        Code.UNATTRIBUTED,
        Place.RECORDED,
        "No click and no ad with property names a publisher.",
        "Send `cjEvent` from the `cje` cookie, or `adId` with `promotionalPropertyId`, in a new order.",
    ),
    Entry(
        Code.CLICK_OF_OTHER_ADVERTISER,
        Place.RECORDED,
        "The click belongs to another advertiser.",
        "Check which account's cookie was read.",
    ),
    Entry(
        Code.AD_OR_PROPERTY_UNKNOWN,
        Place.RECORDED,
        "The ad or the property does not exist in this programme.",
        "Correct the ids in a new order.",
    ),
    Entry(
        Code.EVENT_BEFORE_CLICK,
        Place.RECORDED,
        "The order happened more than a day before the click.",
        "Check `eventTime` and its zone.",
    ),
    Entry(
        Code.REFERRAL_PERIOD_OVER,
        Place.RECORDED,
        "The order came after the referral period of the click.",
        "None, unless the terms are wrong.",
    ),
    Entry(
        Code.REFERRAL_LIMIT_REACHED,
        Place.RECORDED,
        "The click has earned its last permitted order.",
        "None, unless the terms are wrong.",
    ),
    Entry(
        Code.NO_ACTIVE_CONTRACT,
        Place.RECORDED,
        "The publisher had no active contract when the order was placed.",
        "Join the publisher, then send new orders.",
    ),
    Entry(
        Code.ACTION_NOT_IN_TERMS,
        Place.RECORDED,
        "The publisher's terms do not pay for this action.",
        "Add the action to the terms.",
    ),
    Entry(
        Code.COUPON_EXCLUDED,
        Place.RECORDED,
        "The coupon is excluded from commission.",
        "None, unless the list is wrong.",
    ),
    Entry(
        Code.COUPON_OF_OTHER_PUBLISHER,
        Place.RECORDED,
        "The coupon belongs to another publisher.",
        "None, unless the list is wrong.",
    ),
    Entry(
        Code.CHANNEL_EXCLUDED,
        Place.RECORDED,
        "A rule gives this order to another marketing channel.",
        "Check `bypassChannel` and the rule.",
    ),
    Entry(
        Code.ACTION_NOT_OWNED,
        Place.REJECTED,
        "The action does not belong to this advertiser account.",
        "Use an action of the account in `enterpriseId`.",
    ),
    Entry(Code.ORDER_ID_EMPTY, Place.REJECTED, "The order id is empty.", "Send the shop's order id."),
    Entry(Code.ORDER_ID_TOO_LONG, Place.REJECTED, "The order id has more than 96 characters.", "Shorten it."),
    Entry(
        Code.CURRENCY_UNKNOWN,
        Place.REJECTED,
        "The currency is empty or not a known ISO 4217 code.",
        "Send a code, or omit the field.",
    ),
    Entry(
        Code.EVENT_TIME_IN_FUTURE,
        Place.REJECTED,
        "The event time is in the future.",
        "Correct the clock or zone.",
    ),
    Entry(
        Code.UPDATE_TIME_IN_FUTURE,
        Place.REJECTED,
        "The update time is in the future.",
        "Correct the clock or zone.",
    ),
    Entry(
        Code.TOO_MANY_ITEMS,
        Place.REJECTED,
        "The order has more than 100 items.",
        "Merge items or use several orders.",
    ),
    Entry(
        Code.DUPLICATE_ORDER,
        Place.DUPLICATE,
        "An order with this key exists.",
        "Use a restatement to change it.",
    ),
    Entry(
        Code.ORDER_NOT_FOUND,
        Place.REJECTED,
        "No order has this key.",
        "Check the three key fields; send changes after the create.",
    ),
    Entry(
        Code.ORDER_NOT_COMMISSIONABLE,
        Place.REJECTED,
        "The order is not commissionable.",
        "Send a new order instead, with what was missing.",
    ),
    Entry(
        Code.ORDER_CANCELLED,
        Place.REJECTED,
        "The order is already cancelled.",
        "Send a new order; the same id may be used with a later `eventTime`.",
    ),
    Entry(
        Code.ORDER_LOCKED,
        Place.REJECTED,
        "The order was locked before the request came in.",
        "None; settle with the publisher by a bonus.",
    ),
    Entry(
        Code.ORDER_CLOSED,
        Place.REJECTED,
        "The order is closed for payment.",
        "None; settle with the publisher by a bonus.",
    ),
    Entry(
        Code.STALE_CHANGE,
        Place.REJECTED,
        "A later update was applied before.",
        "Send the present state with the present time.",
    ),
    Entry(
        Code.CHANGES_COMMISSIONABILITY,
        Place.REJECTED,
        "The change would make the order non-commissionable.",
        "Remove the excluded coupon or channel, or cancel.",
    ),
    Entry(
        Code.CHANGES_PUBLISHER,
        Place.REJECTED,
        "The change would credit another publisher.",
        "Remove the other publisher's coupon.",
    ),
    Entry(
        Code.STATUS_REQUIRED,
        Place.REJECTED,
        "Open-ended orders need a status.",
        "Send `Pending` or `Accepted`; `Declined` to cancel.",
    ),
    Entry(
        Code.STATUS_BACKWARDS,
        Place.REJECTED,
        "The order is accepted and cannot become pending again.",
        "Restate with `Accepted`, or cancel.",
    ),
    Entry(
        Code.STATUS_NOT_APPLICABLE,
        Place.REJECTED,
        "`Declined` applies to open-ended orders only.",
        "Cancel without `status`.",
    ),
    Entry(
        Code.EXTENSION_NOT_ALLOWED,
        Place.REJECTED,
        "The order cannot be extended: extended already, locked, cancelled, or another locking method.",
        "None.",
    ),
    Entry(
        Code.RATE_MISSING,
        Place.HELD,
        "No conversion rate is known for this currency and day.",
        "Enter the rate; processing goes on by itself.",
    ),
    Entry(
        Code.PROCESSING_ERROR,
        Place.HELD,
        "An internal error stopped this submission.",
        "Repair, then release.",
    ),
    Entry(
        Code.WAITING_BEHIND,
        Place.HELD,
        "An earlier submission of this order is held.",
        "Release that one; this one follows by itself.",
    ),
    Entry(
        Code.ORDER_ID_CHARACTERS,
        Place.WARNING,
        "The order id has characters other than letters, digits, - and _.",
        "Nothing, if the shop's ids look so; otherwise send the id itself.",
    ),
    Entry(
        Code.SKU_UNUSUAL,
        Place.WARNING,
        "A SKU has more than 100 characters, or others than letters, digits, - and _.",
        "Nothing, if it equals the SKU of the item list.",
    ),
    Entry(
        Code.VALUE_TOO_LONG,
        Place.WARNING,
        "A coupon, sid or click id is longer than its limit.",
        "Check what was sent.",
    ),
    Entry(
        Code.FALLBACK_USED,
        Place.WARNING,
        "The click is not known here; ad and property name the publisher.",
        "Send the value of the `cje` cookie.",
    ),
    Entry(
        Code.PUBLISHER_DIFFERS,
        Place.WARNING,
        "The restatement names another click; it was ignored.",
        "Nothing; the publisher of an order never changes.",
    ),
    Entry(
        Code.AMOUNT_IGNORED,
        Place.WARNING,
        "`amount` differs from the total of the items; the items count.",
        "Send equal figures, or leave `amount` out.",
    ),
    Entry(
        Code.AMOUNT_MISSING,
        Place.WARNING,
        "The order has no `amount`; the total of its items, or 0, counts.",
        "Send `amount`.",
    ),
    Entry(
        Code.ITEMS_MISSING,
        Place.WARNING,
        "The action counts items and the order has none; `amount` counts as one sum.",
        "Send `items`.",
    ),
    Entry(
        Code.ITEMS_IGNORED,
        Place.WARNING,
        "The action does not count items; they are kept for information.",
        "Use an item-based action.",
    ),
    Entry(
        Code.DISCOUNT_EXCEEDS_VALUE,
        Place.WARNING,
        "A discount is larger than the value it is taken from; the net is 0.",
        "Check the discount; an item's discount is for the whole line.",
    ),
    Entry(
        Code.FIELDS_REMOVED,
        Place.WARNING,
        "The restatement left out fields that the order had; they are removed.",
        "Send every field that still holds.",
    ),
    Entry(
        Code.UPDATE_TIME_BEHIND,
        Place.WARNING,
        "A change with a later `updateTime` was applied before.",
        "Send changes in their order.",
    ),
    Entry(
        Code.STATUS_IGNORED,
        Place.WARNING,
        "The action is not open-ended; `status` has no effect.",
        "Leave `status` out.",
    ),
    Entry(
        Code.STAY_DATES_MISSING,
        Place.WARNING,
        "An open-ended order should have `startDateTime` and `endDateTime`.",
        "Send both as vertical parameters.",
    ),
    Entry(
        Code.TEXT_CLEANED,
        Place.WARNING,
        "A character that text cannot hold was replaced.",
        "Check the encoding of what was sent.",
    ),
)

CATALOGUE: dict[Code, Entry] = {row.code: row for row in _ROWS}


class OwnCode(StrEnum):
    """Codes that only our own endpoints tell: `/export/commissions` and `/sandbox/clock`."""

    PARAMETER_UNKNOWN = "PARAMETER_UNKNOWN"
    FIELD_UNKNOWN = "FIELD_UNKNOWN"
    PARAMETER_REPEATED = "PARAMETER_REPEATED"
    PARAMETER_INVALID = "PARAMETER_INVALID"
    PARAMETER_MISSING = "PARAMETER_MISSING"
    PARAMETERS_TOO_MANY = "PARAMETERS_TOO_MANY"
    BODY_UNREADABLE = "BODY_UNREADABLE"
    EXTRA_MISSING = "EXTRA_MISSING"
    CLOCK_REFUSED = "CLOCK_REFUSED"


class Own(NamedTuple):
    """One row: what is said, in general; the answer itself names the value and its own remedy."""

    code: OwnCode
    sentence: str
    remedy: str


OWN: dict[OwnCode, Own] = {
    row.code: row
    for row in (
        Own(OwnCode.PARAMETER_UNKNOWN, "There is no parameter of this name.", "Use the name in the hint."),
        Own(OwnCode.FIELD_UNKNOWN, "There is no field of this name.", "Use a field of the schema."),
        Own(OwnCode.PARAMETER_REPEATED, "A parameter is given more than once.", "Give it once."),
        Own(OwnCode.PARAMETER_INVALID, "A parameter has a value that it cannot have.", "Correct the value."),
        Own(OwnCode.PARAMETER_MISSING, "A parameter is missing.", "Add the one that the answer names."),
        Own(OwnCode.PARAMETERS_TOO_MANY, "There are too many values.", "Send them as JSON, or in parts."),
        Own(OwnCode.BODY_UNREADABLE, "The body cannot be read.", "Send JSON in the form of the hint."),
        Own(
            OwnCode.EXTRA_MISSING,
            "This server cannot write Parquet: its extra `parquet` is not installed.",
            "Where the server runs: pip install 'counterfoil[parquet]'. Or use format=csv or jsonl.",
        ),
        Own(
            OwnCode.CLOCK_REFUSED,
            "The clock cannot be moved so: no sandbox, not forward, or no such time.",
            "Advance a sandbox to a later time.",
        ),
    )
}
