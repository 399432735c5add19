"""The benchmark's check of sums goes red for an order that is missing, there twice, or worth something else.

Owns the faults that no working server shows. Next: benchmarks/sums.py.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from benchmarks.figures import Figure, Target
from benchmarks.orders import Sums
from benchmarks.sums import Kept, differences

SENT = {"BATCHONE": Sums(3, Decimal("30.00"), Decimal("1.200"))}
RIGHT = Kept(3, 3, "BATCHONE-000000", "BATCHONE-000002", Decimal(30), Decimal("1.2"))


def test_what_is_there_once_is_no_fault() -> None:
    """The same orders and the same sums, however their decimals are written, give no difference."""
    assert [] == differences("records", {"BATCHONE": RIGHT}, SENT)


@pytest.mark.parametrize(
    "kept",
    [
        RIGHT._replace(rows=2, orders=2),
        RIGHT._replace(rows=4),
        RIGHT._replace(orders=2),
        RIGHT._replace(rows=4, orders=4, last="BATCHONE-000003"),
        RIGHT._replace(first="BATCHONE-000001"),
        RIGHT._replace(sale=Decimal("30.001")),
        RIGHT._replace(commission=Decimal("1.199")),
    ],
    ids=["missing", "twice", "one for another", "too many", "other ids", "sale", "commission"],
)
def test_every_deviation_is_a_fault(kept: Kept) -> None:
    """One order or one thousandth of a dollar off is told."""
    assert differences("records", {"BATCHONE": kept}, SENT)


def test_a_batch_that_is_gone_or_unknown_is_a_fault() -> None:
    """All orders of a request missing is told, and so are orders that nobody sent."""
    unknown = {"BATCHONE": RIGHT, "BATCHTWO": RIGHT}

    assert ["log: BATCHONE is missing"] == differences("log", {}, SENT)
    assert ["log: BATCHTWO was never sent"] == differences("log", unknown, SENT)


def test_a_void_figure_reaches_no_target() -> None:
    """However good it looks, a figure whose orders do not add up counts for nothing."""
    figure = Figure("a", "10,000 orders", 0.1, "s", Target(0.6))

    assert (True, None) == (figure.is_met, figure._replace(is_void=True).is_met)
