"""The first order: from a request on the wire to what both sides read."""

from __future__ import annotations

from typing import Any

from tests.processes.documents import ADVERTISER_REPORT, PUBLISHER_REPORT, create
from tests.processes.running_server import RunningServer, until

SEEN_S = 5


def _commissions(server: RunningServer, token: str, report: str, order_id: str) -> list[str]:
    field = next(iter(server.post("/query", token, report).json["data"].values()))
    return [each["pubCommissionAmountUsd"] for each in field["records"] if each["orderId"] == order_id]


def test_an_order_becomes_a_commission_that_both_sides_read(
    shared: RunningServer, seeded: dict[str, Any]
) -> None:
    """An order that was accepted is in the advertiser's and in the publisher's report moments later."""
    tokens = seeded["tokens"]
    reply = shared.post("/graphql", tokens["advertiser"], create(seeded, "FIRST-1"))
    assert 200 == reply.status
    assert 1 == len(reply.submission_ids)

    took = until(
        lambda: _commissions(shared, tokens["advertiser"], ADVERTISER_REPORT, "FIRST-1") != [],
        "the advertiser's report",
        SEEN_S,
    )
    print(f"posted and read {took:.2f} s after it was accepted")  # noqa: T201 - shown by `pytest -rP`

    assert ["6"] == _commissions(shared, tokens["advertiser"], ADVERTISER_REPORT, "FIRST-1")
    assert ["6"] == _commissions(shared, tokens["publisher_b"], PUBLISHER_REPORT, "FIRST-1")
    assert [] == _commissions(
        shared,
        tokens["publisher_a"],
        PUBLISHER_REPORT.replace("7700002", "7700001"),
        "FIRST-1",
    )
