Intake: what is written when orders are accepted. The flush statements run together, in this order.

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

-- advance_head
-- Takes the places and running numbers, and stamps the time of receipt, which never falls.
UPDATE intake_head
SET position = position + %(requests)s,
    submission_number = submission_number + %(submissions)s,
    received_at = greatest(business_now(), received_at);

-- insert_requests
-- One row for each batch, in the order given; the head already stands at the last of them.
INSERT INTO intake_request
    (position, batch_id, received_at, mode, channel, kind, sender, submissions, first_number, about)
SELECT head.position - %(requests)s + batch.ordinal,
    batch.batch_id,
    head.received_at,
    batch.mode,
    batch.channel,
    batch.kind,
    batch.sender,
    batch.submissions,
    head.submission_number - %(submissions)s + batch.before + 1,
    batch.about
FROM intake_head AS head,
    unnest(%(batch_ids)s::uuid[], %(modes)s::text[], %(channels)s::text[], %(kinds)s::text[],
        %(senders)s::text[], %(counts)s::integer[], %(befores)s::bigint[], %(abouts)s::text[])
        WITH ORDINALITY AS batch (batch_id, mode, channel, kind, sender, submissions, before, about, ordinal)
RETURNING batch_id, position, received_at, first_number;

-- insert_pending
-- The work: one row for each lane of each batch.
INSERT INTO intake_pending (lane, position, batch_id, submissions)
SELECT work.lane, request.position, work.batch_id, work.submissions
FROM unnest(%(lanes)s::smallint[], %(lane_batch_ids)s::uuid[], %(lane_counts)s::integer[])
        AS work (lane, batch_id, submissions)
    JOIN intake_request AS request ON request.batch_id = work.batch_id;

-- wake_processors
-- One call for a whole group of requests.
SELECT pg_notify('counterfoil_work', '');

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
