Breaks: for every invariant, ways to break the stored rows on purpose. Each says what is done and which checks
must then go red, the one it is for first; a check that cannot fail proves nothing. The order ids are those of
history.py. They run without triggers and foreign keys, and are undone.

-- words
-- The rows that breaks speak of, by the ids of the orders.
CREATE FUNCTION pg_temp.action_of(of_order text, in_mode text DEFAULT 'live') RETURNS bigint LANGUAGE sql
BEGIN ATOMIC
    SELECT original_action_id FROM action WHERE order_id = of_order AND mode = in_mode AND generation = 1;
END;
CREATE FUNCTION pg_temp.record_of(of_order text, of_kind text) RETURNS bigint LANGUAGE sql
BEGIN ATOMIC
    SELECT min(commission_id) FROM commission_record
    WHERE original_action_id = pg_temp.action_of(of_order) AND kind = of_kind;
END;
CREATE FUNCTION pg_temp.first_with(wanted text) RETURNS uuid LANGUAGE sql
BEGIN ATOMIC
    SELECT submission_id FROM submission_outcome WHERE outcome = wanted ORDER BY submission_id LIMIT 1;
END;
CREATE FUNCTION pg_temp.replaced(body bytea, pattern text, other text) RETURNS bytea LANGUAGE sql
RETURN convert_to(regexp_replace(convert_from(body, 'UTF8'), pattern, other), 'UTF8');

-- I1: a reversal is gone
-- I1 I4 I5 I8 S2 I9
DELETE FROM commission_record WHERE commission_id = pg_temp.record_of('A-1', 'reversal');

-- I2: a reversal names another property
-- I2
UPDATE commission_record
SET property_id = 1
WHERE commission_id = pg_temp.record_of('A-1', 'reversal');

-- I2: a reversal is called a correction
-- I2 I5
UPDATE commission_record
SET kind = 'correction'
WHERE commission_id = pg_temp.record_of('A-1', 'reversal');

-- I2: a reversal has nothing to reverse
-- I2 I1 I4 I5 I8 S2 I9
DELETE FROM commission_record WHERE commission_id = pg_temp.record_of('A-1', 'original');

-- I3: a record is reversed twice
-- I3 I1 I4 I5 I8 I23 S2 I9
ALTER TABLE commission_record DROP CONSTRAINT
    commission_record_enterprise_id_original_action_id_version__key;
INSERT INTO commission_record
SELECT (jsonb_populate_record(record, '{"commission_id": 2100000000, "posted_at": "2027-01-01Z"}')).*
FROM commission_record AS record
WHERE commission_id = pg_temp.record_of('A-1', 'reversal');

-- I3: a reversal comes before its record
-- I3 I14 I23 S2 I9
UPDATE commission_record
SET commission_id = 1
WHERE commission_id = pg_temp.record_of('A-1', 'reversal');

-- I4: an action has no record
-- I4 I1 I5 I8 S2 I9
DELETE FROM commission_record WHERE commission_id = pg_temp.record_of('A-6', 'original');

-- I4: the standing record is not that of the last version, though it says the same
-- I4 I5 I8 S2 I9
DELETE FROM commission_record
WHERE original_action_id = pg_temp.action_of('E-1') AND (version = 3 OR (version = 2 AND sign = -1));

-- I5: a record has another submission
-- I5
UPDATE commission_record
SET submission_id = '00000000000000000000000000000000'
WHERE commission_id = pg_temp.record_of('A-6', 'original');

-- I5: an original is called a correction
-- I5 I8
UPDATE commission_record
SET kind = 'correction'
WHERE commission_id = pg_temp.record_of('A-6', 'original');

-- I5: a bonus is of no period job
-- I5 S2
INSERT INTO commission_record (enterprise_id, commission_id, mode, kind, sign, posted_at, event_time,
    advertiser_id, publisher_id)
VALUES (1500001, 2100000000, 'live', 'bonus', 1, '2027-01-01', '2027-01-01', 5500001, 7700001);

