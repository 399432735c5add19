"""The load of a soak: every kind of request, paced, over one kept connection a client.

Owns what is sent and in which shares. Counts answers, judges none. Next: verdict.py.
"""

from __future__ import annotations

import json
import random
from collections import Counter, deque
from http.client import HTTPConnection, HTTPException
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlencode

from tests.processes import documents

BATCH = 20
REMEMBERED = 2_000
SHARES = {
    "create": 40,
    "batch": 20,
    "restate": 15,
    "cancel": 5,
    "report": 8,
    "look up": 6,
    "export": 2,
    "bad": 4,
}
"""Of a hundred requests, so many are of each kind."""
MANY = (
    "mutation($o: [OrderCreateRequest!]!) "
    "{ createOrders(newOrders: $o) { orders { submissionId } errors { message } } }"
)
BAD = ("{", "{ nothing }", "{a" * 100, '{"query": 1}', "[]", "mutation { createOrders { a } }")


class Client(Thread):
    """One caller that sends so many requests a second until it is told to stop."""

    def __init__(self, port: int, seeded: dict[str, Any], rate: float, seed: int, stop: Event) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._seeded = seeded
        self._every_s = 1 / rate
        self._choose = random.Random(seed)
        self._stop_asked = stop
        self._name = f"SOAK-{seed}"
        self._sent = 0
        self._known: deque[str] = deque(maxlen=REMEMBERED)
        self.answers: Counter[str] = Counter()
        self.submissions = 0

    def run(self) -> None:
        """Sends at its pace; who falls behind does not catch up."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        due = monotonic()
        while not self._stop_asked.is_set():
            kind = self._choose.choices(list(SHARES), list(SHARES.values()))[0]
            try:
                self.answers[f"{kind} {self._ask(connection, kind)}"] += 1
            except (OSError, HTTPException) as error:
                self.answers[f"{kind} {type(error).__name__}"] += 1
                connection.close()
            due = max(due + self._every_s, monotonic() - self._every_s)
            sleep(max(0.0, due - monotonic()))
        connection.close()

    def _ask(self, connection: HTTPConnection, kind: str) -> int:
        if kind == "export":
            asked = urlencode({"sinceCommissionId": "0", "format": "csv", "fields": "commissionId"})
            connection.request(
                "GET", f"/export/commissions?{asked}&beforePostingDate=2020-01-01", None, self._head
            )
        else:
            path = "/query" if kind == "report" else "/graphql"
            connection.request("POST", path, self._body(kind).encode(), self._head)
        answer = connection.getresponse()
        body = answer.read()
        self.submissions += (
            body.count(b'"submissionId"') if kind in ("create", "batch", "restate", "cancel") else 0
        )
        return answer.status

    @property
    def _head(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._seeded['tokens']['advertiser']}"}

    def _new(self) -> str:
        self._sent += 1
        self._known.append(f"{self._name}-{self._sent}")
        return self._known[-1]

    def _old(self) -> str:
        return self._choose.choice(self._known) if self._known else self._new()

    def _body(self, kind: str) -> str:
        match kind:
            case "create":
                return documents.create(self._seeded, self._new())
            case "batch":
                orders = [
                    {
                        "enterpriseId": "1500001",
                        "actionTrackerId": 401,
                        "orderId": self._new(),
                        "amount": "20.00",
                        "currency": "USD",
                        "cjEvent": self._seeded["publishers"]["a"]["cjevent"],
                    }
                    for _ in range(BATCH)
                ]
                return json.dumps({"query": MANY, "variables": {"o": orders}})
            case "restate":
                return documents.document(documents.restates(self._old(), amount="50.00"))
            case "cancel":
                return documents.document(documents.cancels(self._old()))
            case "report":
                return documents.ADVERTISER_REPORT
            case "look up":
                key = f'enterpriseId: "1500001", actionTrackerId: 401, orderId: "{self._old()}"'
                return f"{{ order({key}) {{ submissions {{ state }} }} }}"
            case _:
                return self._choose.choice(BAD)
