"""Telling: an explanation in sentences, by its inputs.

Owns the words for people ("6 % of 140.00 USD by rule 1 of 'Default terms' v3"). Knows nothing that the
explanation does not hold. Next: docs/how-to/why-was-my-order-not-posted.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from counterfoil.lookups.explaining import Explanation, Line, Rounding
from counterfoil.lookups.figures import Figure, RateShown, by_currency, worded
from counterfoil.lookups.periods import PeriodExplanation
from counterfoil.lookups.submissions import Submission
from counterfoil.model.ledger import RecordKind
from counterfoil.model.orders import Kind, Mode

LISTED_MAX = 100
"""Roundings that are told; JSON has all of them."""

_SENT = {Kind.CREATE: "create", Kind.RESTATE: "restatement", Kind.CANCEL: "cancellation"}

_FIGURES = {
    "per_item": "amount a piece",
    "commission": "commission",
    "discount": "discount",
    "sale": "sale",
    "fee": "fee",
    "order_discount": "order discount",
    "order_discount_original": "order discount",
}


def told(explanation: Explanation | PeriodExplanation) -> list[str]:
    """The explanation as lines; what belongs to a heading is indented by two."""
    if isinstance(explanation, PeriodExplanation):
        return list(_period(explanation))
    return [
        *_record(explanation),
        *_skipped(explanation),
        "Who",
        *_who(explanation),
        "Terms",
        *_terms(explanation),
        *_amounts(explanation),
    ]


def moment(at: datetime) -> str:
    """A time in words."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def in_words(shown: Figure, explanation: Explanation | PeriodExplanation) -> str:
    """A figure in each of its currencies."""
    amounts = by_currency(shown, explanation.currencies)
    return ", ".join(worded(amount, code) for code, amount in amounts.items())


def _period(about: PeriodExplanation) -> Iterator[str]:
    named = "bonus" if about.terms is None else "performance incentive"
    yield f"Record {about.commission_id}: {named} for {about.month:%Y-%m}"
    yield f"  Posted {moment(about.posting_date)} by a period job, never by deciding an order."
    yield f"  Commission {in_words(about.commission, about)}; it has no sale and no fee."
    yield "Who"
    yield f"  Publisher {about.publisher_id} {about.publisher}, for advertiser {about.advertiser_id}"
    yield f"  {about.advertiser}, action {about.action_tracker_id} {about.action_tracker}."
    yield "Job"
    asked = "Entered" if about.terms is None else "Closing asked for"
    yield f"  {asked} by {about.entered_by}, {moment(about.job_received_at)}, place {about.job} in the log."
    if about.terms is not None:
        yield "Terms"
        yield (
            f"  '{about.terms.name}' v{about.terms.version}, in force at the end of the month "
            f"(contract {about.terms.contract_id}, network version {about.network_version})."
        )
    yield "Reason"
    yield from (f"  {reason}" for reason in about.reasons)
    for rate in about.rates:
        yield _rate(rate)


def _rate(rate: RateShown) -> str:
    day = f" of {rate.day}" if rate.day is not None else ""
    return f"  1 {rate.currency} is {rate.value} {rate.to}, rate{day} by {rate.source}."


def _record(about: Explanation) -> Iterator[str]:
    key = f"{about.enterprise_id}/{about.action_tracker_id}/{about.order_id}"
    ledger = " of the test ledger" if about.mode is Mode.TEST else ""
    yield f"Record {about.commission_id}{ledger}: {_kind(about)} of order {key}, version {about.version}"
    sent = about.submission
    yield f"  Posted {moment(about.posting_date)} for the {_sent(sent)}."
    yield f"  Sale {in_words(about.sale, about)}"
    yield f"  Commission {in_words(about.commission, about)}"
    yield f"  Fee {in_words(about.fee, about)}"
    yield f"  Cost to the advertiser {worded(about.cost.advertiser, about.currencies.advertiser)}"
    if about.correction_reason is not None:
        yield f"  Reason given: {about.correction_reason}."
    if about.reverses is not None:
        yield f"  It takes back record {about.reverses}, figure by figure; below is how that one came about."
    if about.reversed_by is not None:
        yield f"  Record {about.reversed_by} takes it back."
    if about.is_adopted:
        yield "  The first test change of an order that exists only live copied this state of it."


def _kind(about: Explanation) -> str:
    return "new state" if about.kind is RecordKind.CORRECTION else str(about.kind)


