Invariants: what must hold in the tables. Each query gives the offending rows; none means that it holds.

-- open_snapshot
-- First statement of a run: every check sees the same moment, and nothing can be written.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;

-- set_up
-- A run reads whole tables, perhaps just restored and without statistics: room to hash, and no looping over guesses.
SELECT set_config('work_mem', '128MB', true), set_config('jit', 'off', true), set_config('enable_nestloop', 'off', true);

-- I1
-- Commissionable generations whose records do not sum to the figures of their last version.
WITH summed AS (
    SELECT record.enterprise_id, record.original_action_id,
        sum(record.sign * version.sale_adv) AS sale_adv,
        sum(record.sign * version.sale_pub) AS sale_pub,
        sum(record.sign * version.sale_usd) AS sale_usd,
        sum(record.sign * version.commission_adv) AS commission_adv,
        sum(record.sign * version.commission_pub) AS commission_pub,
        sum(record.sign * version.commission_usd) AS commission_usd,
        sum(record.sign * version.fee_adv) AS fee_adv,
        sum(record.sign * version.fee_pub) AS fee_pub,
        sum(record.sign * version.fee_usd) AS fee_usd,
        sum(record.sign * version.discount_adv) AS discount_adv,
        sum(record.sign * version.discount_pub) AS discount_pub,
        sum(record.sign * version.discount_usd) AS discount_usd,
        sum(record.sign * version.discount_original) AS discount_original
    FROM commission_record AS record
        JOIN order_version AS version USING (enterprise_id, original_action_id, version)
    GROUP BY record.enterprise_id, record.original_action_id
), latest AS (
    SELECT enterprise_id, original_action_id, max(version) AS version
    FROM order_version
    GROUP BY enterprise_id, original_action_id
)
SELECT action.mode, action.enterprise_id, action.original_action_id, version,
    last.sale_usd, summed.sale_usd AS sale_usd_of_records,
    last.commission_adv, summed.commission_adv AS commission_adv_of_records,
    last.commission_pub, summed.commission_pub AS commission_pub_of_records
FROM action
    JOIN latest USING (enterprise_id, original_action_id)
    JOIN order_version AS last USING (enterprise_id, original_action_id, version)
    LEFT JOIN summed USING (enterprise_id, original_action_id)
WHERE action.code IS NULL
    AND (summed.sale_adv, summed.sale_pub, summed.sale_usd, summed.commission_adv, summed.commission_pub,
        summed.commission_usd, summed.fee_adv, summed.fee_pub, summed.fee_usd, summed.discount_adv,
        summed.discount_pub, summed.discount_usd, summed.discount_original)
    IS DISTINCT FROM
        (last.sale_adv, last.sale_pub, last.sale_usd, last.commission_adv, last.commission_pub,
        last.commission_usd, last.fee_adv, last.fee_pub, last.fee_usd, last.discount_adv,
        last.discount_pub, last.discount_usd, last.discount_original);

-- I2
-- Reversals that are not a record with the other sign, and records whose sign does not fit their kind.
SELECT CASE
        WHEN record.sign <> CASE WHEN record.kind IN ('reversal', 'legacy') THEN -1 ELSE 1 END
            THEN 'sign does not fit the kind'
        WHEN state.commission_id IS NULL THEN 'reverses no record'
        ELSE 'differs from the record it reverses'
    END AS fault,
    record.mode, record.enterprise_id, record.commission_id, record.kind, record.sign, record.original_action_id,
    record.version, state.commission_id AS reversed_id
FROM commission_record AS record
    LEFT JOIN commission_record AS state
        ON state.enterprise_id = record.enterprise_id
        AND state.original_action_id = record.original_action_id
        AND state.version = record.version
        AND state.sign = 1
        AND record.sign = -1
WHERE (record.sign = -1) <> (record.kind IN ('reversal', 'legacy'))
    OR (
        record.sign = -1
        AND (state.mode, state.event_time, state.advertiser_id, state.publisher_id, state.property_id, state.ad_id,
            state.action_tracker_id)
        IS DISTINCT FROM
            (record.mode, record.event_time, record.advertiser_id, record.publisher_id, record.property_id,
            record.ad_id, record.action_tracker_id)
    );

-- I3
-- Records that are reversed twice, and reversals that do not come after what they reverse.
WITH reversed AS (
    SELECT enterprise_id, original_action_id, version,
        count(*) FILTER (WHERE sign = -1) AS reversals,
        min(commission_id) FILTER (WHERE sign = -1) AS reversal_id,
        max(commission_id) FILTER (WHERE sign = 1) AS state_id
    FROM commission_record
    WHERE original_action_id IS NOT NULL
    GROUP BY enterprise_id, original_action_id, version
)
SELECT CASE WHEN reversals > 1 THEN 'reversed more than once' ELSE 'reversal before the record' END AS fault,
    enterprise_id, original_action_id, version, reversals, state_id, reversal_id
FROM reversed
WHERE reversals > 1 OR reversal_id <= state_id;

-- I4
-- Commissionable generations that have no standing record, several, or one that is not their last version.
WITH stood AS (
    SELECT enterprise_id, original_action_id, version,
        bool_or(kind = 'legacy') AS is_legacy,
        sum(sign) AS standing
    FROM commission_record
    WHERE original_action_id IS NOT NULL
    GROUP BY enterprise_id, original_action_id, version
), counted AS (
    -- A legacy correction is reversal and zero state in one: the state after it stands by it.
    SELECT enterprise_id, original_action_id,
        sum(CASE WHEN is_legacy THEN 1 ELSE standing END) AS states,
        max(CASE WHEN is_legacy THEN version + 1 WHEN standing > 0 THEN version END) AS version
    FROM stood
    GROUP BY enterprise_id, original_action_id
), last AS (
    SELECT enterprise_id, original_action_id, max(version) AS version
    FROM order_version
    GROUP BY enterprise_id, original_action_id
)
SELECT action.mode, action.enterprise_id, action.original_action_id, coalesce(counted.states, 0) AS states,
    counted.version AS standing_version, last.version AS last_version
FROM action
    LEFT JOIN counted USING (enterprise_id, original_action_id)
    LEFT JOIN last USING (enterprise_id, original_action_id)
WHERE action.code IS NULL
    AND (counted.states IS DISTINCT FROM 1 OR counted.version IS DISTINCT FROM last.version);

-- I5
-- Posted outcomes without exactly their records, and records that no outcome and no period job explains.
WITH written AS (
    SELECT enterprise_id, original_action_id, submission_id,
        string_agg(kind || ' of ' || version, ', ' ORDER BY commission_id) AS records
    FROM commission_record
    WHERE original_action_id IS NOT NULL
    GROUP BY enterprise_id, original_action_id, submission_id
), expected AS (
    SELECT outcome.enterprise_id, outcome.original_action_id, outcome.submission_id,
        CASE
            WHEN outcome.kind = 'create' THEN 'original of 1'
            WHEN action.submission_id = outcome.submission_id
                THEN 'original of 1, reversal of 1, correction of ' || outcome.version
            ELSE 'reversal of ' || outcome.version - 1 || ', correction of ' || outcome.version
        END AS records,
        'legacy of ' || outcome.version - 1 AS or_legacy
    FROM submission_outcome AS outcome
        LEFT JOIN action USING (enterprise_id, original_action_id)
    WHERE outcome.outcome = 'posted'
)
SELECT enterprise_id, original_action_id, submission_id, expected.records AS expected, written.records AS written
FROM expected
    FULL JOIN written USING (enterprise_id, original_action_id, submission_id)
WHERE written.records IS DISTINCT FROM expected.records
    AND written.records IS DISTINCT FROM expected.or_legacy
UNION ALL
SELECT enterprise_id, NULL, NULL, 'one record for one row of a period job',
    count(record.commission_id) || ' for ' || count(period.job_id) || ' of job ' || coalesce(job_id::text, 'none')
FROM (SELECT * FROM commission_record WHERE original_action_id IS NULL) AS record
    FULL JOIN period_record AS period
        USING (enterprise_id, job_id, kind, advertiser_id, publisher_id, action_tracker_id, month)
GROUP BY enterprise_id, job_id, kind, publisher_id, action_tracker_id, month
HAVING count(record.commission_id) <> 1 OR count(period.job_id) <> 1;

