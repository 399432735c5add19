Reports: the records of the live ledger as Commission Detail shows them.

-- plan_by_key
-- For the rest of the transaction: a page is few rows of large tables, found by key and never by reading them.
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true), set_config('random_page_cost', '1.1', true);

-- plan_for_all
-- For the rest of the transaction: all rows will be fetched, and their reader may pause for so long.
SELECT set_config('cursor_tuple_fraction', '1.0', true),
    set_config('idle_in_transaction_session_timeout', %(pause_ms)s, true);

-- wait_for_postings
-- Waits until every posting under way is visible; whatever is posted later has a later time.
SELECT pg_advisory_xact_lock_shared(4100003);

-- now
-- The business time.
SELECT business_now();

-- window_ids
-- A posting window as a range of ids, for ids ascend with the time of posting; null where nothing was posted.
SELECT
    (
        SELECT posting.first_commission_id
        FROM posting
        WHERE posting.mode = 'live' AND posting.posted_at >= %(since)s
        ORDER BY posting.posted_at, posting.last_commission_id
        LIMIT 1
    ),
    (
        SELECT posting.last_commission_id
        FROM posting
        WHERE posting.mode = 'live' AND posting.posted_at < %(before)s
        ORDER BY posting.posted_at DESC, posting.last_commission_id DESC
        LIMIT 1
    );

