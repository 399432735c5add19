"""Closing: what the office does once a month, and what its papers say.

Owns the steps about months, bonuses and payments, through the product's own books. Next: telling.py.
"""

from __future__ import annotations

from decimal import Decimal

from counterfoil.administration import Refused
from counterfoil.money import plain
from counterfoil.statements import Bonus
from counterfoil.store.statements import Statement, read_statements
from tests.desk import Desk
from tests.stories import steps
from tests.stories.checking import Differs, compare


class Office:
    """Closes months and pays; no least payment."""

    def __init__(self, desk: Desk) -> None:
        """Keeps the books of the desk's network."""
        self._desk = desk
        self._books = desk.books()

    def close(self, step: steps.Close) -> None:
        """Closes a month, or finds that it cannot be, or was before."""
        try:
            closed = self._books.close(step.month, "story")
        except Refused:
            compare(str, step.word, "refused")
            return
        compare(str, step.word, "again" if closed.was_closed else "closed")
        leaving = tuple(sorted(each.order_id for each in closed.waiting))
        compare(_orders, tuple(sorted(step.leaving)), leaving)
        if step.actions is not None:
            compare(lambda actions: f"{actions} actions", step.actions, closed.actions)

    def add_bonus(self, step: steps.Bonus) -> None:
        """Posts a bonus."""
        self._books.add_bonus(
            Bonus(
                publisher_id=step.publisher,
                action_tracker_id=step.tracker,
                month=step.month,
                amount=step.amount,
                reason=step.reason,
                added_by="story",
            )
        )

    def mark_paid(self, step: steps.Paid) -> None:
        """Notes a payment."""
        try:
            self._books.mark_paid(step.number, step.day, step.reference, "story")
        except Refused as refused:
            raise Differs("a paper that can be marked as paid", refused.sentence) from None

    def compare_paper(self, step: steps.PaperIs) -> None:
        """The amounts of a paper, and by what it was paid."""
        papers = {each.number: each for each in read_statements(self._desk.connection, None)}
        if step.number not in papers:
            raise Differs(step.number, _orders(tuple(sorted(papers))))
        found = _amounts(papers[step.number])
        compare(_fields, step.fields, {name: found[name] for name in step.fields})
        compare(str, step.paid or "not paid", papers[step.number].reference or "not paid")


def _amounts(paper: Statement) -> dict[str, Decimal]:
    return {
        "total": paper.total,
        "brought": paper.brought_forward,
        "payable": paper.payable,
        "carried": paper.carried_forward,
    }


def _fields(fields: object) -> str:
    assert isinstance(fields, dict)
    return " ".join(f"{name} {plain(amount)}" for name, amount in fields.items())


def _orders(ids: tuple[str, ...]) -> str:
    return " ".join(ids) or "nothing"