def _sent(sent: Submission) -> str:
    received = f"{_SENT[sent.kind]} received {moment(sent.received_at)}"
    return f"{received} (channel {sent.channel}, submission {sent.submission_id})"


def _skipped(about: Explanation) -> Iterator[str]:
    for note in about.submission.skipped_checks:
        yield f"  Outside the test ledger it would have been rejected, {note.code}: {note.sentence}"


def _who(about: Explanation) -> Iterator[str]:
    credit = about.credit
    yield (
        f"  Publisher {credit.publisher_id} {credit.publisher}, property {credit.property_id} "
        f"{credit.property}, ad {credit.ad_id}."
    )
    if credit.cj_event is None or credit.clicked_at is None:
        yield "  No click is known; the order named the ad and the property."
        return
    yield (
        f"  Click {credit.cj_event} of {moment(credit.clicked_at)}; "
        f"the referral period is {about.referral_days} days."
    )
    if about.referral_ordinal is not None:
        yield f"  It is use {about.referral_ordinal} of {about.referral_occurrences} of that click."


def _terms(about: Explanation) -> Iterator[str]:
    terms = about.terms
    yield (
        f"  '{terms.name}' v{terms.version}, in force from {moment(terms.valid_from)} "
        f"(contract {terms.contract_id}, network version {about.network_version}); "
        f"the order happened {moment(about.event_time)}."
    )
    if about.coupon:
        yield f"  Coupon {about.coupon} is not excluded, and not another publisher's."


def _amounts(about: Explanation) -> Iterator[str]:
    if about.is_cancelled:
        yield "Amounts"
        yield "  The order is cancelled: every amount is 0."
        return
    yield "Sale"
    yield from _stated(about)
    yield from map(_rate, about.rates)
    yield "Commission"
    for line in about.lines:
        yield from _line(line, about)
    yield "Fee"
    yield f"  {about.fee_terms[0].upper()}{about.fee_terms[1:]}; the cost is commission and fee together."
    if about.roundings:
        yield "Rounding (three decimals, ties toward zero)"
        yield from (_rounding(rounding, about) for rounding in about.roundings[:LISTED_MAX])
        if len(about.roundings) > LISTED_MAX:
            yield f"  and {len(about.roundings) - LISTED_MAX} more"


def _stated(about: Explanation) -> Iterator[str]:
    """What the sale was reckoned from: the amount where the order counts as one sum, otherwise its items."""
    if about.lines[0].sku is None and about.amount is not None:
        yield f"  Amount as sent: {worded(about.amount, about.currency)}."
    else:
        for item in about.items:
            off = f" less {worded(item.discount, about.currency)}" if item.discount else ""
            yield f"  {item.sku}: {item.quantity} x {worded(item.unit_price, about.currency)}{off}."
    if about.discount is not None:
        yield f"  Discount on the whole order: {worded(about.discount, about.currency)}."


def _line(line: Line, about: Explanation) -> Iterator[str]:
    pieces = f"{line.quantity} x " if line.sku is not None else ""
    of = f"{line.sku}: " if line.sku is not None else ""
    earned = in_words(line.commission, about)
    base = worded(line.base.advertiser, about.currencies.advertiser)
    terms = f"'{about.terms.name}' v{about.terms.version}"
    if line.rule is None:
        yield f"  {of}no rule of {terms} applies to {pieces}{base}: {earned}"
    else:
        rate = line.rule.rate
        times = f"{rate} of {pieces}{base}" if rate.endswith("%") else f"{pieces}{rate}"
        asked = [f"'{line.rule.situation}'"] if line.rule.situation is not None else []
        asked += [f"item list {line.rule.item_list_id}"] if line.rule.item_list_id is not None else []
        because = f" for {' and '.join(asked)}" if asked else ""
        yield f"  {of}{times} by rule {line.rule.rank} of {terms}{because}: {earned}"
    for passed in line.passed_over:
        yield f"    Not rule {passed.rule.rank} ({passed.rule.rate}): {passed.reason}."


def _rounding(rounding: Rounding, about: Explanation) -> str:
    of = f"{about.items[rounding.item - 1].sku}: " if rounding.item is not None else ""
    what = _FIGURES[rounding.figure]
    return f"  {of}{what} in {' and '.join(rounding.currencies)}: {rounding.exact} becomes {rounding.rounded}"
