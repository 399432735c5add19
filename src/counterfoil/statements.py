"""Statements: closing a month, what is owed and what is paid.

Owns spec/statements.md: a closing is noted in the log first and then carried out in one transaction, so that
it takes the same actions however often it is interrupted. Next: rules/incentives.py, store/statements.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec import Struct
from psycopg import Connection

from counterfoil.administration import Refused
from counterfoil.crashpoint import crashpoint
from counterfoil.draining import drain
from counterfoil.intake import event
from counterfoil.model.orders import Channel
from counterfoil.model.programme import Network
from counterfoil.money import round3
from counterfoil.rules.conversion import Conversion, conversion
from counterfoil.rules.incentives import MonthBrought, month_span, rewards
from counterfoil.rules.locking import first_standard_lock_after
from counterfoil.store import acts, log, posting, reference
from counterfoil.store import statements as rows
from counterfoil.store.acts import Deed
from counterfoil.store.facts import Networks, rates_on
from counterfoil.store.rows import write_rates
from counterfoil.store.statements import Closing, DueLine, Statement, Waiting
from counterfoil.worker import Worker

INVOICE, STATEMENT = "invoice", "statement"


class Closed(Struct, frozen=True):
    """What closing a month did: how many actions it closed, its papers, and what it had to leave."""

    month: date
    actions: int
    statements: tuple[Statement, ...]
    waiting: tuple[Waiting, ...]
    was_closed: bool


class Bonus(Struct, frozen=True, kw_only=True):
    """A bonus entered by hand: an amount in the publisher's currency, positive or negative, with a reason."""

    publisher_id: int
    action_tracker_id: int
    month: date
    amount: Decimal
    reason: str
    added_by: str


