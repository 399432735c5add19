"""Submissions: each outcome, each place to wait, told with its sentence."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest

from counterfoil.administration import release_submission
from counterfoil.errors import CATALOGUE, Code
from counterfoil.model.orders import Mode, Order
from counterfoil.store import lanes
from tests.desk import CLICK_B, Desk, Sent
from tests.lookups.asking import submission, submissions
from tests.reporting.bookkeeping import cancel, create, restate

STATE = "state code"
RELEASED = "held { tries releasedAt waitingBehind }"


def became(desk: Desk, sent: Sent, fields: str = STATE) -> dict[str, object]:
    """What the look-up says of a batch's first submission."""
    found: dict[str, object] = submission(desk, sent.submission_ids[0], fields)
    return found


def test_accepted_is_pending_until_it_is_decided(desk: Desk) -> None:
    """Between receipt and decision a submission is pending, without a code; then it has its outcome."""
    sent = desk.send([create("A-1")])

    assert {"state": "pending", "code": None} == became(desk, sent)
    desk.process()
    assert {"state": "posted", "code": None} == became(desk, sent)


@pytest.mark.parametrize(
    ("state", "code", "change"),
    [
        ("recorded", Code.UNATTRIBUTED, create("B-1", cj_event=None)),
        ("duplicate", Code.DUPLICATE_ORDER, create("A-1")),
        ("rejected", Code.ORDER_NOT_FOUND, cancel("B-1")),
        ("held", Code.RATE_MISSING, create("B-1", currency="CHF")),
    ],
    ids=["recorded", "duplicate", "rejected", "held"],
)
def test_a_code_comes_with_its_sentence_and_remedy(desk: Desk, state: str, code: Code, change: Order) -> None:
    """What was not posted says why, in the words of the catalogue."""
    desk.send([create("A-1")])
    sent = desk.send([change])
    desk.process()

    entry = CATALOGUE[code]
    expected = {"state": state, "code": code, "sentence": entry.sentence, "remedy": entry.remedy}
    assert expected == became(desk, sent, "state code sentence remedy")


def test_a_submission_says_what_it_was(desk: Desk) -> None:
    """Key, kind, channel, ledger, place in the log, time of receipt, action and version are told."""
    sent = desk.send([create("A-1")])
    desk.process()

    fields = (
        "submissionId batchId receivedAt position kind channel mode enterpriseId actionTrackerId orderId"
        " originalActionId version winner warnings { code } skippedChecks { code } held { since }"
    )
    assert {
        "submissionId": str(sent.submission_ids[0]),
        "batchId": str(sent.receipt.batch_id),
        "receivedAt": "2026-03-01T10:00:00Z",
        "position": str(sent.receipt.position),
        "kind": "create",
        "channel": "api",
        "mode": "live",
        "enterpriseId": "1500001",
        "actionTrackerId": 401,
        "orderId": "A-1",
        "originalActionId": str(10**12 + sent.receipt.first_number),
        "version": 1,
        "winner": None,
        "warnings": [],
        "skippedChecks": [],
        "held": None,
    } == became(desk, sent, fields)


def test_a_duplicate_names_the_one_that_came_first(desk: Desk) -> None:
    """The winner is the submission that opened the order, not the latest about it."""
    first = desk.send([create("A-1")])
    desk.send([restate("A-1", amount="50.00")])
    second = desk.send([create("A-1")])
    desk.process()

    assert {"winner": str(first.submission_ids[0])} == became(desk, second, "winner")


def test_warnings_come_with_their_sentences(desk: Desk) -> None:
    """A warning says what it is about, whatever the outcome."""
    sent = desk.send([create("A 1")])
    desk.process()

    entry = CATALOGUE[Code.ORDER_ID_CHARACTERS]
    warning = {"code": entry.code, "sentence": entry.sentence, "remedy": entry.remedy}
    found = became(desk, sent, "state warnings { code sentence remedy }")
    assert {"state": "posted", "warnings": [warning]} == found


def test_a_batch_is_told_in_the_order_sent(desk: Desk) -> None:
    """Each order of a batch has its line, whatever lane it went."""
    sent = desk.send([create(f"A-{n}") for n in range(12)])
    desk.process()

    found = submissions(desk, sent.receipt.batch_id, "submissionId orderId state")

    assert [str(each) for each in sent.submission_ids] == [each["submissionId"] for each in found]
    assert [f"A-{n}" for n in range(12)] == [each["orderId"] for each in found]
    assert {"posted"} == {each["state"] for each in found}


