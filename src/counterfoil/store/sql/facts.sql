Facts: what is known about the orders of a chunk before they are decided. A constant number of queries.

-- standings
-- The latest generation of each order, its present version and status; an order never seen gives no row.
SELECT action.mode, action.enterprise_id, action.action_tracker_id, action.order_id,
    action.original_action_id, action.generation, action.position, action.submission_id, action.advertiser_id,
    action.event_time, action.code, action.credit, action.contract_id, action.terms_id, action.terms_from,
    action.network_version, action.locking_method, action.referral_ordinal, action.opening,
    version.version, version.state, version.kind, version.submission_id, version.position, version.received_at,
    version.update_time, version.correction_reason, version.currency, version.rate_adv, version.rate_pub,
    version.rate_usd, version.rates, version.sale_adv, version.sale_pub, version.sale_usd,
    version.commission_adv, version.commission_pub, version.commission_usd, version.fee_adv, version.fee_pub,
    version.fee_usd, version.discount_adv, version.discount_pub, version.discount_usd, version.discount_original,
    version.stated, version.priced,
    status.validation, status.locking_date, status.locks_at, status.since, status.cause, status.position,
    status.extended, status.closed_at, status.closed_position,
    (
        SELECT max(earlier.update_time)
        FROM order_version AS earlier
        WHERE earlier.enterprise_id = action.enterprise_id
            AND earlier.original_action_id = action.original_action_id
    ) AS latest_update
FROM unnest(%(modes)s::text[], %(enterprises)s::bigint[], %(trackers)s::bigint[], %(order_ids)s::text[])
        AS key (mode, enterprise_id, action_tracker_id, order_id)
    CROSS JOIN LATERAL (
        SELECT *
        FROM action AS generation
        WHERE generation.enterprise_id = key.enterprise_id
            AND generation.action_tracker_id = key.action_tracker_id
            AND generation.order_id = key.order_id
            AND generation.mode = key.mode
        ORDER BY generation.generation DESC
        LIMIT 1
    ) AS action
    JOIN action_current AS current
        ON current.enterprise_id = action.enterprise_id
        AND current.original_action_id = action.original_action_id
    LEFT JOIN order_version AS version
        ON version.enterprise_id = current.enterprise_id
        AND version.original_action_id = current.original_action_id
        AND version.version = current.version
    LEFT JOIN LATERAL (
        SELECT *
        FROM action_status AS change
        WHERE change.enterprise_id = action.enterprise_id
            AND change.original_action_id = action.original_action_id
            AND change.cause <> 'calendar'
        ORDER BY change.position DESC, change.status_id DESC
        LIMIT 1
    ) AS status ON true;

-- live_before
-- What live orders were before some places in the log: the row of `standings`, and the place.
SELECT action.mode, action.enterprise_id, action.action_tracker_id, action.order_id,
    action.original_action_id, action.generation, action.position, action.submission_id, action.advertiser_id,
    action.event_time, action.code, action.credit, action.contract_id, action.terms_id, action.terms_from,
    action.network_version, action.locking_method, action.referral_ordinal, action.opening,
    version.version, version.state, version.kind, version.submission_id, version.position, version.received_at,
    version.update_time, version.correction_reason, version.currency, version.rate_adv, version.rate_pub,
    version.rate_usd, version.rates, version.sale_adv, version.sale_pub, version.sale_usd,
    version.commission_adv, version.commission_pub, version.commission_usd, version.fee_adv, version.fee_pub,
    version.fee_usd, version.discount_adv, version.discount_pub, version.discount_usd, version.discount_original,
    version.stated, version.priced,
    status.validation, status.locking_date, status.locks_at, status.since, status.cause, status.position,
    status.extended, status.closed_at, status.closed_position,
    (
        SELECT max(earlier.update_time)
        FROM order_version AS earlier
        WHERE earlier.enterprise_id = action.enterprise_id
            AND earlier.original_action_id = action.original_action_id
            AND earlier.position < wanted.position
    ) AS latest_update,
    wanted.position AS before
