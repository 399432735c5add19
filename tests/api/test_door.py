"""The door: callers who keep coming are known without a question, and never for longer than a second.

Owns the age of what is known. Next: api/auth.py.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from counterfoil.administration import revoke_token
from counterfoil.api.auth import CACHE_S, Door
from counterfoil.store.facts import Networks
from counterfoil.store.pool import Pool
from counterfoil.tokens import Caller
from tests.desk import Desk

STEP_S = 0.02


@pytest.fixture
def header(desk: Desk) -> str:
    """What a shop sends with each request."""
    return "Bearer " + desk.shop_token()


@pytest.fixture
def door(desk: Desk) -> Iterator[Door]:
    """A door with a connection of its own."""
    pool = Pool(desk.urls.server, name="door", size_max=1)
    yield Door(pool, Networks())
    pool.close()


def test_who_keeps_calling_stays_known(door: Door, header: str) -> None:
    """Known once, a caller that calls on is known at every call, for longer than one answer lasts."""
    assert isinstance(door.authenticate(header, "127.0.0.1"), Caller)

    until = time.monotonic() + 2 * CACHE_S
    while time.monotonic() < until:
        assert isinstance(door.known(header, "127.0.0.1"), Caller)
        time.sleep(STEP_S)


def test_a_revoked_token_is_known_no_longer_than_a_second(door: Door, header: str, desk: Desk) -> None:
    """Calling all the time does not keep a token alive."""
    assert isinstance(door.authenticate(header, "127.0.0.1"), Caller)
    revoke_token(desk.connection, header.split("_")[2][:8], "tests")
    begin = time.monotonic()
    while isinstance(door.known(header, "127.0.0.1"), Caller):
        time.sleep(STEP_S)

    assert time.monotonic() - begin < CACHE_S + 10 * STEP_S
    assert not isinstance(door.authenticate(header, "127.0.0.1"), Caller)
