"""Intake: durable when it answers, whole or not at all, and a bound on what waits."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future
from hashlib import sha256
from threading import Event
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from counterfoil.intake import Intake, NotKept, event, new_batch_id, prepared
from counterfoil.model.orders import (
    Channel,
    CustomIds,
    Kind,
    Mode,
    NewOrder,
    Receipt,
    SubmissionBatch,
    submission_id,
)
from counterfoil.store import log
from counterfoil.store.connection import connect
from counterfoil.store.log import Entry
from tests.desk import CLICK_A, NORTHWIND, Desk


def entry(*order_ids: str, **fields: Any) -> Entry:
    """A batch of creates, prepared for the log."""
    orders = tuple(
        NewOrder(enterprise_id=NORTHWIND, action_tracker_id=401, order_id=each, cj_event=CLICK_A, **fields)
        for each in order_ids
    )
    batch = SubmissionBatch(
        batch_id=new_batch_id(),
        mode=Mode.LIVE,
        channel=Channel.API,
        kind=Kind.CREATE,
        sender="tests",
        orders=orders,
    )
    return prepared(batch)


def new_intake(connect: Callable[[], Connection], waiting_bytes_max: int = 2**20) -> Intake:
    """An intake of the test's own."""
    return Intake(connect, waiting_bytes_max=waiting_bytes_max)


def requests(desk: Desk) -> list[tuple[Any, ...]]:
    """Positions, counts and transactions of all accepted batches."""
    return desk.connection.execute(
        "SELECT position, submissions, first_number, xmin::text FROM intake_request"
        " WHERE channel = 'api' ORDER BY position"
    ).fetchall()


def test_places_and_numbers_are_dense_over_batches(desk: Desk) -> None:
    """Each batch takes the next place, each order the next number."""
    receipts = desk.intake.receive([entry("A-1", "A-2"), entry("A-3")]).result(timeout=10)
    later = desk.intake.receive([entry("A-4")]).result(timeout=10)

    first = receipts[0]
    assert [first.position, first.position + 1, first.position + 2] == [
        each.position for each in (*receipts, *later)
    ]
    assert [first.first_number, first.first_number + 2, first.first_number + 3] == [
        each.first_number for each in (*receipts, *later)
    ]


def test_requests_that_wait_together_share_one_commit(desk: Desk) -> None:
    """While the connection is being opened three requests gather; one transaction takes them."""
    may_open = Event()

    def connect() -> Connection:
        may_open.wait(10)
        connection: Connection = desk.opener("intake")()
        return connection

    intake = new_intake(connect)
    # The first is taken alone, because nobody waits with it; the others gather behind it.
    promises = [intake.receive([entry(f"G-{n}")]) for n in range(4)]
    may_open.set()
    for promise in promises:
        promise.result(timeout=10)
    intake.close()
    transactions = [row[3] for row in requests(desk)]

    assert 4 == len(transactions)
    assert len(set(transactions)) <= 2


def test_a_lost_connection_before_the_commit_keeps_nothing(desk: Desk) -> None:
    """What became of it is looked up under the lock: it never came, and the caller is told so."""

    def connect() -> Connection:
        connection: Connection = desk.opener("intake")()
        if not broken:
            broken.append(connection)
            connection.close()
        return connection

    broken: list[Connection] = []
    intake = new_intake(connect)
    promise = intake.receive([entry("L-1")])
    with pytest.raises(NotKept):
        promise.result(timeout=10)
    again = intake.receive([entry("L-1")]).result(timeout=10)
    intake.close()

    assert [(again[0].position, 1)] == [row[:2] for row in requests(desk)]