class Books:
    """Closes months, adds bonuses, marks papers as paid."""

    def __init__(
        self,
        connect: Callable[[str], Connection],
        make_worker: Callable[[], Worker],
        *,
        minimum_payment: Decimal,
        rate_age_days_max: int,
    ) -> None:
        """`connect` opens a connection of the serving role, `make_worker` a processor that helps to drain."""
        self._connect = connect
        self._make_worker = make_worker
        self._minimum_payment = minimum_payment
        self._rate_age_days_max = rate_age_days_max

    def close(self, month: date, closed_by: str) -> Closed:
        """Closes a month: once, as of the place in the log at which it was first asked for.

        Raises Refused before the standard lock instant of the month, or when a rate for an incentive is
        missing.
        """
        closing = self._noted(month, closed_by)
        if closing.finished_at is None:
            drain(self._connect, self._make_worker, closing.position)
        with self._connect("closing") as connection:
            posting.prepare(connection)
            rows.lock(connection)
            known = rows.find(connection, month)
            assert known is not None
            if known.finished_at is not None:
                return Closed(month, 0, tuple(rows.read_statements(connection, month)), (), True)
            waiting = rows.waiting(connection, closing)
            # Actions first: the posting lock, which incentives take, must not wait for rows of actions.
            actions = rows.close_actions(connection, closing)
            self._post_incentives(connection, closing)
            crashpoint("close.lines_chosen")
            self._write_papers(connection, closing)
            rows.finish(connection, month)
            rows.write_events(connection)
            connection.commit()
            crashpoint("close.committed")
            return Closed(
                month, actions, tuple(rows.read_statements(connection, month)), tuple(waiting), False
            )

    def add_bonus(self, bonus: Bonus) -> int:
        """Posts a bonus; answers the place in the log that names it. Raises Refused."""
        with self._connect("bonus") as connection:
            reference.lock_log(connection)
            networks = Networks()
            network = networks.in_force(connection)
            about = f"bonus of {bonus.amount} for publisher {bonus.publisher_id}: {bonus.reason}"
            receipt = log.flush(connection, [event(Channel.BONUS, bonus.added_by, about)])()[0]
            row = self._bonus_row(connection, network, bonus, receipt.position, receipt.received_at)
            rows.post_period_records(connection, [row], receipt.received_at)
            acts.note(
                connection,
                bonus.added_by,
                Deed.BONUS_ADDED,
                f"publisher {bonus.publisher_id}",
                after={"amount": str(bonus.amount), "reason": bonus.reason, "position": receipt.position},
            )
            connection.commit()
            return receipt.position

    def mark_paid(self, number: str, paid_on: date, payment: str, marked_by: str) -> None:
        """Marks an invoice or statement as paid. Raises Refused if there is none, or it is paid already."""
        kind, year, sequence = _parts(number)
        with self._connect("payment") as connection:
            posting.prepare(connection)
            values = {
                "kind": kind,
                "year": year,
                "sequence": sequence,
                "paid_on": paid_on,
                "reference": payment,
                "marked_by": marked_by,
            }
            if not rows.mark_paid(connection, values):
                raise _not_paid(number, rows.read_statements(connection, None))
            acts.note(
                connection,
                marked_by,
                Deed.STATEMENT_PAID,
                number,
                after={"paid_on": paid_on, "reference": payment},
            )
            connection.commit()

    def _noted(self, month: date, closed_by: str) -> Closing:
        """The closing's place in the log; that of an interrupted one if there was one."""
        with self._connect("closing") as connection:
            reference.lock_log(connection)
            known = rows.find(connection, month)
            if known is not None:
                return known
            now, _ = reference.read_clock(connection)
            _, since = month_span(month)
            earliest = first_standard_lock_after(since).locks_at
            assert earliest is not None
            if now < earliest:
                raise Refused(
                    f"{month:%Y-%m} locks on {earliest:%Y-%m-%dT%H:%M:%SZ} and cannot be closed before.",
                    "Close it after that.",
                )
            place = event(Channel.CLOSING, closed_by, f"closing {month:%Y-%m}")
            receipt = log.flush(connection, [place])()[0]
            closing = Closing(month, receipt.position, receipt.received_at, closed_by, None)
            rows.note(connection, closing)
            acts.note(
                connection,
                closed_by,
                Deed.MONTH_CLOSED,
                f"{month:%Y-%m}",
                after={"position": receipt.position},
            )
            connection.commit()
            return closing

    def _post_incentives(self, connection: Connection, closing: Closing) -> None:
        networks = Networks()
        networks.refresh(connection)
        version = networks.version_at(closing.position)
        networks.load(connection, [version])
        network = networks.of(version)
        since, before = month_span(closing.month)
        # A publisher who joined within the month counts: the terms are those in force at its end.
        end = before - timedelta(microseconds=1)
        found: list[dict[str, Any]] = []
        for figures in rows.month_figures(connection, since, before, closing.position):
            contract = network.contract_at(figures.advertiser_id, figures.publisher_id, end)
            terms = network.terms_at(contract.id, end) if contract is not None else None
            for action in terms.actions if terms is not None else ():
                if action.action_tracker != figures.action_tracker_id:
                    continue
                brought = MonthBrought(figures.orders, figures.sales, figures.commission)
                given = rewards(action.incentives, brought)
                if given:
                    currency = network.advertisers[figures.advertiser_id].currency
                    found.append(
                        self._period_row(
                            connection,
                            network,
                            kind="perf_inc",
                            ids=(figures.enterprise_id, figures.advertiser_id, figures.publisher_id),
                            tracker=figures.action_tracker_id,
                            job=closing,
                            currency=currency,
                            amount=sum((reward.amount for reward in given), Decimal(0)),
                            reason="; ".join(reward.reason for reward in given),
                        )
                    )
        rows.post_period_records(connection, found, closing.received_at)

    def _bonus_row(
        self, connection: Connection, network: Network, bonus: Bonus, position: int, received_at: datetime
    ) -> dict[str, Any]:
        tracker = network.action_trackers.get(bonus.action_tracker_id)
        publisher = network.publishers.get(bonus.publisher_id)
        if tracker is None or publisher is None:
            raise Refused("There is no such publisher or action tracker.", "See: counterfoil network export")
        if not bonus.amount or not bonus.reason.strip():
            raise Refused("A bonus needs an amount other than 0 and a reason.", "Give both.")
        advertiser = network.enterprises[tracker.enterprise].advertiser
        if (advertiser, publisher.id) not in network.contracts:
            raise Refused(
                f"Publisher {publisher.id} has no contract with advertiser {advertiser}.",
                "Name an action tracker of an advertiser that it works for.",
            )
        job = Closing(bonus.month, position, received_at, bonus.added_by, None)
        return self._period_row(
            connection,
            network,
            kind="bonus",
            ids=(tracker.enterprise, advertiser, publisher.id),
            tracker=tracker.id,
            job=job,
            currency=publisher.currency,
            amount=bonus.amount,
            reason=bonus.reason,
        )

    def _period_row(
        self,
        connection: Connection,
        network: Network,
        *,
        kind: str,
        ids: tuple[int, int, int],
        tracker: int,
        job: Closing,
        currency: str,
        amount: Decimal,
        reason: str,
    ) -> dict[str, Any]:
        enterprise, advertiser, publisher = ids
        day = job.received_at.date()
        currencies = {
            "advertiser": network.advertisers[advertiser].currency,
            "publisher": network.publishers[publisher].currency,
        }
        find = rates_on(
            connection, {currency, "USD", *currencies.values()}, day, job.position, self._rate_age_days_max
        )
        found = conversion(currency, **currencies, day=day, position=job.position, find=find)
        if not isinstance(found, Conversion):
            raise Refused(
                f"No conversion rate is known for {found.currency} on {found.day}.",
                "Enter the rate: counterfoil rates import FILE, or the network file.",
            )
        rates = found.rates
        return {
            "enterprise_id": enterprise,
            "job_id": job.position,
            "kind": kind,
            "advertiser_id": advertiser,
            "publisher_id": publisher,
            "action_tracker_id": tracker,
            "month": job.month,
            "currency": currency,
            "rate_adv": rates.adv.value,
            "rate_pub": rates.pub.value,
            "rate_usd": rates.usd.value,
            "rates": write_rates(rates),
            "commission_adv": round3(amount * rates.adv.value),
            "commission_pub": round3(amount * rates.pub.value),
            "commission_usd": round3(amount * rates.usd.value),
            "reason": reason,
        }

    def _write_papers(self, connection: Connection, closing: Closing) -> None:
        networks = Networks()
        network = networks.in_force(connection)
        due = rows.due_lines(connection)
        invoiced = {each.id: each.currency for each in network.advertisers.values()}
        paid = {each.id: each.currency for each in network.publishers.values()}
        self._write_kind(
            connection,
            closing,
            INVOICE,
            invoiced,
            [(line.advertiser_id, line, line.commission_adv, line.fee_adv) for line in due],
            minimum=None,
        )
        self._write_kind(
            connection,
            closing,
            STATEMENT,
            paid,
            [(line.publisher_id, line, line.commission_pub, Decimal(0)) for line in due],
            minimum=self._minimum_payment,
        )

    def _write_kind(
        self,
        connection: Connection,
        closing: Closing,
        kind: str,
        currencies: dict[int, str],
        due: Sequence[tuple[int, DueLine, Decimal, Decimal]],
        *,
        minimum: Decimal | None,
    ) -> None:
        year = closing.month.year
        sequence = rows.last_sequence(connection, kind, year)
        brought = {company: amount for company, (_, amount) in rows.carried_forward(connection, kind).items()}
        totals: dict[int, Decimal] = {}
        for company, _, commission, fee in due:
            totals[company] = totals.get(company, Decimal(0)) + commission + fee
        papers: list[Statement] = []
        numbers: dict[int, int] = {}
        for company in sorted(totals.keys() | brought.keys()):
            sequence += 1
            numbers[company] = sequence
            total, before = totals.get(company, Decimal(0)), brought.get(company, Decimal(0))
            owed = total + before
            is_carried = minimum is not None and owed < max(minimum, Decimal(0))
            papers.append(
                Statement(
                    kind=kind,
                    year=year,
                    sequence=sequence,
                    month=closing.month,
                    company_id=company,
                    currency=currencies[company],
                    total=total,
                    brought_forward=before,
                    payable=Decimal(0) if is_carried else owed,
                    carried_forward=owed if is_carried else Decimal(0),
                    paid_on=None,
                    reference=None,
                )
            )
        lines = [
            (numbers[company], line.enterprise_id, line.commission_id, commission, fee)
            for company, line, commission, fee in due
        ]
        rows.insert_statements(connection, papers, lines)


