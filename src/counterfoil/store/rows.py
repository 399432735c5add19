"""Rows: how actions, versions and statuses are written to the ledger's tables and read back.

Owns the order of columns on both ways and the JSON of the wide parts; figures are columns, so that SQL can
sum and check them. Next: facts.py and posting.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from struct import Struct as Packing
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import adapters
from psycopg.adapt import PyFormat

from counterfoil.model.ledger import (
    Action,
    Amounts,
    Credit,
    Money3,
    OrderVersion,
    PricedItem,
    Pricing,
    Rates,
    Standing,
    Stated,
    Status,
    StatusCause,
    ValidationStatus,
    VersionState,
)
from counterfoil.model.orders import CorrectionReason, Kind, Mode, OrderKey
from counterfoil.model.programme import LockingMethod
from counterfoil.money import ZERO


class Priced(Struct, frozen=True, array_like=True):
    """What of a version's pricing is not a column."""

    items: tuple[PricedItem, ...]
    situations: tuple[tuple[int, str], ...]
    rule: int | None
    steps: tuple[tuple[str, str], ...]


_ENCODE = msgspec.json.Encoder(decimal_format="string").encode
_CREDIT = msgspec.json.Decoder(Credit)
_RATES = msgspec.json.Decoder(Rates)
_STATED = msgspec.json.Decoder(Stated)
_PRICED = msgspec.json.Decoder(Priced)

ACTION_TYPES = (
    "int8", "int8", "text", "int8", "text", "int4", "int8", "uuid", "int8", "timestamptz", "text", "int8",
    "int8", "int8", "text", "bytea", "int8", "int8", "timestamptz", "int4", "text", "int4", "text",
)  # fmt: skip
VERSION_TYPES = (
    "int8", "int8", "int4", "text", "text", "uuid", "int8", "timestamptz", "timestamptz", "text", "text",
    "numeric", "numeric", "numeric", "bytea", *(("numeric",) * 13), "bytea", "bytea",
)  # fmt: skip
PACKED_VERSION_TYPES = tuple("bytea" if name == "numeric" else name for name in VERSION_TYPES)
_PACK = adapters.get_dumper(Decimal, PyFormat.BINARY)(Decimal).dump
_ZERO = _PACK(ZERO)
_LAST_DIGITS = {f".{part:03}": (part * 10).to_bytes(2) for part in range(1000)}
"""The last digit to base 10^4 of a number with three decimals, by the end of its text."""


class _FirstDigits(dict[str, bytes]):
    """What stands before it, by the text before the point: nothing if that is no number without a sign."""

    def __missing__(self, text: str) -> bytes:
        if not (text.isascii() and text.isdecimal()):
            return b""
        digits = [int(text[max(end - 4, 0) : end]) for end in range(len(text), 0, -4)][::-1]
        # Number of digits, place of the first, sign, decimals shown, digits.
        packing = Packing(f">hhHH{len(digits)}H").pack(len(digits) + 1, len(digits) - 1, 0, 3, *digits)
        if len(digits) == 1:
            self[text] = packing
        return packing


_FIRST_DIGITS = _FirstDigits()
STATUS_TYPES = (
    "int8", "int8", "timestamptz", "text", "uuid", "int8", "text", "timestamptz", "timestamptz", "bool",
    "timestamptz", "int8",
)  # fmt: skip
CURRENT_TYPES = (
    "int8", "int8", "text", "int8", "text", "int4", "int8", "int8", "timestamptz", "int4", "text", "text",
    "text", "timestamptz", "timestamptz", "bool", "timestamptz", "int8",
)  # fmt: skip


def action_row(action: Action) -> tuple[Any, ...]:
    """The action in the order of `copy_action`."""
    credit = action.credit
    return (
        action.key.enterprise_id,
        action.original_action_id,
        action.key.mode,
        action.key.action_tracker_id,
        action.key.order_id,
        action.generation,
        action.position,
        action.submission_id,
        action.advertiser_id,
        action.event_time,
        action.code,
        credit and credit.publisher_id,
        credit and credit.property_id,
        credit and credit.ad_id,
        credit and credit.click and credit.click.click_id,
        credit and _ENCODE(credit),
        action.contract_id,
        action.terms_id,
        action.terms_from,
        action.network_version,
        action.locking_method,
        action.referral_ordinal,
        action.opening,
    )


def packed(number: Decimal) -> Any:
    """The number in PostgreSQL's binary form, for `PACKED_VERSION_TYPES`."""
    if number is ZERO:
        return _ZERO
    text = str(number)
    # Nearly all figures have three decimals and no sign.
    last = _LAST_DIGITS.get(text[-4:])
    if last is not None and (first := _FIRST_DIGITS[text[:-4]]):
        return first + last
    return _PACK(number)


def _as_it_is(number: Decimal) -> Any:
    return number


def version_row(
    action: Action, version: OrderVersion, number: Callable[[Decimal], Any] = _as_it_is
) -> tuple[Any, ...]:
    """The version in the order of `copy_version`; `number` is applied to every number in it."""
    amounts, rates, pricing = version.pricing.amounts, version.rates, version.pricing
    return (
        action.key.enterprise_id,
        action.original_action_id,
        version.version,
        version.state,
        version.kind,
        version.submission_id,
        version.position,
        version.received_at,
        version.update_time,
        version.correction_reason,
        version.currency,
        *_rate_columns(rates, number),
        *_three(amounts.sale, number),
        *_three(amounts.commission, number),
        *_three(amounts.fee, number),
        *_three(amounts.order_discount, number),
        number(amounts.order_discount_original),
        _ENCODE(version.stated),
        _ENCODE(Priced(pricing.items, pricing.situations, pricing.rule, pricing.steps)),
    )


