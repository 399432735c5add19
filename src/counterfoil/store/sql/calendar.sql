The calendar: lock instants that have passed, noted after the fact for history and events.

-- lead
-- One process at a time notes locks; the others find nothing to do.
SELECT pg_try_advisory_xact_lock(4100004);

-- received_until
-- Read under the intake lock: whatever was received before this has committed by then.
SELECT business_now();

-- decided_until
-- The time up to which everything that was received has been decided: the earliest undecided receipt, or `until`.
SELECT least(%(until)s, (
    SELECT min(request.received_at)
    FROM intake_pending AS pending
        JOIN intake_request AS request ON request.position = pending.position
));

-- note_locks
-- Notes the locks that passed before a time, in their order; orders with a held submission wait for it.
WITH due AS (
    SELECT current.enterprise_id, current.original_action_id, current.mode, current.locks_at, current.version
    FROM action_current AS current
    WHERE NOT current.lock_noted AND current.locks_at <= %(until)s
        AND NOT EXISTS (
            SELECT FROM held_submission AS held
            WHERE held.enterprise_id = current.enterprise_id
                AND held.action_tracker_id = current.action_tracker_id
                AND held.order_id = current.order_id
        )
    ORDER BY current.locks_at, current.original_action_id
    LIMIT %(rows)s
    FOR UPDATE SKIP LOCKED
), noted AS (
    UPDATE action_current AS current
    SET lock_noted = true
    FROM due
    WHERE current.enterprise_id = due.enterprise_id
        AND current.original_action_id = due.original_action_id
    RETURNING current.enterprise_id, current.original_action_id, current.validation, current.locking_date,
        current.locks_at, current.extended
), history AS (
    INSERT INTO action_status (enterprise_id, original_action_id, since, cause, position, validation,
        locking_date, locks_at, extended)
    SELECT noted.enterprise_id, noted.original_action_id, noted.locks_at, 'calendar',
        (SELECT head.position FROM intake_head AS head), noted.validation, noted.locking_date, noted.locks_at,
        noted.extended
    FROM noted
)
INSERT INTO event_draft (ordinal, mode, enterprise_id, kind, original_action_id, version)
SELECT row_number() OVER (ORDER BY due.locks_at, due.original_action_id), due.mode, due.enterprise_id, 'locked',
    due.original_action_id, due.version
FROM due;
