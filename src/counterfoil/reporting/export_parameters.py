"""Export parameters: what a download is asked for, read from an address or from JSON.

Owns the names of the parameters, which equal the API's arguments, and what is said against them. Leaves what
a filter means to filters.py. Next: export.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import msgspec
from msgspec import Struct

from counterfoil.errors import OwnCode, Refusal
from counterfoil.model.ledger import ValidationStatus
from counterfoil.model.programme import LockingMethod
from counterfoil.reporting.filters import Filters, Side, read_export_filters
from counterfoil.tokens import Caller

PARAMETERS_MAX = 20_000
"""Values that one export may be asked for by, lists counted by their values."""

FORMATS = ("csv", "jsonl", "parquet")

_COMPANIES = {Side.ADVERTISER: "forAdvertisers", Side.PUBLISHER: "forPublishers"}
_PARTNERS = {Side.ADVERTISER: "publisherIds", Side.PUBLISHER: "advertiserIds"}
_DATES = (
    *("sincePostingDate", "beforePostingDate", "sinceEventDate", "beforeEventDate", "sinceLockingDate"),
    *("beforeLockingDate", "sinceCommissionId", "updatedSince"),
)
_LISTS = (
    *("commissionIds", "adIds", "websiteIds", "actionStatuses", "actionTypes", "lockingMethods"),
    *("validationStatuses", "orderIds"),
)
_WORDS: dict[str, Sequence[str]] = {
    "lockingMethods": list(LockingMethod),
    "validationStatuses": list(ValidationStatus),
}
_SWITCHES = {"true": True, "1": True, "false": False, "0": False}
_CHOICES: dict[str, Sequence[str]] = {
    "format": FORMATS,
    "raw": tuple(_SWITCHES),
    "bom": tuple(_SWITCHES),
}
_ALL_OF = {
    "parameter": "There are: {known}.",
    "field": "The fields are in the schema, at /schema/commission-detail.graphql.",
}
_UNKNOWN = {"parameter": OwnCode.PARAMETER_UNKNOWN, "field": OwnCode.FIELD_UNKNOWN}
_FORM = ("side", "format", "fields", "raw", "bom")


class Unfit(NamedTuple):
    """Why an export cannot be made as asked for; `param` is the parameter at fault, if one is."""

    code: str
    message: str
    param: str | None
    hint: str


class Wanted(Struct, frozen=True, kw_only=True):
    """An export that can be made. `raw` leaves text without a guard, `bom` begins with a byte-order mark."""

    filters: Filters
    fields: tuple[str, ...]
    format: str
    raw: bool = False
    bom: bool = False


class Offered(NamedTuple):
    """The fields that a record has on a side, and those that are exported unasked."""

    fields: Sequence[str]
    unasked: Sequence[str]


def names(side: Side) -> tuple[str, ...]:
    """Every parameter that an export of this side can have."""
    return (_COMPANIES[side], _PARTNERS[side], *_DATES, *_LISTS, *_FORM)


def from_address(query: bytes) -> dict[str, list[str]] | Unfit:
    """The parameters of a query string; an empty value counts as not given."""
    try:
        return parse_qs(query.decode("latin-1"), max_num_fields=PARAMETERS_MAX)
    except ValueError:
        return Unfit(
            OwnCode.PARAMETERS_TOO_MANY, "The address has too many parameters.", None, "Send them as JSON."
        )


def from_json(body: bytes) -> dict[str, list[str]] | Unfit:
    """The members of a JSON object: text, numbers, switches and lists of them; nulls are not given."""
    hint = 'Send a JSON object such as {"side": "publisher", "format": "csv"}.'
    if not body.strip():
        return {}
    try:
        members = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Unfit(OwnCode.BODY_UNREADABLE, f"The body cannot be read: {error}.", None, hint)
    given: dict[str, list[str]] = {}
    for name, value in members.items():
        texts = [_text(each) for each in (value if isinstance(value, list) else [value]) if each is not None]
        if None in texts:
            return Unfit(
                OwnCode.PARAMETER_INVALID,
                f"'{_shown(name)}' holds neither text nor a list of it.",
                name,
                hint,
            )
        filled = [text for text in texts if text]
        # No company at all is an answer of its own; any other empty list says nothing (D122).
        if filled or (value == [] and name in _COMPANIES.values()):
            given[name] = filled
    if sum(map(len, given.values())) > PARAMETERS_MAX:
        return Unfit(
            OwnCode.PARAMETERS_TOO_MANY, "The body has too many values.", None, "Export in several parts."
        )
    return given


def read_wanted(
    given: Mapping[str, list[str]], caller: Caller, offered: Mapping[Side, Offered]
) -> Wanted | Unfit:
    """The export that the parameters mean. Without companies, the caller's own are meant."""
    side = _side(given, caller)
    if isinstance(side, Unfit):
        return side
    known = names(side)
    for name, texts in given.items():
        if name not in known:
            return _unknown("parameter", name, known, param=name)
        if len(texts) > 1 and name not in (*_LISTS, "fields", _COMPANIES[side], _PARTNERS[side]):
            return Unfit(
                OwnCode.PARAMETER_REPEATED, f"'{name}' is given more than once.", name, "Give it once."
            )
    arguments: dict[str, Any] = {name: given[name][0] for name in _DATES if name in given}
    for name in (*_LISTS, _COMPANIES[side], _PARTNERS[side]):
        if name in given:
            # An order id may have a comma in it; nothing else that is listed has.
            arguments[name] = given[name] if name == "orderIds" else _parted(given[name])
    if _COMPANIES[side] not in arguments:
        if caller.is_operator:
            hint = f"Add {_COMPANIES[side]}=ID."
            return Unfit(
                OwnCode.PARAMETER_MISSING, "It is not said whose records are wanted.", _COMPANIES[side], hint
            )
        own = caller.advertisers if side is Side.ADVERTISER else caller.publishers
        arguments[_COMPANIES[side]] = [str(company) for company in sorted(own)]
    for name, words in _WORDS.items():
        if unfit := _among(name, arguments.get(name, ()), words):
            return unfit
    filters = read_export_filters(side, arguments)
    if isinstance(filters, Refusal):
        return Unfit(str(filters.code), filters.message, filters.fields[0], filters.hint)
    return _formed(given, filters, offered[side])


