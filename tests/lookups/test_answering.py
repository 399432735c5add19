"""Look-ups over the wire: asked with a token, read beside everything else that is served.

Owns the proof that a slow database holds up nobody who does not ask it. Next: test_visibility.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from counterfoil.administration import create_token
from counterfoil.store.connection import connect
from counterfoil.tokens import Scope, TokenKind
from tests.api.serving import NORTHWIND_COMPANY, Served
from tests.desk import Desk
from tests.reporting.bookkeeping import create

PATIENCE_S = 10


@pytest.fixture
def served(desk: Desk) -> Iterator[Served]:
    """The real API on the desk's database."""
    opened = Served(desk.urls)
    try:
        yield opened
    finally:
        opened.close()


def test_an_outcome_can_be_asked_for_with_the_id_of_the_answer(desk: Desk, served: Served) -> None:
    """What the answer to createOrders names is looked up by that name, pending first, then posted."""
    ask = _asker(desk, served)
    order = 'enterpriseId: 1500001, actionTrackerId: 401, orderId: "A-1", amount: "100", cjEvent: "click-a"'
    accepted = ask(f"mutation {{ createOrders(newOrders: {{{order}}}) {{ orders {{ submissionId }} }} }}")
    (sent,) = accepted["createOrders"]["orders"]
    query = f'{{ getBuildNumber it: submission(submissionId: "{sent["submissionId"]}") {{ state }} }}'

    before = ask(query)
    desk.process()

    assert {"state": "pending"} == before["it"]
    assert before["getBuildNumber"]
    assert {"state": "posted"} == ask(query)["it"]


def test_a_look_up_that_waits_holds_up_nobody(desk: Desk, served: Served) -> None:
    """While the database does not answer a look-up, the server answers others."""
    ask = _asker(desk, served)
    sent = desk.send([create("A-1")])
    desk.process()
    query = f'{{ submission(submissionId: "{sent.submission_ids[0]}") {{ state }} }}'

    with ThreadPoolExecutor() as beside, connect(desk.urls.owner, name="in the way") as in_the_way:
        in_the_way.execute("LOCK TABLE submission_outcome IN ACCESS EXCLUSIVE MODE")
        waiting = beside.submit(ask, query)
        _until_somebody_waits(desk)
        other = beside.submit(served.ask, "GET", "/health/live").result(timeout=PATIENCE_S)
        was_waiting = not waiting.done()
        in_the_way.rollback()
        answer = waiting.result(timeout=PATIENCE_S)

    assert was_waiting
    assert 200 == other.status
    assert {"state": "posted"} == answer["submission"]


def _until_somebody_waits(desk: Desk) -> None:
    """Until a statement waits for the table that is locked."""
    until = time.monotonic() + PATIENCE_S
    query = (
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND database ="
        " (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    while desk.connection.execute(query).fetchone() == (0,):
        assert time.monotonic() < until, "nobody reads the table"
        time.sleep(0.01)


def _asker(desk: Desk, served: Served) -> Callable[[str], dict[str, Any]]:
    """A way to ask the live endpoint with an advertiser's token."""
    token = create_token(
        desk.connection,
        name="tests",
        kind=TokenKind.LIVE,
        scopes={Scope.TRACKING},
        company_id=NORTHWIND_COMPANY,
        created_by="tests",
    )

    def ask(document: str) -> dict[str, Any]:
        reply = served.ask("POST", "/graphql", document.encode(), {"Authorization": f"Bearer {token}"})
        answer: dict[str, Any] = reply.json["data"]
        return answer

    return ask
