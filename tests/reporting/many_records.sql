-- A year of records; many_records.py names the sizes. Bodies come from the one order that was posted before.
SET session_replication_role = replica;
SET synchronous_commit = off;
SET maintenance_work_mem = '256MB';
CREATE TEMPORARY TABLE sample AS
    SELECT action.credit, action.contract_id, action.terms_id, action.terms_from, action.network_version,
        action.opening, action.position, version.rates, version.stated, version.priced
    FROM action JOIN order_version AS version USING (enterprise_id, original_action_id) LIMIT 1;
TRUNCATE commission_record, action_current, action_status, order_version, action, posting, event,
    daily_total, submission_outcome, referral_use, period_record, statement_line CASCADE;
CREATE TEMPORARY TABLE life AS
SELECT n,
    1000000000001 + n AS original_action_id,
    CASE WHEN mod(n, 5) < 3 THEN 1500001 ELSE 1500002 END::bigint AS enterprise_id,
    CASE WHEN mod(n, 5) < 3 THEN 5500001 ELSE 5500002 END::bigint AS advertiser_id,
    CASE WHEN mod(n, 5) < 3 THEN CASE WHEN mod(n, 40) = 0 THEN 405 ELSE 401 END ELSE 451 END::bigint AS tracker,
    CASE WHEN mod(n, 3) = 0 THEN 7700001 WHEN mod(n, 3) = 1 THEN 7700002 ELSE 7700009 END::bigint AS publisher_id,
    CASE WHEN mod(n, 3) = 0 THEN 9900001 ELSE 9900002 END::bigint AS property_id,
    CASE WHEN mod(n, 5) < 3 THEN 12000001 ELSE 12000002 END::bigint AS ad_id,
    mod(n, 5) >= 3 OR mod(n, 40) = 0 AS is_open_ended,
    mod(n, 5) = 0 AS is_restated,
    opened.at AS event_time,
    date_trunc('month', opened.at) + interval '1 month 9 days 8 hours' AS locking_date,
    ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS submission_id,
    10 + (mod(n, 997)) * 0.25 AS sale
FROM generate_series(0, %(actions)s - 1) AS n
    CROSS JOIN LATERAL (
        SELECT %(begin)s::timestamptz
            + (n / %(actions_a_posting)s) * (%(span)s::interval / %(postings)s) - interval '5 minutes' AS at
    ) AS opened;
ANALYZE life;

INSERT INTO posting (mode, first_commission_id, last_commission_id, previous_commission_id, posted_at)
SELECT 'live', %(first_id)s + p * %(records_a_posting)s, %(first_id)s + (p + 1) * %(records_a_posting)s - 1,
    CASE WHEN p > 0 THEN %(first_id)s + p * %(records_a_posting)s - 1 END,
    %(begin)s::timestamptz + p * (%(span)s::interval / %(postings)s)
FROM generate_series(0, %(postings)s - 1) AS p;

INSERT INTO action (enterprise_id, original_action_id, mode, action_tracker_id, order_id, generation, position,
    submission_id, advertiser_id, event_time, publisher_id, property_id, ad_id, click_id, credit, contract_id,
    terms_id, terms_from, network_version, locking_method, opening)
SELECT enterprise_id, original_action_id, 'live', tracker, 'M-' || n, 1, position, submission_id, advertiser_id,
    event_time, publisher_id, property_id, ad_id, 'click-' || n, credit, contract_id, terms_id, terms_from,
    network_version, CASE WHEN is_open_ended THEN 'OPEN_ENDED' ELSE 'FIXED_DATE' END, opening
FROM life CROSS JOIN sample;

INSERT INTO order_version (enterprise_id, original_action_id, version, state, kind, submission_id, position,
    received_at, currency, rate_adv, rate_pub, rate_usd, rates, sale_adv, sale_pub, sale_usd, commission_adv,
    commission_pub, commission_usd, fee_adv, fee_pub, fee_usd, discount_adv, discount_pub, discount_usd,
    discount_original, stated, priced)
