"""Single orders in the terminal: orders show, orders release, explain."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from counterfoil.cli import main
from counterfoil.model.orders import Mode
from tests.desk import ALPINE, CLICK_B_ALPINE, Desk
from tests.reporting.bookkeeping import cancel, create, post, restate

FIRST = 2000000001
TERMS = "'Northwind Records for Vinyl Digest' v1"
NOBODY = "01a20227-8ea3-756a-86a1-6c199a000001"


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """What it printed, with numbers in place of the ids of submissions, by first appearance."""
        known: dict[str, str] = {}

        def number(found: re.Match[str]) -> str:
            return known.setdefault(found[0], f"#{len(known) + 1}")

        told = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", number, self.out)
        return [line.rstrip() for line in told.splitlines()]

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


Run = Callable[..., Ended]


@pytest.fixture
def run(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Run:
    """Runs a command on the desk's database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERFOIL_DATABASE_URL", desk.urls.server)
    monkeypatch.setenv("COUNTERFOIL_DATABASE_OWNER_URL", desk.urls.owner)

    def command(*words: object) -> Ended:
        capsys.readouterr()
        code = main([str(word) for word in words])
        return Ended(code, *capsys.readouterr())

    return command


def held_with_two_behind(desk: Desk) -> list[UUID]:
    """A create that lacks a rate, and a restatement and a cancellation behind it."""
    sent = [
        desk.send([create("A-1", currency="CHF")]),
        desk.send([restate("A-1", amount="50.00")]),
        desk.send([cancel("A-1")]),
    ]
    desk.process()
    return [each.submission_ids[0] for each in sent]


# ── orders show ──────────────────────────────────────────────────────────────────────────────────────


def test_an_order_is_shown_whole(desk: Desk, run: Run) -> None:
    """State, lock, terms, amounts, records, and each submission with what became of it."""
    post(desk, create("A-1"), create("A-1"), restate("A-1", amount="50.00", correction_reason="Other"))

    assert [
        "Order A-1, action 401 of enterprise 1500001, live ledger",
        "Generation 1: standing, new; locks 2026-04-11 02:00 Pacific (2026-04-11 09:00:00 UTC)",
        f"  publisher 7700001, terms {TERMS}, event time 2026-03-01 09:30:00 UTC",
        "  version 2: sale 50.00 USD; commission 4.00 USD; fee 0.40 USD",
        "    record  kind        version  posted                   sale         commission  reason",
        "2000000003  correction        2  2026-03-01 10:00:00 UTC  50.00 USD    4.00 USD    Other",
        "2000000002  reversal          1  2026-03-01 10:00:00 UTC  -100.00 USD  -8.00 USD   Other",
        "2000000001  original          1  2026-03-01 10:00:00 UTC  100.00 USD   8.00 USD",
        "Sent about it",
        "  #1  create by api, 2026-03-01 10:00:00 UTC: posted",
        "  #2  create by api, 2026-03-01 10:00:00 UTC: duplicate, DUPLICATE_ORDER",
        "    An order with this key exists.",
        "    fix: Use a restatement to change it.",
        "    the first was #1",
        "  #3  restate by api, 2026-03-01 10:00:00 UTC: posted",
    ] == run("orders", "show", "A-1").lines


def test_a_held_submission_is_shown_with_its_place(desk: Desk, run: Run) -> None:
    """By its id: what it is about, what is missing, and what to do."""
    held, behind, _ = held_with_two_behind(desk)

    assert [
        "Order A-1, action 401 of enterprise 1500001, live ledger",
        "#1  create by api, 2026-03-01 10:00:00 UTC: held, RATE_MISSING",
        "  No conversion rate is known for this currency and day.",
        "  fix: Enter the rate; processing goes on by itself.",
        "  held since 2026-03-01 10:00:00 UTC, tries: 1, missing: CHF 2026-03-01",
    ] == run("orders", "show", held).lines
    assert f"  behind {held}" in run("orders", "show", behind).out.splitlines()


def test_an_order_without_commission_says_why(desk: Desk, run: Run) -> None:
    """A recorded order tells the reason and the remedy at its head."""
    post(desk, create("A-1", cj_event=None))

    assert [
        "Generation 1: recorded without commission, UNATTRIBUTED",
        "  No click and no ad with property names a publisher.",
    ] == run("orders", "show", "A-1").lines[1:3]


def test_an_order_id_of_several_orders_lists_them(desk: Desk, run: Run) -> None:
    """The same id under another action is another order (D52): the person chooses."""
    post(
        desk,
        create("A-1"),
        create("A-1", 402),
        create("A-1", 451, enterprise_id=ALPINE, cj_event=CLICK_B_ALPINE),
    )
    ended = run("orders", "show", "A-1")

    assert 0 == ended.code
    assert ["ledger  enterprise  action  order id", "live       1500001     401  A-1"] == ended.lines[:2]
    assert 4 == len(ended.lines)
    assert "Several orders have this id" in ended.err
    assert "action 402" in run("orders", "show", "1500001/402/A-1").out


def test_an_order_is_shown_in_both_ledgers(desk: Desk, run: Run) -> None:
    """One key, live and test: both are shown, the live one first."""
    desk.send([create("A-1")])
    desk.send([create("A-1")], mode=Mode.TEST)
    desk.process()

    heads = [line for line in run("orders", "show", "A-1").lines if line.startswith("Order")]
    key = "Order A-1, action 401 of enterprise 1500001"
    assert [f"{key}, live ledger", f"{key}, test ledger"] == heads
    both = run("orders", "show", "1500001/401/A-1", "--json").json["orders"]
    assert ["live", "test"] == [each["mode"] for each in both]


