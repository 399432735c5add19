"""Papers and acts: the operations that are no orders: closings, bonuses, payments, the network, rates.

Owns the operations of people and of the books, and the list of all that are made to fail. Next:
test_nth_call.py.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count

from counterfoil import administration
from counterfoil.statements import Bonus, Books
from counterfoil.worker import Worker
from tests.desk import PUBLISHER_A
from tests.simulation.operations import (
    AcceptMany,
    AcceptOne,
    Cancel,
    Create,
    Extend,
    Hold,
    Open,
    Operation,
    Release,
    Restate,
    State,
)


def books(open_: Open) -> Books:
    """The books, on these connections."""
    return Books(
        lambda _name: open_(),
        lambda: Worker(open_, chunk_max=1000),
        minimum_payment=Decimal(0),
        rate_age_days_max=5,
    )


class CloseMonth(Operation):
    """A month is closed; each subject has the next."""

    intends = "close a month"
    months = count(0)

    def prepare(self) -> None:
        """An order of the month, locked."""
        ordinal = 2 + next(self.months)
        self.month = date(2026 + ordinal // 12, ordinal % 12 + 1, 1)
        inside = datetime.fromisoformat(f"{self.month}T10:00:00+00:00") + timedelta(days=10)
        if inside > self.desk.now():
            self.desk.clock(inside)
        self.desk.click(f"click-{self.number}", PUBLISHER_A, 7700001, 12000001, 5500001)
        self.desk.send(self.creates(cj_event=f"click-{self.number}"))
        self.desk.process()
        self.desk.clock(inside + timedelta(days=36))

    def act(self, open_: Open) -> None:
        """The whole closing."""
        books(open_).close(self.month, "tests")

    def state(self) -> State:
        """What a closing does; that it was asked for may be noted before."""
        papers = self.ask(
            "SELECT (SELECT count(finished_at) FROM closing WHERE month = %(month)s),"
            " (SELECT array_agg(concat_ws(' ', kind, company_id, total) ORDER BY kind, company_id)"
            "   FROM statement WHERE month = %(month)s),"
            " (SELECT count(*) FROM statement_line AS line JOIN statement USING (kind, year, sequence)"
            "   WHERE month = %(month)s),"
            " (SELECT count(*) FROM event JOIN action USING (enterprise_id, original_action_id)"
            "   WHERE event.kind = 'closed' AND action.order_id = ANY(%(ids)s))",
            month=self.month,
            ids=self.ids,
        )
        return (*super().state()[4:6], *papers)


class AddBonus(Operation):
    """A bonus is entered by hand."""

    intends = "add bonus"

    def act(self, open_: Open) -> None:
        """The act of a person, with a reason that names the subject."""
        books(open_).add_bonus(
            Bonus(
                publisher_id=7700001,
                action_tracker_id=401,
                month=date(2026, 3, 1),
                amount=Decimal("12.50"),
                reason=self.ids[0],
                added_by="tests",
            )
        )

    def state(self) -> State:
        """Its record, its place in the log, its trace in the audit log."""
        return self.ask(
            "SELECT (SELECT count(*) FROM period_record AS period"
            "   JOIN commission_record AS record USING (enterprise_id, job_id) WHERE period.reason = %(id)s),"
            " (SELECT count(*) FROM intake_request WHERE position(%(id)s in about) > 0),"
            " (SELECT count(*) FROM act WHERE after ->> 'reason' = %(id)s)",
            id=self.ids[0],
        )


class MarkPaid(CloseMonth):
    """A statement is marked as paid."""

    intends = "mark paid"

    def prepare(self) -> None:
        """There is one."""
        super().prepare()
        self.number_of = books(self.desk.opener("books")).close(self.month, "tests").statements[0].number

    def act(self, open_: Open) -> None:
        """The act of a person."""
        books(open_).mark_paid(self.number_of, self.month, "transfer", "tests")

    def state(self) -> State:
        """Paid or not, and the audit log."""
        return self.ask(
            "SELECT (SELECT count(*) FROM statement_payment JOIN statement USING (kind, year, sequence)"
            "   WHERE month = %(month)s),"
            " (SELECT count(*) FROM act WHERE subject = %(number)s)",
            month=self.month,
            number=self.number_of,
        )


class ApplyNetwork(Operation):
    """A new version of the network."""

    intends = "apply network"

    def prepare(self) -> None:
        """The file that adds one rate."""
        text = administration.export_network(self.desk.connection)
        self.day = date(2026, 3, 1) + timedelta(days=self.number)
        self.text = (
            f'{text}\n[[rates]]\nsource = "{self.ids[0]}"\nkind = "fixed"\nvalid_from = {self.day}\n'
            'per_euro = { USD = "1.11" }\n'
        )

    def act(self, open_: Open) -> None:
        """The act of a person."""
        with open_() as connection:
            applied = administration.apply_network(connection, self.text, self.ids[0], "tests")
            assert not isinstance(applied, list), applied

    def state(self) -> State:
        """Version, entries, rate, place in the log, audit log."""
        return self.ask(
            "SELECT (SELECT count(*) FROM network_version WHERE source = %(id)s),"
            " (SELECT count(*) > 0 FROM reference_version AS entry"
            "   JOIN network_version AS known ON known.version = entry.network_version"
            "   WHERE source = %(id)s),"
            " (SELECT count(*) FROM conversion_rate WHERE source = %(id)s),"
            " (SELECT count(*) FROM act WHERE subject = %(id)s)",
            id=self.ids[0],
        )


class ImportRates(ApplyNetwork):
    """The rates of a day; what waits for one is released with it."""

    intends = "import rates"

    def act(self, open_: Open) -> None:
        """As the European Central Bank publishes them."""
        text = f"Date,USD\n{self.day},1.1234\n"
        with open_() as connection:
            added = administration.import_rates(connection, text, self.ids[0], "tests")
            assert isinstance(added, int), added

    def state(self) -> State:
        """Rate, place in the log, audit log."""
        return self.ask(
            "SELECT (SELECT count(*) FROM conversion_rate WHERE day = %(day)s AND NOT is_fixed),"
            " (SELECT count(*) FROM intake_request WHERE about = %(id)s),"
            " (SELECT count(*) FROM act WHERE subject = %(id)s)",
            day=self.day,
            id=self.ids[0],
        )


OPERATIONS: tuple[type[Operation], ...] = (
    AcceptOne, AcceptMany, Create, Restate, Cancel, Hold, Release, Extend, CloseMonth, AddBonus, MarkPaid,
    ApplyNetwork, ImportRates,
)  # fmt: skip
