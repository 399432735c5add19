"""Bad tokens look alike: the same sentence, the same questions to the database, the same time. Items 1 and 2.

Owns the comparison. In the quick run what is asked is compared; how long it takes is for an idle machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from statistics import median
from time import perf_counter_ns

import pytest

from counterfoil.administration import revoke_token
from counterfoil.api.auth import Door
from counterfoil.clock import machine_now
from counterfoil.errors import Refusal
from counterfoil.store.facts import Networks
from counterfoil.store.pool import Pool
from counterfoil.tokens import TokenKind, make_token
from tests.desk import Desk

ROUNDS = 10_000
SPREAD_MAX = 0.05


@pytest.fixture
def connections(desk: Desk) -> Iterator[Pool]:
    """Connections of the serving role."""
    opened = Pool(desk.urls.server, name="door", size_max=1)
    yield opened
    opened.close()


def _unknown(desk: Desk) -> str:
    return make_token(TokenKind.LIVE, lambda number: bytes(range(number)))


def _revoked(desk: Desk) -> str:
    token = desk.shop_token()
    revoke_token(desk.connection, token.split("_")[2][:8], "tests")
    return token


def _expired(desk: Desk) -> str:
    token = desk.shop_token()
    desk.connection.execute(
        "UPDATE token SET expires_at = %s WHERE token_id = %s",
        (machine_now() - timedelta(days=1), token.split("_")[2][:8]),
    )
    return token


BAD: dict[str, Callable[[Desk], str]] = {"unknown": _unknown, "revoked": _revoked, "expired": _expired}


def test_bad_tokens_cost_the_same_questions(desk: Desk, connections: Pool) -> None:
    """Each is asked for once, in the same words, and gets the same refusal."""
    door = Door(connections, Networks())
    seen: dict[str, tuple[Refusal, int]] = {}
    for kind, make in BAD.items():
        token = make(desk)
        before = _questions(connections)
        answer = door.authenticate(f"Bearer {token}", "127.0.0.1")
        assert isinstance(answer, Refusal), kind
        seen[kind] = answer, _questions(connections) - before

    assert {1} == {asked for _, asked in seen.values()}, seen
    assert 1 == len({(refusal.code, refusal.message) for refusal, _ in seen.values()}), seen


def _questions(connections: Pool) -> int:
    """Reads of the table of tokens, index or not, as the database counts them."""
    with connections.connection() as connection:
        connection.execute("SELECT pg_stat_force_next_flush()")
        row = connection.execute(
            "SELECT coalesce(idx_scan, 0) + seq_scan FROM pg_stat_user_tables WHERE relname = 'token'"
        ).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.deep
def test_bad_tokens_take_the_same_time(desk: Desk, connections: Pool) -> None:
    """Over 10,000 rounds in turn the medians lie within a twentieth of each other."""
    door = Door(connections, Networks())
    headers = {kind: f"Bearer {make(desk)}" for kind, make in BAD.items()}
    took: dict[str, list[int]] = {kind: [] for kind in BAD}
    for _ in range(ROUNDS):
        for kind, header in headers.items():
            begin = perf_counter_ns()
            door.authenticate(header, "127.0.0.1")
            took[kind].append(perf_counter_ns() - begin)
    medians = [median(each) for each in took.values()]

    assert max(medians) <= min(medians) * (1 + SPREAD_MAX), dict(zip(took, medians, strict=True))