def test_a_commit_whose_answer_was_lost_is_found(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows are there, so the caller gets its receipt all the same."""
    whole = log.append

    def answer_lost(connection: Connection, entries: list[Entry]) -> object:
        whole(connection, entries)
        monkeypatch.setattr(log, "append", whole)
        raise psycopg.OperationalError("the connection is gone")

    monkeypatch.setattr(log, "append", answer_lost)
    intake = new_intake(desk.opener("intake"))
    receipts = intake.receive([entry("K-1")]).result(timeout=10)
    intake.close()

    assert [(receipts[0].position, 1)] == [row[:2] for row in requests(desk)]


def test_a_commit_whose_answer_was_lost_is_asked_after_until_the_database_is_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is told that nothing was kept while nobody knows; who comes meanwhile is refused at once."""
    whole = log.append
    away = 0

    def answer_lost(connection: Connection, entries: list[Entry]) -> object:
        nonlocal away
        whole(connection, entries)
        monkeypatch.setattr(log, "append", whole)
        away = 3
        raise psycopg.OperationalError("the connection is gone")

    def connect() -> Connection:
        nonlocal away
        if away:
            away -= 1
            meanwhile.append(intake.receive([entry("D-2")]))
            raise psycopg.OperationalError("the database is away")
        connection: Connection = desk.opener("intake")()
        return connection

    meanwhile: list[Future[list[Receipt]]] = []
    monkeypatch.setattr(log, "append", answer_lost)
    intake = new_intake(connect)
    receipts = intake.receive([entry("D-1")]).result(timeout=10)
    intake.close()

    assert [(receipts[0].position, 1)] == [row[:2] for row in requests(desk)]
    assert 3 == len(meanwhile)
    assert all(isinstance(each.exception(timeout=10), NotKept) for each in meanwhile)


def test_what_was_not_kept_is_not_kept_later(desk: Desk) -> None:
    """Asking after a lost commit ends its session: what the server had still to read comes to nothing."""
    late = entry("LATE-1")
    lost = connect(desk.urls.server, name="intake")
    with lost.cursor() as cursor:
        log._copy(cursor, "copy_log", log._LOG_TYPES, list(late.rows))

    with connect(desk.urls.server, name="intake") as asking:
        assert {} == log.settled(asking, [late.batch_id], lost_pid=lost.info.backend_pid)

    with pytest.raises(psycopg.OperationalError):
        log.flush(lost, [late])
    lost.close()
    assert [] == requests(desk)


@pytest.mark.parametrize("few", [0, 64])
def test_a_request_that_cannot_be_written_costs_itself_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """A number that no column holds fails where it is written; the same intake takes the next request."""
    monkeypatch.setattr(log, "FEW", few)
    spoilt = entry("O-1")
    rows = [(*row[:4], 10**30, *row[5:]) for row in spoilt.rows]
    with pytest.raises((OverflowError, psycopg.DataError)):
        desk.intake.receive([spoilt._replace(rows=rows)]).result(timeout=10)

    assert 1 == len(desk.intake.receive([entry("O-2")]).result(timeout=10))


_WRITTEN = """
SELECT log.lane, log.n, log.enterprise_id, log.action_tracker_id, log.order_id, log.kind, log.cleaned,
    log.digest, log.body, personal.enterprise_id, personal.salt, personal.body,
    request.mode, request.channel, request.kind, request.sender, request.about, request.submissions,
    pending.submissions
FROM intake_request AS request
    LEFT JOIN intake_log AS log USING (batch_id)
    LEFT JOIN intake_pending AS pending USING (batch_id, lane)
    LEFT JOIN personal_data AS personal
        ON right(personal.submission_id::text, 6) = lpad(to_hex(log.n), 6, '0')
        AND left(personal.submission_id::text, 30) = left(log.batch_id::text, 30)
WHERE request.batch_id = ANY(%s) ORDER BY request.position, log.n
"""


def test_a_few_rows_are_written_as_many_are(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """One statement for a small group and COPY for a large one leave the same rows, whatever is in them."""
    texts = (
        '"',
        "\\",
        "a,b",
        "{}",
        "NULL",
        "null",
        " ",
        "Ü€\U0001f600",
        "'",
        "\\x00",
        "\n\t",
        "\x00",
        "%s",
        "Z",
    )
    sent = [entry(*texts, ids=CustomIds(user_id="c-88")), entry("1", "2"), entry("3", coupon="\ud800")]
    told = [each._replace(sender=sender) for each, sender in zip(sent, ('a"b', "\\{},", "NULL"), strict=True)]
    told.append(event(Channel.RATES, "tests", 'about, "it"'))
    written = []
    for few in (64, 0):
        monkeypatch.setattr(log, "FEW", few)
        again = [_renamed(each) for each in told]
        desk.intake.receive(again).result(timeout=10)
        written.append(desk.connection.execute(_WRITTEN, [[each.batch_id for each in again]]).fetchall())

    assert 18 == len(written[0])
    assert written[1] == written[0]


def _renamed(told: Entry) -> Entry:
    """The same entry under another id."""
    batch_id = new_batch_id()
    personal = [(submission_id(batch_id, n), *row[1:]) for n, row in enumerate(told.personal, 1)]
    rows = [(batch_id, *row[1:]) for row in told.rows]
    return told._replace(batch_id=batch_id, rows=rows, personal=personal)


def fill(intake: Intake, kept: list[Future[list[Receipt]]]) -> None:
    """Sends one request after the other, at most twenty."""
    kept.extend(intake.receive([entry(f"W-{n}")]) for n in range(20))


def test_too_much_waiting_is_refused_at_once(desk: Desk) -> None:
    """Memory does not grow while the database is away."""
    may_open = Event()

    def connect() -> Connection:
        may_open.wait(10)
        connection: Connection = desk.opener("intake")()
        return connection

    intake = new_intake(connect, waiting_bytes_max=1000)
    kept: list[Future[list[Receipt]]] = []
    with pytest.raises(NotKept):
        fill(intake, kept)
    may_open.set()
    for promise in kept:
        promise.result(timeout=10)
    intake.close()

    assert len(kept) == len(requests(desk))


def test_personal_ids_are_kept_apart_from_the_log(desk: Desk) -> None:
    """The log has salted digests; with the salt they can be told, without it not (D155)."""
    desk.intake.receive([entry("P-1", ids=CustomIds(user_id="c-88"))]).result(timeout=10)
    (body,) = desk.connection.execute("SELECT body FROM intake_log").fetchone() or (b"",)
    salt, ids = desk.connection.execute("SELECT salt, body FROM personal_data").fetchone() or (b"", b"")

    assert b"c-88" not in body
    assert {"userId": "c-88"} == json.loads(ids)
    assert sha256(salt + b"c-88").hexdigest() == json.loads(body)["ids"]["userId"]


@pytest.mark.parametrize(
    ("coupon", "expected"), [("SPRING", False), ("a\x00b", True), ("\ud800", True), ("back\\u0000", False)]
)
def test_text_that_no_column_can_hold_is_marked(coupon: str, expected: bool) -> None:
    """NUL and lone surrogates stay in the log's bytes and are marked for cleaning (D145)."""
    assert expected == entry("T-1", coupon=coupon).rows[0][7]


def test_a_batch_leaves_room_for_the_numbers_of_its_orders() -> None:
    """A version 7 id whose low 24 bits are zero."""
    batch_id = new_batch_id()

    assert 7 == batch_id.version
    assert 0 == batch_id.int & 0xFFFFFF
