"""Batches: the orders of a file that are still to be sent, in requests of a given size.

Owns the plan of a run and the cutting into batches. Sends nothing. Next: requests.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from msgspec import Struct

from counterfoil.sending.files import Measured, measure, read_header, read_rows
from counterfoil.sending.mapping import Mapping, read_mapping
from counterfoil.sending.orders import BadRow, Fixed, Order, orders_from
from counterfoil.sending.state import State, digest_of, state_name

BATCH_MAX = 10_000
"""Most orders in one request (spec/tracking-api.md, section 1)."""


class Plan(Struct, frozen=True, kw_only=True):
    """What a run does: which file, by which mapping, to which address."""

    file: Path
    url: str
    mapping: Mapping
    fixed: Fixed
    measured: Measured
    state_path: Path
    digest: str
    batch_size: int
    concurrency: int
    limit: int | None
    stop_on_refusal: bool

    @property
    def lines(self) -> int:
        """Rows to come, at most."""
        return self.measured.lines if self.limit is None else min(self.limit, self.measured.lines)


class Batch(Struct, frozen=True):
    """Orders for one request: all rows from `first` to `last` that are neither bad nor done."""

    first: int
    last: int
    orders: list[Order]

    @property
    def rows(self) -> tuple[int, int]:
        """Number of its first and its last row."""
        return self.orders[0].number, self.orders[-1].number

    @property
    def lines(self) -> tuple[int, int]:
        """First and last line of the file that it comes from."""
        return self.orders[0].line, self.orders[-1].line


def plan(
    file: Path,
    url: str,
    maps: list[str],
    fixed: Fixed,
    *,
    batch_size: int = 1000,
    concurrency: int = 1,
    limit: int | None = None,
    stop_on_refusal: bool = False,
    state_path: Path | None = None,
) -> Plan:
    """Reads the file's header and figures and settles the mapping. Raises Unsendable."""
    mapping = read_mapping(maps, read_header(file))
    measured = measure(file)
    digest = digest_of(measured.digest, mapping, fixed, url)
    return Plan(
        file=file,
        url=url,
        mapping=mapping,
        fixed=fixed,
        measured=measured,
        state_path=state_path or state_name(file, digest),
        digest=digest,
        batch_size=batch_size,
        concurrency=concurrency,
        limit=limit,
        stop_on_refusal=stop_on_refusal,
    )


def batches(plan: Plan, state: State, report: Callable[[BadRow], None]) -> Iterator[Batch]:
    """What is still to be sent. Rows that cannot be sent are reported as they come, done or not.

    All rows are read, those of an earlier run too: the counts in templates depend on them.
    """
    rows = islice(read_rows(plan.file), plan.limit)
    orders: list[Order] = []
    first = 1
    for each in orders_from(rows, plan.mapping, plan.fixed):
        if isinstance(each, BadRow):
            report(each)
            continue
        if state.holds(each.number):
            continue
        orders.append(each)
        if len(orders) == plan.batch_size:
            yield Batch(first, each.number, orders)
            orders, first = [], each.number + 1
    if orders:
        yield Batch(first, orders[-1].number, orders)