-- I6: an outcome is gone
-- I6 I21 S3
DELETE FROM submission_outcome WHERE submission_id = pg_temp.first_with('rejected');

-- I6: a request says that it had more orders
-- I6 I22 S1
UPDATE intake_request SET submissions = submissions + 1 WHERE position = 2;

-- I7: work waits longer than the alarm age
-- I7
UPDATE business_clock SET stands_at = stands_at + interval '11 minutes';

-- I7: a held submission has a reason that nobody knows
-- I7 I25
UPDATE held_submission
SET code = 'BECAUSE'
WHERE code = 'RATE_MISSING' AND order_id = 'R-2';

-- I7: a held submission names another order
-- I7
UPDATE held_submission SET order_id = 'X' WHERE mode = 'test' AND order_id = 'H-2';

-- I7: a submission was held before it was received
-- I7
UPDATE held_submission SET since = '2026-01-01' WHERE order_id = 'R-2';

-- I7: a submission waits behind nothing
-- I7
UPDATE held_submission SET code = 'WAITING_BEHIND' WHERE order_id = 'R-2';

-- I8: a daily total counts one record more
-- I8
UPDATE daily_total SET records = records + 1 WHERE mode = 'live' AND currency = 'GBP';

-- I8: a daily total has another sum
-- I8
UPDATE daily_total SET fee_usd = fee_usd + 0.001 WHERE mode = 'test';

-- I8: a daily total is gone
-- I8
DELETE FROM daily_total WHERE mode = 'live' AND currency = 'EUR';

-- I10: a commission is a thousandth more
-- I10 I8 I9
UPDATE order_version
SET commission_pub = commission_pub + 0.001
WHERE original_action_id = pg_temp.action_of('A-6');

-- I10: a fee is a thousandth more
-- I10 I8 I9
UPDATE order_version
SET fee_adv = fee_adv + 0.001
WHERE original_action_id = pg_temp.action_of('M-2');

-- I10: a discount in the order's currency is another
-- I10
UPDATE order_version
SET discount_original = discount_original + 1
WHERE original_action_id = pg_temp.action_of('A-8');

-- I10: an item's amount is another
-- I10
UPDATE order_version
SET priced = pg_temp.replaced(priced, '"per_item":\{"adv":"[0-9.]*"', '"per_item":{"adv":"9"')
WHERE version = 1 AND original_action_id = pg_temp.action_of('B-1');

-- I10: an item's commission is another
-- I10
UPDATE order_version
SET priced = pg_temp.replaced(priced, '"usd":"[1-9][0-9.]*"\},"discount"', '"usd":"0"},"discount"')
WHERE version = 1 AND original_action_id = pg_temp.action_of('M-1');

-- I10: an item is priced by a rule that the terms do not have
-- I10
UPDATE order_version
SET priced = pg_temp.replaced(priced, '"rule":3', '"rule":5')
WHERE version = 1 AND original_action_id = pg_temp.action_of('B-1');

-- I10: an order is priced by a rule that the terms do not have
-- I10
UPDATE order_version
SET priced = pg_temp.replaced(priced, '\],1,\[', '],2,[')
WHERE version = 1 AND original_action_id = pg_temp.action_of('A-6');

-- I10: an item is missing
-- I10
UPDATE order_version
SET priced = pg_temp.replaced(priced, '^\[\[\{.*?\}\],', '[[],')
WHERE version = 1 AND original_action_id = pg_temp.action_of('D-1');

-- I10: the terms are others than those an order was priced by
-- I10
UPDATE reference_version
SET body = pg_temp.replaced(body, '"8"', '"9"')
WHERE kind = 'terms' AND id LIKE '701@1997%';

-- I11: a commissionable action says that it is none
-- I11
UPDATE action
SET code = 'UNATTRIBUTED'
WHERE original_action_id = pg_temp.action_of('A-6');