def status_row(action: Action, status: Status, submission_id: UUID) -> tuple[Any, ...]:
    """The status in the order of `copy_status`; the submission is the one that brought it."""
    return (
        action.key.enterprise_id,
        action.original_action_id,
        status.since,
        status.cause,
        submission_id,
        status.position,
        status.validation,
        status.locking_date,
        status.locks_at,
        status.extended,
        status.closed_at,
        status.closed_position,
    )


def current_row(standing: Standing) -> tuple[Any, ...]:
    """What an action is now, in the order of `copy_current_draft`."""
    action, version, status = standing.action, standing.version, standing.status
    return (
        action.key.enterprise_id,
        action.original_action_id,
        action.key.mode,
        action.key.action_tracker_id,
        action.key.order_id,
        action.generation,
        action.advertiser_id,
        action.credit and action.credit.publisher_id,
        action.event_time,
        version and version.version,
        version and version.state,
        status and status.validation,
        action.locking_method,
        status and status.locking_date,
        status and status.locks_at,
        bool(status and status.extended),
        status and status.closed_at,
        status and status.closed_position,
    )


def standing(row: Sequence[Any]) -> tuple[OrderKey, Standing]:
    """One row of the query `standings`."""
    key = OrderKey(Mode(row[0]), row[1], row[2], row[3])
    action = read_action(key, row[4:19])
    if row[19] is None:
        return key, Standing(action=action)
    return key, Standing(
        action=action, version=read_version(row[19:47]), status=read_status(row[47:56]), latest_update=row[56]
    )


def read_action(key: OrderKey, row: Sequence[Any]) -> Action:
    """The columns of an action from `original_action_id` to `opening`, as in the query `standings`."""
    (identity, generation, position, submission_id, advertiser_id, event_time, code, credit, *terms) = row
    contract_id, terms_id, terms_from, network_version, locking_method, referral_ordinal, opening = terms
    return Action(
        identity,
        key,
        generation=generation,
        position=position,
        submission_id=submission_id,
        advertiser_id=advertiser_id,
        event_time=event_time,
        code=code,
        credit=_CREDIT.decode(credit) if credit else None,
        contract_id=contract_id,
        terms_id=terms_id,
        terms_from=terms_from,
        network_version=network_version,
        locking_method=LockingMethod(locking_method) if locking_method else None,
        referral_ordinal=referral_ordinal,
        opening=opening,
    )


def read_version(row: Sequence[Any]) -> OrderVersion:
    """The columns of a version, as in the query `standings`."""
    (number, state, kind, submission_id, position, received_at, update_time, reason, currency, _, _, _, rates,
     *figures, discount_original, stated, priced) = row  # fmt: skip
    rest = _PRICED.decode(priced)
    return OrderVersion(
        version=number,
        state=VersionState(state),
        kind=Kind(kind),
        submission_id=submission_id,
        position=position,
        received_at=received_at,
        currency=currency,
        rates=_RATES.decode(rates),
        stated=_STATED.decode(stated),
        pricing=Pricing(
            amounts=amounts_of(figures, discount_original),
            items=rest.items,
            situations=rest.situations,
            rule=rest.rule,
            steps=rest.steps,
        ),
        update_time=update_time,
        correction_reason=CorrectionReason(reason) if reason else None,
    )


def read_status(row: Sequence[Any]) -> Status:
    """The columns of a status, as in the query `standings`."""
    validation, locking_date, locks_at, since, cause, position, extended, closed_at, closed_position = row
    return Status(
        validation=ValidationStatus(validation),
        locking_date=locking_date,
        locks_at=locks_at,
        since=since,
        cause=StatusCause(cause),
        position=position,
        extended=extended,
        closed_at=closed_at,
        closed_position=closed_position,
    )


def amounts_of(figures: Sequence[Decimal], discount_original: Decimal) -> Amounts:
    """The twelve figures (sale, commission, fee, discount; each in adv, pub, usd) as amounts."""
    threes = [Money3(adv=figures[at], pub=figures[at + 1], usd=figures[at + 2]) for at in range(0, 12, 3)]
    return Amounts(
        sale=threes[0],
        commission=threes[1],
        fee=threes[2],
        order_discount=threes[3],
        order_discount_original=discount_original,
    )


def read_priced(body: bytes) -> Priced:
    """Items, situations and rules, as they were written with their version."""
    return _PRICED.decode(body)


def read_rates(body: bytes) -> Rates:
    """The rates with their days and sources, as they were kept."""
    return _RATES.decode(body)


def write_rates(rates: Rates) -> bytes:
    """The rates with their days and sources, as they are kept."""
    return _ENCODE(rates)


_SAME_RATES_MAX = 64
_same_rates: dict[int, tuple[Rates, Callable[[Decimal], Any], tuple[Any, ...]]] = {}


def _rate_columns(rates: Rates, number: Callable[[Decimal], Any]) -> tuple[Any, ...]:
    """The rates and how they are kept; orders of one request share theirs, so that they are written once."""
    known = _same_rates.get(id(rates))
    if known is None or known[0] is not rates or known[1] is not number:
        if len(_same_rates) >= _SAME_RATES_MAX:
            _same_rates.clear()
        values = number(rates.adv.value), number(rates.pub.value), number(rates.usd.value)
        known = _same_rates[id(rates)] = rates, number, (*values, _ENCODE(rates))
    return known[2]


def _three(money: Money3, number: Callable[[Decimal], Any]) -> tuple[Any, Any, Any]:
    adv, pub, usd = money.adv, money.pub, money.usd
    first = number(adv)
    # Mostly one and the same in all three currencies.
    return first, first if pub is adv else number(pub), first if usd is adv else number(usd)
