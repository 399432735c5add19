Posting: what a decided chunk adds. The wide rows go in first; the flush statements run together, in this order.

-- make_drafts
-- Once for each connection: where narrow rows wait for their ids, emptied by every commit.
CREATE TEMPORARY TABLE IF NOT EXISTS record_draft (
    mode text, ordinal bigint, kind text, enterprise_id bigint, original_action_id bigint, version integer,
    sign smallint, submission_id uuid, event_time timestamptz, advertiser_id bigint, publisher_id bigint,
    property_id bigint, ad_id bigint, action_tracker_id bigint, correction_reason text
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS event_draft (
    ordinal bigint, mode text, enterprise_id bigint, kind text, submission_id uuid, original_action_id bigint,
    version integer, code text
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS current_draft (
    enterprise_id bigint, original_action_id bigint, mode text, action_tracker_id bigint, order_id text,
    generation integer, advertiser_id bigint, publisher_id bigint, event_time timestamptz, version integer,
    state text, validation text, locking_method text, locking_date timestamptz, locks_at timestamptz,
    extended boolean, closed_at timestamptz, closed_position bigint
) ON COMMIT DELETE ROWS;

-- copy_action
-- New generations.
COPY action (enterprise_id, original_action_id, mode, action_tracker_id, order_id, generation, position,
    submission_id, advertiser_id, event_time, code, publisher_id, property_id, ad_id, click_id, credit,
    contract_id, terms_id, terms_from, network_version, locking_method, referral_ordinal, opening)
FROM STDIN (FORMAT BINARY);

-- copy_version
-- New versions.
COPY order_version (enterprise_id, original_action_id, version, state, kind, submission_id, position, received_at,
    update_time, correction_reason, currency, rate_adv, rate_pub, rate_usd, rates, sale_adv, sale_pub, sale_usd,
    commission_adv, commission_pub, commission_usd, fee_adv, fee_pub, fee_usd, discount_adv, discount_pub,
    discount_usd, discount_original, stated, priced)
FROM STDIN (FORMAT BINARY);

-- copy_status
-- New statuses.
COPY action_status (enterprise_id, original_action_id, since, cause, submission_id, position, validation,
    locking_date, locks_at, extended, closed_at, closed_position)
FROM STDIN (FORMAT BINARY);

-- copy_outcome
-- One for each decided submission.
COPY submission_outcome (enterprise_id, submission_id, position, mode, action_tracker_id, order_id, kind, outcome,
    code, warnings, skipped, original_action_id, version, winner, network_version, rates_position, removed)
FROM STDIN (FORMAT BINARY);

-- copy_current
-- What the actions that this chunk opens are.
COPY action_current (enterprise_id, original_action_id, mode, action_tracker_id, order_id, generation,
    advertiser_id, publisher_id, event_time, version, state, validation, locking_method, locking_date, locks_at,
    extended, closed_at, closed_position)
FROM STDIN (FORMAT BINARY);

-- copy_current_draft
-- What actions of earlier chunks are now.
COPY current_draft (enterprise_id, original_action_id, mode, action_tracker_id, order_id, generation,
    advertiser_id, publisher_id, event_time, version, state, validation, locking_method, locking_date, locks_at,
    extended, closed_at, closed_position)
FROM STDIN (FORMAT BINARY);

-- upsert_current
-- The projection follows in the same transaction.
INSERT INTO action_current AS current (enterprise_id, original_action_id, mode, action_tracker_id, order_id,
    generation, advertiser_id, publisher_id, event_time, version, state, validation, locking_method, locking_date,
    locks_at, extended, closed_at, closed_position)
SELECT enterprise_id, original_action_id, mode, action_tracker_id, order_id, generation, advertiser_id,
    publisher_id, event_time, version, state, validation, locking_method, locking_date, locks_at, extended,
    closed_at, closed_position
FROM current_draft
ON CONFLICT (enterprise_id, original_action_id) DO UPDATE
SET version = EXCLUDED.version,
    state = EXCLUDED.state,
    validation = EXCLUDED.validation,
    locking_date = EXCLUDED.locking_date,
    locks_at = EXCLUDED.locks_at,
    extended = EXCLUDED.extended,
    closed_at = EXCLUDED.closed_at,
    closed_position = EXCLUDED.closed_position;

-- insert_uses
-- Uses of clicks under terms that limit them.
INSERT INTO referral_use (mode, click_id, action_tracker_id, ordinal, enterprise_id, original_action_id)
SELECT * FROM unnest(%(modes)s::text[], %(click_ids)s::text[], %(trackers)s::bigint[], %(ordinals)s::integer[],
    %(enterprises)s::bigint[], %(actions)s::bigint[]);

-- delete_uses
-- A cancellation frees its use, and nobody else's.
DELETE FROM referral_use AS use
USING unnest(%(modes)s::text[], %(click_ids)s::text[], %(trackers)s::bigint[], %(ordinals)s::integer[],
        %(actions)s::bigint[])
    AS freed (mode, click_id, action_tracker_id, ordinal, original_action_id)
WHERE use.mode = freed.mode AND use.click_id = freed.click_id
    AND use.action_tracker_id = freed.action_tracker_id AND use.ordinal = freed.ordinal
    AND use.original_action_id = freed.original_action_id;

-- copy_record_draft
-- The lines of both ledgers, numbered within theirs from 0.
COPY record_draft (mode, ordinal, kind, enterprise_id, original_action_id, version, sign, submission_id,
    event_time, advertiser_id, publisher_id, property_id, ad_id, action_tracker_id, correction_reason)
FROM STDIN (FORMAT BINARY);

-- strangers
-- Lines to be posted whose version or action is missing, or is another tenant's, ledger's or advertiser's.
SELECT draft.enterprise_id, draft.original_action_id, draft.version
FROM record_draft AS draft
    LEFT JOIN order_version AS version
        ON version.enterprise_id = draft.enterprise_id
        AND version.original_action_id = draft.original_action_id
        AND version.version = draft.version
    LEFT JOIN action
        ON action.enterprise_id = draft.enterprise_id
        AND action.original_action_id = draft.original_action_id
WHERE version.version IS NULL
    OR (action.mode, action.advertiser_id, action.action_tracker_id)
        IS DISTINCT FROM (draft.mode, draft.advertiser_id, draft.action_tracker_id)
LIMIT 1;

-- copy_event_draft
-- The events, numbered from 1.
COPY event_draft (ordinal, mode, enterprise_id, kind, submission_id, original_action_id, version, code)
FROM STDIN (FORMAT BINARY);

-- take_posting_lock
-- From here to the commit nobody else can draw a commission id.
SELECT pg_advisory_xact_lock(4100003);

-- insert_posting
-- The next link of a ledger's chain: its ids follow the last, its time never falls.
INSERT INTO posting (mode, first_commission_id, last_commission_id, previous_commission_id, posted_at)
SELECT %(mode)s,
    coalesce(last.last_commission_id + 1, CASE %(mode)s WHEN 'live' THEN 2000000001 ELSE 10000000000000 END),
    coalesce(last.last_commission_id + 1, CASE %(mode)s WHEN 'live' THEN 2000000001 ELSE 10000000000000 END)
        + %(records)s::bigint - 1,
    last.last_commission_id,
    greatest(business_now(), last.posted_at)
FROM (SELECT 1) AS one
    LEFT JOIN LATERAL (
        SELECT posting.last_commission_id, posting.posted_at
        FROM posting
        WHERE posting.mode = %(mode)s
        ORDER BY posting.last_commission_id DESC
        LIMIT 1
    ) AS last ON true;

-- insert_records
-- The lines get their ids and the time of their posting.
INSERT INTO commission_record (enterprise_id, commission_id, mode, kind, original_action_id, version, sign,
    submission_id, posted_at, event_time, advertiser_id, publisher_id, property_id, ad_id, action_tracker_id,
    correction_reason)
SELECT draft.enterprise_id, link.first_commission_id + draft.ordinal, draft.mode, draft.kind,
    draft.original_action_id, draft.version, draft.sign, draft.submission_id, link.posted_at, draft.event_time,
    draft.advertiser_id, draft.publisher_id, draft.property_id, draft.ad_id, draft.action_tracker_id,
    draft.correction_reason
FROM record_draft AS draft
    CROSS JOIN LATERAL (
        SELECT posting.first_commission_id, posting.posted_at
        FROM posting
        WHERE posting.mode = %(mode)s
        ORDER BY posting.last_commission_id DESC
        LIMIT 1
    ) AS link
WHERE draft.mode = %(mode)s
ORDER BY draft.ordinal;

-- upsert_totals
-- The roll-up by day of posting follows in the same transaction.
INSERT INTO daily_total AS total (mode, day, advertiser_id, publisher_id, action_tracker_id, currency, records,
    originals, sale_adv, sale_pub, sale_usd, commission_adv, commission_pub, commission_usd, fee_adv, fee_usd)
SELECT sums.mode, (link.posted_at AT TIME ZONE 'UTC')::date, sums.advertiser_id, sums.publisher_id,
    sums.action_tracker_id, sums.currency, sums.records, sums.originals, sums.sale_adv, sums.sale_pub,
    sums.sale_usd, sums.commission_adv, sums.commission_pub, sums.commission_usd, sums.fee_adv, sums.fee_usd
FROM unnest(%(modes)s::text[], %(advertisers)s::bigint[], %(publishers)s::bigint[], %(trackers)s::bigint[],
        %(currencies)s::text[], %(records)s::bigint[], %(originals)s::bigint[], %(sale_adv)s::numeric[],
        %(sale_pub)s::numeric[], %(sale_usd)s::numeric[], %(commission_adv)s::numeric[],
        %(commission_pub)s::numeric[], %(commission_usd)s::numeric[], %(fee_adv)s::numeric[],
        %(fee_usd)s::numeric[])
        AS sums (mode, advertiser_id, publisher_id, action_tracker_id, currency, records, originals, sale_adv,
            sale_pub, sale_usd, commission_adv, commission_pub, commission_usd, fee_adv, fee_usd)
    CROSS JOIN LATERAL (
        SELECT posting.posted_at
        FROM posting
        WHERE posting.mode = sums.mode
        ORDER BY posting.last_commission_id DESC
        LIMIT 1
    ) AS link
ON CONFLICT (mode, day, advertiser_id, publisher_id, action_tracker_id, currency) DO UPDATE
SET records = total.records + EXCLUDED.records,
    originals = total.originals + EXCLUDED.originals,
    sale_adv = total.sale_adv + EXCLUDED.sale_adv,
    sale_pub = total.sale_pub + EXCLUDED.sale_pub,
    sale_usd = total.sale_usd + EXCLUDED.sale_usd,
    commission_adv = total.commission_adv + EXCLUDED.commission_adv,
    commission_pub = total.commission_pub + EXCLUDED.commission_pub,
    commission_usd = total.commission_usd + EXCLUDED.commission_usd,
    fee_adv = total.fee_adv + EXCLUDED.fee_adv,
    fee_usd = total.fee_usd + EXCLUDED.fee_usd;

-- insert_events
-- The events get their numbers, and one time: it never falls, nor does it lie before a posting they tell of.
WITH last AS MATERIALIZED (
    SELECT coalesce(told.event_id, 0) AS event_id, greatest(business_now(), told.at, posted.at) AS at
    FROM (
        SELECT max(link.posted_at) AS at
        FROM (VALUES ('live'), ('test')) AS ledger (mode)
            CROSS JOIN LATERAL (
                SELECT posting.posted_at
                FROM posting
                WHERE posting.mode = ledger.mode
                ORDER BY posting.last_commission_id DESC
                LIMIT 1
            ) AS link
    ) AS posted
        LEFT JOIN LATERAL (
            SELECT event.event_id, event.at FROM event ORDER BY event.event_id DESC LIMIT 1
        ) AS told ON true
)
INSERT INTO event (event_id, at, mode, enterprise_id, kind, submission_id, original_action_id, version, code)
SELECT last.event_id + draft.ordinal, last.at, draft.mode, draft.enterprise_id, draft.kind,
    draft.submission_id, draft.original_action_id, draft.version, draft.code
FROM event_draft AS draft
    CROSS JOIN last
ORDER BY draft.ordinal;