-- I11: an action that is not commissionable says that it is
-- I11 I4 I12 S4
UPDATE action
SET code = NULL, publisher_id = 7700001, terms_id = 701, locking_method = 'FIXED_DATE'
WHERE original_action_id = pg_temp.action_of('A-5');

-- I11: an outcome says another reason than the action
-- I11 S3
UPDATE submission_outcome
SET code = 'CHANNEL_EXCLUDED'
WHERE submission_id = pg_temp.first_with('recorded');

-- I12: a record names another publisher
-- I12 I8 I9
UPDATE commission_record
SET publisher_id = 7700009
WHERE commission_id = pg_temp.record_of('A-6', 'original');

-- I12: the credit names another publisher
-- I12
UPDATE action
SET credit = pg_temp.replaced(credit, '7700002', '7700001')
WHERE original_action_id = pg_temp.action_of('A-6');

-- I13: an order was restated after its lock
-- I13 S4
UPDATE action_status
SET locks_at = '2026-03-02T10:00Z'
WHERE original_action_id = pg_temp.action_of('A-4');

-- I13: an order was restated after its closing
-- I13 S4
UPDATE action_status
SET closed_at = '2026-03-02'
WHERE original_action_id = pg_temp.action_of('A-4');

-- I13: a version was received at another time than its request
-- I13
UPDATE order_version
SET received_at = received_at - interval '1 second'
WHERE version = 2 AND original_action_id = pg_temp.action_of('A-4');

-- I14: a record was posted before one with a lower id
-- I14 I8 S2
UPDATE commission_record SET posted_at = '2026-01-01' WHERE commission_id = 2000000010;

-- I14: two postings were told the wrong way round
-- I14
UPDATE event SET event_id = -event_id WHERE event_id <= 2;
UPDATE event SET event_id = 3 + event_id WHERE event_id < 0;

-- I15: a cancelled order is worth something
-- I15 I8
UPDATE order_version
SET fee_usd = 0.001
WHERE state = 'cancelled' AND original_action_id = pg_temp.action_of('A-1');

-- I15: an item of a cancelled order is worth something
-- I15
UPDATE order_version
SET priced = pg_temp.replaced(priced, '"adv":"0.000"', '"adv":"0.001"')
WHERE state = 'cancelled' AND original_action_id = pg_temp.action_of('B-2');

-- I15: an order stands after its cancellation
-- I15 I10 S4
UPDATE order_version
SET state = 'standing'
WHERE state = 'cancelled' AND original_action_id = pg_temp.action_of('A-1');

-- I15: an order was changed after its cancellation
-- I15
UPDATE order_version
SET state = 'cancelled'
WHERE version = 1 AND original_action_id = pg_temp.action_of('A-4');

-- I10: the terms of an order are gone
-- I10
UPDATE action
SET terms_from = '1996-01-01'
WHERE original_action_id = pg_temp.action_of('A-6');

-- I17: a live action has a record in the test ledger
-- I17 I8 S2 I9
UPDATE commission_record
SET mode = 'test'
WHERE commission_id = pg_temp.record_of('A-6', 'original');

-- I17: a live action was opened by a test request
-- I17 S4
UPDATE action
SET mode = 'live'
WHERE original_action_id = pg_temp.action_of('R-1', 'test');

-- I17: a live version refers to a test request
-- I17 I13
UPDATE order_version
SET position = 26
WHERE version = 2 AND original_action_id = pg_temp.action_of('A-4');

-- I17: a live status refers to a test request
-- I17
UPDATE action_status SET position = 26 WHERE original_action_id = pg_temp.action_of('D-1');

-- I17: the present state of a live order is in the test ledger
-- I17 S4
UPDATE action_current
SET mode = 'test'
WHERE original_action_id = pg_temp.action_of('D-1');

-- I17: an outcome is in the other ledger than its request
-- I17
UPDATE submission_outcome
SET mode = 'test'
WHERE submission_id = pg_temp.first_with('rejected');

