"""Load: a lean client in a process of its own, which sends prepared requests and counts what comes back.

Owns raw HTTP/1.1 over kept connections to loopback, bounded in requests and in seconds. Judges nothing: who
calls it does. Next: real_orders.py, which compares amounts.

    python -m benchmarks.load --port P --token T [--connections 64] [--seconds 10] [--rate N] [--orders 1]
"""

from __future__ import annotations

import argparse
import json
import os
import select
import socket
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
CONNECTIONS_MAX = 4_000
SECONDS_MAX = 1_800
REQUESTS_MAX = 5_000_000
LAST_ANSWERS_S = 30
"""How long after the last request answers are still waited for."""

PIECE_BYTES = 256 * 1024
"""So much is sent before the client looks whether it has its answer already."""


class Plan(NamedTuple):
    """What to send: requests of so many orders, each request with order ids of its own.

    Without a `rate` each connection sends its next request when it has its answer; with one, so many a second
    are due, whether answers come or not, and time counts from when a request was due. `bodies` is a file of
    bodies to send in place of made ones, a line each.
    """

    port: int
    token: str
    connections: int = 64
    seconds: float = 10
    requests: int = REQUESTS_MAX
    rate: float = 0
    orders: int = 1
    literals: bool = True
    name: str = "LOAD"
    enterprise: str = "1500001"
    tracker: str = "401"
    field: str = "sid"
    bodies: str = ""


class Outcome(NamedTuple):
    """What came of it: answers by status and kind, times in milliseconds, `cpu_s` of the client itself."""

    seconds: float
    sent: int
    accepted: int
    accepted_a_second: float
    answers: dict[str, int]
    lost: int
    never_sent: int
    p50: float
    p90: float
    p99: float
    longest: float
    longest_refusal: float
    by_second: list[int]
    cpu_s: float


def run(plan: Plan) -> Outcome:
    """Sends the plan from a process of its own, and waits for it."""
    return Beside(plan).outcome()


class Beside:
    """A plan under way in a process of its own."""

    def __init__(self, plan: Plan) -> None:
        # The token goes by standard input: a command line can be read by everyone on the machine.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.load", "--plan", "-"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(plan._asdict()))
        self._process.stdin.close()

    def outcome(self) -> Outcome:
        """What came of it, when it is over."""
        assert self._process.stdout is not None
        with self._process.stdout as told:
            text = told.read()
        code = self._process.wait()
        assert code == 0, f"the load client ended with {code}"
        return Outcome(**json.loads(text))


def requests_of(plan: Plan) -> Iterator[bytes]:
    """The requests of a plan, ready to be sent; no two orders have the same id."""
    head = (
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {plan.token}\r\nContent-Type: application/json\r\nContent-Length: "
    ).encode()
    if plan.bodies:
        with Path(plan.bodies).open("rb") as file:
            for line in islice(file, plan.requests):
                body = line.rstrip(b"\n")
                yield head + b"%d\r\n\r\n" % len(body) + body
        return
    ids = f"{plan.name}-{os.getpid()}-".encode()
    first, last = _document(plan)
    number = 0
    for _ in range(min(plan.requests, REQUESTS_MAX)):
        body = first + b",".join(_order(plan, ids, number + n) for n in range(plan.orders)) + last
        number += plan.orders
        yield head + b"%d\r\n\r\n" % len(body) + body


_ANSWER = "{ orders { submissionId orderId } errors { message fields } }"


def _document(plan: Plan) -> tuple[bytes, bytes]:
    if plan.literals:
        return b"mutation { createOrders(newOrders: [", f"]) {_ANSWER} }}".encode()
    document = f"mutation($o: [OrderCreateRequest!]!) {{ createOrders(newOrders: $o) {_ANSWER} }}"
    return f'{{"query": {json.dumps(document)}, "variables": {{"o": ['.encode(), b"]}}"


_WHEN = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
_FIELDS = (
    ("enterpriseId", '"{enterprise}"'), ("actionTrackerId", "{tracker}"), ("orderId", '"%(ids)s%(n)d"'),
    ("eventTime", '"{when}"'), ("currency", '"USD"'), ("sid", '"spring-newsletter"'),
    ("coupon", '"SAVE10"'), ("discount", "5.00"),
    ("items", '[{{{sku}: "S%(n)d", {unit}: 19.99, {many}: 2}}, {{{sku}: "S7", {unit}: 5.25, {many}: 1}}]'),
)  # fmt: skip


