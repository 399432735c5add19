"""The demo: one command that starts everything, sends a first real order and shows what becomes of it.

Owns the walk of a newcomer's first minutes. Everything in it goes the way of any other client. Next: seeding.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psycopg

from counterfoil import app
from counterfoil.clock import monotonic
from counterfoil.seeding import seed_demo
from counterfoil.settings import Settings
from counterfoil.store import feed, log, reference

Say = Callable[[str], None]
READY_S = 30
POSTED_S = 10
LOOK_S = 0.3


def run(settings: Settings, *, clock: datetime | None = None, say: Say = print) -> None:
    """What `counterfoil demo` does: serves the demo network until it is interrupted.

    Raises what `app.serve` raises.
    """
    opened = replace(settings, introspection="open", origins={**settings.origins, "introspection": "demo"})

    def started(reached: app.Database, stop: Event) -> None:
        with reached.connect("seed") as connection:
            connection.autocommit = True
            seeded = seed_demo(connection)
        Thread(target=_walk, args=(opened, reached, seeded, stop, say), name="walk", daemon=True).start()

    say(f"Counterfoil demo, data directory {settings.data_dir.resolve()}")
    app.serve(opened, clock=clock, started=started)


def seed(settings: Settings) -> dict[str, Any]:
    """What `counterfoil seed-demo` does."""
    with app.database(settings, purpose="seed-demo") as reached, reached.connect("seed") as connection:
        connection.autocommit = True
        return seed_demo(connection)


def _walk(settings: Settings, reached: app.Database, seeded: dict[str, Any], stop: Event, say: Say) -> None:
    """Waits until the server answers, sends the first order, shows it and the lines to go on."""
    client = _Client(settings.host, settings.port, seeded["tokens"]["advertiser"])
    if not _until(client.is_ready, READY_S, stop):
        return
    with reached.connect("feed") as connection:
        connection.autocommit = True
        first = log.head(connection).submission_number + 1
        now, is_sandbox = reference.read_clock(connection)
        order_id = f"DEMO-{first}"
        told = client.create(seeded, order_id, "140.00", now.isoformat())
        say(
            f"Serving on http://{settings.host}:{settings.port}"
            + (f", clock {now.isoformat()}" if is_sandbox else "")
        )
        say("")
        say(f"First order   {order_id}, 140.00 USD, accepted as {told}")
        if _until(lambda: bool(client.commission(order_id)), POSTED_S, stop):
            earned = client.commission(order_id)[0]
            publisher = seeded["publishers"]["b"]["company_id"]
            say(f"Commission    {earned} USD for publisher {publisher}, posted")
        say(_lines_to_go_on(settings, seeded, f"DEMO-{first + 1}", now.isoformat(timespec="seconds")))
        _watch(connection, feed.latest(connection), stop, say)


def _until(holds: Callable[[], bool], seconds: float, stop: Event) -> bool:
    deadline = monotonic() + seconds
    while not stop.is_set() and monotonic() < deadline:
        if holds():
            return True
        stop.wait(0.05)
    return False


def _watch(connection: psycopg.Connection, last: int, stop: Event, say: Say) -> None:
    """A line for each event, as it comes."""
    while not stop.wait(LOOK_S):
        try:
            happened = feed.after(connection, last)
        except psycopg.Error:
            return
        for event in happened:
            last = event.event_id
            amount = (
                f"  commission {_plain(event.commission_usd)} USD" if event.commission_usd is not None else ""
            )
            why = f"  {event.code}" if event.code else ""
            mode = "" if event.mode == "live" else f"  ({event.mode})"
            say(f"{event.kind} {event.order_id}{amount}{why}{mode}")


def _plain(amount: object) -> str:
    return f"{amount:.2f}"


class _Client:
    """Speaks to the server as any client would."""

    def __init__(self, host: str, port: int, token: str) -> None:
        self._address = (host, port)
        self._token = token

    def is_ready(self) -> bool:
        try:
            return self._call("GET", "/health/ready", None)[0] == 200
        except (OSError, HTTPException):
            return False

    def create(self, seeded: dict[str, Any], order_id: str, amount: str, event_time: str) -> str:
        answer = self._graphql("/graphql", _create_document(seeded, order_id, amount, event_time))
        return str(answer["data"]["createOrders"]["orders"][0]["submissionId"])

    def commission(self, order_id: str) -> list[str]:
        document = '{ advertiserCommissions(forAdvertisers: ["5500001"]) { records { orderId pubCommissionAmountUsd } } }'
        records = self._graphql("/query", document)["data"]["advertiserCommissions"]["records"]
        return [str(each["pubCommissionAmountUsd"]) for each in records if each["orderId"] == order_id]

    def _graphql(self, path: str, document: str) -> dict[str, Any]:
        _, body = self._call("POST", path, document.encode())
        answer: dict[str, Any] = json.loads(body)
        return answer

    def _call(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        connection = HTTPConnection(*self._address, timeout=5)
        try:
            connection.request(method, path, body, {"Authorization": f"Bearer {self._token}"})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


def _create_document(seeded: dict[str, Any], order_id: str, amount: str, event_time: str) -> str:
    return (
        f'mutation {{ createOrders(newOrders: [{{enterpriseId: "{seeded["enterprise_id"]}", actionTrackerId: 401, '
        f'orderId: "{order_id}", eventTime: "{event_time}", cjEvent: "{seeded["publishers"]["b"]["cjevent"]}", '
        f'amount: {amount}, currency: "USD"}}]) {{ orders {{ submissionId orderId }} errors {{ message fields }} }} }}'
    )


def _lines_to_go_on(settings: Settings, seeded: dict[str, Any], order_id: str, now: str) -> str:
    key = f'enterpriseId: "{seeded["enterprise_id"]}", actionTrackerId: 401, orderId: "{order_id}"'
    rest = "{ orders { submissionId } errors { message fields } }"
    documents = {
        "create an order": _create_document(seeded, order_id, "140.00", now),
        "restate it": (
            f'mutation {{ restateOrders(restatedOrders: [{{{key}, updateTime: "{now}", amount: 99.00, '
            f'currency: "USD", correctionReason: ReturnedMerchandise}}]) {rest} }}'
        ),
        "cancel it": f'mutation {{ cancelOrders(cancelledOrders: [{{{key}, updateTime: "{now}"}}]) {rest} }}',
    }
    base = f"http://{settings.host}:{settings.port}"
    tokens = seeded["tokens"]

    def curl(path: str, token: str, document: str) -> str:
        return f"  curl -s {base}{path} -H 'Authorization: Bearer {token}' -d '{document}'"

    report = '{ publisherCommissions(forPublishers: ["7700002"]) { count records { commissionId orderId original saleAmountUsd pubCommissionAmountUsd actionStatus lockingDate } } }'
    lines = ["", "Tokens (shown here once, earlier ones stay valid)"]
    lines += [f"  {name:<16} {token}" for name, token in tokens.items()]
    lines += ["", "Go on, in another terminal:"]
    for name, document in documents.items():
        lines += [f"# {name}", curl("/graphql", tokens["advertiser"], document)]
    lines += ["# read what the publisher sees", curl("/query", tokens["publisher_b"], report)]
    where = "" if settings.data_dir == Path(".counterfoil") else f" --data-dir {settings.data_dir}"
    lines += ["", f"For your own network: counterfoil network export{where} > network.toml, change it, then"]
    lines += [f"counterfoil network apply network.toml{where}. Stop with Ctrl-C.", ""]
    return "\n".join(lines)