-- I17: an outcome refers to the other ledger's action
-- I17 S3
UPDATE submission_outcome
SET original_action_id = pg_temp.action_of('A-4', 'test')
WHERE order_id = 'A-4' AND outcome = 'rejected';

-- I17: a test order is held as a live one
-- I17 I7
UPDATE held_submission SET mode = 'live' WHERE order_id = 'R-2';

-- I17: a use of a click is in the other ledger
-- I17 S6
UPDATE referral_use SET mode = 'test', ordinal = 9 WHERE ordinal = 2 AND mode = 'live';

-- I17: an event is in the other ledger
-- I17
UPDATE event SET mode = 'test' WHERE event_id = 1;

-- I18: an outcome belongs to another enterprise than its submission
-- I18
UPDATE submission_outcome
SET enterprise_id = 1500002
WHERE submission_id = pg_temp.first_with('rejected');

-- I18: an outcome refers to another enterprise's action
-- I18 S3
UPDATE submission_outcome
SET original_action_id = pg_temp.action_of('S-1')
WHERE submission_id = pg_temp.first_with('rejected');

-- I18: an action belongs to another enterprise than its submission
-- I18 S4
UPDATE action
SET enterprise_id = 1500002
WHERE original_action_id = pg_temp.action_of('A-5');

-- I18: an action belongs to another advertiser than its enterprise
-- I18 I20 S4
UPDATE action
SET advertiser_id = 5500002
WHERE original_action_id = pg_temp.action_of('A-6');

-- I18: a version belongs to another enterprise than its action
-- I18 I4 I8 I11 S4 I9
UPDATE order_version
SET enterprise_id = 1500002
WHERE original_action_id = pg_temp.action_of('A-6');

-- I18: a status belongs to another enterprise than its action
-- I18 S4
UPDATE action_status
SET enterprise_id = 1500002
WHERE original_action_id = pg_temp.action_of('A-6');

-- I18: a present state belongs to another enterprise than its action
-- I18 S4 I9
UPDATE action_current
SET enterprise_id = 1500002
WHERE original_action_id = pg_temp.action_of('A-6');

-- I18: a record belongs to another enterprise than its action
-- I18 I1 I4 I5 I8 I9
UPDATE commission_record
SET enterprise_id = 1500002
WHERE original_action_id = pg_temp.action_of('A-6');

-- I18: a record belongs to another advertiser than its action
-- I18 I8 I9
UPDATE commission_record
SET advertiser_id = 5500002
WHERE original_action_id = pg_temp.action_of('A-6');

-- I18: a use of a click belongs to another enterprise than its order
-- I18
UPDATE referral_use SET enterprise_id = 1500002 WHERE ordinal = 2;

-- I18: an event belongs to another enterprise
-- I18
UPDATE event SET enterprise_id = 1500002 WHERE event_id = 1;

-- I18: personal data belongs to another enterprise
-- I18
UPDATE personal_data SET enterprise_id = 1500002;

-- I20: a rate has no source
-- I20
UPDATE order_version
SET rates = pg_temp.replaced(rates, 'demo', 'hearsay')
WHERE original_action_id = pg_temp.action_of('A-7');

-- I20: a rate differs from the one with date and source
-- I20 I10
UPDATE order_version
SET rate_pub = rate_pub + 1
WHERE original_action_id = pg_temp.action_of('A-6');

-- I20: an amount is converted into its own currency
-- I20 I8
UPDATE order_version
SET currency = 'USD'
WHERE version = 1 AND original_action_id = pg_temp.action_of('A-7', 'test');

-- I21: work is gone
-- I21 I6
DELETE FROM intake_pending WHERE position = (SELECT max(position) FROM intake_pending);

-- I21: a pending row covers more than there is
-- I21 I6
UPDATE intake_pending SET submissions = submissions + 1 WHERE position = (SELECT max(position) FROM intake_pending);