-- I6
-- Requests of which more or fewer submissions are decided, held and pending than were accepted.
SELECT request.position, request.received_at, request.mode, request.submissions AS accepted,
    coalesce(decided.posted, 0) AS posted,
    coalesce(decided.recorded, 0) AS recorded,
    coalesce(decided.duplicate, 0) AS duplicate,
    coalesce(decided.rejected, 0) AS rejected,
    coalesce(decided.applied, 0) AS applied,
    coalesce(held.submissions, 0) AS held,
    coalesce(pending.submissions, 0) AS pending
FROM intake_request AS request
    LEFT JOIN (
        SELECT position, count(*) AS submissions,
            count(*) FILTER (WHERE outcome = 'posted') AS posted,
            count(*) FILTER (WHERE outcome = 'recorded') AS recorded,
            count(*) FILTER (WHERE outcome = 'duplicate') AS duplicate,
            count(*) FILTER (WHERE outcome = 'rejected') AS rejected,
            count(*) FILTER (WHERE outcome = 'applied') AS applied
        FROM submission_outcome
        GROUP BY position
    ) AS decided USING (position)
    LEFT JOIN (SELECT position, count(*) AS submissions FROM held_submission GROUP BY position) AS held
        USING (position)
    LEFT JOIN (SELECT position, sum(submissions) AS submissions FROM intake_pending GROUP BY position) AS pending
        USING (position)
WHERE request.submissions
    <> coalesce(decided.submissions, 0) + coalesce(held.submissions, 0) + coalesce(pending.submissions, 0);

-- I7
-- Work that waits longer than the alarm age, and held submissions that do not say what, where, why or since when.
SELECT 'pending for too long' AS fault, request.position, pending.lane, NULL::uuid AS submission_id,
    NULL AS code, request.received_at AS since
FROM intake_pending AS pending
    JOIN intake_request AS request USING (position)
WHERE request.received_at < business_now() - %(pending_age_max)s::interval
UNION ALL
SELECT CASE
        WHEN held.code <> ALL (%(held_codes)s::text[]) THEN 'no reason of the catalogue'
        WHEN log.n IS NULL THEN 'another order or place than in the log'
        WHEN held.since < request.received_at THEN 'held before it was received'
        ELSE 'waits behind nothing'
    END,
    held.position, held.lane, held.submission_id, held.code, held.since
FROM held_submission AS held
    LEFT JOIN intake_request AS request
        ON request.batch_id = held.batch_id
        AND request.position = held.position
        AND request.mode = held.mode
    LEFT JOIN intake_log AS log
        ON log.batch_id = request.batch_id
        AND log.lane = held.lane
        AND log.n = held.n
        AND log.enterprise_id = held.enterprise_id
        AND log.action_tracker_id = held.action_tracker_id
        AND log.order_id = held.order_id
WHERE held.code <> ALL (%(held_codes)s::text[])
    OR log.n IS NULL
    OR held.since < request.received_at
    OR (
        held.code = 'WAITING_BEHIND'
        AND NOT EXISTS (
            SELECT FROM held_submission AS before
            WHERE before.enterprise_id = held.enterprise_id
                AND before.action_tracker_id = held.action_tracker_id
                AND before.order_id = held.order_id
                AND before.code <> 'WAITING_BEHIND'
                AND before.mode IN ('live', held.mode)
                AND (before.position, before.submission_id) < (held.position, held.submission_id)
        )
    );

-- I8
-- Daily totals that differ from what the records of that day say.
WITH of_orders AS (
    SELECT record.mode, (record.posted_at AT TIME ZONE 'UTC')::date AS day, record.advertiser_id,
        record.publisher_id, record.action_tracker_id, version.currency,
        count(*) AS records,
        count(*) FILTER (WHERE record.kind = 'original') AS originals,
        sum(record.sign * version.sale_adv) AS sale_adv,
        sum(record.sign * version.sale_pub) AS sale_pub,
        sum(record.sign * version.sale_usd) AS sale_usd,
        sum(record.sign * version.commission_adv) AS commission_adv,
        sum(record.sign * version.commission_pub) AS commission_pub,
        sum(record.sign * version.commission_usd) AS commission_usd,
        sum(record.sign * version.fee_adv) AS fee_adv,
        sum(record.sign * version.fee_usd) AS fee_usd
    FROM commission_record AS record
        JOIN order_version AS version USING (enterprise_id, original_action_id, version)
    GROUP BY 1, 2, 3, 4, 5, 6
), of_periods AS (
    SELECT record.mode, (record.posted_at AT TIME ZONE 'UTC')::date AS day, record.advertiser_id,
        record.publisher_id, record.action_tracker_id, period.currency,
        count(*) AS records,
        sum(period.commission_adv) AS commission_adv,
        sum(period.commission_pub) AS commission_pub,
        sum(period.commission_usd) AS commission_usd
    FROM commission_record AS record
        JOIN period_record AS period
            USING (enterprise_id, job_id, publisher_id, action_tracker_id, month, kind)
    GROUP BY 1, 2, 3, 4, 5, 6
), recomputed AS (
    SELECT mode, day, advertiser_id, publisher_id, action_tracker_id, currency,
        coalesce(of_orders.records, 0) + coalesce(of_periods.records, 0) AS records,
        coalesce(of_orders.originals, 0) AS originals,
        coalesce(of_orders.sale_adv, 0) AS sale_adv,
        coalesce(of_orders.sale_pub, 0) AS sale_pub,
        coalesce(of_orders.sale_usd, 0) AS sale_usd,
        coalesce(of_orders.commission_adv, 0) + coalesce(of_periods.commission_adv, 0) AS commission_adv,
        coalesce(of_orders.commission_pub, 0) + coalesce(of_periods.commission_pub, 0) AS commission_pub,
        coalesce(of_orders.commission_usd, 0) + coalesce(of_periods.commission_usd, 0) AS commission_usd,
        coalesce(of_orders.fee_adv, 0) AS fee_adv,
        coalesce(of_orders.fee_usd, 0) AS fee_usd
    FROM of_orders
        FULL JOIN of_periods USING (mode, day, advertiser_id, publisher_id, action_tracker_id, currency)
)
SELECT mode, day, advertiser_id, publisher_id, action_tracker_id, currency,
    total.records, recomputed.records AS records_recomputed,
    total.sale_usd, recomputed.sale_usd AS sale_usd_recomputed,
    total.commission_adv, recomputed.commission_adv AS commission_adv_recomputed,
    total.commission_pub, recomputed.commission_pub AS commission_pub_recomputed
FROM daily_total AS total
    FULL JOIN recomputed USING (mode, day, advertiser_id, publisher_id, action_tracker_id, currency)
WHERE (total.records, total.originals, total.sale_adv, total.sale_pub, total.sale_usd, total.commission_adv,
        total.commission_pub, total.commission_usd, total.fee_adv, total.fee_usd)
    IS DISTINCT FROM
        (recomputed.records, recomputed.originals, recomputed.sale_adv, recomputed.sale_pub, recomputed.sale_usd,
        recomputed.commission_adv, recomputed.commission_pub, recomputed.commission_usd, recomputed.fee_adv,
        recomputed.fee_usd);

-- I9
-- Papers that are not the sum of their lines, lines that are not their record, and closed records on no paper.
WITH due AS (
    -- What a record is worth to each side, and whether it belongs on papers: its action is closed, or it has none.
    SELECT record.enterprise_id, record.commission_id, record.mode, side.kind, side.company_id, side.commission,
        side.fee,
        record.original_action_id IS NULL OR (current.closed_at IS NOT NULL AND current.validation <> 'PENDING')
            AS is_due,
        current.closed_at IS NOT NULL AS is_closed
    FROM commission_record AS record
        LEFT JOIN action_current AS current USING (enterprise_id, original_action_id)
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
        CROSS JOIN LATERAL (
            VALUES
                ('invoice', record.advertiser_id,
                    coalesce(record.sign * version.commission_adv, period.commission_adv),
                    coalesce(record.sign * version.fee_adv, 0)),
                ('statement', record.publisher_id,
                    coalesce(record.sign * version.commission_pub, period.commission_pub), 0)
        ) AS side (kind, company_id, commission, fee)
)
SELECT 'not the sum of its lines' AS fault, kind, year, sequence, statement.company_id, NULL::bigint AS commission_id,
    statement.total AS kept, coalesce(sum(line.commission + line.fee), 0) AS reckoned
