Closing: what locked goes on invoices and statements, once. All of it runs in one transaction.

-- take_closing_lock
-- One closing at a time.
SELECT pg_advisory_xact_lock(4100005);

-- find_closing
-- What is known of a month's closing.
SELECT month, position, received_at, closed_by, finished_at FROM closing WHERE month = %(month)s;

-- note_closing
-- The place in the log of a closing, noted before it is carried out.
INSERT INTO closing (month, position, received_at, closed_by)
VALUES (%(month)s, %(position)s, %(received_at)s, %(closed_by)s);

-- finish_closing
-- The statements are written.
UPDATE closing SET finished_at = business_now() WHERE month = %(month)s;

-- waiting_actions
-- What a closing has to leave to the next: held changes of locked actions, and new orders that are held.
SELECT held.enterprise_id, held.action_tracker_id, held.order_id, held.submission_id, held.code
FROM held_submission AS held
    JOIN intake_request AS request ON request.position = held.position
    LEFT JOIN LATERAL (
        SELECT latest.closed_at, latest.locks_at
        FROM action_current AS latest
        WHERE latest.enterprise_id = held.enterprise_id
            AND latest.action_tracker_id = held.action_tracker_id
            AND latest.order_id = held.order_id
            AND latest.mode = 'live'
        ORDER BY latest.generation DESC
        LIMIT 1
    ) AS current ON true
WHERE held.mode = 'live' AND held.position <= %(position)s
    AND (
        request.kind = 'create'
        OR current IS NULL
        OR (current.closed_at IS NULL AND current.locks_at <= %(received_at)s)
    )
ORDER BY held.enterprise_id, held.action_tracker_id, held.order_id, held.submission_id;

-- close_actions
-- Closes what is locked as of the closing's receipt, pended and waiting orders apart; history follows.
WITH due AS (
    SELECT current.enterprise_id, current.original_action_id
    FROM action_current AS current
    WHERE current.mode = 'live' AND current.closed_at IS NULL AND current.version IS NOT NULL
        AND current.locks_at <= %(received_at)s AND current.validation <> 'PENDING'
        AND EXISTS (
            SELECT FROM action
            WHERE action.enterprise_id = current.enterprise_id
                AND action.original_action_id = current.original_action_id
                AND action.position <= %(position)s
        )
        -- One that was accepted or declined after the closing's place was not locked there, even at that instant.
        AND NOT EXISTS (
            SELECT FROM action_status AS later
            WHERE later.enterprise_id = current.enterprise_id
                AND later.original_action_id = current.original_action_id
                AND later.cause = 'submission' AND later.position > %(position)s
        )
        AND NOT EXISTS (
            SELECT FROM held_submission AS held
            WHERE held.mode = 'live'
                AND held.enterprise_id = current.enterprise_id
                AND held.action_tracker_id = current.action_tracker_id
                AND held.order_id = current.order_id
                AND held.position <= %(position)s
        )
), closed AS (
    UPDATE action_current AS current
    SET closed_at = %(received_at)s, closed_position = %(position)s
    FROM due
    WHERE current.enterprise_id = due.enterprise_id
        AND current.original_action_id = due.original_action_id
    RETURNING current.enterprise_id, current.original_action_id, current.version, current.validation,
        current.locking_date, current.locks_at, current.extended
), history AS (
    INSERT INTO action_status (enterprise_id, original_action_id, since, cause, position, validation,
        locking_date, locks_at, extended, closed_at, closed_position)
    SELECT enterprise_id, original_action_id, %(received_at)s, 'closing', %(position)s, validation, locking_date,
        locks_at, extended, %(received_at)s, %(position)s
    FROM closed
)
INSERT INTO event_draft (ordinal, mode, enterprise_id, kind, original_action_id, version)
SELECT row_number() OVER (ORDER BY original_action_id), 'live', enterprise_id, 'closed', original_action_id, version
FROM closed;

-- due_lines
-- Every record of a closed action, and every period record, that is on no invoice yet; with both sides' figures.
SELECT record.enterprise_id, record.commission_id, record.advertiser_id, record.publisher_id,
    coalesce(record.sign * version.commission_adv, period.commission_adv) AS commission_adv,
    coalesce(record.sign * version.fee_adv, 0) AS fee_adv,
    coalesce(record.sign * version.commission_pub, period.commission_pub) AS commission_pub
