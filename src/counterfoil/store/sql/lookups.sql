Look-ups: what became of submissions and orders. Reads only, and each submission in one statement, so that its
place and its outcome are those of one moment.

-- submissions
-- The submissions at some places in the log, their outcome or the place where they wait; in log order.
SELECT log.batch_id, log.n, request.position, request.received_at, request.mode, request.channel, log.kind,
    log.enterprise_id, log.action_tracker_id, log.order_id, outcome.outcome, outcome.code, outcome.warnings,
    outcome.skipped, outcome.removed, outcome.original_action_id, outcome.version, outcome.winner,
    outcome.network_version,
    held.code AS held_code, held.detail, held.since, held.tries, held.released_at,
    ahead.submission_id AS behind, ahead.mode AS behind_mode
FROM unnest(%(batch_ids)s::uuid[], %(lanes)s::smallint[], %(firsts)s::integer[], %(lasts)s::integer[])
        AS wanted (batch_id, lane, first, last)
    JOIN intake_log AS log
        ON log.batch_id = wanted.batch_id
        AND log.lane = wanted.lane
        AND log.n BETWEEN wanted.first AND wanted.last
    JOIN intake_request AS request ON request.batch_id = log.batch_id
    LEFT JOIN submission_outcome AS outcome
        ON outcome.submission_id = (left(log.batch_id::text, 30) || lpad(to_hex(log.n), 6, '0'))::uuid
    LEFT JOIN held_submission AS held ON held.batch_id = log.batch_id AND held.n = log.n
    LEFT JOIN LATERAL (
        SELECT earlier.submission_id, earlier.mode
        FROM held_submission AS earlier
        WHERE held.code = 'WAITING_BEHIND'
            AND earlier.enterprise_id = held.enterprise_id
            AND earlier.action_tracker_id = held.action_tracker_id
            AND earlier.order_id = held.order_id
            AND earlier.mode IN (held.mode, 'live')
            AND (earlier.position, earlier.n) < (held.position, held.n)
        ORDER BY earlier.position, earlier.n
        LIMIT 1
    ) AS ahead ON true
WHERE (%(enterprises)s::bigint[] IS NULL OR log.enterprise_id = ANY(%(enterprises)s::bigint[]))
    AND request.mode = ANY(%(modes)s::text[])
ORDER BY request.position, log.n;

-- submissions_of_order
-- Ids of the submissions of one order, the latest first: decided, held, or pending in the order's lane.
SELECT found.submission_id
FROM (
    (
        SELECT outcome.submission_id, outcome.position
        FROM submission_outcome AS outcome
        WHERE outcome.enterprise_id = %(enterprise)s
            AND outcome.action_tracker_id = %(tracker)s
            AND outcome.order_id = %(order_id)s
            AND outcome.mode = %(mode)s
        ORDER BY outcome.position DESC, outcome.submission_id DESC
        LIMIT %(rows)s
    )
    UNION ALL
    SELECT held.submission_id, held.position
    FROM held_submission AS held
    WHERE held.enterprise_id = %(enterprise)s
        AND held.action_tracker_id = %(tracker)s
        AND held.order_id = %(order_id)s
        AND held.mode = %(mode)s
    UNION ALL
    SELECT (left(log.batch_id::text, 30) || lpad(to_hex(log.n), 6, '0'))::uuid, pending.position
    FROM intake_pending AS pending
        JOIN intake_log AS log ON log.batch_id = pending.batch_id AND log.lane = pending.lane
        JOIN intake_request AS request ON request.position = pending.position
    WHERE pending.lane = %(lane)s
        AND log.enterprise_id = %(enterprise)s
        AND log.action_tracker_id = %(tracker)s
        AND log.order_id = %(order_id)s
        AND request.mode = %(mode)s
) AS found
ORDER BY found.position DESC, found.submission_id DESC
LIMIT %(rows)s;

-- orders_named
-- The orders of any enterprise and action that have this order id, in both ledgers.
SELECT found.mode, found.enterprise_id, found.action_tracker_id, found.order_id
FROM (
    SELECT outcome.mode, outcome.enterprise_id, outcome.action_tracker_id, outcome.order_id
    FROM submission_outcome AS outcome
    WHERE outcome.order_id = %(order_id)s
    UNION
    SELECT held.mode, held.enterprise_id, held.action_tracker_id, held.order_id
    FROM held_submission AS held
    WHERE held.order_id = %(order_id)s
    UNION
    SELECT request.mode, log.enterprise_id, log.action_tracker_id, log.order_id
    FROM intake_pending AS pending
        JOIN intake_log AS log ON log.batch_id = pending.batch_id AND log.lane = pending.lane
        JOIN intake_request AS request ON request.position = pending.position
    WHERE log.order_id = %(order_id)s
) AS found
ORDER BY found.enterprise_id, found.action_tracker_id, found.mode
LIMIT %(rows)s;

