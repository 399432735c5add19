Increments: the orders that some events tell of, put beside the tables under the same names, for the same checks.

-- open_increment
-- First statement: every check sees one moment. Tables are made for as long as the transaction lasts.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;

-- bound
-- No check of an increment may take longer, whatever the tables hold.
SELECT set_config('statement_timeout', '120s', true), set_config('work_mem', '64MB', true), set_config('jit', 'off', true);

-- touch
-- The orders that the events tell of, with all their generations.
CREATE TEMPORARY TABLE touched ON COMMIT DROP AS
SELECT DISTINCT other.enterprise_id, other.original_action_id
FROM public.event AS event
    JOIN public.action AS action USING (enterprise_id, original_action_id)
    JOIN public.action AS other
        ON other.mode = action.mode
        AND other.enterprise_id = action.enterprise_id
        AND other.action_tracker_id = action.action_tracker_id
        AND other.order_id = action.order_id
WHERE event.event_id > %(from_event)s AND event.event_id <= %(to_event)s;

-- narrow_action
-- Their generations.
CREATE TEMPORARY TABLE action ON COMMIT DROP AS
SELECT action.* FROM touched JOIN public.action AS action USING (enterprise_id, original_action_id);

-- narrow_action_current
-- What they are now.
CREATE TEMPORARY TABLE action_current ON COMMIT DROP AS
SELECT current.* FROM touched JOIN public.action_current AS current USING (enterprise_id, original_action_id);

-- narrow_action_status
-- Their statuses.
CREATE TEMPORARY TABLE action_status ON COMMIT DROP AS
SELECT status.* FROM touched JOIN public.action_status AS status USING (enterprise_id, original_action_id);

-- narrow_order_version
-- Their versions.
CREATE TEMPORARY TABLE order_version ON COMMIT DROP AS
SELECT version.* FROM touched JOIN public.order_version AS version USING (enterprise_id, original_action_id);

-- narrow_commission_record
-- Their records, and those of period jobs, which are few.
CREATE TEMPORARY TABLE commission_record ON COMMIT DROP AS
SELECT record.* FROM touched JOIN public.commission_record AS record USING (enterprise_id, original_action_id)
UNION ALL
SELECT record.* FROM public.commission_record AS record WHERE record.original_action_id IS NULL;

-- narrow_submission_outcome
-- The outcomes of what made their versions, and of what the events tell of.
CREATE TEMPORARY TABLE submission_outcome ON COMMIT DROP AS
SELECT outcome.*
FROM (
        SELECT submission_id FROM pg_temp.order_version
        UNION
        SELECT submission_id FROM pg_temp.action
        UNION
        SELECT submission_id FROM public.event
        WHERE event_id > %(from_event)s AND event_id <= %(to_event)s AND submission_id IS NOT NULL
    ) AS wanted
    JOIN public.submission_outcome AS outcome USING (submission_id)
WHERE outcome.original_action_id IS NULL
    OR (outcome.enterprise_id, outcome.original_action_id) IN (SELECT enterprise_id, original_action_id FROM touched);

-- count_rows
-- The planner has to know how small they are.
ANALYZE touched, action, action_current, action_status, order_version, commission_record, submission_outcome;

-- last_event
-- The number of the last event.
SELECT coalesce(max(event.event_id), 0) FROM event;

-- verified_until
-- Up to which event everything was clean, and when the last run was; its clock may have been ahead of others.
SELECT coalesce(max(run.to_event) FILTER (WHERE run.violated = '{}'), 0),
    (SELECT latest.verified_at FROM verification_run AS latest ORDER BY latest.run_id DESC LIMIT 1)
FROM verification_run AS run;

-- try_lead
-- One process at a time checks the ledger.
SELECT pg_try_advisory_lock(4100006);

-- insert_run
-- What a run found.
INSERT INTO verification_run (is_full, from_event, to_event, violated, violating_rows, milliseconds)
VALUES (%(is_full)s, %(from_event)s, %(to_event)s, %(violated)s, %(violating_rows)s, %(milliseconds)s);
