"""Explaining: how one record of the ledger came to say what it says.

Owns the gathering of the inputs that were kept when the record was posted. Nothing is reckoned anew; only why
other rules did not apply is judged again. Next: telling.py puts it into sentences.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from psycopg import Connection

from counterfoil.lookups.figures import (
    Currencies,
    Figure,
    RateShown,
    cost,
    currencies_of,
    figure,
    figure_of,
    rates_shown,
)
from counterfoil.lookups.periods import PeriodExplanation, explain_period
from counterfoil.lookups.ranking import PassedOver, State, passed_over, state_of
from counterfoil.lookups.submissions import Submission, submission
from counterfoil.lookups.terms import RuleNamed, TermsNamed, fee_words, rule_named, terms_of
from counterfoil.model.ledger import (
    Action,
    Amounts,
    Credit,
    Money3,
    OrderVersion,
    PricedItem,
    RecordKind,
    VersionState,
)
from counterfoil.model.orders import Mode, OrderItem
from counterfoil.model.programme import Network
from counterfoil.money import plain
from counterfoil.store import lookups
from counterfoil.store.facts import Networks
from counterfoil.store.lookups import EVERYTHING, RecordRow


class CreditNamed(Struct, frozen=True, kw_only=True):
    """Who is credited, and by which click; without one, ad and property named the publisher."""

    publisher_id: int
    publisher: str
    property_id: int
    property: str
    ad_id: int
    cj_event: str | None
    clicked_at: datetime | None


class Line(Struct, frozen=True, kw_only=True):
    """What one item earned, or the order as one sum (`sku` is then `None`), by which rule.

    `base` is the amount of one piece, or the sale of the whole. `rule` is `None` where none applied.
    """

    sku: str | None
    quantity: int
    base: Figure
    commission: Figure
    rule: RuleNamed | None
    passed_over: tuple[PassedOver, ...]


class Rounding(Struct, frozen=True, kw_only=True):
    """A figure that rounding changed: `exact`, perhaps as `dividend/divisor`, became `rounded`.

    `item` counts from 1 and is `None` for a figure of the whole order.
    """

    figure: str
    item: int | None
    currencies: tuple[str, ...]
    exact: str
    rounded: str


class Explanation(Struct, frozen=True, kw_only=True):
    """One record, and everything that made it.

    Figures are signed. `reverses` is the record that a reversal takes back, `reversed_by` the one that takes
    this record back. `submission` is what posted it; its `skipped_checks` would have failed in production.
    `is_adopted` tells that the test ledger copied this state of the order from the live one (D113).
    """

    commission_id: int
    kind: RecordKind
    mode: Mode
    posting_date: datetime
    correction_reason: str | None
    sale: Figure
    commission: Figure
    fee: Figure
    cost: Figure
    reverses: int | None
    reversed_by: int | None
    enterprise_id: int
    action_tracker_id: int
    action_tracker: str
    order_id: str
    original_action_id: int
    generation: int
    version: int
    is_cancelled: bool
    is_adopted: bool
    submission: Submission
    event_time: datetime
    credit: CreditNamed
    terms: TermsNamed
    referral_days: int
    referral_occurrences: int | None
    referral_ordinal: int | None
    fee_terms: str
    network_version: int
    currency: str
    currencies: Currencies
    rates: tuple[RateShown, ...]
    amount: str | None
    discount: str | None
    coupon: str | None
    items: tuple[OrderItem, ...]
    lines: tuple[Line, ...]
    roundings: tuple[Rounding, ...]


def explain(
    connection: Connection, networks: Networks, commission_id: int
) -> Explanation | PeriodExplanation | None:
    """Why a record says what it says; `None` if neither ledger has a record with this id."""
    place = lookups.place_of_record(connection, commission_id)
    if place is None:
        return None
    if place.original_action_id is None:
        return explain_period(connection, networks, commission_id)
    ledger = lookups.ledger_of_actions(
        connection, place.enterprise_id, [place.original_action_id], version=place.version
    )
    ((_, version),) = ledger.versions
    (action,) = ledger.actions
    record = next(each for each in ledger.records if each.commission_id == commission_id)
    partner = next((each for each in ledger.records if each.sign != record.sign), None)
    posted_by = submission(connection, record.submission_id, EVERYTHING)
    assert posted_by is not None, "the log has lost the submission of a record"
    networks.refresh(connection)
    networks.load(connection, [action.network_version])
    return _explained(record, partner, posted_by, action, version, networks.of(action.network_version))


def _explained(
    record: RecordRow,
    partner: RecordRow | None,
    posted_by: Submission,
    action: Action,
    version: OrderVersion,
    network: Network,
) -> Explanation:
    found, credit = terms_of(action, network), action.credit
    assert found is not None, "an order without terms has no records"
    assert credit is not None, "an order without a publisher has no records"
    named, terms, action_terms = found
    tracker = network.action_trackers[action.key.action_tracker_id]
    currencies = currencies_of(action, network)
    is_cancelled = version.state is VersionState.CANCELLED
    state = state_of(
        version,
        credit=credit,
        tracker=tracker,
        terms=action_terms,
        network=network,
        event_time=action.event_time,
    )
    return Explanation(
        commission_id=record.commission_id,
        kind=record.kind,
        mode=action.key.mode,
        posting_date=record.posted_at,
        correction_reason=record.correction_reason,
        sale=figure_of(record.sale),
        commission=figure_of(record.commission),
        fee=figure_of(record.fee),
        cost=cost(record.commission, record.fee),
        reverses=partner.commission_id if partner is not None and record.sign < 0 else None,
        reversed_by=partner.commission_id if partner is not None and record.sign > 0 else None,
        enterprise_id=action.key.enterprise_id,
        action_tracker_id=tracker.id,
        action_tracker=tracker.name,
        order_id=action.key.order_id,
        original_action_id=action.original_action_id,
        generation=action.generation,
        version=version.version,
        is_cancelled=is_cancelled,
        is_adopted=version.version == 1 and version.submission_id != action.submission_id,
        submission=posted_by,
        event_time=action.event_time,
        credit=_credit_named(credit, network),
        terms=named,
        referral_days=action_terms.referral_days,
        referral_occurrences=action_terms.referral_occurrences,
        referral_ordinal=action.referral_ordinal,
        fee_terms=fee_words(terms.fee),
        network_version=action.network_version,
        currency=version.currency,
        currencies=currencies,
        rates=rates_shown(version.currency, version.rates, currencies),
        amount=version.stated.amount,
        discount=version.stated.discount,
        coupon=version.stated.coupon,
        items=version.stated.items,
        lines=() if is_cancelled else _lines(version, state),
        roundings=tuple(_rounding(name, exact, version, currencies) for name, exact in version.pricing.steps),
    )


def _credit_named(credit: Credit, network: Network) -> CreditNamed:
    publisher = network.publishers.get(credit.publisher_id)
    property_ = network.properties.get(credit.property_id)
    return CreditNamed(
        publisher_id=credit.publisher_id,
        publisher=publisher.name if publisher is not None else "",
        property_id=credit.property_id,
        property=property_.name if property_ is not None else "",
        ad_id=credit.ad_id,
        cj_event=credit.click.click_id if credit.click is not None else None,
        clicked_at=credit.click.clicked_at if credit.click is not None else None,
    )


def _lines(version: OrderVersion, state: State) -> tuple[Line, ...]:
    rules = {rule.rank: rule_named(rule, state.network) for rule in state.terms.rules}
    pricing = version.pricing

    def line(sku: str | None, quantity: int, base: Money3, commission: Money3, rank: int | None) -> Line:
        return Line(
            sku=sku,
            quantity=quantity,
            base=figure(base),
            commission=figure(commission),
            rule=rules[rank] if rank is not None else None,
            passed_over=passed_over(state, rank, sku),
        )

    if not pricing.items:
        return (line(None, 1, pricing.amounts.sale, pricing.amounts.commission, pricing.rule),)
    return tuple(
        line(item.sku, item.quantity, item.per_item, item.commission, item.rule) for item in pricing.items
    )


def _rounding(name: str, exact: str, version: OrderVersion, currencies: Currencies) -> Rounding:
    """One of the pricing's steps; their form is that of `rules/commission.py`."""
    what, *columns = name.split(" ")
    amounts = version.pricing.amounts
    codes = {"adv": currencies.advertiser, "pub": currencies.publisher or "", "usd": "USD"}
    if not columns:
        return Rounding(
            figure=what,
            item=None,
            currencies=(version.currency,),
            exact=exact,
            rounded=plain(amounts.order_discount_original),
        )
    item = None
    of: Amounts | PricedItem = amounts
    if what.startswith("items."):
        _, place, what = what.split(".")
        item = int(place)
        of = version.pricing.items[item - 1]
    rounded = getattr(getattr(of, what), columns[0])
    return Rounding(
        figure=what,
        item=item,
        currencies=tuple(dict.fromkeys(codes[column] for column in columns)),
        exact=exact,
        rounded=plain(rounded),
    )