def test_a_held_submission_says_what_is_missing(desk: Desk) -> None:
    """Held: since when, how often tried, and which currency and day lack a rate."""
    sent = desk.send([create("A-1", currency="CHF")])
    desk.process()

    expected = {
        "since": "2026-03-01T10:00:00Z",
        "tries": 1,
        "detail": "CHF 2026-03-01",
        "waitingBehind": None,
        "releasedAt": None,
    }
    fields = "held { since tries detail waitingBehind releasedAt }"
    assert {"held": expected} == became(desk, sent, fields)


def test_one_that_waits_names_the_one_it_waits_behind(desk: Desk) -> None:
    """Later submissions of a held order wait behind the held one, not behind each other."""
    held = desk.send([create("A-1", currency="CHF")])
    desk.process()
    desk.send([restate("A-1", amount="50.00")])
    last = desk.send([cancel("A-1")])
    desk.process()

    assert {
        "state": "held",
        "code": "WAITING_BEHIND",
        "held": {"tries": 0, "waitingBehind": str(held.submission_ids[0])},
    } == became(desk, last, "state code held { tries waitingBehind }")


def test_a_test_change_waits_behind_the_live_order(desk: Desk) -> None:
    """A held live submission holds up the test ledger too, and is named to who may see both."""
    held = desk.send([create("A-1", currency="CHF")])
    desk.process()
    rehearsal = desk.send([cancel("A-1")], mode=Mode.TEST)
    desk.process()

    behind = {"held": {"waitingBehind": str(held.submission_ids[0])}}
    assert behind == became(desk, rehearsal, "held { waitingBehind }")


def test_a_late_test_change_says_which_check_it_was_spared(desk: Desk) -> None:
    """The test ledger does not check the lock, and says that production would have (D112)."""
    desk.send([create("A-1")], mode=Mode.TEST)
    desk.process()
    desk.clock(datetime.fromisoformat("2026-04-12T00:00:00Z"))
    late = desk.send([cancel("A-1", update_time="2026-04-11T23:00:00Z")], mode=Mode.TEST)
    desk.process()

    expected = {"state": "posted", "skippedChecks": [{"code": "ORDER_LOCKED"}]}
    assert expected == became(desk, late, "state skippedChecks { code }")


def test_a_released_submission_says_so_until_it_is_decided(desk: Desk) -> None:
    """Releasing answers what waits behind; the submission stays held until a processor tries it again."""
    held = desk.send([create("A-1", currency="CHF")])
    behind = desk.send([cancel("A-1")])
    desk.process()

    assert list(behind.submission_ids) == release_submission(desk.connection, held.submission_ids[0], "tests")
    released = {"held": {"tries": 1, "releasedAt": "2026-03-01T10:00:00Z", "waitingBehind": None}}
    assert released == became(desk, held, RELEASED)
    desk.process()
    tried_again = {"held": {"tries": 2, "releasedAt": None, "waitingBehind": None}}
    assert tried_again == became(desk, held, RELEASED)


def test_a_test_submission_holds_up_its_own_ledger_alone(desk: Desk) -> None:
    """What waits behind a held live submission does not wait behind a test one that was held before."""
    rehearsal = desk.send([create("A-1", currency="CHF")], mode=Mode.TEST)
    live = desk.send([create("A-1", currency="CHF")])
    behind = desk.send([cancel("A-1")])
    desk.process()

    assert [] == release_submission(desk.connection, rehearsal.submission_ids[0], "tests")
    assert list(behind.submission_ids) == release_submission(desk.connection, live.submission_ids[0], "tests")


def test_only_what_is_held_itself_can_be_released(desk: Desk) -> None:
    """A submission that waits behind another, or is decided, stays where it is."""
    desk.send([create("A-1", currency="CHF")])
    behind = desk.send([cancel("A-1")])
    posted = desk.send([create("B-1", cj_event=CLICK_B)])
    desk.process()

    assert release_submission(desk.connection, behind.submission_ids[0], "tests") is None
    assert release_submission(desk.connection, posted.submission_ids[0], "tests") is None
    assert [] == lanes.lanes_with_work(desk.connection)


@pytest.mark.parametrize(
    "identity",
    ["", "x", str(UUID(int=5)), "{01a20227-8ea3-756a-86a1-6c199a000001}", "０" * 32, "\x00"],
    ids=["empty", "word", "unknown", "braces", "foreign digits", "nul"],
)
def test_what_is_no_id_of_ours_is_not_found(desk: Desk, identity: str) -> None:
    """Any text may be asked for; what names nothing gives null or an empty list."""
    assert submission(desk, identity, "state") is None
    assert [] == submissions(desk, identity, "state")
