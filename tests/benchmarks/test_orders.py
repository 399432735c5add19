"""The benchmark's orders are valid in every form, and come to what the generator says.

Owns the proof that a figure of the benchmark may be believed; sends a few orders of the generator through the
real intake and worker. Next: benchmarks/orders.py and benchmarks/sums.py.
"""

from __future__ import annotations

import json

import msgspec
import pytest

from benchmarks import orders, sums
from benchmarks.orders import Body, Target, drawn
from counterfoil.api import schemas
from counterfoil.api.graphql import Operation, Unfit, check, read_operation
from counterfoil.model.orders import NewOrder, Restatement
from tests.api.asking import LIMITS, requested
from tests.desk import BEGINNING, CLICK_B, Desk

TARGET = Target("1500001", 402, CLICK_B, BEGINNING)
MADE = drawn(60, TARGET)
CHANGED = orders.restated(MADE, TARGET)
BODIES = {
    "literals": orders.literals(MADE),
    "pretty": orders.literals(MADE, pretty=True),
    "envelope": orders.enveloped(orders.literals(MADE)),
    "variables": orders.variables(MADE),
    "lean": orders.variables(orders.lean(MADE)),
    "comment": orders.uneven(MADE, "comment"),
    "block": orders.uneven(MADE, "block"),
    "variable": orders.uneven(MADE, "variable"),
    "restatements": orders.literals(CHANGED, kind="restate"),
}
NAME = "N" * orders.NAME_LETTERS


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_every_form_is_a_valid_request(body: Body) -> None:
    """Nothing can be said against a body of the generator, and all of its orders are in it."""
    operation = read_operation(schemas.tracking(), requested(body.text), LIMITS)
    assert isinstance(operation, Operation), operation
    checked = check(operation)

    assert not isinstance(checked, Unfit), checked
    assert 60 == body.text.count(NAME.encode())


def test_the_same_seed_draws_the_same_orders() -> None:
    """Two runs send the same, and the first orders of many are those of few."""
    again = drawn.__wrapped__(90, TARGET)

    assert MADE == again[:60]


def test_a_renamed_body_differs_in_the_names_alone() -> None:
    """A copy under other ids is as long, has every order's new id once, and comes to the same."""
    body = orders.literals(MADE)
    renamed = body.renamed("BENCHABC")

    assert (len(body.text), 60, 0, body.sums) == (
        len(renamed.text),
        renamed.text.count(b'"BENCHABC-'),
        renamed.text.count(NAME.encode()),
        renamed.sums,
    )


def test_the_ledger_comes_to_what_the_generator_says(desk: Desk) -> None:
    """Decided and posted, the orders are there exactly once, with sales and commissions reckoned apart."""
    begin = sums.mark(desk.connection)
    _create(desk, 60)

    assert [] == sums.difference_since(desk.connection, begin, {NAME: orders.sums_of(MADE)})


def test_restated_orders_come_to_what_the_generator_says(desk: Desk) -> None:
    """Each restated order has three records, whose sum is its new state."""
    begin = sums.mark(desk.connection)
    _create(desk, 60)
    desk.send([msgspec.convert(_texts(order.fields), Restatement) for order in CHANGED])
    desk.process()

    assert [] == sums.difference_since(
        desk.connection, begin, {NAME: orders.sums_of(CHANGED)._replace(lines=3)}
    )


def test_a_missing_order_is_noticed_in_the_tables(desk: Desk) -> None:
    """Fifty-nine orders of sixty are a fault of the log, of the outcomes and of the records."""
    begin = sums.mark(desk.connection)
    _create(desk, 59)
    faults = sums.difference_since(desk.connection, begin, {NAME: orders.sums_of(MADE)})

    assert {"log", "outcomes", "records"} == {fault.split(":")[0] for fault in faults}


def test_an_order_that_is_sent_twice_is_noticed(desk: Desk) -> None:
    """The ledger keeps one of each, and the log gives away that there were two."""
    begin = sums.mark(desk.connection)
    _create(desk, 60)
    _create(desk, 60)
    faults = sums.difference_since(desk.connection, begin, {NAME: orders.sums_of(MADE)})

    assert [f"log: {NAME} has 120 rows for 60 orders of 1 each"] == faults


def test_what_is_not_decided_is_noticed(desk: Desk) -> None:
    """Orders that are in the log alone are missing everywhere else."""
    begin = sums.mark(desk.connection)
    desk.send([msgspec.convert(_texts(order.fields), NewOrder) for order in MADE])
    faults = sums.difference_since(desk.connection, begin, {NAME: orders.sums_of(MADE)})

    assert [f"outcomes: {NAME} is missing", f"records: {NAME} is missing"] == faults


def _create(desk: Desk, count: int) -> None:
    desk.send([msgspec.convert(_texts(order.fields), NewOrder) for order in MADE[:count]])
    desk.process()


def _texts(fields: dict[str, object]) -> object:
    """The fields as intake keeps them: decimals as text."""
    return json.loads(json.dumps(fields, default=str))
