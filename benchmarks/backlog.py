"""Part e: how fast a backlog is decided and posted, by one processor and by two.

Owns the backlog, which is accepted while nobody decides, and the rate. Next: growth.py.
"""

from __future__ import annotations

import time
from typing import NamedTuple

from benchmarks import orders
from benchmarks.figures import Part, Target
from benchmarks.orders import Order
from benchmarks.server import TICKS_A_SECOND

BULK = 10_000
LOOK_S = 0.02
PATIENCE_S = 600
A_SECOND = Target(10_000, is_least=True)
TIMES_BY_TWO = Target(1.6, is_least=True)
_LEFT = b"SELECT coalesce(sum(submissions), 0)::bigint FROM intake_pending"


class Rate(NamedTuple):
    """Orders a second, and for each second of CPU that the processors used."""

    a_second: float
    a_cpu_second: float


def measure(part: Part, made: tuple[Order, ...], count: int) -> None:
    """Orders a second with one and with two processors, each on a backlog of its own."""
    one, two = (rate(part, made, count, processors) for processors in (1, 2))
    part.found(f"backlog of {count:,} orders, one processor", one.a_second, "orders/s", A_SECOND)
    part.found("one processor: orders for a second of its CPU", one.a_cpu_second, "orders/s")
    part.found(f"backlog of {count:,} orders, two processors", two.a_second, "orders/s")
    if one.a_second:
        part.found("two processors, times one", two.a_second / one.a_second, "×", TIMES_BY_TWO)


def rate(part: Part, made: tuple[Order, ...], count: int, processors: int) -> Rate:
    """Accepts a backlog while nobody decides, then lets so many processors at it."""
    accept(part, made, count)
    with part.server.working(processors):
        return _watched(part, count)


def accept(part: Part, made: tuple[Order, ...], count: int) -> None:
    """Sends so many orders, as variables, to a server without processors."""
    body = orders.variables(made[:BULK])
    with part.server.serving("--processors", "0"):
        for _ in range(count // BULK):
            fresh = part.new(body)
            answer = part.server.post(fresh)
            if not answer.is_accepted:
                part.fault(f"not accepted: {answer.status} {answer.body[:200]!r}")
                return
            part.accepted(fresh.name, fresh.sums)


def _watched(part: Part, count: int) -> Rate:
    """From the first commit to the last: starting a process is not deciding."""
    deadline = time.monotonic() + PATIENCE_S
    first: tuple[float, int, int] | None = None
    left = count
    while left and time.monotonic() < deadline:
        row = part.server.connection.execute(_LEFT).fetchone()
        now = time.perf_counter()
        left = int(row[0]) if row else 0
        if first is None and left < count:
            first = (now, left, part.server.ticks()["processor"])
        time.sleep(LOOK_S)
    if first is None or left or not first[1]:
        part.fault(f"{left} of {count} orders are undecided, or all were in one chunk")
        return Rate(0, 0)
    begin, decided, ticks = first
    cpu = (part.server.ticks()["processor"] - ticks) / TICKS_A_SECOND
    return Rate(decided / (now - begin), decided / cpu if cpu else 0)
