Health: what an operator, a start and the metrics ask about the database. Nothing here writes.

-- durability
-- The settings that "accepted" hangs on, as they are on this very connection, and who is connected.
SELECT current_setting('server_version') AS version,
    current_setting('server_version_num')::integer AS version_number,
    current_setting('fsync') AS fsync,
    current_setting('full_page_writes') AS full_page_writes,
    current_setting('synchronous_commit') AS synchronous_commit,
    current_setting('synchronous_standby_names') <> '' AS has_standby,
    current_setting('data_checksums') AS data_checksums,
    current_user::text AS role,
    (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS is_superuser;

-- lowered_commit
-- Where the role, the database or the server lowers synchronous_commit, whatever our connections set.
SELECT coalesce(pg_roles.rolname, 'every role')::text AS role,
    coalesce(pg_database.datname, 'every database')::text AS database,
    split_part(setting.value, '=', 2) AS value
FROM pg_db_role_setting AS kept
    CROSS JOIN LATERAL unnest(kept.setconfig) AS setting (value)
    LEFT JOIN pg_roles ON pg_roles.oid = kept.setrole
    LEFT JOIN pg_database ON pg_database.oid = kept.setdatabase
WHERE split_part(setting.value, '=', 1) = 'synchronous_commit'
    AND split_part(setting.value, '=', 2) NOT IN ('on', 'remote_apply', 'true', 'yes', '1')
    AND (kept.setrole = 0 OR pg_roles.rolname = current_user)
    AND (kept.setdatabase = 0 OR pg_database.datname = current_database())
ORDER BY role, database;

-- changeable_history
-- Append-only tables that this role may change by privilege, or whose trigger does not stand guard.
SELECT guarded.relname::text AS name,
    has_table_privilege(guarded.oid, 'UPDATE, DELETE, TRUNCATE') AS is_permitted,
    guard.tgenabled IN ('O', 'A') AS is_guarded
FROM pg_trigger AS guard
    JOIN pg_class AS guarded ON guarded.oid = guard.tgrelid
    JOIN pg_proc AS function ON function.oid = guard.tgfoid
WHERE function.proname = 'refuse_change' AND NOT guard.tgisinternal
    AND (has_table_privilege(guarded.oid, 'UPDATE, DELETE, TRUNCATE') OR guard.tgenabled NOT IN ('O', 'A'))
ORDER BY guarded.relname;

-- clocks
-- The server's time, the business time, whether that is a sandbox's, and the last time of receipt.
SELECT clock_timestamp() AS server_now,
    business_now() AS business_now,
    (SELECT clock.is_sandbox FROM business_clock AS clock) AS is_sandbox,
    (SELECT head.received_at FROM intake_head AS head) AS last_receipt;

-- backlog
-- How many submissions wait to be decided, and the batch that waits longest; its id tells since when.
SELECT coalesce(sum(pending.submissions), 0)::bigint AS submissions,
    (SELECT oldest.batch_id FROM intake_pending AS oldest ORDER BY oldest.position LIMIT 1) AS oldest_batch_id
FROM intake_pending AS pending;

-- held
-- How many submissions are held, by code; one that was released waits no more.
SELECT held.code, count(*) AS submissions
FROM held_submission AS held
WHERE held.released_at IS NULL
GROUP BY held.code
ORDER BY held.code;

-- oldest_held
-- The submission that is held longest and waits behind no other.
SELECT held.submission_id, held.mode, held.enterprise_id, held.action_tracker_id, held.order_id, held.code,
    held.since
FROM held_submission AS held
WHERE held.released_at IS NULL AND held.code <> 'WAITING_BEHIND'
ORDER BY held.since, held.position, held.n
LIMIT 1;

-- sessions
-- Which processes of ours are connected, by what they are for.
SELECT replace(activity.application_name, 'counterfoil ', '') AS purpose, count(*) AS sessions
FROM pg_stat_activity AS activity
WHERE activity.datname = current_database() AND activity.application_name LIKE 'counterfoil %%'
GROUP BY activity.application_name
ORDER BY activity.application_name;

-- locks_due
-- The business time since when a lock is due that nobody has noted yet.
SELECT min(current.locks_at) FROM action_current AS current
WHERE NOT current.lock_noted AND current.locks_at <= (SELECT business_now());

-- last_verification
-- The rows that violate an invariant as the last run saw them, and when that was.
SELECT run.violating_rows, run.verified_at FROM verification_run AS run
ORDER BY run.run_id DESC
LIMIT 1;