-- waiting_behind
-- Ids of the submissions that wait behind a held one, in log order: a live one holds up both ledgers.
SELECT waiting.submission_id
FROM held_submission AS held
    JOIN held_submission AS waiting
        ON waiting.enterprise_id = held.enterprise_id
        AND waiting.action_tracker_id = held.action_tracker_id
        AND waiting.order_id = held.order_id
        AND (waiting.position, waiting.n) > (held.position, held.n)
        AND (held.mode = 'live' OR waiting.mode = held.mode)
WHERE held.submission_id = %(submission_id)s AND waiting.code = 'WAITING_BEHIND'
ORDER BY waiting.position, waiting.n;

-- actions_of_order
-- The generations of an order in one ledger, the latest first.
SELECT action.original_action_id
FROM action
WHERE action.enterprise_id = %(enterprise)s
    AND action.action_tracker_id = %(tracker)s
    AND action.order_id = %(order_id)s
    AND action.mode = %(mode)s
ORDER BY action.generation DESC
LIMIT %(rows)s;

-- actions
-- Some actions of an enterprise, with the key of their order; by generation.
SELECT action.mode, action.enterprise_id, action.action_tracker_id, action.order_id,
    action.original_action_id, action.generation, action.position, action.submission_id, action.advertiser_id,
    action.event_time, action.code, action.credit, action.contract_id, action.terms_id, action.terms_from,
    action.network_version, action.locking_method, action.referral_ordinal, action.opening
FROM action
WHERE action.enterprise_id = %(enterprise)s AND action.original_action_id = ANY(%(actions)s::bigint[])
ORDER BY action.generation;

-- versions
-- The versions of some actions, each action's latest first.
SELECT version.original_action_id,
    version.version, version.state, version.kind, version.submission_id, version.position, version.received_at,
    version.update_time, version.correction_reason, version.currency, version.rate_adv, version.rate_pub,
    version.rate_usd, version.rates, version.sale_adv, version.sale_pub, version.sale_usd,
    version.commission_adv, version.commission_pub, version.commission_usd, version.fee_adv, version.fee_pub,
    version.fee_usd, version.discount_adv, version.discount_pub, version.discount_usd, version.discount_original,
    version.stated, version.priced
FROM order_version AS version
WHERE version.enterprise_id = %(enterprise)s
    AND version.original_action_id = ANY(%(actions)s::bigint[])
    AND (%(version)s::integer IS NULL OR version.version = %(version)s::integer)
ORDER BY version.original_action_id DESC, version.version DESC
LIMIT %(rows)s;

-- statuses
-- The statuses of some actions, each action's latest first.
SELECT status.original_action_id,
    status.validation, status.locking_date, status.locks_at, status.since, status.cause, status.position,
    status.extended, status.closed_at, status.closed_position
FROM action_status AS status
WHERE status.enterprise_id = %(enterprise)s AND status.original_action_id = ANY(%(actions)s::bigint[])
ORDER BY status.original_action_id DESC, status.since DESC, status.position DESC, status.status_id DESC
LIMIT %(rows)s;

-- records
-- The lines of some actions with the figures of their versions, each action's latest first.
SELECT record.original_action_id, record.commission_id, record.kind, record.version, record.sign,
    record.submission_id, record.posted_at, record.correction_reason,
    version.sale_adv, version.sale_pub, version.sale_usd,
    version.commission_adv, version.commission_pub, version.commission_usd,
    version.fee_adv, version.fee_pub, version.fee_usd
FROM commission_record AS record
    JOIN order_version AS version
        ON version.enterprise_id = record.enterprise_id
        AND version.original_action_id = record.original_action_id
        AND version.version = record.version
WHERE record.enterprise_id = %(enterprise)s
    AND record.original_action_id = ANY(%(actions)s::bigint[])
    AND (%(version)s::integer IS NULL OR record.version = %(version)s::integer)
ORDER BY record.original_action_id DESC, record.commission_id DESC
LIMIT %(rows)s;

-- place_of_record
-- What a commission id is a line of: a version of an action; a period record has neither.
SELECT record.enterprise_id, record.original_action_id, record.version
FROM commission_record AS record
WHERE record.commission_id = %(commission_id)s;

-- period_of_record
-- The bonus or incentive that a commission id is the line of, and the place in the log of its job.
SELECT record.enterprise_id, record.kind, record.posted_at, record.advertiser_id, record.publisher_id,
    record.action_tracker_id, record.month, record.job_id, job.received_at, job.sender, period.reason,
    period.currency, period.rates, period.commission_adv, period.commission_pub, period.commission_usd
FROM commission_record AS record
    JOIN period_record AS period
        ON period.enterprise_id = record.enterprise_id
        AND period.job_id = record.job_id
        AND period.publisher_id = record.publisher_id
        AND period.action_tracker_id = record.action_tracker_id
        AND period.month = record.month
        AND period.kind = record.kind
    JOIN intake_request AS job ON job.position = record.job_id
WHERE record.commission_id = %(commission_id)s AND record.original_action_id IS NULL;
