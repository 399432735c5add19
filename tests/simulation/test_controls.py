"""Positive controls: each takes one guard away, and the simulation must part.

Owns the taking away, by a patch in this process; the product has no switch for it. Next: court.py and
store_world.py, which see it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import count
from typing import Any

import psycopg
import pytest
from msgspec.structs import replace
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from counterfoil import ledger, worker
from counterfoil.model.ledger import Line, Money3
from counterfoil.processing import creates
from counterfoil.rules import figures
from counterfoil.store import facts, log, posting, queries
from counterfoil.store.connection import DatabaseUrls
from tests.simulation.pure_world import pure_run
from tests.simulation.runs import run, store_world

STEPS = 1500
SEEDS = range(3)
IN_PLACE = pytest.mark.parametrize("guard", ["in place", "taken away"])


def _parts() -> list[str]:
    """How pure runs parted, up to the first that did."""
    for seed in SEEDS:
        if parted := pure_run(f"control.{seed}", STEPS)[2]:
            return [parted]
    return []


def test_with_every_guard_in_place_nothing_parts() -> None:
    """The same runs are green."""
    assert [] == _parts()


def test_7_money_in_floats_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """R1: a rounding that goes through a float parts from exact fractions."""
    monkeypatch.setattr(figures, "to_milli", lambda exact, _: Decimal(f"{float(exact):.3f}"))

    assert "records of" in _parts()[0] or "order" in _parts()[0]


def test_10_a_reversal_that_is_rounded_differently_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """I2: one unit more on what is taken back. In the store a reversal has no figures of its own."""
    real: Callable[..., Sequence[Line]] = ledger.change

    def differently(*given: Any) -> tuple[Line, ...]:
        reversal, correction = real(*given)
        amounts = reversal.version.pricing.amounts
        sale = Money3(adv=amounts.sale.adv + Decimal("0.001"), pub=amounts.sale.pub, usd=amounts.sale.usd)
        pricing = replace(reversal.version.pricing, amounts=replace(amounts, sale=sale))
        return replace(reversal, version=replace(reversal.version, pricing=pricing)), correction

    monkeypatch.setattr(ledger, "change", differently)

    assert "records of" in _parts()[0]


def test_5_every_create_as_a_new_order_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """R10: without the recognition of duplicates an order opens again and again."""
    monkeypatch.setattr(creates, "_opens_again", lambda *_: True)

    assert "outcome of" in _parts()[0]


@IN_PLACE
@pytest.mark.deep
def test_an_intake_that_guesses_is_seen(
    database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    """R20: who says that nothing was kept, without asking, is found out by the journal."""
    if guard == "taken away":
        monkeypatch.setattr(log, "settled", lambda *_, **__: {})

    assert (guard == "taken away") == ("answered False, kept True" in _parted(database))


@IN_PLACE
@pytest.mark.deep
def test_8_ids_drawn_before_the_posting_lock_are_seen(
    database: DatabaseUrls, administrator: str, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    """I14, S2: ids from a counter, taken before anything is decided, do not ascend in commit order.

    The constraints of the chain refuse them too, so those are dropped for it.
    """
    if guard == "taken away":
        _drop_chain(administrator, database)
        _draw_early(monkeypatch)

    parted = _parted(database)
    violated = re.findall(r"^(S2|I14) .* violated$", parted, re.MULTILINE)
    assert (guard == "taken away") == bool(violated)


def _parted(database: DatabaseUrls) -> str:
    with store_world(database, "control", fault_rate=0.02) as world:
        try:
            run(world, 1000, settles=4)
        except AssertionError as parted:
            return str(parted)
    return ""


def _drop_chain(administrator: str, database: DatabaseUrls) -> None:
    address = make_conninfo(administrator, dbname=str(conninfo_to_dict(database.server)["dbname"]))
    with psycopg.connect(address, autocommit=True) as hand:
        names = hand.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'posting'::regclass AND contype <> 'n'"
        ).fetchall()
        for (name,) in names:
            hand.execute(
                sql.SQL("ALTER TABLE posting DROP CONSTRAINT IF EXISTS {} CASCADE").format(
                    sql.Identifier(name)
                )
            )


def _draw_early(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = count(2_000_000_001, 10_000)
    drawn: dict[int, int] = {}
    current: list[int] = []
    real_facts, real_flush, real_sql = facts.facts_for, posting._flush, queries.sql

    def facts_for(connection: Any, *given: Any) -> Any:
        drawn[id(connection)] = next(numbers)
        return real_facts(connection, *given)

    def flush(connection: Any, *given: Any) -> None:
        current[:] = [drawn[id(connection)]]
        real_flush(connection, *given)

    def early(room: str, name: str) -> bytes:
        text = real_sql(room, name)
        if name == "insert_posting":
            drawn_now = f"(CASE %(mode)s WHEN 'live' THEN {current[0]} ELSE {current[0] + 10**13} END)"
            begin = text.index(b"coalesce(last.last")
            end = text.index(b"last.last_commission_id,\n", begin)
            first = f"{drawn_now}, {drawn_now} + %(records)s::bigint - 1, "
            return text[:begin] + first.encode() + text[end:]
        if name == "insert_records":
            mine = f"posting.mode = %(mode)s AND posting.first_commission_id %% 10000000000000 = {current[0]}"
            return text.replace(b"posting.mode = %(mode)s", mine.encode())
        return text

    monkeypatch.setattr(worker, "facts_for", facts_for)
    monkeypatch.setattr(posting, "_flush", flush)
    monkeypatch.setattr(posting, "sql", early)