FROM commission_record AS record
    LEFT JOIN action_current AS current
        ON current.enterprise_id = record.enterprise_id
        AND current.original_action_id = record.original_action_id
    LEFT JOIN order_version AS version
        ON version.enterprise_id = record.enterprise_id
        AND version.original_action_id = record.original_action_id
        AND version.version = record.version
    LEFT JOIN period_record AS period
        ON period.enterprise_id = record.enterprise_id
        AND period.job_id = record.job_id
        AND period.publisher_id = record.publisher_id
        AND period.action_tracker_id = record.action_tracker_id
        AND period.month = record.month
        AND period.kind = record.kind
WHERE record.mode = 'live'
    AND (record.original_action_id IS NULL OR current.closed_at IS NOT NULL)
    AND NOT EXISTS (
        SELECT FROM statement_line AS line
        WHERE line.kind = 'invoice' AND line.enterprise_id = record.enterprise_id
            AND line.commission_id = record.commission_id
    )
ORDER BY record.commission_id;

-- last_sequence
-- The last number of a kind in a year; 0 before the first.
SELECT coalesce(max(sequence), 0) FROM statement WHERE kind = %(kind)s AND year = %(year)s;

-- carried_forward
-- What each company's latest statement carried forward.
SELECT DISTINCT ON (statement.company_id) statement.company_id, statement.currency, statement.carried_forward
FROM statement
    JOIN closing ON closing.month = statement.month
WHERE statement.kind = %(kind)s
ORDER BY statement.company_id, closing.position DESC;

-- insert_statements
-- Invoices or statements with their consecutive numbers.
INSERT INTO statement (kind, year, sequence, month, company_id, currency, total, brought_forward, payable,
    carried_forward)
SELECT %(kind)s, %(year)s, made.sequence, %(month)s, made.company_id, made.currency, made.total,
    made.brought_forward, made.payable, made.carried_forward
FROM unnest(%(sequences)s::integer[], %(companies)s::bigint[], %(currencies)s::text[], %(totals)s::numeric[],
        %(broughts)s::numeric[], %(payables)s::numeric[], %(carrieds)s::numeric[])
        AS made (sequence, company_id, currency, total, brought_forward, payable, carried_forward);

-- insert_lines
-- Their lines.
INSERT INTO statement_line (kind, year, sequence, enterprise_id, commission_id, commission, fee)
SELECT %(kind)s, %(year)s, line.sequence, line.enterprise_id, line.commission_id, line.commission, line.fee
FROM unnest(%(sequences)s::integer[], %(enterprises)s::bigint[], %(commission_ids)s::bigint[],
        %(commissions)s::numeric[], %(fees)s::numeric[])
        AS line (sequence, enterprise_id, commission_id, commission, fee);

-- month_figures
-- What incentives are judged by: per publisher and tracker, accepted or automated orders of a span of time, as
-- they stood at a place in the log.
SELECT action.enterprise_id, action.advertiser_id, action.publisher_id, action.action_tracker_id,
    count(*) FILTER (WHERE version.state = 'standing') AS orders,
    sum(version.sale_adv) AS sales,
    sum(version.commission_adv) AS commission
FROM action
    CROSS JOIN LATERAL (
        SELECT known.state, known.sale_adv, known.commission_adv
        FROM order_version AS known
        WHERE known.enterprise_id = action.enterprise_id
            AND known.original_action_id = action.original_action_id
            AND known.position <= %(position)s
        ORDER BY known.version DESC
        LIMIT 1
    ) AS version
    CROSS JOIN LATERAL (
        SELECT known.validation
        FROM action_status AS known
        WHERE known.enterprise_id = action.enterprise_id
            AND known.original_action_id = action.original_action_id
            AND known.position <= %(position)s
        ORDER BY known.position DESC, known.status_id DESC
        LIMIT 1
    ) AS status
WHERE action.mode = 'live' AND action.code IS NULL AND status.validation IN ('ACCEPTED', 'AUTOMATED')
    AND action.event_time >= %(since)s AND action.event_time < %(before)s
GROUP BY action.enterprise_id, action.advertiser_id, action.publisher_id, action.action_tracker_id
ORDER BY action.enterprise_id, action.publisher_id, action.action_tracker_id;