FROM statement
    LEFT JOIN statement_line AS line USING (kind, year, sequence)
GROUP BY kind, year, sequence
HAVING statement.total <> coalesce(sum(line.commission + line.fee), 0)
UNION ALL
SELECT 'does not bring forward what was carried', paper.kind, paper.year, paper.sequence, paper.company_id, NULL,
    paper.brought_forward, paper.carried_before
FROM (
    SELECT statement.kind, statement.year, statement.sequence, statement.company_id, statement.brought_forward,
        lag(statement.carried_forward, 1, 0::numeric) OVER (
            PARTITION BY statement.kind, statement.company_id ORDER BY closing.position
        ) AS carried_before
    FROM statement
        JOIN closing USING (month)
) AS paper
WHERE paper.brought_forward <> paper.carried_before
UNION ALL
SELECT 'does not add up', kind, year, sequence, company_id, NULL, brought_forward + total, payable + carried_forward
FROM statement
WHERE brought_forward + total <> payable + carried_forward
UNION ALL
SELECT 'the numbers of a year have a gap', kind, year, max(sequence), NULL, NULL, max(sequence), count(*)
FROM statement
GROUP BY kind, year
HAVING min(sequence) <> 1 OR max(sequence) <> count(*)
UNION ALL
SELECT 'a line is not its record', line.kind, line.year, line.sequence, due.company_id, line.commission_id,
    line.commission, due.commission
FROM statement_line AS line
    LEFT JOIN statement USING (kind, year, sequence)
    LEFT JOIN due
        ON due.enterprise_id = line.enterprise_id
        AND due.commission_id = line.commission_id
        AND due.kind = line.kind
WHERE (line.commission, line.fee, statement.company_id, 'live', true)
    IS DISTINCT FROM (due.commission, due.fee, due.company_id, due.mode, due.is_due)
UNION ALL
SELECT 'a closed record is on no paper, or on two', due.kind, NULL, NULL, due.company_id, due.commission_id,
    count(line.commission_id), 1
FROM due
    LEFT JOIN statement_line AS line USING (kind, enterprise_id, commission_id)
WHERE due.mode = 'live'
GROUP BY due.kind, due.company_id, due.enterprise_id, due.commission_id, due.is_closed
HAVING count(line.commission_id) > 1 OR (due.is_closed AND count(line.commission_id) = 0);

-- I10
-- Versions whose figures a plain recomputation from what was stated, by their own terms, does not give.
WITH terms AS MATERIALIZED (
    SELECT kept.network_version, (kept.body ->> 'id')::bigint AS terms_id,
        (kept.body ->> 'valid_from')::timestamptz AS terms_from, kept.body
    FROM (
        SELECT network_version, convert_from(body, 'UTF8')::jsonb AS body
        FROM reference_version
        WHERE kind = 'terms'
    ) AS kept
), paid AS MATERIALIZED (
    -- What the terms of an action say, as the network knew them when it was opened: the fee, and rules by rank.
    SELECT used.terms_id, used.terms_from, used.network_version, used.action_tracker_id, known.body -> 'fee' AS fee,
        jsonb_object_agg(rule ->> 'rank', rule) AS rules
    FROM (SELECT DISTINCT terms_id, terms_from, network_version, action_tracker_id FROM action) AS used
        CROSS JOIN LATERAL (
            SELECT terms.body
            FROM terms
            WHERE terms.terms_id = used.terms_id
                AND terms.terms_from = used.terms_from
                AND terms.network_version <= used.network_version
            ORDER BY terms.network_version DESC
            LIMIT 1
        ) AS known
        CROSS JOIN LATERAL jsonb_array_elements(known.body -> 'actions') AS paid_action
        CROSS JOIN LATERAL jsonb_array_elements(paid_action -> 'rules') AS rule
    WHERE (paid_action ->> 'action_tracker')::bigint = used.action_tracker_id
    GROUP BY 1, 2, 3, 4, 5
), tracker AS MATERIALIZED (
    -- What a tracker counts never changes.
    SELECT DISTINCT id::bigint AS action_tracker_id,
        convert_from(body, 'UTF8')::jsonb ->> 'type' IN ('item_sale', 'item_lead') AS is_item_based
    FROM reference_version
    WHERE kind = 'action_tracker'
)
SELECT action.mode, version.enterprise_id, version.original_action_id, version.version, shown.name AS currency,
    shown.sale, reckoned.sale AS sale_reckoned,
    shown.commission, reckoned.commission AS commission_reckoned,
    shown.fee, reckoned.fee AS fee_reckoned,
    shown.discount, reckoned.discount AS discount_reckoned,
    lines.differing AS differing_items
