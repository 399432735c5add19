"""Breaks: for every invariant, ways to break the stored rows on purpose, and which checks must then go red.

Owns the positive controls of `ledger verify`: a check that cannot fail proves nothing. Each break runs as the
administrator with all triggers off, on the history of history.py. Next: test_breaks.py.
"""

from __future__ import annotations

from typing import NamedTuple


class Break(NamedTuple):
    """What is done to the rows, and every check that must see it: the one it is for comes first."""

    red: str
    what: str
    sql: str

    @property
    def id(self) -> str:
        """The invariant that the break is for."""
        return self.red.split()[0]


def _action(order_id: str, mode: str = "live") -> str:
    """The action of an order's first generation, as an expression."""
    return (
        f"(SELECT original_action_id FROM action WHERE order_id = '{order_id}' AND mode = '{mode}'"
        " AND generation = 1)"
    )


def _record(order_id: str, kind: str) -> str:
    """The first record of a kind of an order, as an expression."""
    return (
        f"(SELECT min(commission_id) FROM commission_record WHERE kind = '{kind}'"
        f" AND original_action_id = {_action(order_id)})"
    )


def _outcome(outcome: str) -> str:
    """The first submission with an outcome, as an expression."""
    return f"(SELECT submission_id FROM submission_outcome WHERE outcome = '{outcome}' ORDER BY submission_id LIMIT 1)"


def _priced(order_id: str, before: str, after: str) -> str:
    """Another text in the priced part of an order's first version."""
    return (
        "UPDATE order_version SET priced = convert_to(regexp_replace(convert_from(priced, 'UTF8'),"
        f" '{before}', '{after}'), 'UTF8') WHERE version = 1 AND original_action_id = {_action(order_id)}"
    )


