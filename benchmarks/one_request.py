"""Parts a and b: one request of 1 to 10,000 orders, at the product, at its peers, and at the physical limits.

Owns which requests are compared, and the split of one request into its stages. Leaves what is in them to
orders.py. Next: limits.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from statistics import median
from typing import NamedTuple

from benchmarks import limits, orders, sums
from benchmarks.figures import Part, Target, repeated
from benchmarks.orders import NO_ANSWER, Body, Order, Sums
from benchmarks.peers import keeping, running
from benchmarks.server import Answer, Used, ask, cpu_s

RUNS = 3
ALL = 10_000
MEMORY_MB = 350
_WRITE: dict[str, Callable[..., Body]] = {"literals": orders.literals, "variables": orders.variables}
_WALL = {"literals": Target(0.6), "variables": Target(0.3)}
TIMES_LIMITS = Target(6)
TIMES_PEER = {"graphql-core": Target(60, is_least=True), "strawberry": Target(100, is_least=True)}
UNEVEN, WRONG = Target(3), Target(1.5)


class Shape(NamedTuple):
    """How many orders a request has, and how they are written."""

    form: str
    orders: int

    @property
    def told(self) -> str:
        """As the table names it."""
        return f"{self.orders:,} orders as {self.form}" if self.orders > 1 else f"1 order as {self.form}"


Walls = dict[Shape, float]


def of_the_product(part: Part, made: tuple[Order, ...], *, is_full: bool) -> Walls:
    """Wall, CPU and memory of each shape; the stages of the large ones; the odd requests."""
    walls: Walls = {}
    for form, write in _WRITE.items():
        for count in (1, 100, 1_000, ALL):
            shape = Shape(form, count)
            walls[shape] = _measured(part, shape, write(made[:count]))
        for count in (1_000, ALL) if is_full else (ALL,):
            shape = Shape(form, count)
            _split(part, shape, made[:count], walls[shape], RUNS if is_full else 1)
    _odd_ones(part, made)
    return walls


def _measured(part: Part, shape: Shape, body: Body) -> float:
    used: list[Used] = []

    def run() -> float:
        with part.server.measured() as found:
            answer = _accepted(part, body)
        used.extend(found)
        part.server.wait_decided()
        return answer.seconds

    walls = repeated(RUNS, run)
    wall = part.found(shape.told, walls, "s", _WALL[shape.form] if shape.orders == ALL else None)
    # The processors begin when the request is durable, and are a part of their own.
    cpu = [sum(s for role, s in each.cpu.items() if role != "processor") for each in used]
    part.found(f"{shape.told}: CPU, database included", cpu, "s")
    peak = [each.server_mb for each in used]
    by_role = ", ".join(
        f"{role} {median(each.peak_mb.get(role, 0) for each in used):.0f}" for role in used[0].peak_mb
    )
    target = Target(MEMORY_MB) if shape.orders == ALL else None
    part.found(f"{shape.told}: peak memory of all our processes", peak, "MB", target, by_role)
    return wall


def _accepted(part: Part, body: Body) -> Answer:
    fresh = part.new(body)
    answer = part.server.post(fresh)
    if answer.is_accepted:
        part.accepted(fresh.name, fresh.sums)
    else:
        part.fault(f"not accepted: {answer.status} {answer.body[:200]!r}")
    return answer


# ── the stages, told apart by requests that end after each ───────────────────────────────────────────


def _split(part: Part, shape: Shape, made: tuple[Order, ...], wall: float, runs: int) -> None:
    """Read, validate, append, answer: each the time by which its request takes longer than the one before."""
    write = _WRITE[shape.form]
    colon = b": " if shape.form == "literals" else b'": '
    whole, unanswered = write(made), write(made, answer=NO_ANSWER)
    foreign = whole.spoilt(b"enterpriseId" + colon + b'"1500001"', b"enterpriseId" + colon + b'"1500002"')
    ahead = whole.spoilt(b"eventTime" + colon + b'"20', b"eventTime" + colon + b'"29')

    def refused(text: bytes, word: bytes) -> list[float]:
        def run() -> float:
            answer = part.server.post(text)
            if word not in answer.body:
                part.fault(f"not refused with {word!r}: {answer.body[:200]!r}")
            return answer.seconds

        return repeated(RUNS, run)

    def without_answer() -> float:
        fresh = part.new(unanswered)
        answer = part.server.post(fresh)
        part.accepted(fresh.name, fresh.sums)
        part.server.wait_decided()
        return answer.seconds

    read = median(refused(foreign, b"Unauthorized"))
    validated = median(refused(ahead, b"in the future"))
    appended = median(repeated(runs, without_answer))
    ends = {"read": read, "validate": validated, "append": appended, "answer": wall}
    begin = 0.0
    for stage, end in ends.items():
        part.found(f"{shape.told}: {stage}", max(0.0, end - begin), "s", note="by difference")
        begin = max(begin, end)


# ── odd requests ─────────────────────────────────────────────────────────────────────────────────────


def _odd_ones(part: Part, made: tuple[Order, ...]) -> None:
    plain = orders.literals(made)
    bodies = {
        "pretty-printed literals": (orders.literals(made, pretty=True), _WALL["literals"]),
        "literals in a JSON envelope": (orders.enveloped(plain), _WALL["literals"]),
        "literals with comments": (orders.uneven(made, "comment"), UNEVEN),
        "literals with block strings": (orders.uneven(made, "block"), UNEVEN),
        "literals with variables inside": (orders.uneven(made, "variable"), UNEVEN),
    }
    for told, (body, target) in bodies.items():
        answer = _accepted(part, body)
        part.server.wait_decided()
        part.found(f"10,000 {told}", answer.seconds, "s", target)
    _restated(part, made)
    _wrong_value(part, made)


def _restated(part: Part, made: tuple[Order, ...]) -> None:
    """New orders, then all of them restated: three records each, and the sums of the new state."""
    changed = orders.restated(made, part.server.target)
    first = part.new(orders.variables(made))
    second = orders.literals(changed, kind="restate").renamed(first.name)
    part.server.post(first)
    part.server.wait_decided()
    answer = part.server.post(second)
    if not answer.is_accepted:
        part.fault(f"not accepted: {answer.status} {answer.body[:200]!r}")
    part.accepted(first.name, second.sums._replace(lines=3))
    part.server.wait_decided()
    part.found("10,000 restatements as literals", answer.seconds, "s", _WALL["literals"])


def _wrong_value(part: Part, made: tuple[Order, ...]) -> None:
    """One quantity in quotes, in the middle: the sentence is that of the order alone, with its place."""
    place = len(made) // 2
    alone = part.server.post(_quoted(orders.literals(made[place : place + 1]).text))
    wanted = alone.body.replace(b"newOrders[0]", f"newOrders[{place}]".encode())
    before, after = orders.literals(made[:place]).text, orders.literals(made[place:]).text
    cut = before.rfind(b"])")
    middle = after.find(b"[") + 1
    text = before[:cut] + b", " + _quoted(after[middle:])
    answer = part.server.post(text)
    if answer.body != wanted:
        part.fault(f"another sentence: {answer.body[:300]!r}, and not {wanted[:300]!r}")
    part.found("one wrong value among 10,000 orders: its exact sentence", answer.seconds, "s", WRONG)


def _quoted(text: bytes) -> bytes:
    return re.sub(rb"quantity: (\d+)", rb'quantity: "\1"', text, count=1)


# ── peers ────────────────────────────────────────────────────────────────────────────────────────────


def of_the_peers(part: Part, made: tuple[Order, ...], walls: Walls, *, is_full: bool) -> None:
    """The same requests, and how many times faster the product is. Large ones are sent once."""
    url = keeping.database(part.server.admin_url)
    sent: dict[str, Sums] = {}
    for name in running.PEERS:
        if not running.is_installed(name):
            part.found(f"{name}: not installed", None, "s", note="pip install -r requirements/bench.txt")
            continue
        with running.running(name, url) as peer:
            for form, write in _WRITE.items():
                for count in (1, 100, 1_000, ALL) if is_full else (1, 100, 1_000):
                    body = write(made[:count])
                    sent |= _one_peer(part, peer, Shape(form, count), body, walls, is_full=is_full)
    rows = {row[0]: sums.Kept(*row[1:]) for row in keeping.kept(url)}
    for fault in sums.differences("peers", rows, sent):
        part.fault(fault)


def _one_peer(
    part: Part, peer: running.Peer, shape: Shape, body: Body, walls_of_ours: Walls, *, is_full: bool
) -> dict[str, Sums]:
    """Measures one shape; answers what the peer has to have kept."""
    sent: dict[str, Sums] = {}
    form = orders.enveloped(body) if shape.form == "literals" else body

    def run() -> float:
        fresh = part.new(form)
        answer = ask(peer.port, "POST", "/", fresh.text, {"Content-Type": "application/json"})
        if not answer.is_accepted:
            part.fault(f"{peer.name}: {answer.status} {answer.body[:200]!r}")
        sent[fresh.name] = fresh.sums
        return answer.seconds

    if shape.orders == 1:
        # The first request of a process finds nothing prepared, at a peer as at the product.
        run()
    before = cpu_s(peer.pid)
    walls = repeated(1 if shape.orders >= 1_000 else RUNS, run)
    cpu = (cpu_s(peer.pid) - before) / len(walls)
    wall = part.found(f"{peer.name}: {shape.told}", walls, "s", note=f"CPU {cpu:.2f} s")
    target = TIMES_PEER[peer.name] if shape == Shape("literals", ALL) else None
    told = f"{peer.name}: {shape.told}, times slower than Counterfoil"
    is_stand_in = shape == Shape("literals", 1_000) and not is_full
    note = f"at 10,000 wanted: {TIMES_PEER[peer.name].value:.0f} (make bench-full)" if is_stand_in else ""
    part.found(told, wall / walls_of_ours[shape], "×", target, note)
    return sent


# ── limits ───────────────────────────────────────────────────────────────────────────────────────────


def of_the_limits(part: Part, made: tuple[Order, ...], walls: Walls) -> None:
    """What no server can go below, and how many times that 10,000 literals take."""
    body = orders.variables(made)
    fresh = part.new(body)
    answer = part.server.post(fresh)
    if answer.is_accepted:
        part.accepted(fresh.name, fresh.sums)
    part.server.wait_decided()
    rows = limits.log_rows(part.server.connection, fresh.name)
    decoding = part.found("typed JSON decoding of 10,000 orders", limits.decoding(body.text), "s")
    copying = part.found(
        "binary COPY of their log rows, flushed", limits.copying(part.server.admin_url, rows), "s"
    )
    part.found("write and flush of the same bytes", limits.writing(part.server.data_dir, body.text), "s")
    part.found(
        "10,000 orders as literals, times decoding and COPY",
        walls[Shape("literals", ALL)] / (decoding + copying),
        "×",
        TIMES_LIMITS,
    )