FROM order_version AS version
    JOIN action USING (enterprise_id, original_action_id)
    LEFT JOIN paid USING (terms_id, terms_from, network_version, action_tracker_id)
    LEFT JOIN tracker USING (action_tracker_id)
    CROSS JOIN LATERAL (
        -- Amounts are converted by the rates kept with the version, flat ones in other currencies by their own.
        SELECT convert_from(version.stated, 'UTF8')::jsonb AS stated,
            convert_from(version.priced, 'UTF8')::jsonb AS priced,
            convert_from(version.rates, 'UTF8')::jsonb -> 'flats' AS flats
        OFFSET 0
    ) AS body
    CROSS JOIN LATERAL (
        -- Each line before its share of the whole-order discount, with the rule and the figures that were kept.
        SELECT count(*) AS count,
            sum(greatest(line.gross - line.discount, 0)) AS subtotal,
            sum(line.discount) AS discounts,
            array_agg(line.quantity ORDER BY line.place) AS quantities,
            array_agg(greatest(line.gross - line.discount, 0) ORDER BY line.place) AS nets,
            array_agg(line.discount ORDER BY line.place) AS line_discounts
        FROM (
            SELECT item.place, (item.value ->> 'quantity')::numeric AS quantity,
                (item.value ->> 'unitPrice')::numeric * (item.value ->> 'quantity')::numeric AS gross,
                coalesce((item.value ->> 'discount')::numeric, 0) AS discount
            FROM jsonb_array_elements(body.stated -> 'items') WITH ORDINALITY AS item (value, place)
        ) AS line
        OFFSET 0
    ) AS items
    CROSS JOIN LATERAL (
        -- Items count on item actions, and stand in for a missing amount on simple ones.
        SELECT items.count > 0 AND tracker.is_item_based AS has_lines,
            coalesce((body.stated ->> 'discount')::numeric, 0) AS whole_discount,
            CASE
                WHEN items.count > 0 AND (tracker.is_item_based OR body.stated ->> 'amount' IS NULL) THEN items.subtotal
                ELSE coalesce((body.stated ->> 'amount')::numeric, 0)
            END AS subtotal,
            CASE
                WHEN items.count > 0 AND (tracker.is_item_based OR body.stated ->> 'amount' IS NULL) THEN items.discounts
                ELSE 0
            END AS line_discounts
        OFFSET 0
    ) AS told
    CROSS JOIN LATERAL (
        SELECT greatest(told.subtotal - told.whole_discount, 0) AS net, told.line_discounts + told.whole_discount AS discounts
        OFFSET 0
    ) AS worth
    CROSS JOIN LATERAL (
        VALUES
            ('adv', version.rate_adv, version.sale_adv, version.commission_adv, version.fee_adv, version.discount_adv),
            ('pub', version.rate_pub, version.sale_pub, version.commission_pub, version.fee_pub, version.discount_pub),
            ('usd', version.rate_usd, version.sale_usd, version.commission_usd, version.fee_usd, version.discount_usd)
    ) AS shown (name, rate, sale, commission, fee, discount)
    CROSS JOIN LATERAL (
        -- Per item: line x net x rate : (subtotal x quantity), divided once; sale and commission from the rounded amount.
        SELECT coalesce(sum(line.quantity * line.per_item), 0) AS sale,
            coalesce(sum(line.earned), 0) AS earned,
            count(*) FILTER (
                WHERE line.kept_per_item IS DISTINCT FROM line.per_item
                    OR line.kept_commission IS DISTINCT FROM ceil(line.earned * 1000 - 0.5) * 0.001
                    OR line.kept_discount IS DISTINCT FROM ceil(line.discount * shown.rate * 1000 - 0.5) * 0.001
            ) AS differing
        FROM (
            SELECT entry.quantity, entry.discount, amount.per_item,
                (kept.item -> 'per_item' ->> shown.name)::numeric AS kept_per_item,
                (kept.item -> 'commission' ->> shown.name)::numeric AS kept_commission,
                (kept.item -> 'discount' ->> shown.name)::numeric AS kept_discount,
                CASE
                    WHEN kept.item ->> 'rule' IS NULL THEN 0
                    WHEN rule.rate ->> 'type' = 'percent'
                        THEN (rule.rate ->> 'value')::numeric * 0.01 * entry.quantity * amount.per_item
                    WHEN rule.rate ->> 'currency' = version.currency
                        THEN (rule.rate ->> 'value')::numeric * entry.quantity * shown.rate
                    ELSE (rule.rate ->> 'value')::numeric * entry.quantity
                        * (body.flats -> (rule.rate ->> 'currency') -> shown.name ->> 'value')::numeric
                END AS earned
            FROM unnest(items.quantities, items.nets, items.line_discounts) WITH ORDINALITY
                    AS entry (quantity, net, discount, place)
                CROSS JOIN LATERAL (SELECT body.priced -> 0 -> (entry.place::integer - 1) AS item OFFSET 0) AS kept
                CROSS JOIN LATERAL (SELECT paid.rules -> (kept.item ->> 'rule') -> 'rate' AS rate OFFSET 0) AS rule
                CROSS JOIN LATERAL (
                    SELECT 1000 * entry.net * worth.net * shown.rate AS dividend, told.subtotal * entry.quantity AS divisor
                    OFFSET 0
                ) AS share
                CROSS JOIN LATERAL (
                    SELECT CASE
                        WHEN share.divisor = 0 THEN 0
                        WHEN 2 * mod(share.dividend, share.divisor) > share.divisor
                            THEN (div(share.dividend, share.divisor) + 1) * 0.001
                        ELSE div(share.dividend, share.divisor) * 0.001
                    END AS per_item
                    OFFSET 0
                ) AS amount
            WHERE told.has_lines
        ) AS line
        OFFSET 0
    ) AS lines
    CROSS JOIN LATERAL (
        SELECT paid.rules -> (body.priced ->> 2) -> 'rate' AS rate,
            CASE WHEN told.has_lines THEN lines.sale ELSE ceil(worth.net * shown.rate * 1000 - 0.5) * 0.001 END AS sale
        OFFSET 0
    ) AS whole
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN told.has_lines THEN lines.earned
            WHEN body.priced ->> 2 IS NULL THEN 0
            WHEN whole.rate ->> 'type' = 'percent' THEN (whole.rate ->> 'value')::numeric * 0.01 * whole.sale
            WHEN whole.rate ->> 'currency' = version.currency THEN (whole.rate ->> 'value')::numeric * shown.rate
            ELSE (whole.rate ->> 'value')::numeric
                * (body.flats -> (whole.rate ->> 'currency') -> shown.name ->> 'value')::numeric
        END AS exact
        OFFSET 0
    ) AS earned
    CROSS JOIN LATERAL (SELECT ceil(earned.exact * 1000 - 0.5) * 0.001 AS rounded OFFSET 0) AS commission
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN coalesce(paid.fee ->> 'type', '') = '' THEN 0
            WHEN paid.fee ->> 'type' = 'percent' THEN (paid.fee ->> 'value')::numeric * 0.01 * commission.rounded
            WHEN paid.fee ->> 'type' = 'percent_of_sale' THEN (paid.fee ->> 'value')::numeric * 0.01 * whole.sale
            WHEN paid.fee ->> 'currency' = version.currency THEN (paid.fee ->> 'value')::numeric * shown.rate
            ELSE (paid.fee ->> 'value')::numeric
                * (body.flats -> (paid.fee ->> 'currency') -> shown.name ->> 'value')::numeric
        END AS exact
        OFFSET 0
    ) AS charged
    CROSS JOIN LATERAL (
        SELECT whole.sale, commission.rounded AS commission, ceil(charged.exact * 1000 - 0.5) * 0.001 AS fee,
            ceil(worth.discounts * shown.rate * 1000 - 0.5) * 0.001 AS discount,
            ceil(worth.discounts * 1000 - 0.5) * 0.001 AS discount_original
        OFFSET 0
    ) AS reckoned
WHERE version.state = 'standing'
    AND (
        paid.terms_id IS NULL
        OR tracker.action_tracker_id IS NULL
        OR shown.sale IS DISTINCT FROM reckoned.sale
        OR shown.commission IS DISTINCT FROM reckoned.commission
        OR shown.fee IS DISTINCT FROM reckoned.fee
        OR shown.discount IS DISTINCT FROM reckoned.discount
        OR version.discount_original IS DISTINCT FROM reckoned.discount_original
        OR lines.differing > 0
        OR jsonb_array_length(body.priced -> 0) <> CASE WHEN told.has_lines THEN items.count ELSE 0 END
    );

-- I11
-- Generations whose being commissionable or not does not show in all that hangs on them.
WITH state AS (
    SELECT enterprise_id, original_action_id, count(*) AS versions
    FROM order_version
    GROUP BY enterprise_id, original_action_id
), line AS (
    SELECT enterprise_id, original_action_id, count(*) AS records
    FROM commission_record
    WHERE original_action_id IS NOT NULL
    GROUP BY enterprise_id, original_action_id
)
SELECT CASE WHEN action.code IS NULL THEN 'commissionable without a state' ELSE 'not commissionable, yet with one' END
        AS fault,
    action.mode, action.enterprise_id, action.original_action_id, action.code,
    coalesce(state.versions, 0) AS versions, coalesce(line.records, 0) AS records
FROM action
    LEFT JOIN state USING (enterprise_id, original_action_id)
    LEFT JOIN line USING (enterprise_id, original_action_id)
WHERE (action.code IS NULL) <> (state.versions IS NOT NULL)
    OR (action.code IS NOT NULL AND line.records IS NOT NULL)
UNION ALL
SELECT 'outcome ' || outcome.outcome || ' against the action', action.mode, action.enterprise_id,
    action.original_action_id, action.code, outcome.version, NULL
FROM submission_outcome AS outcome
    JOIN action USING (enterprise_id, original_action_id)
WHERE (outcome.outcome = 'recorded' AND outcome.code IS DISTINCT FROM action.code)
    OR (outcome.outcome = 'posted' AND action.code IS NOT NULL);

-- I12
-- Records and credits that name another publisher than their action.
SELECT 'record' AS fault, action.mode, action.enterprise_id, action.original_action_id,
    action.publisher_id, record.publisher_id AS other_publisher_id, record.commission_id
FROM commission_record AS record
    JOIN action USING (enterprise_id, original_action_id)
WHERE record.publisher_id IS DISTINCT FROM action.publisher_id
UNION ALL
SELECT 'credit', action.mode, action.enterprise_id, action.original_action_id, action.publisher_id,
    credited.publisher_id, NULL
FROM action
    CROSS JOIN LATERAL (
        SELECT (convert_from(action.credit, 'UTF8')::jsonb ->> 'publisher_id')::bigint AS publisher_id OFFSET 0
    ) AS credited
WHERE credited.publisher_id IS DISTINCT FROM action.publisher_id;

-- I13
-- Changes in the live ledger whose request was received when the action was locked or closed already.
WITH change AS (
    SELECT enterprise_id, original_action_id, position, submission_id, kind || ' to version ' || version AS effect
    FROM order_version
    WHERE version > 1
    UNION ALL
    SELECT enterprise_id, original_action_id, position, submission_id, 'status ' || validation
    FROM action_status
    WHERE cause = 'submission'
)
SELECT action.enterprise_id, action.original_action_id, change.effect, change.submission_id, request.received_at,
    before.locks_at, before.closed_at
FROM change
    JOIN action USING (enterprise_id, original_action_id)
    JOIN intake_request AS request ON request.position = change.position
    CROSS JOIN LATERAL (
        SELECT status.locks_at, status.closed_at
        FROM action_status AS status
        WHERE status.enterprise_id = change.enterprise_id
            AND status.original_action_id = change.original_action_id
            AND status.cause <> 'calendar'
            AND (status.position, coalesce(status.submission_id, '00000000-0000-0000-0000-000000000000'))
                < (change.position, change.submission_id)
        ORDER BY status.position DESC, status.status_id DESC
        LIMIT 1
    ) AS before