-- I21: a decided submission is held as well
-- I21 I6
INSERT INTO held_submission
SELECT batch_id, n, (left(batch_id::text, 30) || '000001')::uuid, position, lane, mode, enterprise_id,
    action_tracker_id, order_id, 'RATE_MISSING', '', received_at, 1, NULL
FROM intake_log JOIN intake_request USING (batch_id)
WHERE order_id = 'T-1';

-- I21: an outcome is of no submission
-- I21 S3
UPDATE submission_outcome
SET submission_id = '00000000000000000000000000000000'
WHERE submission_id = pg_temp.first_with('rejected');

-- I22: a row of the log is gone
-- I22 I21
DELETE FROM intake_log WHERE order_id = 'A-404';

-- I22: a row of the log belongs to no request
-- I22 I21
UPDATE intake_log SET batch_id = gen_random_uuid() WHERE order_id = 'T-1';

-- I22: a row of the log has another number
-- I22 I21
UPDATE intake_log SET n = 9 WHERE order_id = 'T-1';

-- I22: a row of the log is in another lane
-- I22
UPDATE intake_log SET lane = (lane + 1) & 255 WHERE order_id = 'A-6';

-- I22: a row of the log is of another kind
-- I22
UPDATE intake_log SET kind = 'cancel' WHERE order_id = 'A-6';

-- I23: a change took effect before an earlier one
-- I23 I6 I21
UPDATE submission_outcome
SET position = (SELECT position FROM intake_request WHERE channel = 'tag')
WHERE position = 5;

-- I23: two generations changed places
-- I23 S4
UPDATE action SET generation = 3 WHERE order_id = 'A-1' AND mode = 'live' AND generation = 1;
UPDATE action SET generation = 1 WHERE order_id = 'A-1' AND mode = 'live' AND generation = 2;
UPDATE action SET generation = 2 WHERE order_id = 'A-1' AND mode = 'live' AND generation = 3;

-- I23: an order that waits behind a held one was decided
-- I23 S3
INSERT INTO submission_outcome
SELECT enterprise_id, submission_id, position, mode, action_tracker_id, order_id, 'cancel',
    'rejected', 'ORDER_NOT_FOUND', '{}', '{}', NULL, NULL, NULL, 1, NULL
FROM held_submission WHERE order_id = 'H-2' AND mode = 'live' AND code = 'WAITING_BEHIND';
DELETE FROM held_submission WHERE order_id = 'H-2' AND mode = 'live' AND code = 'WAITING_BEHIND';

-- I23: an order was decided while an earlier one was pending
-- I23 I7 S3
INSERT INTO intake_pending
SELECT log.lane, 2, log.batch_id, 1
FROM intake_log AS log JOIN intake_request USING (batch_id)
WHERE position = 2 AND order_id = 'A-3';
DELETE FROM submission_outcome WHERE position = 2 AND order_id = 'A-3';

-- I24: a generation is missing
-- I24 S4
UPDATE action SET generation = 3 WHERE generation = 2 AND order_id = 'A-1';

-- I24: a version is missing
-- I24 I8 I9
DELETE FROM order_version
WHERE version = 2 AND original_action_id = pg_temp.action_of('E-1');

-- I25: a rejection gives a reason that nobody knows
-- I25 S3
UPDATE submission_outcome
SET code = 'BECAUSE'
WHERE submission_id = pg_temp.first_with('rejected');

-- I25: a posted outcome has a code
-- I25 S3
UPDATE submission_outcome
SET code = 'DUPLICATE_ORDER'
WHERE submission_id = pg_temp.first_with('posted');

-- I25: a duplicate names another winner
-- I25
UPDATE submission_outcome
SET winner = pg_temp.first_with('rejected')
WHERE submission_id = pg_temp.first_with('duplicate');

-- I25: a duplicate names itself
-- I25
UPDATE submission_outcome SET winner = submission_id WHERE outcome = 'duplicate';