-- lines
-- The first records, by id, of some companies that meet every condition given; every column as it is printed.
SELECT record.commission_id AS number,
    record.commission_id::text AS commission_id,
    record.kind,
    record.kind IN ('original', 'perf_inc', 'bonus') AS is_original,
    record.sign,
    coalesce(record.original_action_id, record.commission_id)::text AS original_action_id,
    record.action_tracker_id::text AS action_tracker_id,
    record.advertiser_id::text AS advertiser_id,
    record.publisher_id::text AS publisher_id,
    record.ad_id::text AS ad_id,
    record.property_id::text AS property_id,
    record.correction_reason,
    to_char(record.posted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS posting_date,
    to_char(record.event_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS event_date,
    to_char(coalesce(current.locking_date, record.posted_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
        AS locking_date,
    current.locking_method,
    coalesce(current.validation, 'AUTOMATED') AS validation,
    CASE
        WHEN record.original_action_id IS NULL THEN CASE
            WHEN EXISTS (
                SELECT FROM statement_line AS paper
                WHERE paper.kind = 'invoice' AND paper.enterprise_id = record.enterprise_id
                    AND paper.commission_id = record.commission_id
            ) THEN 'closed' ELSE 'locked' END
        WHEN current.closed_at IS NOT NULL THEN 'closed'
        WHEN current.locks_at <= %(now)s THEN 'locked'
        WHEN current.extended THEN 'extended'
        ELSE 'new'
    END AS action_status,
    current.order_id,
    CASE WHEN action.click_id IS NULL THEN 'NA' ELSE 'CLICK' END AS source,
    action.credit,
    version.stated,
    version.priced,
    trim_scale(coalesce(record.sign * version.sale_adv, 0))::text AS sale_adv,
    trim_scale(coalesce(record.sign * version.sale_pub, 0))::text AS sale_pub,
    trim_scale(coalesce(record.sign * version.sale_usd, 0))::text AS sale_usd,
    trim_scale(coalesce(record.sign * version.commission_pub, period.commission_pub))::text AS commission_pub,
    trim_scale(coalesce(record.sign * version.commission_usd, period.commission_usd))::text AS commission_usd,
    trim_scale(coalesce(record.sign * version.fee_adv, 0))::text AS fee_adv,
    trim_scale(coalesce(record.sign * version.fee_usd, 0))::text AS fee_usd,
    trim_scale(-coalesce(record.sign * (version.commission_adv + version.fee_adv), period.commission_adv))::text
        AS cost_adv,
    trim_scale(-coalesce(record.sign * (version.commission_usd + version.fee_usd), period.commission_usd))::text
        AS cost_usd,
    trim_scale(coalesce(record.discount_sign * version.discount_adv, 0))::text AS discount_adv,
    trim_scale(coalesce(record.discount_sign * version.discount_pub, 0))::text AS discount_pub,
    trim_scale(coalesce(record.discount_sign * version.discount_usd, 0))::text AS discount_usd,
    trim_scale(coalesce(record.discount_sign * version.discount_original, 0))::text AS discount_original
FROM (
        SELECT chosen.*, CASE chosen.kind WHEN 'legacy' THEN 1 ELSE chosen.sign END AS discount_sign
        FROM unnest(%(companies)s::bigint[]) AS company (company_id)
            CROSS JOIN LATERAL (
                (
                    SELECT line.*
                    FROM commission_record AS line
                        LEFT JOIN action_current AS current
                            ON current.enterprise_id = line.enterprise_id
                            AND current.original_action_id = line.original_action_id
                        LEFT JOIN (
                            SELECT earlier.enterprise_id, earlier.commission_id
                            FROM event
                                LEFT JOIN action_status AS status
                                    ON status.enterprise_id = event.enterprise_id
                                    AND status.original_action_id = event.original_action_id
                                    AND status.submission_id = event.submission_id
                                JOIN commission_record AS earlier
                                    ON earlier.enterprise_id = event.enterprise_id
                                    AND earlier.original_action_id = event.original_action_id
                            WHERE event.mode = 'live' AND event.at >= %(updated_since)s::timestamptz
                                AND event.kind IN ('restated', 'cancelled', 'extended', 'closed')
                                AND (event.kind = 'closed' OR status.status_id IS NOT NULL)
                                AND earlier.posted_at <= event.at
                                AND earlier.submission_id IS DISTINCT FROM event.submission_id
                            UNION
                            SELECT earlier.enterprise_id, earlier.commission_id
                            FROM action_current AS passed
                                JOIN commission_record AS earlier
                                    ON earlier.enterprise_id = passed.enterprise_id
                                    AND earlier.original_action_id = passed.original_action_id
                            WHERE passed.mode = 'live'
                                AND CASE WHEN %(is_publisher)s::boolean THEN passed.publisher_id
                                    ELSE passed.advertiser_id END = company.company_id
                                AND passed.locks_at > %(updated_since)s::timestamptz
                                AND passed.locks_at <= %(now)s
                                AND passed.locking_date > %(updated_since)s::timestamptz - interval '28 hours'
                                AND passed.locking_date <= %(now)s
                                AND earlier.posted_at < passed.locks_at
                        ) AS changed
                            ON changed.enterprise_id = line.enterprise_id
                            AND changed.commission_id = line.commission_id
                    WHERE line.mode = 'live' AND line.original_action_id IS NOT NULL
                        AND CASE WHEN %(is_publisher)s::boolean THEN line.publisher_id
                            ELSE line.advertiser_id END = company.company_id
                        AND (%(since_id)s::bigint IS NULL OR line.commission_id > %(since_id)s::bigint)
                        AND (%(commission_ids)s::bigint[] IS NULL
                            OR line.commission_id = ANY(%(commission_ids)s::bigint[]))
                        AND (%(first_id)s::bigint IS NULL OR line.commission_id >= %(first_id)s::bigint)
                        AND (%(last_id)s::bigint IS NULL OR line.commission_id <= %(last_id)s::bigint)
                        AND (%(advertiser_ids)s::bigint[] IS NULL
                            OR line.advertiser_id = ANY(%(advertiser_ids)s::bigint[]))
                        AND (%(publisher_ids)s::bigint[] IS NULL
                            OR line.publisher_id = ANY(%(publisher_ids)s::bigint[]))
                        AND (%(ad_ids)s::bigint[] IS NULL OR line.ad_id = ANY(%(ad_ids)s::bigint[]))
                        AND (%(property_ids)s::bigint[] IS NULL
                            OR line.property_id = ANY(%(property_ids)s::bigint[]))
                        AND (%(trackers)s::bigint[] IS NULL
                            OR line.action_tracker_id = ANY(%(trackers)s::bigint[]))
                        AND (%(updated_since)s::timestamptz IS NULL OR changed.commission_id IS NOT NULL)
                        AND (NOT %(by_action)s::boolean
                            OR current.mode = 'live'
                                AND CASE WHEN %(is_publisher)s::boolean THEN current.publisher_id
                                    ELSE current.advertiser_id END = company.company_id)
                        AND (%(since_event)s::timestamptz IS NULL
                            OR current.event_time >= %(since_event)s::timestamptz)
                        AND (%(before_event)s::timestamptz IS NULL
                            OR current.event_time < %(before_event)s::timestamptz)
                        AND (%(since_locking)s::timestamptz IS NULL
                            OR current.locking_date >= %(since_locking)s::timestamptz)
                        AND (%(before_locking)s::timestamptz IS NULL
                            OR current.locking_date < %(before_locking)s::timestamptz)
                        AND (%(locking_methods)s::text[] IS NULL
                            OR current.locking_method = ANY(%(locking_methods)s::text[])
                                AND (%(locking_methods)s::text[] <> '{OPEN_ENDED}'
                                    OR current.validation <> 'AUTOMATED'))
                        AND (%(validations)s::text[] IS NULL
                            OR current.validation = ANY(%(validations)s::text[]))
                        AND (%(order_ids)s::text[] IS NULL OR current.order_id = ANY(%(order_ids)s::text[]))
                        AND (%(statuses)s::text[] IS NULL
                            OR 'closed' = ANY(%(statuses)s::text[]) AND current.closed_at IS NOT NULL
                            OR 'locked' = ANY(%(statuses)s::text[]) AND current.closed_at IS NULL
                                AND current.locks_at <= %(now)s
                            OR 'extended' = ANY(%(statuses)s::text[]) AND current.closed_at IS NULL
                                AND (current.locks_at IS NULL OR current.locks_at > %(now)s)
                                AND current.extended
                            OR 'new' = ANY(%(statuses)s::text[]) AND current.closed_at IS NULL
                                AND (current.locks_at IS NULL OR current.locks_at > %(now)s)
                                AND NOT current.extended)
                    ORDER BY line.commission_id
                    LIMIT %(lines)s
                )
                UNION ALL
                (
                    SELECT line.*
                    FROM commission_record AS line
                        LEFT JOIN statement_line AS paper
                            ON paper.kind = 'invoice' AND paper.enterprise_id = line.enterprise_id
                            AND paper.commission_id = line.commission_id
                    WHERE line.mode = 'live' AND line.original_action_id IS NULL
                        AND CASE WHEN %(is_publisher)s::boolean THEN line.publisher_id
                            ELSE line.advertiser_id END = company.company_id
                        AND (%(since_id)s::bigint IS NULL OR line.commission_id > %(since_id)s::bigint)
                        AND (%(commission_ids)s::bigint[] IS NULL
                            OR line.commission_id = ANY(%(commission_ids)s::bigint[]))
                        AND (%(first_id)s::bigint IS NULL OR line.commission_id >= %(first_id)s::bigint)
                        AND (%(last_id)s::bigint IS NULL OR line.commission_id <= %(last_id)s::bigint)
                        AND (%(advertiser_ids)s::bigint[] IS NULL
                            OR line.advertiser_id = ANY(%(advertiser_ids)s::bigint[]))
                        AND (%(publisher_ids)s::bigint[] IS NULL
                            OR line.publisher_id = ANY(%(publisher_ids)s::bigint[]))
                        AND (%(ad_ids)s::bigint[] IS NULL OR line.ad_id = ANY(%(ad_ids)s::bigint[]))
                        AND (%(property_ids)s::bigint[] IS NULL
                            OR line.property_id = ANY(%(property_ids)s::bigint[]))
                        AND (%(period_kinds)s::text[] IS NULL OR line.kind = ANY(%(period_kinds)s::text[]))
                        AND (%(updated_since)s::timestamptz IS NULL
                            OR EXISTS (
                                SELECT
                                FROM statement
                                    JOIN closing ON closing.month = statement.month
                                WHERE statement.kind = paper.kind AND statement.year = paper.year
                                    AND statement.sequence = paper.sequence
                                    AND closing.finished_at >= %(updated_since)s::timestamptz - interval '1 hour'
                            ))
                        AND (%(since_event)s::timestamptz IS NULL
                            OR line.event_time >= %(since_event)s::timestamptz)
                        AND (%(before_event)s::timestamptz IS NULL
                            OR line.event_time < %(before_event)s::timestamptz)
                        AND (%(since_locking)s::timestamptz IS NULL
                            OR line.posted_at >= %(since_locking)s::timestamptz)
                        AND (%(before_locking)s::timestamptz IS NULL
                            OR line.posted_at < %(before_locking)s::timestamptz)
                        AND %(locking_methods)s::text[] IS NULL
                        AND (%(validations)s::text[] IS NULL OR 'AUTOMATED' = ANY(%(validations)s::text[]))
                        AND %(order_ids)s::text[] IS NULL
                        AND (%(statuses)s::text[] IS NULL
                            OR CASE WHEN paper.commission_id IS NULL THEN 'locked' ELSE 'closed' END
                                = ANY(%(statuses)s::text[]))
                    ORDER BY line.commission_id
                    LIMIT %(lines)s
                )
                ORDER BY commission_id
                LIMIT %(lines)s
            ) AS chosen
        ORDER BY chosen.commission_id
        LIMIT %(lines)s
    ) AS record
    LEFT JOIN order_version AS version
        ON version.enterprise_id = record.enterprise_id
        AND version.original_action_id = record.original_action_id
        AND version.version = record.version
    LEFT JOIN action
        ON action.enterprise_id = record.enterprise_id
        AND action.original_action_id = record.original_action_id
    LEFT JOIN action_current AS current
        ON current.enterprise_id = record.enterprise_id
        AND current.original_action_id = record.original_action_id
    LEFT JOIN period_record AS period
        ON period.enterprise_id = record.enterprise_id
        AND period.job_id = record.job_id
        AND period.publisher_id = record.publisher_id
        AND period.action_tracker_id = record.action_tracker_id
        AND period.month = record.month
        AND period.kind = record.kind;