WHERE action.mode = 'live'
    AND (before.locks_at <= request.received_at OR before.closed_at <= request.received_at)
UNION ALL
SELECT version.enterprise_id, version.original_action_id, 'another time of receipt than in the log',
    version.submission_id, version.received_at, request.received_at, NULL
FROM order_version AS version
    LEFT JOIN intake_request AS request USING (position)
WHERE version.received_at IS DISTINCT FROM request.received_at;

-- I14
-- Records that were posted earlier than one with a lower id, or whose event tells another order.
SELECT 'posted before a lower id' AS fault, line.mode, line.commission_id, line.posted_at,
    line.before_id, line.before_at
FROM (
    SELECT mode, commission_id, posted_at,
        lag(commission_id) OVER ledger AS before_id,
        lag(posted_at) OVER ledger AS before_at
    FROM commission_record
    WINDOW ledger AS (PARTITION BY mode ORDER BY commission_id)
) AS line
WHERE line.posted_at < line.before_at
UNION ALL
SELECT 'told before a lower id', told.mode, told.commission_id, told.at, told.before_id, told.before_at
FROM (
    SELECT event.mode, line.commission_id, event.at,
        lag(line.commission_id) OVER ledger AS before_id,
        lag(event.at) OVER ledger AS before_at
    FROM event
        JOIN (
            SELECT submission_id, min(commission_id) AS commission_id
            FROM commission_record
            WHERE submission_id IS NOT NULL
            GROUP BY submission_id
        ) AS line USING (submission_id)
    WHERE event.kind IN ('posted', 'restated', 'cancelled')
    WINDOW ledger AS (PARTITION BY event.mode ORDER BY event.event_id)
) AS told
WHERE told.commission_id < told.before_id;

-- I15
-- Cancelled states that are worth something, and changes after a cancellation.
SELECT 'worth something' AS fault, version.enterprise_id, version.original_action_id, version.version, version.state,
    version.sale_usd, version.commission_adv, version.commission_pub, version.fee_adv, version.discount_original
FROM order_version AS version
    CROSS JOIN LATERAL (
        SELECT CASE version.state WHEN 'cancelled' THEN convert_from(version.priced, 'UTF8')::jsonb -> 0 END AS items
        OFFSET 0
    ) AS priced
WHERE version.state = 'cancelled'
    AND (
        (version.sale_adv, version.sale_pub, version.sale_usd, version.commission_adv, version.commission_pub,
            version.commission_usd, version.fee_adv, version.fee_pub, version.fee_usd, version.discount_adv,
            version.discount_pub, version.discount_usd, version.discount_original)
        <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        OR EXISTS (
            SELECT
            FROM jsonb_array_elements(priced.items) AS item
                CROSS JOIN LATERAL jsonb_each(jsonb_build_object(
                    'per_item', item -> 'per_item', 'commission', item -> 'commission', 'discount', item -> 'discount'
                )) AS figure (name, amounts)
                CROSS JOIN LATERAL jsonb_each_text(figure.amounts) AS amount (currency, value)
            WHERE (item ->> 'quantity')::numeric <> 0 OR amount.value::numeric <> 0
        )
    )
UNION ALL
SELECT CASE version.state WHEN 'cancelled' THEN 'changed after its cancellation' ELSE 'stands after its cancellation' END,
    version.enterprise_id, version.original_action_id, version.version, version.state, version.sale_usd,
    version.commission_adv, version.commission_pub, version.fee_adv, version.discount_original
FROM order_version AS version
WHERE (version.state = 'cancelled') <> (version.kind = 'cancel')
    OR (
        version.state = 'cancelled'
        AND EXISTS (
            SELECT FROM order_version AS later
            WHERE later.enterprise_id = version.enterprise_id
                AND later.original_action_id = version.original_action_id
                AND later.version > version.version
        )
    );

-- I17
-- Rows of one ledger that refer to the other. Only the test ledger may read a live order, when it adopts it.
SELECT 'commission_record ' || record.commission_id AS row, record.mode, action.mode AS refers_to
FROM commission_record AS record
    JOIN action USING (enterprise_id, original_action_id)
WHERE record.mode <> action.mode
UNION ALL
SELECT 'action ' || action.original_action_id, action.mode, request.mode
FROM action
    JOIN intake_request AS request USING (position)
WHERE action.mode <> request.mode
UNION ALL
SELECT 'order_version ' || version.original_action_id || ' ' || version.version, action.mode, request.mode
FROM order_version AS version
    JOIN action USING (enterprise_id, original_action_id)
    JOIN intake_request AS request ON request.position = version.position
WHERE action.mode = 'live' AND request.mode = 'test'
UNION ALL
SELECT 'action_status ' || status.status_id, action.mode, request.mode
FROM action_status AS status
    JOIN action USING (enterprise_id, original_action_id)
    JOIN intake_request AS request ON request.position = status.position
WHERE action.mode = 'live' AND request.mode = 'test' AND status.cause <> 'calendar'
UNION ALL
SELECT 'action_current ' || current.original_action_id, current.mode, action.mode
FROM action_current AS current
    JOIN action USING (enterprise_id, original_action_id)
WHERE current.mode <> action.mode
UNION ALL
SELECT 'submission_outcome ' || outcome.submission_id, outcome.mode, request.mode
FROM submission_outcome AS outcome
    JOIN intake_request AS request USING (position)
WHERE outcome.mode <> request.mode
UNION ALL
SELECT 'submission_outcome ' || outcome.submission_id, outcome.mode, action.mode
FROM submission_outcome AS outcome
    JOIN action USING (enterprise_id, original_action_id)
WHERE outcome.mode <> action.mode
UNION ALL
SELECT 'held_submission ' || held.submission_id, held.mode, request.mode
FROM held_submission AS held
    JOIN intake_request AS request USING (position)
WHERE held.mode <> request.mode
UNION ALL
SELECT 'referral_use ' || use.click_id || ' ' || use.ordinal, use.mode, action.mode
FROM referral_use AS use
    JOIN action USING (enterprise_id, original_action_id)
WHERE use.mode <> action.mode
UNION ALL
SELECT 'event ' || event.event_id, event.mode, outcome.mode
FROM event
    JOIN submission_outcome AS outcome USING (submission_id)
WHERE event.mode <> outcome.mode;

-- I18
-- Rows whose tenant is not that of what they refer to.
WITH submitted AS (
    SELECT (left(batch_id::text, 30) || lpad(to_hex(n), 6, '0'))::uuid AS submission_id, enterprise_id,
        action_tracker_id, order_id
    FROM intake_log
), owner AS MATERIALIZED (
    -- The advertiser of an enterprise never changes.
    SELECT DISTINCT id::bigint AS enterprise_id,
        (convert_from(body, 'UTF8')::jsonb ->> 'advertiser')::bigint AS advertiser_id
    FROM reference_version
    WHERE kind = 'enterprise'
)
SELECT 'submission_outcome ' || outcome.submission_id AS row, outcome.enterprise_id,
    submitted.enterprise_id AS refers_to
FROM submission_outcome AS outcome
    JOIN submitted USING (submission_id)
WHERE (outcome.enterprise_id, outcome.action_tracker_id, outcome.order_id)
    <> (submitted.enterprise_id, submitted.action_tracker_id, submitted.order_id)
UNION ALL
SELECT 'submission_outcome ' || outcome.submission_id, outcome.enterprise_id, action.enterprise_id
FROM submission_outcome AS outcome
    LEFT JOIN action USING (original_action_id)
WHERE outcome.original_action_id IS NOT NULL
    AND (outcome.enterprise_id, outcome.action_tracker_id, outcome.order_id)
        IS DISTINCT FROM (action.enterprise_id, action.action_tracker_id, action.order_id)
UNION ALL
SELECT 'action ' || action.original_action_id, action.enterprise_id, outcome.enterprise_id
FROM action
    JOIN submission_outcome AS outcome USING (submission_id)
WHERE (action.enterprise_id, action.action_tracker_id, action.order_id)
    <> (outcome.enterprise_id, outcome.action_tracker_id, outcome.order_id)
