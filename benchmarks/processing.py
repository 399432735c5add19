"""Processing: what deciding and posting an order costs, the processor's share and the database's apart.

Owns a backlog put into the log by intake alone, processors in processes of their own, and the sums that must
come out. Goes round HTTP: benchmarks/backlog.py measures with the server. Next: src/counterfoil/worker.py.

    python -m benchmarks.processing [--orders N] [--processors N] [--requests-of N] [--profile]
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import time
from collections.abc import Sequence
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.orders import Target, drawn, sums_of
from benchmarks.scratch import scratch_database
from counterfoil.intake import new_batch_id, prepared
from counterfoil.model.orders import Channel, Kind, Mode, NewOrder, SubmissionBatch
from counterfoil.store.connection import DatabaseUrls, connect
from counterfoil.worker import Worker
from tests.desk import BEGINNING, CLICK_B, NORTHWIND, Desk

CHUNK = 5_000
"""The setting's default."""

DRAWN = 10_000
AHEAD = 64
"""Requests that intake is given before the first of them is waited for."""

_FOUND = b"""
SELECT count(*), sum(record.sign * version.sale_usd), sum(record.sign * version.commission_usd)
FROM commission_record AS record
    JOIN order_version AS version USING (enterprise_id, original_action_id, version)
"""
_TICKS = os.sysconf("SC_CLK_TCK")


def measure(
    orders: int, processors: int, *, requests_of: int = 10_000, profile: bool = False
) -> dict[str, float]:
    """Lets so many processors decide a backlog of so many orders, on an embedded server of its own.

    Answers `orders_a_second`, from the moment all processors are ready to the last commit, and for one order
    the microseconds of CPU of the processors (`processor_us`) and of their sessions in the database
    (`database_us`). `requests_of` is the number of orders in a request. Raises AssertionError when the ledger
    does not hold every order with the sums that were drawn.
    """
    with scratch_database("processing") as scratch, Desk(scratch.urls) as desk:
        drawn_orders = drawn(DRAWN, Target(NORTHWIND, 402, CLICK_B, BEGINNING - timedelta(minutes=1)))
        numbers = [n % DRAWN for n in range(orders)]
        _accept(desk, [drawn_orders[n].fields for n in numbers], requests_of)
        found = _profiled(scratch.urls) if profile else _decided(scratch.urls, processors)
        expected = sums_of([drawn_orders[n] for n in numbers])
        ledger = desk.connection.execute(_FOUND).fetchone()
        assert (expected.orders, expected.sale, expected.commission) == ledger, (expected, ledger)
    return found


def _accept(desk: Desk, fields: Sequence[dict[str, Any]], requests_of: int) -> None:
    """Puts orders into the log as intake does, under ids of their own."""
    promised = []
    for begin in range(0, len(fields), requests_of):
        named = (
            {**each, "orderId": f"BENCH-{n:08}"}
            for n, each in enumerate(fields[begin : begin + requests_of], begin)
        )
        batch = SubmissionBatch(
            batch_id=new_batch_id(),
            mode=Mode.LIVE,
            channel=Channel.API,
            kind=Kind.CREATE,
            sender="bench",
            orders=tuple(msgspec.json.decode(json.dumps(each, default=str), type=NewOrder) for each in named),
        )
        promised.append(desk.intake.receive([prepared(batch)]))
        if len(promised) >= AHEAD:
            promised.pop(0).result(timeout=60)
    for receipt in promised:
        receipt.result(timeout=60)


def _decided(urls: DatabaseUrls, processors: int) -> dict[str, float]:
    spawning = get_context("spawn")
    said, go = spawning.Queue(), spawning.Event()
    children = [spawning.Process(target=_drain, args=(urls, said, go)) for _ in range(processors)]
    for child in children:
        child.start()
    for _ in children:
        said.get(timeout=60)
    begun = time.perf_counter()
    go.set()
    parts = [said.get(timeout=1800) for _ in children]
    seconds = time.perf_counter() - begun
    for child in children:
        child.join()
    orders, processor_s, database_s = map(sum, zip(*parts, strict=True))
    return {
        "orders_a_second": orders / seconds,
        "processor_us": processor_s / orders * 1e6,
        "database_us": database_s / orders * 1e6,
    }


def _drain(urls: DatabaseUrls, said: Any, go: Any) -> None:
    """In a process of its own: decides until nothing is left; says (orders, own CPU, the session's)."""
    connection = connect(urls.server, name="bench")
    session = connection.info.backend_pid
    worker = Worker(lambda: connection, chunk_max=CHUNK)
    said.put("ready")
    go.wait()
    begun, before = time.process_time(), _cpu_of(session)
    orders = worker.drain()
    said.put((orders, time.process_time() - begun, _cpu_of(session) - before))
    worker.close()


def _cpu_of(process: int) -> float:
    """Seconds of CPU that a process of this machine has used."""
    told = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / _TICKS


def _profiled(urls: DatabaseUrls) -> dict[str, float]:
    """One processor in this process, under the profiler: its figures are for comparing functions only."""
    worker = Worker(lambda: connect(urls.server, name="bench"), chunk_max=CHUNK)
    profiler = cProfile.Profile()
    begun = time.perf_counter()
    profiler.enable()
    orders = worker.drain()
    profiler.disable()
    seconds = time.perf_counter() - begun
    worker.close()
    pstats.Stats(profiler).sort_stats("tottime").print_stats(40)
    return {"orders_a_second": orders / seconds}


def main() -> int:
    """Measures with one processor and with several, and prints their ratio; sums that differ end it."""
    parser = argparse.ArgumentParser(description="Measure deciding and posting a backlog.")
    parser.add_argument("--orders", type=int, default=50_000, help="orders in the backlog")
    parser.add_argument("--processors", type=int, default=2, help="how many to compare with one")
    parser.add_argument("--requests-of", type=int, default=10_000, help="orders in a request")
    parser.add_argument("--profile", action="store_true", help="where one processor's time goes")
    told = parser.parse_args()
    if told.profile:
        measure(told.orders, 1, requests_of=told.requests_of, profile=True)
        return 0
    rates = []
    for processors in dict.fromkeys((1, told.processors)):
        found = measure(told.orders, processors, requests_of=told.requests_of)
        rates.append(found["orders_a_second"])
        print(
            f"{processors} processor(s): {rates[-1]:8,.0f} orders/s,"
            f" {found['processor_us']:6.1f} µs each in the processor, {found['database_us']:6.1f} in the"
            " database"
        )
    print(f"{rates[-1] / rates[0]:.2f} times one processor; every order is there once, and the sums agree")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
