Intake: what is written when orders are accepted. The function take_places is in migration 0009.

-- copy_log
-- Rows of the log go in first, in binary, before any lock is taken.
COPY intake_log (batch_id, lane, n, enterprise_id, action_tracker_id, order_id, kind, cleaned, digest, body)
FROM STDIN (FORMAT BINARY);

-- copy_personal
-- Personal ids of the submissions, beside the log.
COPY personal_data (submission_id, enterprise_id, salt, body) FROM STDIN (FORMAT BINARY);

-- take_intake_lock
-- From here to the commit nobody else can take a place in the log.
SELECT pg_advisory_xact_lock(4100002);

-- take_places
-- Takes the intake lock, gives places and running numbers, and stamps the time of receipt; the caller commits.
SELECT first_position, first_running_number, stamped_at
FROM take_places(%(requests)s, %(submissions)s, %(batch_ids)s, %(modes)s, %(channels)s, %(kinds)s, %(senders)s,
    %(abouts)s, %(counts)s, %(befores)s, %(lanes)s, %(lane_ordinals)s, %(lane_counts)s);

-- append_few
-- A small group in one statement: its rows and personal ids first, and once they are written its places.
WITH logged AS (
    INSERT INTO intake_log
        (batch_id, lane, n, enterprise_id, action_tracker_id, order_id, kind, cleaned, digest, body)
    SELECT row.batch_id,
        row.lane,
        row.n,
        row.enterprise_id,
        row.action_tracker_id,
        row.order_id,
        row.kind,
        row.cleaned,
        substr(%(digests)s::bytea, 32 * row.ordinal::integer - 31, 32),
        substr(%(bodies)s::bytea, row.body_at, row.body_size)
    FROM unnest(%(row_batch_ids)s::uuid[], %(row_lanes)s::smallint[], %(ns)s::integer[],
        %(enterprise_ids)s::bigint[], %(trackers)s::bigint[], %(order_ids)s::text[], %(row_kinds)s::text[],
        %(cleaned)s::boolean[], %(bodies_at)s::integer[], %(body_sizes)s::integer[]) WITH ORDINALITY
        AS row (batch_id, lane, n, enterprise_id, action_tracker_id, order_id, kind, cleaned, body_at, body_size,
            ordinal)
    RETURNING n
),
set_apart AS (
    INSERT INTO personal_data (submission_id, enterprise_id, salt, body)
    SELECT row.submission_id,
        row.enterprise_id,
        substr(%(salts)s::bytea, 16 * row.ordinal::integer - 15, 16),
        substr(%(ids)s::bytea, row.ids_at, row.ids_size)
    FROM unnest(%(submission_ids)s::uuid[], %(personal_enterprise_ids)s::bigint[], %(ids_at)s::integer[],
        %(ids_sizes)s::integer[]) WITH ORDINALITY
        AS row (submission_id, enterprise_id, ids_at, ids_size, ordinal)
    RETURNING submission_id
),
written AS MATERIALIZED (
    -- The lock is taken when this is known, so that nobody waits while rows are written.
    SELECT (SELECT count(*) FROM logged) + 0 * (SELECT count(*) FROM set_apart) AS submissions
)
SELECT place.first_position, place.first_running_number, place.stamped_at
FROM written,
    take_places(%(requests)s, written.submissions::integer, %(batch_ids)s, %(modes)s, %(channels)s, %(kinds)s,
        %(senders)s, %(abouts)s, %(counts)s, %(befores)s, %(lanes)s, %(lane_ordinals)s, %(lane_counts)s) AS place;

-- read_head
-- The end of the log.
SELECT position, submission_number, received_at FROM intake_head;

-- end_session
-- Ends a session of intake that its client has lost: what it had not yet committed it can commit no more.
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE pid = %(pid)s AND usename = current_user AND application_name = 'counterfoil intake'
    AND pid <> pg_backend_pid();

-- find_requests
-- Receipts of batches by id; a batch that never reached the log gives no row.
SELECT batch_id, position, received_at, first_number FROM intake_request WHERE batch_id = ANY(%(batch_ids)s);