UNION ALL
SELECT 'action ' || action.original_action_id || ' of advertiser ' || action.advertiser_id, action.enterprise_id, NULL
FROM action
    LEFT JOIN owner USING (enterprise_id)
WHERE action.advertiser_id IS DISTINCT FROM owner.advertiser_id
UNION ALL
SELECT 'period_record of job ' || period.job_id || ' by advertiser ' || period.advertiser_id, period.enterprise_id, NULL
FROM period_record AS period
    LEFT JOIN owner USING (enterprise_id)
WHERE period.advertiser_id IS DISTINCT FROM owner.advertiser_id
UNION ALL
SELECT 'order_version ' || version.original_action_id || ' ' || version.version, version.enterprise_id,
    action.enterprise_id
FROM order_version AS version
    LEFT JOIN action USING (original_action_id)
WHERE version.enterprise_id IS DISTINCT FROM action.enterprise_id
UNION ALL
SELECT 'action_status ' || status.status_id, status.enterprise_id, action.enterprise_id
FROM action_status AS status
    LEFT JOIN action USING (original_action_id)
WHERE status.enterprise_id IS DISTINCT FROM action.enterprise_id
UNION ALL
SELECT 'action_current ' || current.original_action_id, current.enterprise_id, action.enterprise_id
FROM action_current AS current
    LEFT JOIN action USING (original_action_id)
WHERE current.enterprise_id IS DISTINCT FROM action.enterprise_id
UNION ALL
SELECT 'commission_record ' || record.commission_id, record.enterprise_id, action.enterprise_id
FROM commission_record AS record
    LEFT JOIN action USING (original_action_id)
WHERE record.original_action_id IS NOT NULL
    AND (record.enterprise_id, record.advertiser_id, record.action_tracker_id)
        IS DISTINCT FROM (action.enterprise_id, action.advertiser_id, action.action_tracker_id)
UNION ALL
SELECT 'referral_use ' || use.click_id || ' ' || use.ordinal, use.enterprise_id, action.enterprise_id
FROM referral_use AS use
    LEFT JOIN action USING (original_action_id)
WHERE use.enterprise_id IS DISTINCT FROM action.enterprise_id
UNION ALL
SELECT 'event ' || event.event_id, event.enterprise_id, outcome.enterprise_id
FROM event
    JOIN submission_outcome AS outcome USING (submission_id)
WHERE event.enterprise_id <> outcome.enterprise_id
UNION ALL
SELECT 'personal_data ' || personal.submission_id, personal.enterprise_id, submitted.enterprise_id
FROM personal_data AS personal
    LEFT JOIN submitted USING (submission_id)
WHERE personal.enterprise_id IS DISTINCT FROM submitted.enterprise_id;

-- I20
-- Converted amounts that do not carry the rate, its date and its source.
WITH company AS MATERIALIZED (
    SELECT DISTINCT kind, id::bigint AS company_id, convert_from(body, 'UTF8')::jsonb ->> 'currency' AS currency
    FROM reference_version
    WHERE kind IN ('advertiser', 'publisher')
), published AS MATERIALIZED (
    SELECT DISTINCT day, source FROM conversion_rate
), terms AS MATERIALIZED (
    SELECT kept.network_version, (kept.body ->> 'id')::bigint AS terms_id,
        (kept.body ->> 'valid_from')::timestamptz AS terms_from, kept.body
    FROM (
        SELECT network_version, convert_from(body, 'UTF8')::jsonb AS body
        FROM reference_version
        WHERE kind = 'terms'
    ) AS kept
), flat AS MATERIALIZED (
    -- The flat amounts of the terms, by rank; the fee, which always applies, has none.
    SELECT used.terms_id, used.terms_from, used.network_version, used.action_tracker_id, amount.rank, amount.currency
    FROM (SELECT DISTINCT terms_id, terms_from, network_version, action_tracker_id FROM action) AS used
        CROSS JOIN LATERAL (
            SELECT terms.body
            FROM terms
            WHERE terms.terms_id = used.terms_id
                AND terms.terms_from = used.terms_from
                AND terms.network_version <= used.network_version
            ORDER BY terms.network_version DESC
            LIMIT 1
        ) AS known
        CROSS JOIN LATERAL (
            SELECT rule -> 'rank' AS rank, rule -> 'rate' ->> 'currency' AS currency
            FROM jsonb_array_elements(known.body -> 'actions') AS paid_action,
                jsonb_array_elements(paid_action -> 'rules') AS rule
            WHERE (paid_action ->> 'action_tracker')::bigint = used.action_tracker_id
            UNION
            SELECT NULL, known.body -> 'fee' ->> 'currency'
        ) AS amount
    WHERE amount.currency IS NOT NULL
)
SELECT CASE
        WHEN shown.kept IS DISTINCT FROM shown.rate THEN 'the rate is kept in two ways'
        WHEN shown.currency = version.currency THEN 'converted into its own currency'
        ELSE 'no rate, date or source'
    END AS fault,
    action.mode, version.enterprise_id, version.original_action_id, version.version, version.currency,
    shown.currency AS shown_in, shown.rate, shown.day, shown.source
FROM order_version AS version
    JOIN action USING (enterprise_id, original_action_id)
    JOIN company AS advertiser ON advertiser.kind = 'advertiser' AND advertiser.company_id = action.advertiser_id
    JOIN company AS publisher ON publisher.kind = 'publisher' AND publisher.company_id = action.publisher_id
    CROSS JOIN LATERAL (SELECT convert_from(version.rates, 'UTF8')::jsonb AS rates OFFSET 0) AS body
    CROSS JOIN LATERAL (
        SELECT three.currency, three.rate, (three.rates ->> 'value')::numeric AS kept,
            (three.rates ->> 'day')::date AS day, three.rates ->> 'source' AS source
        FROM (
            VALUES
                (advertiser.currency, version.rate_adv, body.rates -> 'adv'),
                (publisher.currency, version.rate_pub, body.rates -> 'pub'),
                ('USD', version.rate_usd, body.rates -> 'usd')
        ) AS three (currency, rate, rates)
        OFFSET 0
    ) AS shown
    LEFT JOIN published ON published.day = shown.day AND published.source = shown.source
WHERE shown.kept IS DISTINCT FROM shown.rate
    OR (shown.currency = version.currency AND shown.rate <> 1)
    OR (shown.currency <> version.currency AND published.day IS NULL)
UNION ALL
SELECT 'no rate of a flat amount', action.mode, version.enterprise_id, version.original_action_id, version.version,
    flat.currency, NULL, NULL, NULL, NULL
FROM flat
    JOIN action USING (terms_id, terms_from, network_version, action_tracker_id)
    JOIN order_version AS version USING (enterprise_id, original_action_id)
    JOIN company AS advertiser ON advertiser.kind = 'advertiser' AND advertiser.company_id = action.advertiser_id
    JOIN company AS publisher ON publisher.kind = 'publisher' AND publisher.company_id = action.publisher_id
    CROSS JOIN LATERAL (
        SELECT convert_from(version.priced, 'UTF8')::jsonb AS priced, convert_from(version.rates, 'UTF8')::jsonb AS rates
        OFFSET 0
    ) AS body
WHERE version.state = 'standing'
    AND flat.currency <> version.currency
    AND (
        flat.rank IS NULL
        OR body.priced -> 2 = flat.rank
        OR body.priced -> 0 @> jsonb_build_array(jsonb_build_object('rule', flat.rank))
    )
    AND (
        body.rates -> 'flats' -> flat.currency IS NULL
        OR EXISTS (
            SELECT
            FROM (
                    VALUES (advertiser.currency, 'adv'), (publisher.currency, 'pub'), ('USD', 'usd')
                ) AS shown (currency, name)
                CROSS JOIN LATERAL (SELECT body.rates -> 'flats' -> flat.currency -> shown.name AS rate) AS kept
                LEFT JOIN published
                    ON published.day = (kept.rate ->> 'day')::date AND published.source = kept.rate ->> 'source'
            WHERE CASE
                WHEN shown.currency = flat.currency THEN (kept.rate ->> 'value')::numeric IS DISTINCT FROM 1
                ELSE kept.rate ->> 'value' IS NULL OR published.day IS NULL
            END
        )
    );