FROM unnest(%(enterprises)s::bigint[], %(trackers)s::bigint[], %(order_ids)s::text[], %(positions)s::bigint[])
        AS wanted (enterprise_id, action_tracker_id, order_id, position)
    CROSS JOIN LATERAL (
        SELECT *
        FROM action AS generation
        WHERE generation.enterprise_id = wanted.enterprise_id
            AND generation.action_tracker_id = wanted.action_tracker_id
            AND generation.order_id = wanted.order_id
            AND generation.mode = 'live'
            AND generation.position < wanted.position
        ORDER BY generation.generation DESC
        LIMIT 1
    ) AS action
    LEFT JOIN LATERAL (
        SELECT *
        FROM order_version AS state
        WHERE state.enterprise_id = action.enterprise_id
            AND state.original_action_id = action.original_action_id
            AND state.position < wanted.position
        ORDER BY state.version DESC
        LIMIT 1
    ) AS version ON true
    LEFT JOIN LATERAL (
        SELECT *
        FROM action_status AS change
        WHERE change.enterprise_id = action.enterprise_id
            AND change.original_action_id = action.original_action_id
            AND change.cause <> 'calendar'
            AND change.position < wanted.position
        ORDER BY change.position DESC, change.status_id DESC
        LIMIT 1
    ) AS status ON true;

-- clicks
-- The clicks that the orders name, as far as they are known here.
SELECT click_id, clicked_at, publisher_id, property_id, advertiser_id, ad_id, sid, referring_url, browser,
    device_type, device_name, country
FROM click WHERE click_id = ANY(%(click_ids)s::text[]);

-- insert_click
-- A click, once; the same id again changes nothing.
INSERT INTO click (click_id, clicked_at, publisher_id, property_id, advertiser_id, ad_id, sid, referring_url,
    browser, device_type, device_name, country)
VALUES (%(click_id)s, %(clicked_at)s, %(publisher_id)s, %(property_id)s, %(advertiser_id)s, %(ad_id)s, %(sid)s,
    %(referring_url)s, %(browser)s, %(device_type)s, %(device_name)s, %(country)s)
ON CONFLICT (click_id) DO NOTHING;

-- lock_clicks
-- Before facts are read: nobody else may draw an ordinal of these clicks. The caller sorts them.
SELECT pg_advisory_xact_lock(4102, wanted.lock)
FROM unnest(%(locks)s::integer[]) AS wanted (lock);

-- referral_uses
-- Which uses of the clicks are taken.
SELECT mode, click_id, action_tracker_id, ordinal FROM referral_use
WHERE click_id = ANY(%(click_ids)s::text[]);

-- network_versions
-- Each version of the network and the place in the log from which it is known.
SELECT version, position FROM network_version ORDER BY version;

-- network_entries
-- The reference data as a version of the network knows it.
SELECT DISTINCT ON (kind, id) kind, id, body
FROM reference_version
WHERE network_version <= %(version)s
ORDER BY kind, id, network_version DESC;

-- rates
-- For each currency, day and place in the log: the last rate known there, and the first that came later.
SELECT wanted.currency, wanted.day, wanted.position, wanted.age_days_max,
    known.day, known.source, known.per_euro, known.is_fixed,
    later.day, later.source, later.per_euro, later.is_fixed, later.position
FROM unnest(%(currencies)s::text[], %(days)s::date[], %(positions)s::bigint[], %(ages)s::integer[])
        AS wanted (currency, day, position, age_days_max)
    LEFT JOIN LATERAL (
        SELECT rate.day, rate.source, rate.per_euro, rate.is_fixed
        FROM conversion_rate AS rate
        WHERE rate.currency = wanted.currency AND rate.day <= wanted.day AND rate.position < wanted.position
        ORDER BY rate.day DESC, rate.position DESC
        LIMIT 1
    ) AS known ON true
    LEFT JOIN LATERAL (
        SELECT rate.day, rate.source, rate.per_euro, rate.is_fixed, rate.position
        FROM conversion_rate AS rate
        WHERE rate.currency = wanted.currency AND rate.day <= wanted.day AND rate.position >= wanted.position
            AND (rate.is_fixed OR rate.day >= wanted.day - wanted.age_days_max)
        ORDER BY rate.position, rate.day DESC
        LIMIT 1
    ) AS later ON true;

-- rate_positions
-- The places in the log at which conversion rates came in: from the first that matters on, and the last of all.
SELECT position FROM conversion_rate WHERE position >= %(first)s
UNION
SELECT latest.position
FROM (SELECT max(rate.position) AS position FROM conversion_rate AS rate) AS latest
WHERE latest.position IS NOT NULL
ORDER BY position;

-- closings
-- Each closing that is noted and not finished: its place in the log, and when it was received.
SELECT position, received_at FROM closing WHERE finished_at IS NULL ORDER BY position;

-- latest_rates
-- Place in the log of the latest rates; 0 before the first.
SELECT coalesce(max(position), 0) FROM conversion_rate;
