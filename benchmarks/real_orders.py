"""Real orders: every purchase of a music shop goes through a server, and every amount is compared.

Owns the whole walk: a server in a fresh data directory, `counterfoil send`, reading the report, adding up.
Reckons what must come out from the file alone. Next: examples/README.md for where the orders come from.

    python benchmarks/real_orders.py [--limit N] [--processors N] [--keep]
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

ORDERS = Path(__file__).resolve().parents[1] / "examples" / "cdnow_purchases.csv"

RATE = Fraction(8, 100)
"""What publisher A earns on tracker 401 of the demo network."""

FEE = Fraction(10, 100)
"""What the network takes of the commission, from the advertiser."""

READY_S = 60
IDLE_S = 60
"""How long the server may stand still before it counts as stuck."""

PAGE = """query($advertiser: [String!]!, $after: String) {
  advertiserCommissions(forAdvertisers: $advertiser, sinceCommissionId: $after) {
    count payloadComplete maxCommissionId
    records { orderId original publisherId saleAmountUsd pubCommissionAmountUsd advCommissionAmountUsd }
  } }"""


class Figures(NamedTuple):
    """What one order, or all of them, come to, in USD."""

    sale: Fraction
    commission: Fraction
    cost: Fraction


NOTHING = Figures(Fraction(0), Fraction(0), Fraction(0))


def main() -> int:
    """Runs the walk; 0 when every figure is right, 1 on any difference."""
    arguments = _arguments()
    expected = expected_figures(arguments.limit)
    place = Path(tempfile.mkdtemp(prefix="counterfoil-real-orders-"))
    # The embedded database may run under another account, which has to pass through.
    place.chmod(0o711)
    try:
        with _server(place, arguments.processors) as port:
            return _walk(place, port, expected, arguments.limit)
    finally:
        if arguments.keep:
            print(f"kept: {place}")
        else:
            shutil.rmtree(place, ignore_errors=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Send real orders to a fresh server and check every amount.")
    parser.add_argument("--limit", type=int, help="only the first so many orders")
    parser.add_argument("--processors", type=int, default=1, help="processes that decide and post")
    parser.add_argument("--keep", action="store_true", help="leave the data directory where it is")
    return parser.parse_args()


def expected_figures(limit: int | None) -> dict[str, Figures]:
    """What must come out for each order, from the file and the two rates alone."""
    numbers: defaultdict[str, int] = defaultdict(int)
    figures: dict[str, Figures] = {}
    with ORDERS.open(encoding="utf-8", newline="") as file:
        for row in islice(csv.DictReader(file), limit):
            head = f"CDN-{row['customer_id']}-{row['date']}"
            numbers[head] += 1
            sale = Fraction(row["amount_usd"])
            commission = thousandths(RATE * sale)
            cost = -(commission + thousandths(FEE * commission))
            figures[f"{head}-{numbers[head]}"] = Figures(sale, commission, cost)
    return figures


def thousandths(amount: Fraction) -> Fraction:
    """Rounded to three decimals, ties toward zero; amounts here are not negative."""
    whole, rest = divmod(amount.numerator * 1000, amount.denominator)
    return Fraction(whole + (rest * 2 > amount.denominator), 1000)


@contextmanager
def _server(place: Path, processors: int) -> Iterator[int]:
    port = _free_port()
    log = (place / "serve.log").open("wb")
    process = subprocess.Popen(
        [
            *_COUNTERFOIL,
            "serve",
            "--data-dir",
            place / "data",
            "--port",
            str(port),
            "--processors",
            str(processors),
        ],
        stderr=log,
        stdout=log,
    )
    try:
        _wait_until_it_listens(port, process, place / "serve.log")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


_COUNTERFOIL = [sys.executable, "-m", "counterfoil"]


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _wait_until_it_listens(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
            continue
        connection.close()
        return
    raise SystemExit(f"The server did not start:\n{log.read_text()}")


def _walk(place: Path, port: int, expected: dict[str, Figures], limit: int | None) -> int:
    seed = _answer_of("seed-demo", "--json", "--data-dir", str(place / "data"))
    begun = time.monotonic()
    sent = _send(place, port, seed, limit)
    accepted_s = time.monotonic() - begun
    records = _all_records(port, seed, len(expected))
    decided_s = time.monotonic() - begun
    faults = differences(expected, records, seed["publishers"]["a"]["company_id"])
    _print_table(expected, records, sent, accepted_s, decided_s)
    for fault in faults[:10]:
        print(f"DIFFERENCE  {fault}")
    print("every figure is right" if not faults else f"{len(faults)} differences")
    return 1 if faults else 0


def _send(place: Path, port: int, seed: dict[str, Any], limit: int | None) -> dict[str, Any]:
    token = place / "token"
    token.write_text(seed["tokens"]["advertiser"])
    publisher = seed["publishers"]["a"]
    return _answer_of(
        "send", str(ORDERS), "--json",
        "--url", f"http://127.0.0.1:{port}/graphql",
        "--token-file", str(token),
        "--enterprise-id", seed["enterprise_id"],
        "--action-tracker-id", str(seed["action_trackers"]["simple_sale"]),
        "--ad-id", str(publisher["ad_id"]),
        "--property-id", str(publisher["website_id"]),
        "--currency", "USD",
        "--map", "amount=amount_usd",
        "--map", "event_time=date",
        "--map", "order_id=CDN-{customer_id}-{date}-{n}",
        "--batch-size", "2000",
        "--concurrency", "2",
        "--state", str(place / "send-state.json"),
        *(["--limit", str(limit)] if limit else []),
    )  # fmt: skip


def _answer_of(*command: str) -> dict[str, Any]:
    """The object that a command of ours prints; its words on stderr go through."""
    done = subprocess.run([*_COUNTERFOIL, *command], stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise SystemExit(f"counterfoil {command[0]} ended with {done.returncode}: {done.stdout.decode()}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _all_records(port: int, seed: dict[str, Any], wanted: int) -> list[dict[str, Any]]:
    """Pages through the report until all orders are decided, or nothing moves any more."""
    records: list[dict[str, Any]] = []
    after = "0"
    moved = time.monotonic()
    while len(records) < wanted and time.monotonic() - moved < IDLE_S:
        page = _page(port, seed, after)
        records += page["records"]
        if page["count"]:
            after, moved = page["maxCommissionId"], time.monotonic()
        if page["payloadComplete"] and len(records) < wanted:
            time.sleep(0.1)
    # One look further: more records than orders would be a fault too.
    records += _page(port, seed, after)["records"]
    return records


def _page(port: int, seed: dict[str, Any], after: str) -> dict[str, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    asked = {"query": PAGE, "variables": {"advertiser": [seed["advertiser_id"]], "after": after}}
    connection.request(
        "POST",
        "/query",
        json.dumps(asked),
        {"Authorization": f"Bearer {seed['tokens']['advertiser']}", "Content-Type": "application/json"},
    )
    answer = json.loads(connection.getresponse().read())
    connection.close()
    if "errors" in answer:
        raise SystemExit(f"The report refused: {answer['errors']}")
    page: dict[str, Any] = answer["data"]["advertiserCommissions"]
    return page


def differences(expected: dict[str, Figures], records: list[dict[str, Any]], publisher: str) -> list[str]:
    """Every order that is missing, there twice, someone else's, or of another amount; then the sums."""
    faults: list[str] = []
    seen: set[str] = set()
    for record in records:
        order = record["orderId"]
        wanted = expected.get(order)
        if wanted is None or order in seen:
            faults.append(f"{order}: {'there twice' if order in seen else 'never sent'}")
            continue
        seen.add(order)
        if (got := figures_of(record)) != wanted:
            faults.append(f"{order}: expected {told(wanted)}, got {told(got)}")
        if record["publisherId"] != publisher or not record["original"]:
            faults.append(f"{order}: publisher {record['publisherId']}, original {record['original']}")
    faults += [f"{order}: missing" for order in expected if order not in seen]
    if (got := total(map(figures_of, records))) != (wanted := total(expected.values())):
        faults.append(f"all: expected {told(wanted)}, got {told(got)}")
    return faults


