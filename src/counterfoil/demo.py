"""The demo: one command that starts everything, sends a first real order and shows what becomes of it.

Owns the walk of a newcomer's first minutes. Everything in it goes the way of any other client. Next:
seeding.py.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psycopg
from rich.console import Console
from rich.text import Text

from counterfoil import app, serving
from counterfoil.clock import monotonic
from counterfoil.seeding import seed_demo
from counterfoil.settings import Settings
from counterfoil.store import feed, log, reference

Say = Callable[[str], None]
READY_S = 30
POSTED_S = 10
LOOK_S = 0.2
AWAY_S = 1.0
LINES_MAX = 20
"""So many events in one look are told one by one; more are counted."""

_STYLES = {"posted": "green", "restated": "green", "cancelled": "green", "rejected": "red", "held": "yellow"}


def say_in_colour(sentence: str) -> None:
    """Tells the person at the terminal: headings bold, events coloured, nothing of that in a pipe."""
    # Lines that are to be copied must not be broken, so the console never wraps.
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    for line in sentence.split("\n"):
        first = line.partition(" ")[0]
        style = "bold" if line.endswith(":") else "dim" if first == "#" else ""
        text = Text(line, style)
        if first in _STYLES:
            text.stylize(_STYLES[first], 0, len(first))
        console.print(text)
    # Someone may read along through a pipe.
    sys.stdout.flush()


def run(settings: Settings, *, clock: datetime | None = None, say: Say = say_in_colour) -> None:
    """What `counterfoil demo` does: serves the demo network until it is interrupted.

    Raises what `serving.serve` raises.
    """
    origins = {**settings.origins, "introspection": "demo"}
    # The demo tells what happens in words of its own.
    level = settings.log_level if "log_level" in settings.origins else "warning"
    origins.setdefault("log_level", "demo")
    opened = replace(settings, introspection="open", log_level=level, origins=origins)

    def started(reached: app.Database, stop: Event) -> None:
        with reached.connect("seed") as connection:
            connection.autocommit = True
            seeded = seed_demo(connection)
        Thread(target=_walk, args=(opened, reached, seeded, stop, say), name="walk", daemon=True).start()

    serving.serve(opened, clock=clock, started=started)


def seed(settings: Settings) -> dict[str, Any]:
    """What `counterfoil seed-demo` does."""
    with app.administering(settings) as connection:
        return seed_demo(connection)


def _walk(settings: Settings, reached: app.Database, seeded: dict[str, Any], stop: Event, say: Say) -> None:
    """Waits until the server answers, sends the first order, shows it and the lines to go on."""
    client = _Client(settings.host, settings.port, seeded["tokens"]["advertiser"])
    if not _until(client.is_ready, READY_S, stop):
        if not stop.is_set():
            say(f"The server did not get ready within {READY_S} s; its log above says why.")
        return
    with reached.connect("feed") as connection:
        connection.autocommit = True
        number = log.head(connection).submission_number + 1
        now, is_sandbox = reference.read_clock(connection)
    when = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    say(f"\nCounterfoil demo on {serving.address_of(settings)}:")
    say(f"  data directory   {settings.data_dir.resolve()}")
    if is_sandbox:
        say(f"  clock            stands at {when}")
    _send_first(client, seeded, f"DEMO-{number}", when, stop, say)
    # Noted before the lines are shown: what comes of them is told, however quickly someone pastes.
    with reached.connect("feed") as connection:
        accepted, told = log.head(connection).submission_number, feed.latest(connection)
    _say_ids(seeded, say)
    say(_lines_to_go_on(settings, seeded, f"DEMO-{number + 1}", when))
    say(_commands(settings, is_sandbox=is_sandbox))
    _watch(reached, accepted, told, stop, say)


def _send_first(
    client: _Client, seeded: dict[str, Any], order_id: str, when: str, stop: Event, say: Say
) -> None:
    publisher = seeded["publishers"]["b"]["company_id"]
    try:
        told = client.create(seeded, order_id, when)
        say(f"  first order      {order_id}, 140.00 USD, {told}")
        if _until(lambda: bool(client.commissions(order_id)), POSTED_S, stop):
            earned = _plain(client.commissions(order_id)[0])
            say(f"  commission       {earned} USD (6 %) for publisher {publisher}, posted")
        elif not stop.is_set():
            say(f"  commission       not posted within {POSTED_S} s; it will be told below")
    except (OSError, HTTPException, ValueError) as error:
        say(f"  first order      {order_id} got no answer: {error}")


def _say_ids(seeded: dict[str, Any], say: Say) -> None:
    a, b = seeded["publishers"]["a"], seeded["publishers"]["b"]
    trackers = seeded["action_trackers"]
    say("\nIds to send orders with:")
    say(f"  enterprise       {seeded['enterprise_id']}")
    say("  action trackers  " + ", ".join(f"{number} {name}" for name, number in trackers.items()))
    say(f"  cjevent          {b['cjevent']} is a click of publisher {b['company_id']}")
    say(f"  cjevent          {a['cjevent']} is a click of publisher {a['company_id']}")
    say("\nTokens, shown this once (earlier ones stay valid):")
    for name, token in seeded["tokens"].items():
        say(f"  {name:<16} {token}")


def _until(holds: Callable[[], bool], seconds: float, stop: Event) -> bool:
    deadline = monotonic() + seconds
    while not stop.is_set() and monotonic() < deadline:
        if holds():
            return True
        stop.wait(0.05)
    return False


def _watch(reached: app.Database, accepted: int, told: int, stop: Event, say: Say) -> None:
    """What is accepted, and a line for each event, as it comes; also after the database was away."""
    while not stop.is_set():
        try:
            with reached.connect("feed") as connection:
                connection.autocommit = True
                while not stop.wait(LOOK_S):
                    number = log.head(connection).submission_number
                    if number > accepted:
                        say(f"accepted {number - accepted}")
                    accepted = number
                    happened = feed.after(connection, told, rows_max=10 * LINES_MAX)
                    for line in _told(happened):
                        say(line)
                    told = happened[-1].event_id if happened else told
        except psycopg.Error:
            stop.wait(AWAY_S)


def _told(happened: Sequence[feed.Happened]) -> list[str]:
    if len(happened) > LINES_MAX:
        return [f"{kind} {count} orders" for kind, count in Counter(each.kind for each in happened).items()]
    return [_line(each) for each in happened]


def _line(event: feed.Happened) -> str:
    earned = f"  commission {_plain(event.commission_usd)} USD" if event.commission_usd is not None else ""
    why = f"  {event.code}" if event.code else ""
    mode = "" if event.mode == "live" else f"  ({event.mode})"
    return f"{event.kind} {event.order_id}{earned}{why}{mode}"


def _plain(amount: Decimal) -> str:
    """At least two decimals; a third one only where there is one."""
    return f"{amount:.3f}".removesuffix("0")


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

    def create(self, seeded: dict[str, Any], order_id: str, when: str) -> str:
        """What became of the request, in words."""
        answer = self._graphql("/graphql", _create_document(seeded, order_id, when))
        orders = ((answer.get("data") or {}).get("createOrders") or {}).get("orders")
        return f"accepted as {orders[0]['submissionId']}" if orders else f"refused: {json.dumps(answer)}"

    def commissions(self, order_id: str) -> list[Decimal]:
        """What the records of the order earn, in USD; nothing while there is none."""
        records = "{ records { orderId pubCommissionAmountUsd } }"
        answer = self._graphql(
            "/query", f'{{ advertiserCommissions(forAdvertisers: ["5500001"]) {records} }}'
        )
        report = (answer.get("data") or {}).get("advertiserCommissions") or {"records": []}
        return [
            Decimal(each["pubCommissionAmountUsd"])
            for each in report["records"]
            if each["orderId"] == order_id
        ]

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


_KEY = 'enterpriseId: "{}", actionTrackerId: 401, orderId: "{}"'
_ANSWER = "{ orders { submissionId orderId } errors { message fields } }"


def _create_document(seeded: dict[str, Any], order_id: str, when: str) -> str:
    key = _KEY.format(seeded["enterprise_id"], order_id)
    return (
        f'mutation {{ createOrders(newOrders: [{{{key}, eventTime: "{when}", '
        f'cjEvent: "{seeded["publishers"]["b"]["cjevent"]}", amount: 140.00, currency: "USD"}}]) {_ANSWER} }}'
    )


def _restate_document(seeded: dict[str, Any], order_id: str, when: str) -> str:
    key = _KEY.format(seeded["enterprise_id"], order_id)
    return (
        f'mutation {{ restateOrders(restatedOrders: [{{{key}, updateTime: "{when}", amount: 99.00, '
        f'currency: "USD", correctionReason: ReturnedMerchandise}}]) {_ANSWER} }}'
    )


def _cancel_document(seeded: dict[str, Any], order_id: str, when: str) -> str:
    key = _KEY.format(seeded["enterprise_id"], order_id)
    return f'mutation {{ cancelOrders(cancelledOrders: [{{{key}, updateTime: "{when}"}}]) {_ANSWER} }}'


_REPORT = (
    '{ publisherCommissions(forPublishers: ["7700002"]) { count records { commissionId orderId original '
    "saleAmountUsd pubCommissionAmountUsd actionStatus lockingDate } } }"
)


def _lines_to_go_on(settings: Settings, seeded: dict[str, Any], order_id: str, when: str) -> str:
    advertiser, publisher = seeded["tokens"]["advertiser"], seeded["tokens"]["publisher_b"]

    def curl(path: str, token: str, document: str) -> str:
        address = f"{serving.address_of(settings)}{path}"
        return f"curl -s {address} -H 'Authorization: Bearer {token}' -d '{document}'"

    lines = ["\nGo on in another terminal; what becomes of it is told here:"]
    for told, line in (
        ("create an order", curl("/graphql", advertiser, _create_document(seeded, order_id, when))),
        ("restate it", curl("/graphql", advertiser, _restate_document(seeded, order_id, when))),
        ("cancel it", curl("/graphql", advertiser, _cancel_document(seeded, order_id, when))),
        ("read what the publisher sees", curl("/query", publisher, _REPORT)),
    ):
        lines += [f"# {told}", line, ""]
    return "\n".join(lines).rstrip("\n")


def _commands(settings: Settings, *, is_sandbox: bool) -> str:
    is_default = "data_dir" not in settings.origins
    option = "" if is_default else f" --data-dir {shlex.quote(str(settings.data_dir))}"
    program = _program()
    told = [("check every promise of the ledger", f"{program} ledger verify{option}")]
    if is_sandbox:
        told.append(("go on until the orders are locked", f"{program} clock advance 45d{option}"))
    exported = f"{program} network export{option} > network.toml"
    applied = f"{program} network apply network.toml{option}"
    told.append(("for your own network: export this one, change it, apply it", f"{exported}\n{applied}"))
    return "\n".join(f"\n# {sentence}\n{line}" for sentence, line in told) + "\n\nStop with Ctrl-C.\n"


def _program() -> str:
    """How the person at the terminal reaches our command: by its name if it is on the path."""
    if shutil.which("counterfoil") is not None:
        return "counterfoil"
    return shlex.quote(os.path.relpath(Path(sys.executable).parent / "counterfoil"))