def _formed(given: Mapping[str, list[str]], filters: Filters, offered: Offered) -> Wanted | Unfit:
    fields = tuple(dict.fromkeys(_parted(given.get("fields", ())))) or tuple(offered.unasked)
    for field in fields:
        if field not in offered.fields:
            return _unknown("field", field, offered.fields, param="fields")
    for name, words in _CHOICES.items():
        if unfit := _among(name, given.get(name, ()), words):
            return unfit
    return Wanted(
        filters=filters,
        fields=fields,
        format=given.get("format", ["csv"])[0],
        raw=_SWITCHES[given.get("raw", ["false"])[0]],
        bom=_SWITCHES[given.get("bom", ["false"])[0]],
    )


def _side(given: Mapping[str, list[str]], caller: Caller) -> Side | Unfit:
    """The side that is named, else the one whose companies are, else the only one that the caller has."""
    if "side" in given:
        unfit = _among("side", given["side"], list(Side))
        return unfit or Side(given["side"][0])
    named = [side for side, companies in _COMPANIES.items() if companies in given]
    own = [
        side
        for side, companies in ((Side.ADVERTISER, caller.advertisers), (Side.PUBLISHER, caller.publishers))
        if companies
    ]
    for sides in (named, own):
        if len(sides) == 1:
            return sides[0]
    hint = "Add side=advertiser or side=publisher."
    return Unfit(OwnCode.PARAMETER_MISSING, "It is not said whose side is wanted.", "side", hint)


def _among(name: str, texts: Iterable[str], words: Sequence[str]) -> Unfit | None:
    for text in texts:
        if text not in words:
            hint = f"Use {', '.join(words[:-1])} or {words[-1]}."
            return Unfit(
                OwnCode.PARAMETER_INVALID, f"'{_shown(text)}' is not a value of '{name}'.", name, hint
            )
    return None


def _unknown(kind: str, name: str, known: Sequence[str], *, param: str) -> Unfit:
    near = get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else _ALL_OF[kind].format(known=", ".join(known))
    return Unfit(_UNKNOWN[kind], f"There is no {kind} '{_shown(name)}'.", _shown(param), hint)


def _parted(texts: Iterable[str]) -> list[str]:
    return [part for text in texts for part in map(str.strip, text.split(",")) if part]


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int)):
        return str(value)
    return None


def _shown(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:100]}..."