def difference_to_ledger(statement: Statement, lines: Iterable[rows.StatementLine]) -> Decimal:
    """What a paper says more or less than its lines; 0 unless something is broken."""
    return statement.total - sum((line.commission + line.fee for line in lines), Decimal(0))


def _not_paid(number: str, papers: Iterable[Statement]) -> Refused:
    paper = next((each for each in papers if each.number == number), None)
    if paper is None:
        return Refused(f"There is no paper {number}.", "See the numbers: counterfoil month show 2026-03")
    if paper.paid_on is not None:
        return Refused(
            f"{number} was paid on {paper.paid_on} by {paper.reference}.", "Nothing is left to do."
        )
    return Refused(
        f"{number} has nothing to pay: {paper.carried_forward} {paper.currency} are carried forward.",
        "The amount comes with the next statement that reaches the least payment.",
    )


def _parts(number: str) -> tuple[str, int, int]:
    head, _, rest = number.partition("-")
    year, _, sequence = rest.partition("-")
    kinds = {"INV": INVOICE, "ST": STATEMENT}
    if head not in kinds or not all(part.isascii() and part.isdigit() for part in (year, sequence)):
        raise Refused(
            f"{number!r} is no number of a paper.", "Write it as INV-2026-000001 or ST-2026-000001."
        )
    return kinds[head], int(year), int(sequence)