def _order(plan: Plan, ids: bytes, number: int) -> bytes:
    return _template(plan) % {b"ids": ids, b"n": number}


_templates: dict[bool, bytes] = {}


def _template(plan: Plan) -> bytes:
    if plan.literals not in _templates:
        quote = "" if plan.literals else '"'
        names = {"sku": "sku", "unit": "unitPrice", "many": "quantity"}
        quoted = {each: f"{quote}{name}{quote}" for each, name in names.items()}
        fields = ", ".join(
            f"{quote}{name}{quote}: "
            + value.format(enterprise=plan.enterprise, tracker=plan.tracker, when=_WHEN, **quoted)
            for name, value in _FIELDS
        )
        _templates[plan.literals] = f"{{{fields}}}".encode()
    return _templates[plan.literals]


# ── the client ────────────────────────────────────────────────────────────────────────────────────────


class _Line:
    """One kept connection: what it has still to send, and the answer on its way in."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.request = b""
        self.to_send = memoryview(b"")
        self.received = b""
        self.pieces: list[bytes] = []
        self.missing = -1
        self.due_at = 0.0
        self.is_busy = self.is_last = False

    def begin(self, request: bytes, due_at: float) -> None:
        self.request = request
        self.to_send = memoryview(request)
        self.due_at = due_at
        self.is_busy = True
        self.send()

    def send(self) -> None:
        """One piece; who is cut off may have an answer all the same, so that reading tells."""
        try:
            self.to_send = self.to_send[self.socket.send(self.to_send[:PIECE_BYTES]) :]
        except BlockingIOError:
            return
        except ConnectionError:
            self.to_send = memoryview(b"")

    def answer(self) -> bytes | None:
        """The whole answer if it is there. Raises ConnectionError when there will be none."""
        try:
            piece = self.socket.recv(1 << 20)
        except BlockingIOError:
            return None
        if not piece:
            raise ConnectionError
        if self.missing >= 0:
            self.pieces.append(piece)
            self.missing -= len(piece)
        else:
            self.received += piece
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return None
            head = self.received[: end + 2].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 : head.find(b"\r\n", at)])
            self.is_last = b"\r\nconnection: close\r\n" in head
            self.missing = end + 4 + length - len(self.received)
        if self.missing > 0:
            return None
        whole = b"".join((self.received, *self.pieces))
        self.received, self.pieces, self.missing = b"", [], -1
        self.is_busy = False
        return whole


class _Client:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._made = requests_of(plan)
        self._refused: deque[bytes] = deque()
        self._poll = select.epoll()
        self._lines: dict[int, _Line] = {}
        self._idle: deque[_Line] = deque()
        self.answers: Counter[str] = Counter()
        self.sent = self.accepted = self.lost = self.never_sent = 0
        self.took: list[float] = []
        self.longest_refusal = 0.0
        self.by_second: Counter[int] = Counter()
        for _ in range(min(plan.connections, CONNECTIONS_MAX)):
            self._connect()

    def _connect(self) -> None:
        line = _Line(self._plan.port)
        self._lines[line.socket.fileno()] = line
        self._poll.register(line.socket.fileno(), select.EPOLLIN)
        self._idle.append(line)

    def run(self) -> float:
        self.began = time.perf_counter()
        end = self.began + min(self._plan.seconds, SECONDS_MAX)
        interval = 1 / self._plan.rate if self._plan.rate else 0
        due = self.began
        while (now := time.perf_counter()) < end:
            while self._idle and (not interval or due <= now):
                request = self._next_request()
                if request is None:
                    end = now
                    break
                self._begin(self._idle.popleft(), request, due if interval else time.perf_counter())
                due += interval
            patience = min(end - now, max(0.0, due - now) if interval and self._idle else 0.1)
            self._look(max(0.0, patience))
        over = time.perf_counter()
        self.never_sent = max(0, int((over - due) / interval)) if interval else 0
        while any(line.is_busy for line in self._lines.values()):
            if time.perf_counter() > over + LAST_ANSWERS_S:
                break
            self._look(0.1)
        self.lost += sum(line.is_busy for line in self._lines.values())
        return over - self.began

    def _next_request(self) -> bytes | None:
        # A large request that was refused left nothing behind: it is sent again, and none is made for it.
        return self._refused.popleft() if self._refused else next(self._made, None)

    def _begin(self, line: _Line, request: bytes, due_at: float) -> None:
        self.sent += 1
        try:
            line.begin(request, due_at)
        except OSError:
            self._replace(line)
            return
        if line.to_send:
            self._watch(line)

    def _watch(self, line: _Line) -> None:
        number = line.socket.fileno()
        self._poll.modify(number, select.EPOLLIN | (select.EPOLLOUT if line.to_send else 0))

    def _look(self, patience: float) -> None:
        for number, what in self._poll.poll(patience):
            line = self._lines.get(number)
            if line is None:
                continue
            try:
                if what & ~select.EPOLLOUT and (whole := line.answer()) is not None:
                    self._count(line, whole)
                if what & select.EPOLLOUT and line.to_send:
                    line.send()
                    if not line.to_send:
                        self._watch(line)
                        self._free(line)
            except OSError:
                self._replace(line)

    def _count(self, line: _Line, whole: bytes) -> None:
        now = time.perf_counter()
        status = whole[9:12].decode()
        is_accepted = b'"submissionId"' in whole
        kind = "accepted" if is_accepted else whole[whole.find(b"\r\n\r\n") + 4 :][:80].decode("latin-1")
        self.answers[f"{status} {kind}"] += 1
        took = now - line.due_at
        if is_accepted:
            self.accepted += 1
            self.took.append(took)
            self.by_second[int(now - self.began)] += 1
        else:
            self.longest_refusal = max(self.longest_refusal, took)
            if len(line.request) > PIECE_BYTES:
                self._refused.append(line.request)
        self._free(line)

    def _free(self, line: _Line) -> None:
        if line.is_busy:
            return
        if line.is_last:
            # Nobody reads what is still to be sent.
            line.to_send = memoryview(b"")
            self._replace(line)
            return
        # Who keeps its connection has to send the rest of its body first.
        if not line.to_send:
            self._idle.append(line)

    def _replace(self, line: _Line) -> None:
        self.lost += line.is_busy
        if line in self._idle:
            self._idle.remove(line)
        del self._lines[line.socket.fileno()]
        line.socket.close()
        self._connect()


def _outcome(plan: Plan) -> Outcome:
    client = _Client(plan)
    seconds = client.run()
    took = sorted(client.took) or [0.0]

    def at(share: float) -> float:
        return round(1000 * took[min(len(took) - 1, int(share * len(took)))], 2)

    times = os.times()
    return Outcome(
        seconds=round(seconds, 2),
        sent=client.sent,
        accepted=client.accepted,
        accepted_a_second=round(client.accepted / seconds, 1),
        answers=dict(client.answers),
        lost=client.lost,
        never_sent=client.never_sent,
        p50=at(0.5),
        p90=at(0.9),
        p99=at(0.99),
        longest=at(1.0),
        longest_refusal=round(1000 * client.longest_refusal, 2),
        by_second=[client.by_second[n] for n in range(int(seconds) + 1)],
        cpu_s=round(times.user + times.system, 2),
    )


def main() -> int:
    """Sends one plan and prints what came of it as JSON."""
    parser = argparse.ArgumentParser(description="Send orders to a server on loopback and count the answers.")
    parser.add_argument("--plan", help="read the whole plan as JSON from standard input: -")
    for name, default in Plan._field_defaults.items():
        kind = str if isinstance(default, str) else float if isinstance(default, float) else type(default)
        if name == "literals":
            parser.add_argument("--variables", dest=name, action="store_false", help="orders as variables")
            continue
        parser.add_argument(f"--{name}", type=float if name in ("seconds", "rate") else kind, default=default)
    parser.add_argument("--port", type=int)
    parser.add_argument("--token")
    given = vars(parser.parse_args())
    plan = Plan(**json.load(sys.stdin)) if given.pop("plan") else Plan(**given)
    print(json.dumps(_outcome(plan)._asdict()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
