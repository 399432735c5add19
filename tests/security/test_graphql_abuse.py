"""GraphQL abuse (R17): each attack is refused before anything is validated, or is cheap. D146.

Owns what is counted in the quick run, and the bounds of CPU and memory in the deep one. Next: attacks.py.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from counterfoil.api import graphql
from counterfoil.api.notes import Notes
from counterfoil.api.rules import walked
from tests.api.orders_on_the_wire import an_id, creates, mutation, order
from tests.api.serving import House, Reply
from tests.fuzz.test_documents import DOCUMENTS, REPORTS
from tests.fuzz.test_requests import mutated
from tests.fuzz.wire import STATUSES, assert_is_an_envelope
from tests.security.attacks import ALL, BEFORE_VALIDATION, MB, VALIDATED, Attack, each, enveloped

CPU_S, MEMORY_BYTES = 0.25, 50 * MB
REFUSAL_S = 2.0
"""What counting may take of documents that are megabytes long; they are read beside the event loop."""
PARTS, CASES = 20, 1_000
LONG = frozenset({"1 MB of a block string"})
"""Harmless, and read sign by sign: the same time is allowed, in a reader's process."""


@pytest.fixture
def validated(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one with each document that is validated."""
    seen: list[int] = []

    def counted(*given: Any) -> Notes:
        seen.append(1)
        return walked(*given)

    monkeypatch.setattr(graphql, "walked", counted)
    return seen


def _said(reply: Reply) -> str | None:
    answer = reply.json
    assert 200 == reply.status
    return str(answer["errors"][0]["message"]) if "errors" in answer else None


def _is_met(attack: Attack, reply: Reply) -> bool:
    said = _said(reply)
    return said is None if attack.said is None else str(said).startswith(attack.said)


@pytest.mark.parametrize("name", BEFORE_VALIDATION)
def test_an_attack_is_refused_before_validation(house: House, validated: list[int], name: str) -> None:
    """What would be dear to validate is counted and refused; the work of validating is never begun."""
    attack = BEFORE_VALIDATION[name]
    reply = house.ask(attack.body, path=attack.path)

    assert _is_met(attack, reply), _said(reply)
    assert [] == validated
    assert len(reply.body) < 1024


@pytest.mark.parametrize("name", VALIDATED)
def test_what_is_within_the_limits_is_answered(house: House, validated: list[int], name: str) -> None:
    """An attack that no limit meets is validated once, and has its answer."""
    attack = VALIDATED[name]
    reply = house.ask(attack.body, path=attack.path)

    assert _is_met(attack, reply), _said(reply)
    assert len(validated) <= 1


def test_a_document_is_validated_once(house: House, validated: list[int]) -> None:
    """What counts as work is work: a new document is validated, the same one again is remembered."""
    document = f"query Q{an_id().replace('-', '')} {{getBuildNumber}}"
    for _ in range(2):
        assert _said(house.ask(document)) is None

    assert [1] == validated


def test_without_a_token_nothing_is_read(house: House, validated: list[int]) -> None:
    """Every attack of a stranger is answered by the same few bytes."""
    answers = {house.ask(attack.body[: 64 * 1024], None, attack.path).body for attack in ALL.values()}

    assert {b'{"errors":[{"message":"Missing Token"}],"data":null}'} == answers
    assert [] == validated


# ── what audits of GraphQL servers look at ────────────────────────────────────────────────────────────

ALIASES = f"{{{each('a#: __typename', 101)}}}"
CIRCLE = "{__schema {types {" + "fields {type {" * 4 + "name" + "}}" * 4 + "}}}"
UNKNOWN = ["{getBuildNumbr}", "{__typname}", "mutation {createOrder {orderId}}", "{submision {state}}"]


def test_1_to_5_multiplied_work_is_refused(house: House, validated: list[int]) -> None:
    """101 aliases, a batch of ten, 500 directives, 500 times one field, types of fields of types."""
    batch = b"[" + b",".join([enveloped("{__typename}")] * 10) + b"]"
    directives = "{__typename " + "@aa" * 500 + "}"
    repeated = "{" + "__typename " * 500 + "}"
    said = [_said(house.ask(body)) for body in (ALIASES, batch, directives, repeated, CIRCLE)]

    assert [
        "maximum query complexity exceeded 101 > 20",
        "Invalid Syntax",
        "maximum query complexity exceeded 500 > 20",
        "maximum query complexity exceeded 500 > 10",
    ] == said[:4]
    # The last is no deeper than the explorer's own question, and costs no more.
    assert said[4] is None
    assert [1] == validated


def test_6_names_are_never_suggested(house: House) -> None:
    """A misspelt name is told as unknown, and no other name with it."""
    for document in UNKNOWN:
        body = house.ask(document).body.decode()
        assert "FieldUndefined" in body
        assert "mean" not in body
        assert "getBuildNumber" not in body
        assert "createOrders" not in body


def test_7_introspection_needs_a_token(house: House) -> None:
    """A stranger learns no type; where it is off nobody does."""
    asked = "{__schema {queryType {name}}}"

    assert "Missing Token" == _said(house.ask(asked, None))
    assert _said(house.ask(asked)) is None
    assert "FieldUndefined" in str(_said(house.ask(asked, introspection="off")))


def test_8_the_explorer_can_be_switched_off(house: House) -> None:
    """A browser gets the page where it is on, and 405 as everyone else where it is off."""
    for explorer, status in (("on", 200), ("off", 405)):
        reply = house.served(explorer=explorer).ask("GET", "/graphql", None, {"Accept": "text/html"})
        assert status == reply.status


def test_9_nothing_is_traced_for_a_caller(house: House) -> None:
    """Whatever is asked for, an answer has data or errors, and no word of how it was made."""
    body = enveloped("{getBuildNumber}", extensions={"tracing": True, "debug": True})
    headers = {"X-Apollo-Tracing": "1", "X-Debug": "1"}
    reply = house.ask(body, headers=headers)

    assert ["data"] == list(reply.json)
    assert "server-timing" not in reply.headers


def test_10_to_12_a_page_elsewhere_changes_nothing(house: House) -> None:
    """No change by GET, none by a form, none by a cookie: what a browser sends unasked has no effect."""
    order_id = an_id()
    document = mutation(creates(order(order_id)))
    live = house.tokens["live"]
    given = {"Authorization": f"Bearer {live}"}
    served = house.served()
    by_address = served.ask("GET", f"/graphql?{urlencode({'query': document})}", None, given)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    by_form = served.ask("POST", "/graphql", f"query={document}".encode(), given | form)
    by_cookie = served.ask("POST", "/graphql", document.encode(), {"Cookie": f"token={live}; session={live}"})

    assert 405 == by_address.status
    assert str(_said(by_form)).startswith("Invalid Syntax : offending token ")
    assert "Missing Token" == _said(by_cookie)
    assert 0 == house.kept(order_id)


def test_13_an_error_shows_nothing_of_the_inside(house: House) -> None:
    """No file, line of code, statement or version in any answer to an attack."""
    attacks = [each for each in ALL.values() if len(each.body) < 64 * 1024]
    for attack in (*attacks, *(Attack(text.encode(), "") for text in UNKNOWN)):
        told = house.ask(attack.body, path=attack.path).body
        for word in (b"Traceback", b".py", b"graphql-core", b"psycopg", b"SELECT ", b"line 1,"):
            assert word not in told


# ── bounds ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.deep
@pytest.mark.parametrize("name", ALL)
def test_an_attack_is_cheap(house: House, name: str) -> None:
    """250 ms of this process's time and 50 MB; what counting alone refuses has two seconds."""
    attack = ALL[name]
    house.ask("{getBuildNumber}")
    took = []
    for _ in range(3):
        begin = time.process_time()
        house.ask(attack.body, path=attack.path)
        took.append(time.process_time() - begin)

    is_long = name in BEFORE_VALIDATION or name in LONG
    assert min(took) <= (REFUSAL_S if is_long else CPU_S), took
    assert _peak(house, attack) <= MEMORY_BYTES


def _peak(house: House, attack: Attack) -> int:
    """How far the memory of this process rises above where it was: a write of 5 forgets the last peak."""
    Path("/proc/self/clear_refs").write_text("5")
    before = _of_status("VmRSS")
    house.ask(attack.body, path=attack.path)
    return _of_status("VmHWM") - before


def _of_status(name: str) -> int:
    return int(Path("/proc/self/status").read_text().partition(f"{name}:")[2].split()[0]) * 1024


@pytest.mark.deep
@pytest.mark.parametrize("part", range(PARTS))
def test_generated_documents_are_cheap(house: House, part: int) -> None:
    """Whatever is generated from the schemas, or mangled, is answered in the envelope within 250 ms."""
    slow: list[str] = []

    def took(body: bytes, path: str) -> float:
        begin = time.process_time()
        reply = house.ask(body, path=path)
        spent = time.process_time() - begin
        assert reply.status in STATUSES
        assert_is_an_envelope(reply.json)
        return spent

    def judged(document: str, path: str) -> None:
        body = json.dumps({"query": document}).encode()
        # The collector of this process strikes now and then: what is slow twice is slow.
        if took(body, path) > CPU_S and took(body, path) > CPU_S:
            slow.append(f"{path} {document[:300]}")

    many = settings(
        max_examples=CASES // 3 + 1, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    for documents, paths in (
        (DOCUMENTS, ["/graphql", "/graphqltest"]),
        (REPORTS, ["/query"]),
        (mutated(), ["/graphql", "/graphqltest", "/query"]),
    ):
        seed(part)(many(given(document=documents, path=st.sampled_from(paths))(judged)))()
    assert [] == slow
