"""Who sees what: every token with the tracking scope for the enterprise, and nobody else (D147, D148)."""

from __future__ import annotations

import pytest

from counterfoil.api.tracking import Lookup
from counterfoil.model.orders import Mode
from counterfoil.tokens import Caller, Scope, TokenKind
from tests.desk import NORTHWIND, Desk
from tests.lookups.asking import (
    OWNER,
    REPORTER,
    STRANGER,
    TEST_TOKEN,
    TESTER,
    answered,
    endpoint,
    judged,
    submission,
)
from tests.reporting.bookkeeping import cancel, create

OPERATOR = Caller(token_id="o", kind=TokenKind.LIVE, scopes=frozenset({Scope.ADMIN}), is_operator=True)
UNAUTHORIZED = {"errors": [{"message": "Unauthorized"}], "data": None}
NOTHING: dict[str, object] = {"live": None, "test": None, "liveBatch": [], "testBatch": [], "order": None}
SEEN = [{"state": "posted"}]
ALL_OF_THEM = """query($live: ID!, $test: ID!, $liveBatch: ID!, $testBatch: ID!, $e: ID!) {
  live: submission(submissionId: $live) { mode }
  test: submission(submissionId: $test) { mode }
  liveBatch: submissions(batchId: $liveBatch) { state }
  testBatch: submissions(batchId: $testBatch) { state }
  order(enterpriseId: $e, actionTrackerId: 401, orderId: "A-1") { mode }
}"""


@pytest.mark.parametrize(
    ("by", "mode", "expected"),
    [
        (
            OWNER,
            Mode.LIVE,
            {**NOTHING, "live": "live", "test": "test", "liveBatch": SEEN, "order": "live"},
        ),
        (
            OWNER,
            Mode.TEST,
            {**NOTHING, "live": "live", "test": "test", "testBatch": SEEN, "order": "test"},
        ),
        (TESTER, Mode.LIVE, UNAUTHORIZED),
        (TESTER, Mode.TEST, {**NOTHING, "test": "test", "testBatch": SEEN, "order": "test"}),
        (TEST_TOKEN, Mode.LIVE, UNAUTHORIZED),
        (TEST_TOKEN, Mode.TEST, {**NOTHING, "test": "test", "testBatch": SEEN, "order": "test"}),
        (STRANGER, Mode.LIVE, NOTHING),
        (STRANGER, Mode.TEST, NOTHING),
        (REPORTER, Mode.LIVE, UNAUTHORIZED),
        (REPORTER, Mode.TEST, UNAUTHORIZED),
        (OPERATOR, Mode.LIVE, UNAUTHORIZED),
        (OPERATOR, Mode.TEST, UNAUTHORIZED),
    ],
    ids=[
        f"{who} on {where}"
        for who in ("owner", "test scope", "test token", "stranger", "reporting", "operator")
        for where in ("live", "test")
    ],
)
def test_the_matrix(desk: Desk, by: Caller, mode: Mode, expected: dict[str, object]) -> None:
    """Each token sees of both ledgers what its scope and its enterprise say, through both endpoints."""
    live = desk.send([create("A-1")])
    test = desk.send([create("A-1")], mode=Mode.TEST)
    desk.process()

    told = answered(
        desk,
        ALL_OF_THEM,
        by=by,
        mode=mode,
        live=str(live.submission_ids[0]),
        test=str(test.submission_ids[0]),
        liveBatch=str(live.receipt.batch_id),
        testBatch=str(test.receipt.batch_id),
        e=NORTHWIND,
    )

    for name in ("live", "test", "order") if told["data"] else ():
        told["data"][name] = told["data"][name] and told["data"][name]["mode"]
    assert expected == (told["data"] or told)


def test_foreign_and_missing_look_the_same(desk: Desk) -> None:
    """Asked for what is another's, the answer is byte for byte that for what does not exist."""
    sent = desk.send([create("A-1")])
    desk.process()

    def asked(identity: str, batch: str, enterprise: str) -> object:
        return answered(
            desk,
            ALL_OF_THEM,
            by=STRANGER,
            live=identity,
            test=identity,
            liveBatch=batch,
            testBatch=batch,
            e=enterprise,
        )

    foreign = asked(str(sent.submission_ids[0]), str(sent.receipt.batch_id), NORTHWIND)
    missing = asked("01a20227-8ea3-756a-86a1-6c199a000001", "01a20227-8ea3-756a-86a1-6c199a000000", "1599999")
    assert {"data": NOTHING} == foreign == missing


def test_missing_rights_are_told_before_faults_of_the_document(desk: Desk) -> None:
    """Authority comes before schema: without the scope a document with a fault says Unauthorized (D22)."""
    document = '{ submission(submissionId: "1") { nonsense } }'

    assert UNAUTHORIZED == answered(desk, document, by=REPORTER)
    (error,) = answered(desk, document, by=OWNER)["errors"]
    assert "Field 'nonsense' in type 'Submission' is undefined" in error["message"]


def test_who_sees_the_test_ledger_alone_is_told_of_no_live_submission(desk: Desk) -> None:
    """A test submission that waits behind a live one keeps that one's id from a test token."""
    desk.send([create("A-1", currency="CHF")])
    desk.process()
    waits = desk.send([cancel("A-1")], mode=Mode.TEST)
    desk.process()

    seen = submission(desk, waits.submission_ids[0], "code held { waitingBehind }", by=TESTER, mode=Mode.TEST)
    assert {"code": "WAITING_BEHIND", "held": {"waitingBehind": None}} == seen


def test_other_fields_need_no_database(desk: Desk) -> None:
    """Only a request with a look-up among its fields is read beside the event loop."""
    with endpoint(desk) as api:
        assert not isinstance(judged(api, desk, "{ getBuildNumber __typename }"), Lookup)
        assert isinstance(judged(api, desk, '{ submission(submissionId: "1") { state } }'), Lookup)
