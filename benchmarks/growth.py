"""Part f: whether anything slows down as orders pile up.

Owns the filling, which is real orders through the real server, and the same few figures at each size. Next:
table.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks import backlog, orders, singles
from benchmarks.figures import Figure, Part, Target, checked
from benchmarks.orders import Body, Order
from benchmarks.server import Server

TIMES_WORSE = Target(1.25)
BULK = 10_000
BULKS_AHEAD = 20
"""So many requests are accepted before their orders have to be decided, so that no backlog builds up."""

RUNS = 3
SINGLES_S = 5.0
BACKLOG = 50_000
_RATES = ("one-order requests a second", "backlog, one processor")


def measure(
    server: Server, made: tuple[Order, ...], sizes: list[int], names: Iterator[str], into: list[Figure]
) -> None:
    """The same figures at each number of stored orders, and how much worse than at the first."""
    first: dict[str, float] = {}
    for size in sizes:
        with checked("f", server, names, into) as part:
            _fill(part, made, size)
        with checked("f", server, names, into) as part:
            found = _figures(part, made)
            for name, (value, unit) in found.items():
                part.found(f"{_short(size)} stored: {name}", value, unit)
            if first:
                for name, (value, _) in found.items():
                    _compare(part, name, first[name], value, sizes[0], size)
            first = first or {name: value for name, (value, _) in found.items()}


def _compare(part: Part, name: str, before: float, now: float, small: int, large: int) -> None:
    worse = (before / now if name in _RATES else now / before) if before and now else None
    part.found(f"{_short(large)} stored, times worse than {_short(small)}: {name}", worse, "×", TIMES_WORSE)


def _short(count: int) -> str:
    return f"{count // 1_000_000} million" if count >= 1_000_000 else f"{count // 1000} thousand"


def _fill(part: Part, made: tuple[Order, ...], size: int) -> None:
    missing = (size - part.server.stored()) // BULK
    body = orders.variables(orders.lean(made[:BULK]))
    with part.server.serving("--processors", "2"):
        for n in range(missing):
            _send(part, body)
            if n % BULKS_AHEAD == BULKS_AHEAD - 1:
                part.server.wait_decided()
        part.server.wait_decided()
    # What a night of autovacuum would have done by then.
    part.server.connection.execute("VACUUM ANALYZE")


def _send(part: Part, body: Body) -> float:
    fresh = part.new(body)
    answer = part.server.post(fresh)
    if not answer.is_accepted:
        part.fault(f"not accepted: {answer.status} {answer.body[:200]!r}")
        return 0.0
    part.accepted(fresh.name, fresh.sums)
    return answer.seconds


def _figures(part: Part, made: tuple[Order, ...]) -> dict[str, tuple[float, str]]:
    found: dict[str, tuple[float, str]] = {}
    with part.server.serving():
        for form, body in (
            ("literals", orders.literals(made[:BULK])),
            ("variables", orders.variables(made[:BULK])),
        ):
            walls = []
            for _ in range(RUNS):
                walls.append(_send(part, body))
                part.server.wait_decided()
            found[f"10,000 orders as {form}"] = (median(walls), "s")
        with singles.bodies_of(made) as bodies:
            runs = [bodies.sent(part, seconds=SINGLES_S) for _ in range(RUNS)]
        part.server.wait_decided()
        found["one-order requests a second"] = (median(run.accepted_a_second for run in runs), "/s")
        found["one-order requests: p99"] = (median(run.p99 for run in runs), "ms")
    found["backlog, one processor"] = (backlog.rate(part, made, BACKLOG, 1).a_second, "orders/s")
    return found
