"""Projection of look-ups: what each type shows that we add to the original's Tracking API.

Owns the fields of submissions and order histories. What they mean is told by lookups/. Next: printing.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import chain
from operator import attrgetter
from typing import Any

from graphql import get_named_type

from counterfoil.api.printing import Batch, Fields, Leaf, Many, One, encode, printer
from counterfoil.api.projection import received_text
from counterfoil.api.selection import RootField
from counterfoil.lookups import OrderHistory, Submission

_Shown = dict[str, Leaf | One | Many]


def found_payload(field: RootField, found: Submission | OrderHistory | None) -> bytes:
    """One thing that was looked up as JSON, with the fields that were selected; null if it was not found."""
    return b"null" if found is None else encode(_printed(field, [found])[0])


def list_payload(field: RootField, found: Sequence[Submission]) -> bytes:
    """A list of what was looked up as JSON."""
    return encode(_printed(field, found))


def _printed(field: RootField, found: Sequence[Submission | OrderHistory]) -> list[Any]:
    if not found:
        return []
    return printer(get_named_type(field.type).name, field.selection, _fields_of)(found, len(found))


def _as(form: Callable[[Any], object], name: str) -> Leaf:
    """A member of each thing in this form, null where it is null."""
    member = attrgetter(name)
    return Leaf(lambda things: [None if (v := member(each)) is None else form(v) for each in things])


def _plain(name: str) -> Leaf:
    member = attrgetter(name)
    return Leaf(lambda things: list(map(member, things)))


def _text(name: str) -> Leaf:
    return _as(str, name)


def _instant(name: str) -> Leaf:
    def written(moment: datetime) -> str:
        return received_text(moment)

    return _as(written, name)


def _day(name: str) -> Leaf:
    return _as(date.isoformat, name)


def _object(name: str) -> One:
    """An object that a thing has, or null."""
    member = attrgetter(name)

    def chosen(things: Sequence[Any]) -> tuple[Batch, Sequence[bool]]:
        objects = [member(each) for each in things]
        return [each for each in objects if each is not None], [each is not None for each in objects]

    return One(chosen)


def _list(name: str) -> Many:
    """A list that every thing has."""
    member = attrgetter(name)

    def chosen(things: Sequence[Any]) -> tuple[Batch, Sequence[int]]:
        lists = [member(each) for each in things]
        return list(chain.from_iterable(lists)), [len(each) for each in lists]

    return Many(chosen)


def _of_note(name: str) -> Leaf:
    """What the catalogue says where there is a code, null where there is none."""
    return Leaf(lambda things: [each.note and getattr(each.note, name) for each in things])


_NOTED: _Shown = {name: _of_note(name) for name in ("code", "sentence", "remedy")}

_FIGURES: _Shown = {name: _object(name) for name in ("sale", "commission", "fee", "cost")}

_TYPES: dict[str, _Shown] = {
    "CodeNote": {name: _plain(name) for name in ("code", "sentence", "remedy")},
    "Submission": {
        **_NOTED,
        "submissionId": _text("submission_id"),
        "batchId": _text("batch_id"),
        "state": _plain("state"),
        "warnings": _list("warnings"),
        "skippedChecks": _list("skipped_checks"),
        "removedFields": _plain("removed_fields"),
        "receivedAt": _instant("received_at"),
        "position": _text("position"),
        "kind": _plain("kind"),
        "channel": _plain("channel"),
        "mode": _plain("mode"),
        "enterpriseId": _text("enterprise_id"),
        "actionTrackerId": _plain("action_tracker_id"),
        "orderId": _plain("order_id"),
        "originalActionId": _text("original_action_id"),
        "version": _plain("version"),
        "winner": _text("winner"),
        "held": _object("held"),
    },
    "HeldPlace": {
        "since": _instant("since"),
        "tries": _plain("tries"),
        "detail": _plain("detail"),
        "waitingBehind": _text("waiting_behind"),
        "releasedAt": _instant("released_at"),
    },
    "OrderHistory": {
        "mode": _plain("mode"),
        "enterpriseId": _text("enterprise_id"),
        "actionTrackerId": _plain("action_tracker_id"),
        "orderId": _plain("order_id"),
        "generations": _list("generations"),
        "submissions": _list("submissions"),
        "complete": _plain("is_whole"),
    },
    "OrderGeneration": {
        **_NOTED,
        "generation": _plain("generation"),
        "originalActionId": _text("original_action_id"),
        "state": _plain("state"),
        "eventTime": _instant("event_time"),
        "publisherId": _text("publisher_id"),
        "promotionalPropertyId": _text("property_id"),
        "adId": _text("ad_id"),
        "cjEvent": _plain("cj_event"),
        "advertiserCurrency": _plain("currencies.advertiser"),
        "publisherCurrency": _plain("currencies.publisher"),
        "terms": _object("terms"),
        "networkVersion": _plain("network_version"),
        "lockingMethod": _plain("locking_method"),
        "actionStatus": _plain("action_status"),
        "versions": _list("versions"),
        "statuses": _list("statuses"),
        "records": _list("records"),
    },
    "OrderTerms": {
        "id": _text("id"),
        "name": _plain("name"),
        "version": _plain("version"),
        "validFrom": _instant("valid_from"),
        "contractId": _text("contract_id"),
    },
    "ReportedFigure": {name: _plain(name) for name in ("advertiser", "publisher", "usd")},
    "ConversionRate": {
        "currency": _plain("currency"),
        "to": _plain("to"),
        "value": _plain("value"),
        "day": _day("day"),
        "source": _plain("source"),
    },
    "TermsRule": {
        "rank": _plain("rank"),
        "rate": _plain("rate"),
        "situation": _plain("situation"),
        "itemListId": _text("item_list_id"),
    },
    "OrderVersion": {
        **_FIGURES,
        "version": _plain("version"),
        "state": _plain("state"),
        "kind": _plain("kind"),
        "submissionId": _text("submission_id"),
        "receivedAt": _instant("received_at"),
        "updateTime": _instant("update_time"),
        "correctionReason": _plain("correction_reason"),
        "currency": _plain("currency"),
        "rates": _list("rates"),
        "orderDiscount": _object("order_discount"),
        "orderDiscountOriginal": _plain("order_discount_original"),
        "items": _list("items"),
        "rule": _object("rule"),
        "situations": _plain("situations"),
        "amount": _plain("amount"),
        "discount": _plain("discount"),
        "coupon": _plain("coupon"),
        "verticalParameters": _list("vertical_parameters"),
        "customParameters": _list("custom_parameters"),
        "bypassChannel": _object("bypass_channel"),
    },
    "OrderVersionItem": {
        "sku": _plain("sku"),
        "quantity": _plain("quantity"),
        "perItem": _object("per_item"),
        "commission": _object("commission"),
        "discount": _object("discount"),
        "rule": _object("rule"),
    },
    "NameValuePair": {"name": _plain("name"), "value": _plain("value")},
    "BypassChannel": {"name": _plain("name"), "timestamp": _plain("timestamp")},
    "OrderStatusChange": {
        "validationStatus": _plain("validation"),
        "lockingDate": _instant("locking_date"),
        "locksAt": _instant("locks_at"),
        "since": _instant("since"),
        "cause": _plain("cause"),
        "extended": _plain("extended"),
        "closedAt": _instant("closed_at"),
    },
    "OrderRecord": {
        **_FIGURES,
        "commissionId": _text("commission_id"),
        "kind": _plain("kind"),
        "version": _plain("version"),
        "submissionId": _text("submission_id"),
        "postingDate": _instant("posting_date"),
        "correctionReason": _plain("correction_reason"),
    },
}


def _fields_of(type_name: str) -> Fields:
    return _TYPES[type_name].__getitem__
