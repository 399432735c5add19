"""The ledger's moves: what a decision adds, as pure functions over versions.

Owns versions and lines: an original for a create, a reversal and a new state for every change. Judges
nothing; records are added, never changed. Next: processing.py, which decides.
"""

from __future__ import annotations

from msgspec.structs import replace

from counterfoil.model.ledger import (
    Line,
    OrderVersion,
    Pricing,
    Rates,
    RecordKind,
    Stated,
    VersionState,
)
from counterfoil.model.orders import (
    Cancellation,
    CorrectionReason,
    CustomIds,
    NewOrder,
    Restatement,
    Submission,
    clean_text,
    instant,
)
from counterfoil.rules.commission import nothing

_STANDING = VersionState.STANDING
_ORIGINAL = RecordKind.ORIGINAL


def first_version(
    submission: Submission, stated: Stated, currency: str, rates: Rates, pricing: Pricing
) -> OrderVersion:
    """What an order is when it is created."""
    return _version(submission, 1, _STANDING, stated, currency, rates, pricing)


def restated_version(
    before: OrderVersion,
    submission: Submission,
    stated: Stated,
    currency: str,
    rates: Rates,
    pricing: Pricing,
) -> OrderVersion:
    """What an order is after a restatement: the whole of the new state."""
    return _version(submission, before.version + 1, VersionState.STANDING, stated, currency, rates, pricing)


def cancelled_version(before: OrderVersion, submission: Submission) -> OrderVersion:
    """What an order is after its cancellation: everything at 0, the attributes stay (section 12)."""
    return _version(
        submission,
        before.version + 1,
        VersionState.CANCELLED,
        before.stated,
        before.currency,
        before.rates,
        nothing(before.pricing),
    )


def original(version: OrderVersion) -> tuple[Line, ...]:
    """The one record of a commissionable create."""
    return (Line(version=version, sign=1, kind=_ORIGINAL),)


def change(before: OrderVersion, after: OrderVersion, reason: CorrectionReason | None) -> tuple[Line, ...]:
    """The two records of a restatement or cancellation: full reversal, then the new state (section 10)."""
    return (
        Line(version=before, sign=-1, kind=RecordKind.REVERSAL, correction_reason=reason),
        Line(version=after, sign=1, kind=RecordKind.CORRECTION, correction_reason=reason),
    )


def stated_by(
    submission: Submission, order: NewOrder | Restatement, *, spared: Stated | None = None
) -> Stated:
    """What the order says, as it is kept with its version; the shopper's ids of the creation are spared."""
    stated = Stated(
        amount=order.amount,
        discount=order.discount,
        coupon=order.coupon,
        vertical_parameters=order.vertical_parameters or {},
        custom_parameters=order.custom_parameters or (),
        items=order.items or (),
        bypass_channel=order.bypass_channel,
        ids=_ids(order, spared),
    )
    return cleaned(stated) if submission.cleaned else stated


def _ids(order: NewOrder | Restatement, spared: Stated | None) -> CustomIds | None:
    if isinstance(order, NewOrder):
        return order.ids
    return spared.ids if spared is not None else None


def cleaned(stated: Stated) -> Stated:
    """The same with every text as a text column can hold it (D145)."""
    channel = stated.bypass_channel
    return replace(
        stated,
        coupon=stated.coupon and clean_text(stated.coupon),
        vertical_parameters={name: clean_text(value) for name, value in stated.vertical_parameters.items()},
        custom_parameters=tuple(
            replace(pair, name=clean_text(pair.name), value=clean_text(pair.value))
            for pair in stated.custom_parameters
        ),
        items=tuple(replace(item, sku=clean_text(item.sku)) for item in stated.items),
        bypass_channel=channel and replace(channel, name=clean_text(channel.name)),
    )


def _version(
    submission: Submission,
    number: int,
    state: VersionState,
    stated: Stated,
    currency: str,
    rates: Rates,
    pricing: Pricing,
) -> OrderVersion:
    order = submission.order
    changes = order if isinstance(order, Restatement | Cancellation) else None
    return OrderVersion(
        version=number,
        state=state,
        kind=submission.kind,
        submission_id=submission.submission_id,
        position=submission.position,
        received_at=submission.received_at,
        currency=currency,
        rates=rates,
        stated=stated,
        pricing=pricing,
        update_time=instant(changes.update_time) if changes else None,
        correction_reason=changes.correction_reason if changes else None,
    )
