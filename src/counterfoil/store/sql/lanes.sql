Lanes: how processors find work, take it, and know what stands before it.

-- look_up_only
-- Once for each connection: a processor asks by keys alone, so that a table without statistics, new or just
-- restored, is never read from end to end.
SET enable_seqscan = off;

-- lanes_with_work
-- Each lane that has pending work or a released submission, oldest first, with how much. A hint, read outside.
SELECT lane, sum(submissions)::bigint AS submissions
FROM (
    SELECT lane, position, submissions FROM intake_pending
    UNION ALL
    SELECT lane, position, 1 FROM held_submission WHERE released_at IS NOT NULL
) AS work
GROUP BY lane
ORDER BY min(position), lane;

-- try_lanes
-- First statement of a posting transaction: takes those of the lanes that nobody else has.
SELECT lane FROM unnest(%(lanes)s::integer[]) AS wanted (lane)
WHERE pg_try_advisory_xact_lock(4101, lane);

-- claim_pending
-- The oldest work of the lanes that were taken, and what all submissions of its request share.
SELECT pending.lane, pending.position, pending.batch_id, pending.submissions, request.first_number,
    request.received_at, request.mode, request.channel
FROM intake_pending AS pending
    JOIN intake_request AS request ON request.position = pending.position
WHERE pending.lane = ANY(%(lanes)s::integer[])
ORDER BY pending.lane, pending.position
LIMIT %(rows)s;

-- load_pending
-- The submissions of the claimed work, which is told by its number from 1; whether their order is known, and held.
SELECT work.number, log.n, log.kind, log.enterprise_id, log.action_tracker_id, log.order_id, log.cleaned,
    log.body, known.found, held.found
FROM unnest(%(batch_ids)s::uuid[], %(lanes)s::smallint[]) WITH ORDINALITY AS work (batch_id, lane, number)
    JOIN intake_log AS log ON log.batch_id = work.batch_id AND log.lane = work.lane
    -- With a limit, so that each is a look into an index and never a scan that grows.
    LEFT JOIN LATERAL (
        SELECT true AS found
        FROM action
        WHERE action.enterprise_id = log.enterprise_id
            AND action.action_tracker_id = log.action_tracker_id
            AND action.order_id = log.order_id
        LIMIT 1
    ) AS known ON true
    LEFT JOIN LATERAL (
        SELECT true AS found
        FROM held_submission AS waits
        -- Mostly nothing is held at all, which is asked once.
        WHERE EXISTS (SELECT FROM held_submission)
            AND waits.order_id = log.order_id
            AND waits.enterprise_id = log.enterprise_id
            AND waits.action_tracker_id = log.action_tracker_id
        LIMIT 1
    ) AS held ON true;

-- load_released
-- All held submissions of every order that has a released one, in the lanes that were taken.
SELECT log.batch_id, log.n, log.lane, log.kind, log.enterprise_id, log.action_tracker_id, log.order_id,
    log.cleaned, log.body, request.position, request.first_number, request.received_at, request.mode,
    request.channel, held.code, held.released_at IS NOT NULL AS released
FROM held_submission AS held
    JOIN intake_log AS log ON log.batch_id = held.batch_id AND log.lane = held.lane AND log.n = held.n
    JOIN intake_request AS request ON request.batch_id = held.batch_id
WHERE (held.enterprise_id, held.action_tracker_id, held.order_id) IN (
    SELECT released.enterprise_id, released.action_tracker_id, released.order_id
    FROM held_submission AS released
    WHERE released.lane = ANY(%(lanes)s::smallint[]) AND released.released_at IS NOT NULL
);

-- load_blocks
-- Which of the orders have a held submission, and in which ledger.
SELECT DISTINCT held.mode, held.enterprise_id, held.action_tracker_id, held.order_id
FROM unnest(%(enterprises)s::bigint[], %(trackers)s::bigint[], %(order_ids)s::text[])
        AS key (enterprise_id, action_tracker_id, order_id)
    JOIN held_submission AS held USING (enterprise_id, action_tracker_id, order_id);

-- delete_pending
-- The work is done once its outcomes are written, in the same transaction.
DELETE FROM intake_pending AS pending
USING unnest(%(lanes)s::smallint[], %(positions)s::bigint[]) AS done (lane, position)
WHERE pending.lane = done.lane AND pending.position = done.position;

-- delete_held
-- Submissions that were decided now.
DELETE FROM held_submission AS held
USING unnest(%(submission_ids)s::uuid[]) AS done (submission_id)
WHERE held.submission_id = done.submission_id;

-- hold
-- Submissions that wait, with the last place of a rate that was known; one tried before keeps its since.
INSERT INTO held_submission AS held
    (batch_id, n, submission_id, position, lane, mode, enterprise_id, action_tracker_id, order_id, code, detail,
     since, tries, rates_known)
SELECT wait.batch_id, wait.n, wait.submission_id, wait.position, wait.lane, wait.mode, wait.enterprise_id,
    wait.action_tracker_id, wait.order_id, wait.code, wait.detail, (SELECT business_now()), wait.tries,
    %(rates_known)s
FROM unnest(%(batch_ids)s::uuid[], %(ns)s::integer[], %(submission_ids)s::uuid[], %(positions)s::bigint[],
        %(lanes)s::smallint[], %(modes)s::text[], %(enterprises)s::bigint[], %(trackers)s::bigint[],
        %(order_ids)s::text[], %(codes)s::text[], %(details)s::text[], %(tries)s::integer[])
    AS wait (batch_id, n, submission_id, position, lane, mode, enterprise_id, action_tracker_id, order_id, code,
        detail, tries)
ON CONFLICT (batch_id, n) DO UPDATE
SET code = EXCLUDED.code,
    detail = EXCLUDED.detail,
    tries = held.tries + EXCLUDED.tries,
    rates_known = EXCLUDED.rates_known,
    released_at = NULL;

-- release_for_rates
-- Lets what was held for a rate be tried again once rates came in that its processor had not seen.
UPDATE held_submission SET released_at = (SELECT business_now())
WHERE code = 'RATE_MISSING' AND released_at IS NULL
    AND rates_known < (SELECT coalesce(max(rate.position), 0) FROM conversion_rate AS rate);

-- release_submission
-- Lets one held submission be tried again.
UPDATE held_submission SET released_at = business_now()
WHERE submission_id = %(submission_id)s AND code <> 'WAITING_BEHIND'
RETURNING submission_id;

-- undecided_before
-- How many lanes still have undecided work that was accepted up to a place in the log.
SELECT count(*) FROM intake_pending WHERE position <= %(position)s;

-- listen
-- Notifications of accepted work reach this connection from now on.
LISTEN counterfoil_work;

-- breathe
-- Keeps a transaction from being taken for one whose process has stopped.
SELECT 1;
