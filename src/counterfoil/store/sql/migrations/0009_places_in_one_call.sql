-- Places in the log are given by one call. To send, parse and wait for five statements took most of the time of
-- a small group of requests.

CREATE FUNCTION take_places(
    requests_taken integer, submissions_taken integer, batch_ids uuid[], modes text[], channels text[],
    kinds text[], senders text[], abouts text[], counts integer[], befores integer[],
    lanes smallint[], lane_ordinals integer[], lane_counts integer[],
    OUT first_position bigint, OUT first_running_number bigint, OUT stamped_at timestamptz)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    -- From here to the commit nobody else can take a place. Each statement below sees what was committed before.
    PERFORM pg_advisory_xact_lock(4100002);

    -- The time of receipt never falls.
    UPDATE intake_head AS head
    SET position = head.position + requests_taken,
        submission_number = head.submission_number + submissions_taken,
        received_at = greatest(business_now(), head.received_at)
    RETURNING head.position - requests_taken + 1,
        head.submission_number - submissions_taken + 1,
        head.received_at
    INTO first_position, first_running_number, stamped_at;

    -- One row for each batch, in the order given.
    INSERT INTO intake_request
        (position, batch_id, received_at, mode, channel, kind, sender, submissions, first_number, about)
    SELECT first_position + batch.ordinal - 1,
        batch.batch_id,
        stamped_at,
        batch.mode,
        batch.channel,
        batch.kind,
        batch.sender,
        batch.counted,
        first_running_number + batch.before,
        batch.about
    FROM unnest(batch_ids, modes, channels, kinds, senders, abouts, counts, befores) WITH ORDINALITY
        AS batch (batch_id, mode, channel, kind, sender, about, counted, before, ordinal);

    IF cardinality(lanes) = 0 THEN
        RETURN;
    END IF;

    -- The work: one row for each lane of each batch. Processors are woken once for all of it.
    INSERT INTO intake_pending (lane, position, batch_id, submissions)
    SELECT work.lane, first_position + work.ordinal - 1, batch_ids[work.ordinal], work.counted
    FROM unnest(lanes, lane_ordinals, lane_counts) AS work (lane, ordinal, counted);
    PERFORM pg_notify('counterfoil_work', '');
END
$$;