BREAKS = (
    Break(
        "I1 I4 I5 I8 S2",
        "a reversal is gone",
        f"DELETE FROM commission_record WHERE commission_id = {_record('A-1', 'reversal')}",
    ),
    Break(
        "I2",
        "a reversal names another property",
        f"UPDATE commission_record SET property_id = 1 WHERE commission_id = {_record('A-1', 'reversal')}",
    ),
    Break(
        "I2 I5",
        "a reversal is called a correction",
        f"UPDATE commission_record SET kind = 'correction' WHERE commission_id = {_record('A-1', 'reversal')}",
    ),
    Break(
        "I2 I1 I4 I5 I8 S2",
        "a reversal has nothing to reverse",
        f"DELETE FROM commission_record WHERE commission_id = {_record('A-1', 'original')}",
    ),
    Break(
        "I3 I1 I4 I5 I8 I23 S2",
        "a record is reversed twice",
        """
        ALTER TABLE commission_record DROP CONSTRAINT
            commission_record_enterprise_id_original_action_id_version__key;
        INSERT INTO commission_record
        SELECT (jsonb_populate_record(record, '{"commission_id": 2100000000, "posted_at": "2027-01-01Z"}')).*
        FROM commission_record AS record
        WHERE commission_id = """
        + _record("A-1", "reversal"),
    ),
    Break(
        "I3 I14 I23 S2",
        "a reversal comes before its record",
        f"UPDATE commission_record SET commission_id = 1 WHERE commission_id = {_record('A-1', 'reversal')}",
    ),
    Break(
        "I4 I1 I5 I8 S2",
        "an action has no record",
        f"DELETE FROM commission_record WHERE commission_id = {_record('A-6', 'original')}",
    ),
    Break(
        "I4 I5 I8 S2",
        "the standing record is not that of the last version, though it says the same",
        f"DELETE FROM commission_record WHERE original_action_id = {_action('E-1')}"
        " AND (version = 3 OR (version = 2 AND sign = -1))",
    ),
    Break(
        "I5",
        "a record has another submission",
        f"UPDATE commission_record SET submission_id = '{'0' * 32}' WHERE commission_id = {_record('A-6', 'original')}",
    ),
    Break(
        "I5 I8",
        "an original is called a correction",
        f"UPDATE commission_record SET kind = 'correction' WHERE commission_id = {_record('A-6', 'original')}",
    ),
    Break(
        "I5 S2",
        "a bonus is of no period job",
        "INSERT INTO commission_record (enterprise_id, commission_id, mode, kind, sign, posted_at, event_time,"
        " advertiser_id, publisher_id) VALUES (1500001, 2100000000, 'live', 'bonus', 1, '2027-01-01', '2027-01-01',"
        " 5500001, 7700001)",
    ),
    Break(
        "I6 I21 S3",
        "an outcome is gone",
        f"DELETE FROM submission_outcome WHERE submission_id = {_outcome('rejected')}",
    ),
    Break(
        "I6 I22 S1",
        "a request says that it had more orders",
        "UPDATE intake_request SET submissions = submissions + 1 WHERE position = 2",
    ),
    Break(
        "I7",
        "work waits longer than the alarm age",
        "UPDATE business_clock SET stands_at = stands_at + interval '11 minutes'",
    ),
    Break(
        "I7 I25",
        "a held submission has a reason that nobody knows",
        "UPDATE held_submission SET code = 'BECAUSE' WHERE code = 'RATE_MISSING' AND order_id = 'R-2'",
    ),
    Break(
        "I7",
        "a held submission names another order",
        "UPDATE held_submission SET order_id = 'X' WHERE mode = 'test' AND order_id = 'H-2'",
    ),
    Break(
        "I7",
        "a submission was held before it was received",
        "UPDATE held_submission SET since = '2026-01-01' WHERE order_id = 'R-2'",
    ),
    Break(
        "I7",
        "a submission waits behind nothing",
        "UPDATE held_submission SET code = 'WAITING_BEHIND' WHERE order_id = 'R-2'",
    ),
    Break(
        "I8",
        "a daily total counts one record more",
        "UPDATE daily_total SET records = records + 1 WHERE mode = 'live' AND currency = 'GBP'",
    ),
    Break(
        "I8",
        "a daily total has another sum",
        "UPDATE daily_total SET fee_usd = fee_usd + 0.001 WHERE mode = 'test'",
    ),
    Break("I8", "a daily total is gone", "DELETE FROM daily_total WHERE mode = 'live' AND currency = 'EUR'"),
    Break(
        "I10 I8",
        "a commission is a thousandth more",
        "UPDATE order_version SET commission_pub = commission_pub + 0.001"
        f" WHERE original_action_id = {_action('A-6')}",
    ),
    Break(
        "I10 I8",
        "a fee is a thousandth more",
        f"UPDATE order_version SET fee_adv = fee_adv + 0.001 WHERE original_action_id = {_action('M-2')}",
    ),
    Break(
        "I10",
        "a discount in the order's currency is another",
        "UPDATE order_version SET discount_original = discount_original + 1"
        f" WHERE original_action_id = {_action('A-8')}",
    ),
    Break(
        "I10",
        "an item's amount is another",
        _priced("B-1", r'"per_item":\{"adv":"[0-9.]*"', '"per_item":{"adv":"9"'),
    ),
    Break(
        "I10",
        "an item's commission is another",
        _priced("M-1", r'"usd":"[1-9][0-9.]*"\},"discount"', '"usd":"0"},"discount"'),
    ),
    Break(
        "I10",
        "an item is priced by a rule that the terms do not have",
        _priced("B-1", '"rule":3', '"rule":5'),
    ),
    Break(
        "I10", "an order is priced by a rule that the terms do not have", _priced("A-6", r"\],1,\[", "],2,[")
    ),
    Break("I10", "an item is missing", _priced("D-1", r"^\[\[\{.*?\}\],", "[[],")),
    Break(
        "I10",
        "the terms are others than those an order was priced by",
        "UPDATE reference_version SET body = convert_to(replace(convert_from(body, 'UTF8'), '\"8\"', '\"9\"'), 'UTF8')"
        " WHERE kind = 'terms' AND id LIKE '701@1997%'",
    ),
    Break(
        "I11",
        "a commissionable action says that it is none",
        f"UPDATE action SET code = 'UNATTRIBUTED' WHERE original_action_id = {_action('A-6')}",
    ),
    Break(
        "I11 I4 I12 S4",
        "an action that is not commissionable says that it is",
        "UPDATE action SET code = NULL, publisher_id = 7700001, terms_id = 701, locking_method = 'FIXED_DATE'"
        f" WHERE original_action_id = {_action('A-5')}",
    ),
    Break(
        "I11 S3",
        "an outcome says another reason than the action",
        f"UPDATE submission_outcome SET code = 'CHANNEL_EXCLUDED' WHERE submission_id = {_outcome('recorded')}",
    ),
    Break(
        "I12 I8",
        "a record names another publisher",
        f"UPDATE commission_record SET publisher_id = 7700009 WHERE commission_id = {_record('A-6', 'original')}",
    ),
    Break(
        "I12",
        "the credit names another publisher",
        "UPDATE action SET credit = convert_to(replace(convert_from(credit, 'UTF8'), '7700002', '7700001'), 'UTF8')"
        f" WHERE original_action_id = {_action('A-6')}",
    ),
    Break(
        "I13 S4",
        "an order was restated after its lock",
        f"UPDATE action_status SET locks_at = '2026-03-02T10:00Z' WHERE original_action_id = {_action('A-4')}",
    ),
    Break(
        "I13 S4",
        "an order was restated after its closing",
        f"UPDATE action_status SET closed_at = '2026-03-02' WHERE original_action_id = {_action('A-4')}",
    ),
    Break(
        "I13",
        "a version was received at another time than its request",
        "UPDATE order_version SET received_at = received_at - interval '1 second' WHERE version = 2"
        f" AND original_action_id = {_action('A-4')}",
    ),
    Break(
        "I14 I8 S2",
        "a record was posted before one with a lower id",
        "UPDATE commission_record SET posted_at = '2026-01-01' WHERE commission_id = 2000000010",
    ),
    Break(
        "I14",
        "two postings were told the wrong way round",
        """
        UPDATE event SET event_id = -event_id WHERE event_id <= 2;
        UPDATE event SET event_id = 3 + event_id WHERE event_id < 0
        """,
    ),
    Break(
        "I15 I8",
        "a cancelled order is worth something",
        "UPDATE order_version SET fee_usd = 0.001 WHERE state = 'cancelled'"
        f" AND original_action_id = {_action('A-1')}",
    ),
    Break(
        "I15",
        "an item of a cancelled order is worth something",
        "UPDATE order_version SET priced = convert_to(replace(convert_from(priced, 'UTF8'), '\"adv\":\"0.000\"',"
        " '\"adv\":\"0.001\"'), 'UTF8')"
        f" WHERE state = 'cancelled' AND original_action_id = {_action('B-2')}",
    ),
    Break(
        "I15 I10 S4",
        "an order stands after its cancellation",
        "UPDATE order_version SET state = 'standing' WHERE state = 'cancelled'"
        f" AND original_action_id = {_action('A-1')}",
    ),
    Break(
        "I15",
        "an order was changed after its cancellation",
        f"UPDATE order_version SET state = 'cancelled' WHERE version = 1 AND original_action_id = {_action('A-4')}",
    ),
    Break(
        "I10",
        "the terms of an order are gone",
        f"UPDATE action SET terms_from = '1996-01-01' WHERE original_action_id = {_action('A-6')}",
    ),
    Break(
        "I17 I8 S2",
        "a live action has a record in the test ledger",
        f"UPDATE commission_record SET mode = 'test' WHERE commission_id = {_record('A-6', 'original')}",
    ),
    Break(
        "I17 I8 I13",
        "a live action was opened by a test request",
        f"UPDATE action SET mode = 'live' WHERE original_action_id = {_action('R-1', 'test')}",
    ),
    Break(
        "I17 I13",
        "a live version refers to a test request",
        f"UPDATE order_version SET position = 26 WHERE version = 2 AND original_action_id = {_action('A-4')}",
    ),
    Break(
        "I17",
        "a live status refers to a test request",
        f"UPDATE action_status SET position = 26 WHERE original_action_id = {_action('D-1')}",
    ),
    Break(
        "I17 S4",
        "the present state of a live order is in the test ledger",
        f"UPDATE action_current SET mode = 'test' WHERE original_action_id = {_action('D-1')}",
    ),
    Break(
        "I17",
        "an outcome is in the other ledger than its request",
        f"UPDATE submission_outcome SET mode = 'test' WHERE submission_id = {_outcome('rejected')}",
    ),
    Break(
        "I17 S3",
        "an outcome refers to the other ledger's action",
        f"UPDATE submission_outcome SET original_action_id = {_action('A-4', 'test')}"
        " WHERE order_id = 'A-4' AND outcome = 'rejected'",
    ),
    Break(
        "I17 I7",
        "a test order is held as a live one",
        "UPDATE held_submission SET mode = 'live' WHERE order_id = 'R-2'",
    ),
    Break(
        "I17 S6",
        "a use of a click is in the other ledger",
        "UPDATE referral_use SET mode = 'test', ordinal = 9 WHERE ordinal = 2 AND mode = 'live'",
    ),
    Break("I17", "an event is in the other ledger", "UPDATE event SET mode = 'test' WHERE event_id = 1"),
    Break(
        "I18",
        "an outcome belongs to another enterprise than its submission",
        f"UPDATE submission_outcome SET enterprise_id = 1500002 WHERE submission_id = {_outcome('rejected')}",
    ),
    Break(
        "I18 S3",
        "an outcome refers to another enterprise's action",
        f"UPDATE submission_outcome SET original_action_id = {_action('S-1')}"
        f" WHERE submission_id = {_outcome('rejected')}",
    ),
    Break(
        "I18 S4",
        "an action belongs to another enterprise than its submission",
        f"UPDATE action SET enterprise_id = 1500002 WHERE original_action_id = {_action('A-5')}",
    ),
    Break(
        "I18 I20 S4",
        "an action belongs to another advertiser than its enterprise",
        f"UPDATE action SET advertiser_id = 5500002 WHERE original_action_id = {_action('A-6')}",
    ),
    Break(
        "I18",
        "a version belongs to another enterprise than its action",
        f"UPDATE order_version SET enterprise_id = 1500002 WHERE original_action_id = {_action('A-6')}",
    ),
    Break(
        "I18 S4",
        "a status belongs to another enterprise than its action",
        f"UPDATE action_status SET enterprise_id = 1500002 WHERE original_action_id = {_action('A-6')}",
    ),
    Break(
        "I18 S4",
        "a present state belongs to another enterprise than its action",
        f"UPDATE action_current SET enterprise_id = 1500002 WHERE original_action_id = {_action('A-6')}",
    ),
    Break(
        "I18",
        "a record belongs to another enterprise than its action",
        f"UPDATE commission_record SET enterprise_id = 1500002 WHERE original_action_id = {_action('A-6')}",
    ),
    Break(
        "I18 I8",
        "a record belongs to another advertiser than its action",
        f"UPDATE commission_record SET advertiser_id = 5500002 WHERE original_action_id = {_action('A-6')}",
    ),
    Break(
        "I18",
        "a use of a click belongs to another enterprise than its order",
        "UPDATE referral_use SET enterprise_id = 1500002 WHERE ordinal = 2",
    ),
    Break(
        "I18",
        "an event belongs to another enterprise",
        "UPDATE event SET enterprise_id = 1500002 WHERE event_id = 1",
    ),
    Break(
        "I18",
        "personal data belongs to another enterprise",
        "UPDATE personal_data SET enterprise_id = 1500002",
    ),
    Break(
        "I20",
        "a rate has no source",
        "UPDATE order_version SET rates = convert_to(replace(convert_from(rates, 'UTF8'), 'demo', 'hearsay'), 'UTF8')"
        f" WHERE original_action_id = {_action('A-7')}",
    ),
    Break(
        "I20 I10",
        "a rate differs from the one with date and source",
        f"UPDATE order_version SET rate_pub = rate_pub + 1 WHERE original_action_id = {_action('A-6')}",
    ),
    Break(
        "I20 I8",
        "an amount is converted into its own currency",
        "UPDATE order_version SET currency = 'USD' WHERE version = 1"
        f" AND original_action_id = {_action('A-7', 'test')}",
    ),
    Break("I21 I6", "work is gone", "DELETE FROM intake_pending WHERE position = 41"),
    Break(
        "I21 I6",
        "a pending row covers more than there is",
        "UPDATE intake_pending SET submissions = submissions + 1 WHERE position = 41",
    ),
    Break(
        "I21 I6",
        "a decided submission is held as well",
        """
        INSERT INTO held_submission
        SELECT batch_id, n, (left(batch_id::text, 30) || '000001')::uuid, position, lane, mode, enterprise_id,
            action_tracker_id, order_id, 'RATE_MISSING', '', received_at, 1, NULL
        FROM intake_log JOIN intake_request USING (batch_id)
        WHERE position = 38
        """,
    ),
    Break(
        "I21 S3",
        "an outcome is of no submission",
        f"UPDATE submission_outcome SET submission_id = '{'0' * 32}' WHERE submission_id = {_outcome('rejected')}",
    ),
    Break("I22 I21", "a row of the log is gone", "DELETE FROM intake_log WHERE order_id = 'A-404'"),
    Break(
        "I22 I21",
        "a row of the log belongs to no request",
        "UPDATE intake_log SET batch_id = gen_random_uuid() WHERE order_id = 'T-1'",
    ),
    Break(
        "I22 I21",
        "a row of the log has another number",
        "UPDATE intake_log SET n = 9 WHERE order_id = 'T-1'",
    ),
    Break(
        "I22",
        "a row of the log is in another lane",
        "UPDATE intake_log SET lane = (lane + 1) & 255 WHERE order_id = 'A-6'",
    ),
    Break(
        "I22",
        "a row of the log is of another kind",
        "UPDATE intake_log SET kind = 'cancel' WHERE order_id = 'A-6'",
    ),
    Break(
        "I23 I6 I21",
        "a change took effect before an earlier one",
        "UPDATE submission_outcome SET position = 40 WHERE position = 5",
    ),
    Break(
        "I23 S4",
        "two generations changed places",
        """
        UPDATE action SET generation = 3 WHERE order_id = 'A-1' AND mode = 'live' AND generation = 1;
        UPDATE action SET generation = 1 WHERE order_id = 'A-1' AND mode = 'live' AND generation = 2;
        UPDATE action SET generation = 2 WHERE order_id = 'A-1' AND mode = 'live' AND generation = 3
        """,
    ),
    Break(
        "I23 S3",
        "an order that waits behind a held one was decided",
        """
        INSERT INTO submission_outcome
        SELECT enterprise_id, submission_id, position, mode, action_tracker_id, order_id, 'cancel', 'rejected',
            'ORDER_NOT_FOUND', '{}', '{}', NULL, NULL, NULL, 1, NULL
        FROM held_submission WHERE order_id = 'H-2' AND mode = 'live' AND code = 'WAITING_BEHIND';
        DELETE FROM held_submission WHERE order_id = 'H-2' AND mode = 'live' AND code = 'WAITING_BEHIND'
        """,
    ),
    Break(
        "I23 I7 S3",
        "an order was decided while an earlier one was pending",
        """
        INSERT INTO intake_pending
        SELECT log.lane, 2, log.batch_id, 1
        FROM intake_log AS log JOIN intake_request USING (batch_id)
        WHERE position = 2 AND order_id = 'A-3';
        DELETE FROM submission_outcome WHERE position = 2 AND order_id = 'A-3'
        """,
    ),
    Break(
        "I24 S4",
        "a generation is missing",
        "UPDATE action SET generation = 3 WHERE generation = 2 AND order_id = 'A-1'",
    ),
    Break(
        "I24 I8",
        "a version is missing",
        f"DELETE FROM order_version WHERE version = 2 AND original_action_id = {_action('E-1')}",
    ),
    Break(
        "I25 S3",
        "a rejection gives a reason that nobody knows",
        f"UPDATE submission_outcome SET code = 'BECAUSE' WHERE submission_id = {_outcome('rejected')}",
    ),
    Break(
        "I25 S3",
        "a posted outcome has a code",
        f"UPDATE submission_outcome SET code = 'DUPLICATE_ORDER' WHERE submission_id = {_outcome('posted')}",
    ),
    Break(
        "I25",
        "a duplicate names another winner",
        f"UPDATE submission_outcome SET winner = {_outcome('rejected')} WHERE submission_id = {_outcome('duplicate')}",
    ),
    Break(
        "I25",
        "a duplicate names itself",
        "UPDATE submission_outcome SET winner = submission_id WHERE outcome = 'duplicate'",
    ),
    Break(
        "I25 I6",
        "a submission has two outcomes",
        """
        ALTER TABLE submission_outcome DROP CONSTRAINT submission_outcome_pkey;
        INSERT INTO submission_outcome SELECT * FROM submission_outcome WHERE outcome = 'duplicate' LIMIT 1
        """,
    ),
    Break(
        "S1",
        "a place of the log is missing",
        "UPDATE intake_request SET position = 99 WHERE channel = 'network' AND position > 1",
    ),
    Break(
        "S1",
        "a running number is given twice",
        "UPDATE intake_request SET first_number = first_number - 1 WHERE position = 2",
    ),
    Break(
        "S1",
        "a request was received before the one in front of it",
        "UPDATE intake_request SET received_at = '2026-01-01' WHERE channel = 'network' AND position > 1",
    ),
    Break("S1", "the end of the log is behind the log", "UPDATE intake_head SET position = position - 1"),
    Break(
        "S1",
        "the end of the log counts one more",
        "UPDATE intake_head SET submission_number = submission_number + 1",
    ),
    Break("S1", "the end of the log is before its time", "UPDATE intake_head SET received_at = '2026-03-01'"),
    Break(
        "S2",
        "a link of the chain is gone",
        "DELETE FROM posting WHERE mode = 'live' AND first_commission_id > 2000000030",
    ),
    Break(
        "S2",
        "a record is outside the chain",
        "UPDATE commission_record SET commission_id = 3000000000 WHERE commission_id = (SELECT max(commission_id) FROM commission_record WHERE mode = 'live')",
    ),
    Break(
        "S2",
        "a link has another time than its records",
        "UPDATE posting SET posted_at = '2027-01-01' WHERE mode = 'test'",
    ),
    Break(
        "S3",
        "an event is missing",
        "DELETE FROM event WHERE event_id = 3",
    ),
    Break("S3", "an event tells something else", "UPDATE event SET kind = 'rejected' WHERE event_id = 3"),
    Break(
        "S3",
        "an outcome is told twice",
        "INSERT INTO event SELECT (SELECT max(event_id) + 1 FROM event), at, mode, enterprise_id, kind, submission_id,"
        " original_action_id, version, code FROM event WHERE kind = 'rejected' LIMIT 1",
    ),
    Break(
        "S4",
        "a present state has another lock",
        "UPDATE action_current SET locks_at = '2027-01-01' WHERE order_id = 'D-1'",
    ),
    Break("S4", "a present state is gone", "DELETE FROM action_current WHERE order_id = 'D-1'"),
    Break(
        "S5",
        "the bytes of an order are others",
        "UPDATE intake_log SET body = body || '\\x20' WHERE order_id = 'A-6'",
    ),
    Break("S6", "a use of a click is gone", "DELETE FROM referral_use WHERE ordinal = 2"),
    Break(
        "S6",
        "a click is used by nobody",
        "INSERT INTO referral_use SELECT mode, click_id, action_tracker_id, 9, enterprise_id, original_action_id FROM referral_use LIMIT 1",
    ),
)
"""Every break names its checks; the history has an order for each."""