@pytest.mark.parametrize("order_id", ["1500001/401/X", NOBODY, "a/b", "Ä 1"])
def test_order_ids_may_look_like_anything(desk: Desk, run: Run, order_id: str) -> None:
    """What is no whole key and no submission is taken as an order id."""
    post(desk, create(order_id))

    assert (
        f"Order {order_id}, action 401 of enterprise 1500001, live ledger"
        == (run("orders", "show", order_id).out.splitlines()[0])
    )


def test_a_pending_order_is_found_by_its_id(desk: Desk, run: Run) -> None:
    """Before anything was decided the order is there, with what was sent."""
    desk.send([create("A-1")])

    assert run("orders", "show", "A-1").lines[-1].endswith("pending")


def test_what_was_sent_cannot_steer_the_terminal(desk: Desk, run: Run) -> None:
    """Control characters of an order id or a coupon are shown as replaced, not obeyed."""
    post(desk, create("A\x1b[2J", coupon="\x1b]0;x\x07"), create("A\x1b[2J", 402))

    for words in (
        ("orders", "show", "1500001/401/A\x1b[2J"),
        ("orders", "show", "A\x1b[2J"),
        ("explain", FIRST),
    ):
        shown = run(*words)
        assert 0 == shown.code
        assert "A\ufffd[2J" in shown.out
        assert "\x1b" not in shown.out


def test_an_order_that_nobody_sent_is_an_answer_of_no(run: Run) -> None:
    """Exit code 1 with a sentence and a fix, also as JSON."""
    ended = run("orders", "show", "A-1")

    assert (1, "") == (ended.code, ended.out)
    assert ended.err.startswith("error: Nothing was sent about an order A-1.\nfix: ")
    assert {"error", "fix"} == set(json.loads(run("orders", "show", "A-1", "--json").err))


# ── orders release ───────────────────────────────────────────────────────────────────────────────────


def test_releasing_says_what_follows(desk: Desk, run: Run) -> None:
    """The released submission is tried again, and those that wait behind it are named in their order."""
    held, *behind = held_with_two_behind(desk)
    ended = run("orders", "release", held)

    assert 0 == ended.code
    assert [f"{each} waits behind it and follows by itself" for each in behind] == ended.out.splitlines()
    assert f"Released {held}" in ended.err
    assert "  released " in run("orders", "show", held).out
    again = run("orders", "release", held, "--json").json
    assert {"released": str(held), "waiting_behind": list(map(str, behind))} == again


def test_what_waits_behind_another_is_not_released(desk: Desk, run: Run) -> None:
    """The fix names the one that has to go first."""
    held, behind, _ = held_with_two_behind(desk)
    ended = run("orders", "release", behind)

    assert 1 == ended.code
    assert f"fix: Release that one: counterfoil orders release {held}\n" in ended.err


@pytest.mark.parametrize("is_decided", [True, False])
def test_what_is_not_held_is_not_released(desk: Desk, run: Run, is_decided: bool) -> None:
    """Decided or still pending, there is nothing to let go."""
    sent = desk.send([create("A-1")])
    if is_decided:
        desk.process()
    ended = run("orders", "release", sent.submission_ids[0])

    assert 1 == ended.code
    assert ("is decided: posted." if is_decided else "waits to be decided.") in ended.err


@pytest.mark.parametrize("identity", [NOBODY, "A-1"])
def test_an_unknown_submission_is_not_released(run: Run, identity: str) -> None:
    """Exit code 1, and a sentence that names what was asked for."""
    ended = run("orders", "release", identity)

    assert 1 == ended.code
    assert f"error: There is no submission {identity}.\n" in ended.err


# ── explain ──────────────────────────────────────────────────────────────────────────────────────────


def test_explain_says_why_in_words(desk: Desk, run: Run) -> None:
    """The rate, the base, the rule and the terms stand in one line."""
    post(desk, create("A-1", amount="140.00"))
    ended = run("explain", FIRST)

    assert (0, "") == (ended.code, ended.err)
    assert "Record 2000000001: original of order 1500001/401/A-1, version 1" == ended.lines[0]
    assert f"  8 % of 140.00 USD by rule 1 of {TERMS}: 11.20 USD" in ended.lines


def test_explain_as_json_has_the_inputs(desk: Desk, run: Run) -> None:
    """Stable keys, amounts as text, times in UTC."""
    post(desk, create("A-1", amount="140.00"))

    told = run("explain", FIRST, "--json").json

    assert "2026-03-01T09:30:00Z" == told["event_time"]
    assert {"advertiser": "11.2", "publisher": "11.2", "usd": "11.2"} == told["commission"]
    assert {"rank": 1, "rate": "8 %", "situation": None, "item_list_id": None} == told["lines"][0]["rule"]


@pytest.mark.parametrize(("wanted", "code"), [("5", 1), ("9" * 18, 1), ("A-1", 2), ("9" * 19, 2)])
def test_explain_refuses_what_is_no_record(run: Run, wanted: str, code: int) -> None:
    """An unknown number is an answer of no, anything else wrong usage."""
    ended = run("explain", wanted)

    assert (code, "") == (ended.code, ended.out)
    assert ended.err.startswith("error: ")
