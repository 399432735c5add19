Replay: reads the log again, lane by lane, and what was made of it.

-- whole_log
-- Every submission, by lane and then in log order.
SELECT log.batch_id, log.n, log.lane, log.kind, log.enterprise_id, log.action_tracker_id, log.order_id,
    log.cleaned, log.body, request.position, request.first_number, request.received_at, request.mode,
    request.channel
FROM intake_log AS log
    JOIN intake_request AS request ON request.batch_id = log.batch_id
ORDER BY log.lane, request.position, log.n;

-- outcomes
-- The outcomes of some submissions, with the referral ordinal their action drew.
SELECT outcome.submission_id, outcome.outcome, outcome.code, outcome.warnings, outcome.skipped,
    outcome.original_action_id, outcome.version, outcome.winner, outcome.network_version,
    outcome.rates_position, outcome.removed, action.referral_ordinal
FROM submission_outcome AS outcome
    LEFT JOIN action
        ON action.enterprise_id = outcome.enterprise_id
        AND action.original_action_id = outcome.original_action_id
        AND action.submission_id = outcome.submission_id
WHERE outcome.submission_id = ANY(%(submission_ids)s::uuid[]);

-- actions
-- The generations that some submissions opened.
SELECT enterprise_id, original_action_id, mode, action_tracker_id, order_id, generation, position,
    submission_id, advertiser_id, event_time, code, publisher_id, property_id, ad_id, click_id, credit,
    contract_id, terms_id, terms_from, network_version, locking_method, referral_ordinal, opening
FROM action WHERE submission_id = ANY(%(submission_ids)s::uuid[]);

-- versions
-- The versions of the actions that some submissions opened or changed.
SELECT version.enterprise_id, version.original_action_id, version.version, version.state, version.kind,
    version.submission_id, version.position, version.received_at, version.update_time,
    version.correction_reason, version.currency, version.rate_adv, version.rate_pub, version.rate_usd,
    version.rates, version.sale_adv, version.sale_pub, version.sale_usd, version.commission_adv,
    version.commission_pub, version.commission_usd, version.fee_adv, version.fee_pub, version.fee_usd,
    version.discount_adv, version.discount_pub, version.discount_usd, version.discount_original,
    version.stated, version.priced
FROM order_version AS version
WHERE (version.enterprise_id, version.original_action_id) IN (
    SELECT outcome.enterprise_id, outcome.original_action_id
    FROM submission_outcome AS outcome
    WHERE outcome.submission_id = ANY(%(submission_ids)s::uuid[]) AND outcome.outcome = 'posted'
);

-- statuses
-- The statuses that some submissions brought.
SELECT enterprise_id, original_action_id, since, cause, submission_id, position, validation, locking_date,
    locks_at, extended, closed_at, closed_position
FROM action_status WHERE submission_id = ANY(%(submission_ids)s::uuid[]);

-- lines
-- The lines that some submissions posted, without their ids and times.
SELECT enterprise_id, submission_id, mode, original_action_id, version, sign, kind, correction_reason
FROM commission_record WHERE submission_id = ANY(%(submission_ids)s::uuid[]);

-- be_patient
-- A replay may be silent for as long as it decides.
SET LOCAL idle_in_transaction_session_timeout = 0;

-- closings
-- The closing that took each action of the orders of some submissions.
SELECT DISTINCT current.original_action_id, current.closed_position
FROM submission_outcome AS outcome
    JOIN action_current AS current
        ON current.enterprise_id = outcome.enterprise_id
        AND current.action_tracker_id = outcome.action_tracker_id
        AND current.order_id = outcome.order_id
WHERE outcome.submission_id = ANY(%(submission_ids)s::uuid[]) AND current.closed_position IS NOT NULL;
