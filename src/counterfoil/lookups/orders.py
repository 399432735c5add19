"""Orders: everything the ledger and the log know about one order, generation by generation.

Owns the shape of that history. Reads what was posted and reckons nothing anew; the action status alone is
derived, from the time that comes in. Next: explaining.py.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

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
    three,
)
from counterfoil.lookups.submissions import Note, Submission, note, seen
from counterfoil.lookups.terms import RuleNamed, TermsNamed, rule_named, terms_of
from counterfoil.model.ledger import Action, OrderVersion, PricedItem, Status
from counterfoil.model.orders import BypassChannel, Mode, NameValuePair, OrderKey
from counterfoil.model.programme import ActionTerms, Network
from counterfoil.money import plain
from counterfoil.rules.locking import action_status
from counterfoil.store import lookups
from counterfoil.store.facts import Networks
from counterfoil.store.lookups import EVERYTHING, ROWS_MAX, Ledger, RecordRow


class Item(Struct, frozen=True, kw_only=True):
    """One line of a version, with the rule that priced it, if one did."""

    sku: str
    quantity: int
    per_item: Figure
    commission: Figure
    discount: Figure
    rule: RuleNamed | None


class Version(Struct, frozen=True, kw_only=True):
    """What an order was after a create, restatement or cancellation: its figures, and what was said of it.

    `rule` is that of an order that counts as one sum. `order_discount_original` is in the order's `currency`.
    """

    version: int
    state: str
    kind: str
    submission_id: UUID
    received_at: datetime
    update_time: datetime | None
    correction_reason: str | None
    currency: str
    rates: tuple[RateShown, ...]
    sale: Figure
    commission: Figure
    fee: Figure
    cost: Figure
    order_discount: Figure
    order_discount_original: str
    items: tuple[Item, ...]
    rule: RuleNamed | None
    situations: tuple[str, ...]
    amount: str | None
    discount: str | None
    coupon: str | None
    vertical_parameters: tuple[NameValuePair, ...]
    custom_parameters: tuple[NameValuePair, ...]
    bypass_channel: BypassChannel | None


class StatusShown(Struct, frozen=True, kw_only=True):
    """Until when an action could change, from `since` on, and what made it so."""

    validation: str
    locking_date: datetime
    locks_at: datetime | None
    since: datetime
    cause: str
    extended: bool
    closed_at: datetime | None


class Record(Struct, frozen=True, kw_only=True):
    """One line of the ledger, signed."""

    commission_id: int
    kind: str
    version: int
    submission_id: UUID
    posting_date: datetime
    correction_reason: str | None
    sale: Figure
    commission: Figure
    fee: Figure
    cost: Figure


class Generation(Struct, frozen=True, kw_only=True):
    """One life of an order, which CJ calls the action.

    `state` is standing, cancelled, or recorded: kept without commission, for the reason in `note`. Versions,
    statuses and records begin with the latest. `action_status` is new, extended, locked or closed.
    """

    generation: int
    original_action_id: int
    state: str
    note: Note | None
    event_time: datetime
    publisher_id: int | None
    property_id: int | None
    ad_id: int | None
    cj_event: str | None
    currencies: Currencies
    terms: TermsNamed | None
    network_version: int
    locking_method: str | None
    action_status: str | None
    versions: tuple[Version, ...]
    statuses: tuple[StatusShown, ...]
    records: tuple[Record, ...]


class OrderHistory(Struct, frozen=True, kw_only=True):
    """Everything about one order in one ledger: its generations, and all that was sent about it.

    `is_whole` is false where there is more than the latest thousand of something.
    """

    mode: Mode
    enterprise_id: int
    action_tracker_id: int
    order_id: str
    generations: tuple[Generation, ...]
    submissions: tuple[Submission, ...]
    is_whole: bool


def order_history(
    connection: Connection, networks: Networks, key: OrderKey, now: datetime
) -> OrderHistory | None:
    """The history of an order; `None` if nothing was ever sent about it. Statuses are those at `now`."""
    ledger = lookups.ledger_of_order(connection, key)
    submissions = lookups.submissions_of_order(connection, key)
    if not ledger.actions and not submissions:
        return None
    networks.refresh(connection)
    networks.load(connection, {action.network_version for action in ledger.actions})
    return OrderHistory(
        mode=key.mode,
        enterprise_id=key.enterprise_id,
        action_tracker_id=key.action_tracker_id,
        order_id=key.order_id,
        generations=tuple(
            _generation(action, ledger, networks.of(action.network_version), now) for action in ledger.actions
        ),
        submissions=tuple(seen(submissions[-ROWS_MAX:], EVERYTHING.modes)),
        is_whole=ledger.is_whole and len(submissions) <= ROWS_MAX,
    )


def _generation(action: Action, ledger: Ledger, network: Network, now: datetime) -> Generation:
    identity = action.original_action_id
    versions = [version for owner, version in ledger.versions if owner == identity]
    statuses = [status for owner, status in ledger.statuses if owner == identity]
    currencies = currencies_of(action, network)
    found = terms_of(action, network)
    credit = action.credit
    return Generation(
        generation=action.generation,
        original_action_id=identity,
        state="recorded" if action.code is not None else str(versions[0].state) if versions else "standing",
        note=note(action.code) if action.code is not None else None,
        event_time=action.event_time,
        publisher_id=credit.publisher_id if credit is not None else None,
        property_id=credit.property_id if credit is not None else None,
        ad_id=credit.ad_id if credit is not None else None,
        cj_event=credit.click.click_id if credit is not None and credit.click is not None else None,
        currencies=currencies,
        terms=found[0] if found is not None else None,
        network_version=action.network_version,
        locking_method=action.locking_method,
        action_status=action_status(statuses[0], now) if statuses else None,
        versions=tuple(
            _version(version, currencies, found[2] if found is not None else None, network)
            for version in versions
        ),
        statuses=tuple(_status(status) for status in statuses),
        records=tuple(_record(row) for row in ledger.records if row.original_action_id == identity),
    )


def _version(
    version: OrderVersion, currencies: Currencies, terms: ActionTerms | None, network: Network
) -> Version:
    rules = {rule.rank: rule_named(rule, network) for rule in terms.rules} if terms is not None else {}
    amounts, stated, pricing = version.pricing.amounts, version.stated, version.pricing
    return Version(
        version=version.version,
        state=version.state,
        kind=version.kind,
        submission_id=version.submission_id,
        received_at=version.received_at,
        update_time=version.update_time,
        correction_reason=version.correction_reason,
        currency=version.currency,
        rates=rates_shown(version.currency, version.rates, currencies),
        sale=figure(amounts.sale),
        commission=figure(amounts.commission),
        fee=figure(amounts.fee),
        cost=cost(three(amounts.commission), three(amounts.fee)),
        order_discount=figure(amounts.order_discount),
        order_discount_original=plain(amounts.order_discount_original),
        items=tuple(_item(item, rules) for item in pricing.items),
        rule=rules.get(pricing.rule) if pricing.rule is not None else None,
        situations=tuple(name for _, name in pricing.situations),
        amount=stated.amount,
        discount=stated.discount,
        coupon=stated.coupon,
        vertical_parameters=tuple(
            NameValuePair(name=name, value=value) for name, value in stated.vertical_parameters.items()
        ),
        custom_parameters=stated.custom_parameters,
        bypass_channel=stated.bypass_channel,
    )


def _item(item: PricedItem, rules: dict[int, RuleNamed]) -> Item:
    return Item(
        sku=item.sku,
        quantity=item.quantity,
        per_item=figure(item.per_item),
        commission=figure(item.commission),
        discount=figure(item.discount),
        rule=rules.get(item.rule) if item.rule is not None else None,
    )


def _status(status: Status) -> StatusShown:
    return StatusShown(
        validation=status.validation,
        locking_date=status.locking_date,
        locks_at=status.locks_at,
        since=status.since,
        cause=status.cause,
        extended=status.extended,
        closed_at=status.closed_at,
    )


def _record(row: RecordRow) -> Record:
    return Record(
        commission_id=row.commission_id,
        kind=row.kind,
        version=row.version,
        submission_id=row.submission_id,
        posting_date=row.posted_at,
        correction_reason=row.correction_reason,
        sale=figure_of(row.sale),
        commission=figure_of(row.commission),
        fee=figure_of(row.fee),
        cost=cost(row.commission, row.fee),
    )