-- I21
-- Submissions that are in no place or in two, and pending rows that do not cover what the log has for them.
WITH submitted AS (
    SELECT log.batch_id, log.lane, log.n, request.position,
        (left(log.batch_id::text, 30) || lpad(to_hex(log.n), 6, '0'))::uuid AS submission_id
    FROM intake_log AS log
        JOIN intake_request AS request USING (batch_id)
)
SELECT 'submission in no place, or in two' AS fault, submitted.position, submitted.lane, submitted.submission_id,
    outcome.outcome, held.code AS held, pending.position IS NOT NULL AS pending
FROM submitted
    LEFT JOIN submission_outcome AS outcome USING (submission_id)
    LEFT JOIN held_submission AS held USING (submission_id)
    LEFT JOIN intake_pending AS pending ON pending.lane = submitted.lane AND pending.position = submitted.position
WHERE (outcome.submission_id IS NOT NULL)::integer + (held.submission_id IS NOT NULL)::integer
    + (pending.position IS NOT NULL)::integer <> 1
UNION ALL
SELECT 'pending row against the log', pending.position, pending.lane, NULL, NULL, NULL, true
FROM intake_pending AS pending
    LEFT JOIN (
        SELECT batch_id, lane, position, count(*) AS submissions FROM submitted GROUP BY batch_id, lane, position
    ) AS work USING (lane, position)
WHERE (work.batch_id, work.submissions) IS DISTINCT FROM (pending.batch_id, pending.submissions::bigint)
UNION ALL
SELECT 'in a place, but not in the log', place.position, NULL, place.submission_id, place.outcome, place.held, NULL
FROM (
    SELECT submission_id, position, outcome, NULL AS held FROM submission_outcome
    UNION ALL
    SELECT submission_id, position, NULL, code FROM held_submission
) AS place
    LEFT JOIN submitted USING (submission_id, position)
WHERE submitted.submission_id IS NULL;

-- I22
-- Requests with more or fewer log rows than their receipt said, and rows in another lane than their order's.
SELECT 'not as many rows as the receipt said' AS fault, request.position, batch_id, request.submissions AS accepted,
    kept.rows AS in_the_log, NULL::integer AS n, NULL::smallint AS lane, NULL::integer AS lane_of_the_order
FROM intake_request AS request
    FULL JOIN (
        SELECT batch_id, count(*) AS rows, count(DISTINCT n) AS numbers, max(n) AS last, min(kind) AS kind,
            max(kind) AS other_kind
        FROM intake_log
        GROUP BY batch_id
    ) AS kept USING (batch_id)
WHERE request.submissions IS DISTINCT FROM coalesce(kept.rows, 0)
    OR kept.rows <> kept.numbers
    OR kept.rows <> kept.last
    OR request.kind <> kept.kind
    OR kept.kind <> kept.other_kind
UNION ALL
SELECT 'another lane than the order''s', NULL, batch_id, NULL, NULL, n, lane,
    lane_of(enterprise_id, action_tracker_id, order_id)
FROM intake_log
WHERE lane <> lane_of(enterprise_id, action_tracker_id, order_id);

-- I23
-- Effects on one order that do not follow the log, and decisions that passed an earlier one of the order.
SELECT 'effects against the log' AS fault, line.enterprise_id, line.original_action_id, line.submission_id,
    line.before_id AS passed_submission_id
FROM (
    SELECT record.enterprise_id, record.original_action_id, record.submission_id, outcome.position,
        lag(record.submission_id) OVER ledger AS before_id,
        lag(outcome.position) OVER ledger AS before_position
    FROM commission_record AS record
        JOIN submission_outcome AS outcome USING (submission_id)
    WINDOW ledger AS (PARTITION BY record.enterprise_id, record.original_action_id ORDER BY record.commission_id)
) AS line
WHERE (line.position, line.submission_id) < (line.before_position, line.before_id)
UNION ALL
SELECT 'generations against the log', action.enterprise_id, action.original_action_id, action.submission_id,
    earlier.submission_id
FROM action
    JOIN action AS earlier
        ON earlier.enterprise_id = action.enterprise_id
        AND earlier.action_tracker_id = action.action_tracker_id
        AND earlier.order_id = action.order_id
        AND earlier.mode = action.mode
        AND earlier.generation = action.generation - 1
WHERE (action.position, action.submission_id) < (earlier.position, earlier.submission_id)
UNION ALL
SELECT 'decided before an earlier one', outcome.enterprise_id, outcome.original_action_id, outcome.submission_id,
    waiting.submission_id
FROM (
    -- Whatever is pending comes first; what is held stops its own ledger, and a live one both.
    SELECT log.enterprise_id, log.action_tracker_id, log.order_id, pending.position,
        (left(log.batch_id::text, 30) || lpad(to_hex(log.n), 6, '0'))::uuid AS submission_id,
        ARRAY['live', 'test'] AS stops
    FROM intake_pending AS pending
        JOIN intake_log AS log ON log.batch_id = pending.batch_id AND log.lane = pending.lane
    UNION ALL
    SELECT enterprise_id, action_tracker_id, order_id, position, submission_id,
        CASE mode WHEN 'live' THEN ARRAY['live', 'test'] ELSE ARRAY['test'] END
    FROM held_submission
) AS waiting
    JOIN submission_outcome AS outcome USING (enterprise_id, action_tracker_id, order_id)
WHERE (outcome.position, outcome.submission_id) > (waiting.position, waiting.submission_id)
    AND outcome.mode = ANY (waiting.stops)
UNION ALL
SELECT 'opened at another place than its submission''s', action.enterprise_id, action.original_action_id,
    action.submission_id, outcome.submission_id
FROM action
    LEFT JOIN submission_outcome AS outcome USING (submission_id)
WHERE outcome.position IS DISTINCT FROM action.position
UNION ALL
SELECT 'opened by a network that is not there', action.enterprise_id, action.original_action_id,
    action.submission_id, NULL
FROM action
    LEFT JOIN network_version AS known ON known.version = action.network_version
WHERE known.version IS NULL
UNION ALL
SELECT 'decided by another network than its place saw', outcome.enterprise_id, outcome.original_action_id,
    outcome.submission_id, NULL
FROM submission_outcome AS outcome
WHERE outcome.network_version IS DISTINCT FROM (
    SELECT max(known.version) FROM network_version AS known WHERE known.position < outcome.position
);

-- I24
-- Generations whose versions, and orders whose generations, do not count from 1 without a gap.
SELECT 'versions' AS fault, enterprise_id, original_action_id, NULL AS mode, NULL AS order_id, count(*) AS count,
    min(version) AS first, max(version) AS last
FROM order_version
GROUP BY enterprise_id, original_action_id
HAVING min(version) <> 1 OR max(version) <> count(*)
UNION ALL
SELECT 'generations', enterprise_id, NULL, mode, order_id, count(*), min(generation), max(generation)
FROM action
GROUP BY enterprise_id, action_tracker_id, order_id, mode
HAVING min(generation) <> 1 OR max(generation) <> count(*);

-- I25
-- Outcomes and held places with a code that the catalogue does not have for them, and duplicates without winner.
SELECT 'no code of the catalogue' AS fault, submission_id, outcome, code, winner
FROM submission_outcome
WHERE CASE outcome
    WHEN 'recorded' THEN code <> ALL (%(recorded_codes)s::text[])
    WHEN 'rejected' THEN code <> ALL (%(rejected_codes)s::text[])
    WHEN 'duplicate' THEN code IS DISTINCT FROM 'DUPLICATE_ORDER'
    ELSE code IS NOT NULL
END IS NOT FALSE
UNION ALL
SELECT 'no code of the catalogue', submission_id, 'held', code, NULL
FROM held_submission
WHERE code <> ALL (%(held_codes)s::text[])
UNION ALL
SELECT 'more than one outcome', submission_id, min(outcome), min(code), NULL
FROM submission_outcome
GROUP BY submission_id
HAVING count(*) > 1
UNION ALL
SELECT 'the winner did not open this order before', outcome.submission_id, outcome.outcome, outcome.code,
    outcome.winner