def figures_of(record: dict[str, Any]) -> Figures:
    """The figures of a record of the report."""
    return Figures(
        Fraction(record["saleAmountUsd"]),
        Fraction(record["pubCommissionAmountUsd"]),
        Fraction(record["advCommissionAmountUsd"]),
    )


def total(all_figures: Any) -> Figures:
    """The exact sums."""
    sums = NOTHING
    for each in all_figures:
        sums = Figures(sums.sale + each.sale, sums.commission + each.commission, sums.cost + each.cost)
    return sums


def told(figures: Figures) -> str:
    """Sale, commission and cost as decimals."""
    return " / ".join(_plain(each) for each in figures)


def _plain(amount: Fraction) -> str:
    return str(Decimal(amount.numerator) / Decimal(amount.denominator))


def _print_table(
    expected: dict[str, Figures],
    records: list[dict[str, Any]],
    sent: dict[str, Any],
    accepted_s: float,
    decided_s: float,
) -> None:
    wanted, got = total(expected.values()), total(map(figures_of, records))
    rows = [
        ("", "expected", "reported"),
        ("orders", f"{len(expected):,}", f"{len(records):,}"),
        ("sale USD", _plain(wanted.sale), _plain(got.sale)),
        ("commission USD", _plain(wanted.commission), _plain(got.commission)),
        ("advertiser's cost USD", _plain(wanted.cost), _plain(got.cost)),
        ("", "seconds", "orders/s"),
        ("accepted", f"{accepted_s:.1f}", f"{sent['accepted'] / accepted_s:,.0f}"),
        ("decided and read back", f"{decided_s:.1f}", f"{len(records) / decided_s:,.0f}"),
    ]
    for label, first, second in rows:
        print(f"{label:<22} {first:>16} {second:>16}")


if __name__ == "__main__":
    sys.exit(main())
