"""Paging under load: readers follow the cursor while four processors post as fast as they can.

Owns that promise (D124): every record is seen exactly once, in the order of its id, by both sides. Leaves
what a page holds to tests/reporting. Next: documents.py for the orders.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

from tests.processes.book import Book
from tests.processes.conftest import StartServer
from tests.processes.documents import cancels, creates, document, restates
from tests.processes.running_server import RunningServer

BATCHES, ORDERS_A_BATCH = 24, 60
PAGE = 37
SECONDS = 25
QUERY = """{ %sCommissions(for%ss: "%s", sinceCommissionId: "%s") {
  count payloadComplete maxCommissionId records { commissionId orderId actionStatus } } }"""


def send(server: RunningServer, seeded: dict[str, Any], batch: int) -> int:
    """Creates a batch, restates every second and cancels every fifth order; how many records that makes."""
    ids = [f"LOAD-{batch}-{n}" for n in range(ORDERS_A_BATCH)]
    changed, ended = ids[::2], ids[::5]
    fields = (creates(seeded, ids), restates(*changed, amount="50.00"), cancels(*ended))
    reply = server.post("/graphql", seeded["tokens"]["advertiser"], document(*fields))
    assert len(ids) + len(changed) + len(ended) == len(reply.submission_ids), reply.body
    return len(ids) + 2 * len(changed) + 2 * len(ended)


def follow(
    server: RunningServer, token: str, side: str, company: str, is_decided: Event
) -> tuple[int, list[int]]:
    """Pages and ids, as a reader sees them who follows the cursor until everything has been decided."""
    pages, cursor = 0, "0"
    seen: list[int] = []
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        was_decided = is_decided.is_set()
        reply = server.post("/query", token, QUERY % (side, side.capitalize(), company, cursor))
        page = reply.json["data"][f"{side}Commissions"]
        pages += 1
        seen += [int(each["commissionId"]) for each in page["records"]]
        cursor = page["maxCommissionId"] or cursor
        if was_decided and page["payloadComplete"]:
            break
    return pages, seen


def test_a_reader_by_cursor_sees_every_record_once(
    start: StartServer, seeded: dict[str, Any], data_dir: Path
) -> None:
    """While four processors post, two readers miss nothing and get nothing twice."""
    server = start("--processors", "4", page_records_max=str(PAGE))
    tokens = seeded["tokens"]
    is_decided = Event()
    begin = time.monotonic()
    with Book(data_dir) as book, ThreadPoolExecutor(max_workers=4) as people:
        readers = [
            people.submit(follow, server, tokens["advertiser"], "advertiser", "5500001", is_decided),
            people.submit(follow, server, tokens["publisher_b"], "publisher", "7700002", is_decided),
        ]
        writers = [people.submit(send, server, seeded, batch) for batch in range(BATCHES)]
        expected = sum(writer.result() for writer in writers)
        book.wait_decided(SECONDS)
        is_decided.set()
        (pages, seen), (_, seen_by_publisher) = (reader.result() for reader in readers)
        posted = [row[0] for row in book.ask("SELECT commission_id FROM commission_record ORDER BY 1")]
        processors = book.ask("SELECT count(*) FROM posting WHERE mode = 'live'")[0][0]
    took = time.monotonic() - begin
    print(f"{expected} records of {processors} postings read in {pages} pages, {took:.1f} s")  # noqa: T201

    assert expected == len(posted)
    assert posted == seen
    assert posted == seen_by_publisher
    assert SECONDS > took