FROM submission_outcome AS outcome
    LEFT JOIN action
        ON action.enterprise_id = outcome.enterprise_id
        AND action.original_action_id = outcome.original_action_id
        AND action.submission_id = outcome.winner
        AND action.mode = outcome.mode
        AND action.action_tracker_id = outcome.action_tracker_id
        AND action.order_id = outcome.order_id
WHERE outcome.outcome = 'duplicate'
    AND (action.position, action.submission_id) < (outcome.position, outcome.submission_id) IS NOT TRUE;

-- S1
-- Places and running numbers of the log that do not follow each other, and an end of the log that is not its end.
SELECT 'the chain of requests' AS fault, request.position, request.before_position, request.first_number,
    request.expected_number, request.received_at, request.before_at
FROM (
    SELECT position, first_number, received_at,
        lag(position, 1, 0::bigint) OVER log AS before_position,
        lag(first_number + submissions, 1, 1::bigint) OVER log AS expected_number,
        lag(received_at) OVER log AS before_at
    FROM intake_request
    WINDOW log AS (ORDER BY position)
) AS request
WHERE request.position <> request.before_position + 1
    OR request.first_number <> request.expected_number
    OR request.received_at < request.before_at
UNION ALL
SELECT 'the end of the log', head.position, last.position, head.submission_number, last.submission_number,
    head.received_at, last.received_at
FROM intake_head AS head
    LEFT JOIN (
        SELECT max(position) AS position, sum(submissions) AS submission_number, max(received_at) AS received_at
        FROM intake_request
    ) AS last ON true
WHERE head.position <> coalesce(last.position, 0)
    OR head.submission_number <> coalesce(last.submission_number, 0)
    OR head.received_at IS DISTINCT FROM greatest(head.received_at, last.received_at);

-- S2
-- Links of the posting chain that do not join, or that do not cover exactly the records with their ids.
SELECT 'link' AS fault, link.mode, link.first_commission_id, link.last_commission_id, link.before_id, covered.records
FROM (
    SELECT mode, first_commission_id, last_commission_id, previous_commission_id, posted_at,
        lag(last_commission_id) OVER chain AS before_id,
        lag(posted_at) OVER chain AS before_at
    FROM posting
    WINDOW chain AS (PARTITION BY mode ORDER BY last_commission_id)
) AS link
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT record.commission_id) AS ids, count(*) AS records,
            coalesce(bool_and(record.posted_at = link.posted_at), false) AS posted_together
        FROM commission_record AS record
        WHERE record.commission_id BETWEEN link.first_commission_id AND link.last_commission_id
            AND record.mode = link.mode
    ) AS covered
WHERE link.previous_commission_id IS DISTINCT FROM link.before_id
    OR link.first_commission_id
        <> coalesce(link.before_id + 1, CASE link.mode WHEN 'live' THEN 2000000001 ELSE 10000000000000 END)
    OR link.posted_at < link.before_at
    OR covered.records <> link.last_commission_id - link.first_commission_id + 1
    OR covered.ids <> covered.records
    OR NOT covered.posted_together
UNION ALL
SELECT 'record outside the chain', record.mode, record.commission_id, record.commission_id, chain.last_id, NULL
FROM commission_record AS record
    LEFT JOIN (
        SELECT mode, min(first_commission_id) AS first_id, max(last_commission_id) AS last_id FROM posting GROUP BY mode
    ) AS chain USING (mode)
WHERE record.commission_id BETWEEN chain.first_id AND chain.last_id IS NOT TRUE;

-- S3
-- Events that are not numbered from 1 without a gap, and outcomes that were not told once, as they are.
SELECT 'gap before' AS fault, numbered.event_id, numbered.before_id, NULL::uuid AS submission_id, NULL AS kind
FROM (SELECT event_id, lag(event_id, 1, 0::bigint) OVER (ORDER BY event_id) AS before_id FROM event) AS numbered
WHERE numbered.event_id <> numbered.before_id + 1
UNION ALL
SELECT 'not told as it is', event.event_id, NULL, submission_id, event.kind
FROM (
    SELECT submission_id, original_action_id, version, code,
        CASE
            WHEN outcome = 'applied' THEN 'extended'
            WHEN outcome <> 'posted' THEN outcome
            WHEN kind = 'create' THEN 'posted'
            WHEN kind = 'restate' THEN 'restated'
            ELSE 'cancelled'
        END AS kind
    FROM submission_outcome
    WHERE outcome <> 'duplicate'
) AS outcome
    FULL JOIN (SELECT * FROM event WHERE submission_id IS NOT NULL) AS event USING (submission_id)
WHERE (outcome.kind, outcome.original_action_id, outcome.version, outcome.code)
    IS DISTINCT FROM (event.kind, event.original_action_id, event.version, event.code)
UNION ALL
SELECT 'told more than once', max(event_id), min(event_id), submission_id, NULL
FROM event
WHERE submission_id IS NOT NULL
GROUP BY submission_id
HAVING count(*) > 1;

-- S4
-- Actions whose present state is not what their versions and statuses say.
WITH rebuilt AS (
    SELECT action.enterprise_id, action.original_action_id, action.mode, action.action_tracker_id, action.order_id,
        action.generation, action.advertiser_id, action.publisher_id, action.event_time, version.version,
        version.state, status.validation, action.locking_method, status.locking_date, status.locks_at,
        coalesce(status.extended, false) AS extended, status.closed_at, status.closed_position,
        coalesce(noted.lock_noted, false) AS lock_noted
    FROM action
        LEFT JOIN (
            SELECT DISTINCT ON (enterprise_id, original_action_id) enterprise_id, original_action_id, version, state
            FROM order_version
            ORDER BY enterprise_id, original_action_id, version DESC
        ) AS version USING (enterprise_id, original_action_id)
        LEFT JOIN (
            SELECT DISTINCT ON (enterprise_id, original_action_id) *
            FROM action_status
            WHERE cause <> 'calendar'
            ORDER BY enterprise_id, original_action_id, position DESC NULLS LAST, status_id DESC
        ) AS status USING (enterprise_id, original_action_id)
        LEFT JOIN (
            SELECT DISTINCT enterprise_id, original_action_id, true AS lock_noted
            FROM action_status
            WHERE cause = 'calendar'
        ) AS noted USING (enterprise_id, original_action_id)
)
SELECT enterprise_id, original_action_id, to_jsonb(current) AS kept, to_jsonb(rebuilt) AS rebuilt
FROM action_current AS current
    FULL JOIN rebuilt USING (enterprise_id, original_action_id)
WHERE (current.mode, current.action_tracker_id, current.order_id, current.generation, current.advertiser_id,
        current.publisher_id, current.event_time, current.version, current.state, current.validation,
        current.locking_method, current.locking_date, current.locks_at, current.extended, current.closed_at,
        current.closed_position, current.lock_noted)
    IS DISTINCT FROM
        (rebuilt.mode, rebuilt.action_tracker_id, rebuilt.order_id, rebuilt.generation, rebuilt.advertiser_id,
        rebuilt.publisher_id, rebuilt.event_time, rebuilt.version, rebuilt.state, rebuilt.validation,
        rebuilt.locking_method, rebuilt.locking_date, rebuilt.locks_at, rebuilt.extended, rebuilt.closed_at,
        rebuilt.closed_position, rebuilt.lock_noted);

-- S5
-- Rows of the log whose bytes are not those that were accepted.
SELECT batch_id, lane, n, enterprise_id, order_id, encode(digest, 'hex') AS digest, encode(sha256(body), 'hex') AS of_body
FROM intake_log
WHERE digest <> sha256(body);

-- S6
-- Uses of clicks that no standing order has, and standing orders without the use they drew.
SELECT mode, click_id, action_tracker_id, ordinal, drawn.original_action_id AS of_order, use.original_action_id AS kept
FROM referral_use AS use
    FULL JOIN (
        SELECT action.mode, action.click_id, action.action_tracker_id, action.referral_ordinal AS ordinal,
            action.original_action_id
        FROM action
        WHERE action.referral_ordinal IS NOT NULL
            AND NOT EXISTS (
                SELECT FROM order_version AS version
                WHERE version.enterprise_id = action.enterprise_id
                    AND version.original_action_id = action.original_action_id
                    AND version.state = 'cancelled'
            )
    ) AS drawn USING (mode, click_id, action_tracker_id, ordinal)
WHERE drawn.original_action_id IS DISTINCT FROM use.original_action_id;