-- insert_period_record
-- The figures and the reason of a bonus or an incentive.
INSERT INTO period_record (enterprise_id, job_id, kind, advertiser_id, publisher_id, action_tracker_id, month,
    currency, rate_adv, rate_pub, rate_usd, rates, commission_adv, commission_pub, commission_usd, reason)
VALUES (%(enterprise_id)s, %(job_id)s, %(kind)s, %(advertiser_id)s, %(publisher_id)s, %(action_tracker_id)s,
    %(month)s, %(currency)s, %(rate_adv)s, %(rate_pub)s, %(rate_usd)s, %(rates)s, %(commission_adv)s, %(commission_pub)s,
    %(commission_usd)s, %(reason)s);

-- insert_period_lines
-- The lines of a job's period records get the ids of the posting that was drawn for them.
INSERT INTO commission_record (enterprise_id, commission_id, mode, kind, sign, posted_at, event_time,
    advertiser_id, publisher_id, action_tracker_id, job_id, month)
SELECT period.enterprise_id,
    link.first_commission_id - 1 + row_number() OVER (
        ORDER BY period.enterprise_id, period.publisher_id, period.action_tracker_id),
    'live', period.kind, 1, link.posted_at, %(event_time)s, period.advertiser_id, period.publisher_id,
    period.action_tracker_id, period.job_id, period.month
FROM period_record AS period
    CROSS JOIN LATERAL (
        SELECT posting.first_commission_id, posting.posted_at
        FROM posting
        WHERE posting.mode = 'live'
        ORDER BY posting.last_commission_id DESC
        LIMIT 1
    ) AS link
WHERE period.job_id = %(job_id)s;

-- statements
-- Invoices and statements, of a month or all, with what was paid.
SELECT statement.kind, statement.year, statement.sequence, statement.month, statement.company_id,
    statement.currency, statement.total, statement.brought_forward, statement.payable,
    statement.carried_forward, payment.paid_on, payment.reference
FROM statement
    LEFT JOIN statement_payment AS payment
        ON payment.kind = statement.kind AND payment.year = statement.year
        AND payment.sequence = statement.sequence
WHERE %(month)s::date IS NULL OR statement.month = %(month)s::date
ORDER BY statement.month, statement.kind, statement.sequence;

-- statement_lines
-- The lines of one invoice or statement, down to records.
SELECT line.commission_id, record.kind, record.posted_at, record.event_time, record.advertiser_id,
    record.publisher_id, record.action_tracker_id, current.order_id, line.commission, line.fee
FROM statement_line AS line
    JOIN commission_record AS record
        ON record.enterprise_id = line.enterprise_id AND record.commission_id = line.commission_id
    LEFT JOIN action_current AS current
        ON current.enterprise_id = record.enterprise_id
        AND current.original_action_id = record.original_action_id
WHERE line.kind = %(kind)s AND line.year = %(year)s AND line.sequence = %(sequence)s
ORDER BY record.advertiser_id, record.publisher_id, record.action_tracker_id, line.commission_id;

-- insert_payment
-- Marks an invoice or statement as paid, once.
INSERT INTO statement_payment (kind, year, sequence, paid_on, reference, marked_by)
SELECT statement.kind, statement.year, statement.sequence, %(paid_on)s, %(reference)s, %(marked_by)s
FROM statement
WHERE statement.kind = %(kind)s AND statement.year = %(year)s AND statement.sequence = %(sequence)s
    AND statement.payable <> 0
ON CONFLICT DO NOTHING
RETURNING sequence;

-- event_paid
-- Others may want to hear that it was paid; one event for each action on it.
INSERT INTO event_draft (ordinal, mode, enterprise_id, kind, original_action_id)
SELECT row_number() OVER (ORDER BY paid.original_action_id), 'live', paid.enterprise_id, 'paid',
    paid.original_action_id
FROM (
    SELECT DISTINCT record.enterprise_id, record.original_action_id
    FROM statement_line AS line
        JOIN commission_record AS record
            ON record.enterprise_id = line.enterprise_id AND record.commission_id = line.commission_id
    WHERE line.kind = %(kind)s AND line.year = %(year)s AND line.sequence = %(sequence)s
        AND record.original_action_id IS NOT NULL
) AS paid;