-- I25: a submission has two outcomes
-- I25 I6
ALTER TABLE submission_outcome DROP CONSTRAINT submission_outcome_pkey;
INSERT INTO submission_outcome SELECT * FROM submission_outcome WHERE outcome = 'duplicate' LIMIT 1;

-- S1: a place of the log is missing
-- S1
UPDATE intake_request SET position = 99 WHERE channel = 'network' AND position > 1;

-- S1: a running number is given twice
-- S1
UPDATE intake_request SET first_number = first_number - 1 WHERE position = 2;

-- S1: a request was received before the one in front of it
-- S1
UPDATE intake_request
SET received_at = '2026-01-01'
WHERE channel = 'network' AND position > 1;

-- S1: the end of the log is behind the log
-- S1
UPDATE intake_head SET position = position - 1;

-- S1: the end of the log counts one more
-- S1
UPDATE intake_head SET submission_number = submission_number + 1;

-- S1: the end of the log is before its time
-- S1
UPDATE intake_head SET received_at = '2026-03-01';

-- S2: a link of the chain is gone
-- S2
DELETE FROM posting WHERE mode = 'live' AND first_commission_id > 2000000030;

-- S2: a record is outside the chain
-- S2 I9
UPDATE commission_record
SET commission_id = 3000000000
WHERE commission_id = (SELECT max(commission_id) FROM commission_record WHERE mode = 'live');

-- S2: a link has another time than its records
-- S2
UPDATE posting SET posted_at = '2027-01-01' WHERE mode = 'test';

-- S3: an event is missing
-- S3
DELETE FROM event WHERE event_id = 3;

-- S3: an event tells something else
-- S3
UPDATE event SET kind = 'rejected' WHERE event_id = 3;

-- S3: an outcome is told twice
-- S3
INSERT INTO event
SELECT (SELECT max(event_id) + 1 FROM event), at, mode, enterprise_id, kind, submission_id,
    original_action_id, version, code FROM event
WHERE kind = 'rejected' LIMIT 1;

-- S4: a present state has another lock
-- S4
UPDATE action_current SET locks_at = '2027-01-01' WHERE order_id = 'D-1';

-- S4: a present state is gone
-- S4 I9
DELETE FROM action_current WHERE order_id = 'D-1';

-- S5: the bytes of an order are others
-- S5
UPDATE intake_log SET body = body || '\x20' WHERE order_id = 'A-6';

-- S6: a use of a click is gone
-- S6
DELETE FROM referral_use WHERE ordinal = 2;

-- S6: a click is used by nobody
-- S6
INSERT INTO referral_use
SELECT mode, click_id, action_tracker_id, 9, enterprise_id, original_action_id FROM referral_use LIMIT 1;

-- I10: a version is no JSON
-- I10
UPDATE order_version
SET stated = 'torn'
WHERE version = 1 AND original_action_id = pg_temp.action_of('A-6');

-- I18: every outcome is another enterprise's
-- I18 I5 I25
UPDATE submission_outcome SET enterprise_id = 1500003;

-- I5: a bonus has no line in the ledger
-- I5 I8 I9 S2
DELETE FROM commission_record WHERE kind = 'bonus' AND publisher_id = 7700002;

-- I5: a bonus has no figures and no reason
-- I5 I8 I9
DELETE FROM period_record WHERE publisher_id = 7700002;

-- I9: a paper is more than its lines
-- I9
UPDATE statement SET total = total + 1, payable = payable + 1 WHERE kind = 'invoice' AND month = '2026-03-01';

-- I9: what was carried is not brought forward
-- I9
UPDATE statement
SET brought_forward = brought_forward + 1, payable = payable + 1
WHERE kind = 'statement' AND month = '2026-04-01';

-- I9: a paper does not add up
-- I9
ALTER TABLE statement DROP CONSTRAINT statement_check;
UPDATE statement SET payable = payable + 1 WHERE kind = 'invoice' AND month = '2026-03-01';