SELECT enterprise_id, original_action_id, version, 'standing', CASE version WHEN 1 THEN 'create' ELSE 'restate' END,
    submission_id, position, event_time, 'USD', 1, 1, 1, rates, worth, worth, worth, round(worth * 0.08, 3),
    round(worth * 0.08, 3), round(worth * 0.08, 3), round(worth * 0.008, 3), round(worth * 0.008, 3),
    round(worth * 0.008, 3), 0, 0, 0, 0, stated, priced
FROM life
    CROSS JOIN LATERAL generate_series(1, CASE WHEN is_restated THEN 2 ELSE 1 END) AS version
    CROSS JOIN LATERAL (SELECT sale / version AS worth) AS told
    CROSS JOIN sample;

INSERT INTO action_current (enterprise_id, original_action_id, mode, action_tracker_id, order_id, generation,
    advertiser_id, publisher_id, event_time, version, state, validation, locking_method, locking_date, locks_at,
    extended, closed_at, lock_noted)
SELECT enterprise_id, original_action_id, 'live', tracker, 'M-' || n, 1, advertiser_id, publisher_id, event_time,
    CASE WHEN is_restated THEN 2 ELSE 1 END, 'standing',
    CASE WHEN NOT is_open_ended THEN 'AUTOMATED' WHEN is_pending THEN 'PENDING'
        WHEN mod(n, 50) = 3 THEN 'DECLINED' ELSE 'ACCEPTED' END,
    CASE WHEN is_open_ended THEN 'OPEN_ENDED' ELSE 'FIXED_DATE' END,
    CASE WHEN is_pending THEN event_time + interval '14400 hours' ELSE locking_date END,
    CASE WHEN is_pending THEN NULL ELSE locking_date + interval '26 hours' END,
    mod(n, 1000) = 1,
    CASE WHEN is_pending THEN NULL WHEN locking_date < %(now)s::timestamptz - interval '20 days'
        THEN locking_date + interval '5 days' END,
    locking_date < %(now)s::timestamptz
FROM life
    CROSS JOIN LATERAL (
        SELECT is_open_ended AND (event_time > %(now)s::timestamptz - interval '30 days' OR mod(n, 500) = 4)
            AS is_pending
    ) AS told;

INSERT INTO commission_record (enterprise_id, commission_id, mode, kind, original_action_id, version, sign,
    submission_id, posted_at, event_time, advertiser_id, publisher_id, property_id, ad_id, action_tracker_id)
SELECT enterprise_id, %(first_id)s + n / 5 * 7 + place, 'live', kind, original_action_id, line.version, sign,
    submission_id,
    %(begin)s::timestamptz
        + ((n / 5 * 7 + place) / %(records_a_posting)s) * (%(span)s::interval / %(postings)s),
    event_time, advertiser_id, publisher_id, property_id, ad_id, tracker
FROM life
    CROSS JOIN LATERAL (
        VALUES (mod(n, 5), 'original', 1, 1), (5, 'reversal', 1, -1), (6, 'correction', 2, 1)
    ) AS line (place, kind, version, sign)
WHERE line.place < 5 OR is_restated
ORDER BY n / 5, place;

INSERT INTO action_status (enterprise_id, original_action_id, since, cause, submission_id, position, validation,
    locking_date, locks_at, extended)
SELECT enterprise_id, original_action_id, event_time, 'submission', submission_id, 1,
    CASE WHEN is_open_ended THEN 'PENDING' ELSE 'AUTOMATED' END, locking_date, NULL, false
FROM life;

INSERT INTO event (event_id, at, mode, enterprise_id, kind, submission_id, original_action_id, version)
SELECT 2 * n + 1, event_time + interval '5 minutes', 'live', enterprise_id, 'posted', submission_id,
    original_action_id, 1
FROM life
UNION ALL
SELECT 2 * n + 2, event_time + interval '5 minutes', 'live', enterprise_id, 'restated',
    ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, original_action_id, 2
FROM life
WHERE is_restated OR is_open_ended AND mod(n, 500) <> 4;

INSERT INTO action_status (enterprise_id, original_action_id, since, cause, submission_id, position, validation,
    locking_date, locks_at, extended)
SELECT enterprise_id, original_action_id, event_time + interval '1 minute', 'submission',
    ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, 2, 'ACCEPTED', locking_date, locking_date, false
FROM life
WHERE is_open_ended AND mod(n, 500) <> 4;
