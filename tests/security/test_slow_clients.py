"""Slow clients (R15): they are cut off, others are served meanwhile, a steady upload never suffers. Item 15.

Owns both sizes: twenty connections with short patience here, thousands and the product's own patience in the
deep run; and control 12, which takes the patience away. Next: slow.py.
"""

from __future__ import annotations

from functools import partial

import pytest

from counterfoil.api import connection, receiving
from tests.api.serving import House
from tests.processes.conftest import StartServer
from tests.security.slow import Clients, Pace, others, treated

QUICK = Pace(every_s=0.05, gone_s=4.0, upload_s=3.0)
PRODUCT = Pace(every_s=1.0, gone_s=75.0, upload_s=40.0)
"""A reader's time begins when its buffers are full; all others are gone in 30 s."""
FOR_EVER = 10_000.0


def _patience(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(connection, "HEAD_S", seconds)
    monkeypatch.setattr(connection, "TAKE_S", seconds / 4)
    monkeypatch.setattr(connection, "PIECE_BYTES_MAX", 0)
    monkeypatch.setattr(receiving, "IDLE_S", seconds)
    monkeypatch.setattr(receiving, "AVERAGE_FROM_S", seconds)


async def test_twenty_slow_clients_are_cut_and_harm_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Heads, bodies and readers that do not go on are given up; others and a steady upload are served."""
    _patience(monkeypatch, 1.0)
    clients = Clients(house.served().port, house.tokens["live"], 20, QUICK)
    faults, took = await treated(clients, partial(others, clients, 20, 0.02))

    assert ([], 20) == (faults, len(took))


async def test_control_12_without_patience_that_ends_it_is_seen(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the receive guard is taken away, slow clients stay, and the judge says so of each kind."""
    _patience(monkeypatch, FOR_EVER)
    clients = Clients(house.served().port, house.tokens["live"], 4, QUICK._replace(gone_s=1.0, upload_s=0.5))
    faults, _ = await treated(clients, partial(others, clients, 1))

    assert [f"a slow {kind} was not cut in 1.0 s" for kind in ("body", "head", "reader", "silence")] == faults


@pytest.mark.deep
@pytest.mark.parametrize("number", [200, 4_000])
async def test_many_slow_clients_are_cut_and_harm_nobody(
    start: StartServer, seeded: dict[str, dict[str, str]], number: int
) -> None:
    """With the product's own patience; others take less than twice as long as without them (p99)."""
    server = start(connections_max="6000", connections_address_max="6000")
    clients = Clients(server.port, seeded["tokens"]["advertiser"], number, PRODUCT)
    alone = sorted(each for each in await others(clients, 400) if each is not None)
    faults, took = await treated(clients, partial(others, clients, 400, 0.1))
    took.sort()

    assert ([], 400) == (faults, len(took))
    assert took[-4] < max(2 * alone[-4], 0.1), f"alone {alone[-4]:.3f} s, then {took[-4]:.3f} s"
    assert "request_failed" not in server.output