-- I9: a number of a paper is left out
-- I9
UPDATE statement SET sequence = 99 WHERE kind = 'invoice' AND sequence = 1;
UPDATE statement_line SET sequence = 99 WHERE kind = 'invoice' AND sequence = 1;

-- I9: a line says something else than its record
-- I9
UPDATE statement_line SET commission = commission + 1, fee = fee - 1
WHERE kind = 'invoice' AND commission_id = pg_temp.record_of('A-6', 'original');

-- I9: a line is on another company's paper
-- I9
UPDATE statement SET company_id = 7700009 WHERE kind = 'statement' AND month = '2026-03-01' AND sequence = 1;

-- I9: a pended order is on a paper
-- I9 S4
UPDATE action_current SET validation = 'PENDING' WHERE original_action_id = pg_temp.action_of('A-6');

-- I9: an order that is not closed is on a paper
-- I9 S4
UPDATE action_current
SET closed_at = NULL, closed_position = NULL
WHERE original_action_id = pg_temp.action_of('A-6');

-- I9: a closed record is on no paper
-- I9
DELETE FROM statement_line
WHERE kind = 'statement' AND commission = 0;

-- I9: a record is on two papers
-- I9
ALTER TABLE statement_line DROP CONSTRAINT statement_line_pkey;
INSERT INTO statement_line
SELECT kind, year, 2, enterprise_id, commission_id, 0, 0
FROM statement_line
WHERE kind = 'invoice' AND commission_id = pg_temp.record_of('A-6', 'original');

-- I10: a flat amount is converted by another rate
-- I10
UPDATE order_version
SET rates = pg_temp.replaced(rates, '("flats".*"value":)"1.1', '\1"1.2')
WHERE original_action_id = pg_temp.action_of('C-3');

-- I18: a bonus is of another advertiser's enterprise
-- I18 I5 I8 I9
UPDATE period_record SET enterprise_id = 1500002 WHERE publisher_id = 7700002;

-- I20: a flat amount has no rate
-- I20 I10
UPDATE order_version
SET rates = pg_temp.replaced(rates, '"flats"', '"once"')
WHERE original_action_id = pg_temp.action_of('C-3');

-- I20: a flat amount's rate has no source
-- I20
UPDATE order_version
SET rates = pg_temp.replaced(rates, '("flats".*)"demo"', '\1"hearsay"')
WHERE original_action_id = pg_temp.action_of('C-3');

-- S4: a lock was noted that is not in the history
-- S4
DELETE FROM action_status WHERE cause = 'calendar' AND original_action_id = pg_temp.action_of('A-6');

-- I23: an action is at another place than its submission
-- I23
UPDATE action SET position = 100000 WHERE original_action_id = pg_temp.action_of('A-6');

-- I23: an action was opened by a network that is not there
-- I23
UPDATE action SET network_version = 99 WHERE original_action_id = pg_temp.action_of('A-6');

-- I23: an outcome was decided by another network than its place saw
-- I23
UPDATE submission_outcome SET network_version = 99 WHERE submission_id = pg_temp.first_with('rejected');

-- I5: a record is of a version that is not there
-- I5 I1 I4 I8 I9
UPDATE commission_record SET version = 9 WHERE commission_id = pg_temp.record_of('A-6', 'original');

-- I18: a version is of an action that is not there
-- I18 I4 I8 I9 I11 S4
UPDATE order_version SET original_action_id = 7 WHERE original_action_id = pg_temp.action_of('A-6');

-- I18: a status is of an action that is not there
-- I18 S4
UPDATE action_status SET original_action_id = 7 WHERE original_action_id = pg_temp.action_of('A-6');

-- I18: a present state is of an action that is not there
-- I18 I9 S4
UPDATE action_current SET original_action_id = 7 WHERE original_action_id = pg_temp.action_of('A-6');

-- I21: an outcome is at a place that is not in the log
-- I21 I6 I23
UPDATE submission_outcome SET position = 100000 WHERE submission_id = pg_temp.first_with('rejected');
