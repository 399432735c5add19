"""Periods: how a bonus or an incentive came to say what it says.

Owns the gathering of what its job kept: period, reason, figures, rates. Reckons nothing anew; the terms are
those that the job saw. Next: telling.py.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from msgspec import Struct
from psycopg import Connection

from counterfoil.lookups.figures import Currencies, Figure, RateShown, figure_of, rates_shown
from counterfoil.lookups.terms import TermsNamed
from counterfoil.model.ledger import RecordKind
from counterfoil.model.programme import Network
from counterfoil.rules.incentives import month_span
from counterfoil.store import lookups
from counterfoil.store.facts import Networks
from counterfoil.store.lookups import PeriodRow


class PeriodExplanation(Struct, frozen=True, kw_only=True):
    """One record of a period, and what made it.

    `job` is the place in the log of the closing, or of the bonus's entry, `entered_by` who asked for it.
    `reasons` tell of an incentive what was reached, the threshold and the tier, of a bonus why it was given.
    `terms` are those that named the incentive; a bonus has none.
    """

    commission_id: int
    kind: RecordKind
    posting_date: datetime
    enterprise_id: int
    action_tracker_id: int
    action_tracker: str
    advertiser_id: int
    advertiser: str
    publisher_id: int
    publisher: str
    month: date
    job: int
    job_received_at: datetime
    entered_by: str
    reasons: tuple[str, ...]
    terms: TermsNamed | None
    network_version: int
    currency: str
    currencies: Currencies
    rates: tuple[RateShown, ...]
    commission: Figure


def explain_period(
    connection: Connection, networks: Networks, commission_id: int
) -> PeriodExplanation | None:
    """Why a bonus or an incentive says what it says; `None` if the record is neither."""
    row = lookups.period_of_record(connection, commission_id)
    if row is None:
        return None
    networks.refresh(connection)
    version = networks.version_at(row.job_id)
    networks.load(connection, [version])
    network = networks.of(version)
    currencies = Currencies(
        advertiser=network.advertisers[row.advertiser_id].currency,
        publisher=network.publishers[row.publisher_id].currency,
    )
    is_bonus = row.kind is RecordKind.BONUS
    return PeriodExplanation(
        commission_id=commission_id,
        kind=row.kind,
        posting_date=row.posted_at,
        enterprise_id=row.enterprise_id,
        action_tracker_id=row.action_tracker_id,
        action_tracker=network.action_trackers[row.action_tracker_id].name,
        advertiser_id=row.advertiser_id,
        advertiser=network.advertisers[row.advertiser_id].name,
        publisher_id=row.publisher_id,
        publisher=network.publishers[row.publisher_id].name,
        month=row.month,
        job=row.job_id,
        job_received_at=row.received_at,
        entered_by=row.sender,
        reasons=(row.reason,) if is_bonus else tuple(row.reason.split("; ")),
        terms=None if is_bonus else _terms(row, network),
        network_version=version,
        currency=row.currency,
        currencies=currencies,
        rates=rates_shown(row.currency, row.rates, currencies),
        commission=figure_of(row.commission),
    )


def _terms(row: PeriodRow, network: Network) -> TermsNamed | None:
    """The terms in force at the end of the month, as the closing job asks for them."""
    end = month_span(row.month)[1] - timedelta(microseconds=1)
    contract = network.contract_at(row.advertiser_id, row.publisher_id, end)
    terms = network.terms_at(contract.id, end) if contract is not None else None
    if contract is None or terms is None:
        return None
    return TermsNamed(
        id=terms.id,
        name=terms.name,
        version=network.terms[contract.id].index(terms) + 1,
        valid_from=terms.valid_from,
        contract_id=contract.id,
    )
