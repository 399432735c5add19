-- The order system: log, ledger, reference data, clock and tokens.
-- Everything an order meets on its way exists from the first migration on, so that later work fills tables
-- instead of moving orders. Append-only tables refuse change by trigger, and by privilege (grants.sql).

CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE PROCEDURE make_append_only(name text)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
        name || '_is_append_only', name
    );
END
$$;

-- Time ------------------------------------------------------------------------------------------------------

CREATE TABLE business_clock (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    is_sandbox boolean NOT NULL,
    stands_at timestamptz,
    moving_since timestamptz,
    CHECK (is_sandbox = (stands_at IS NOT NULL)),
    CHECK (is_sandbox OR moving_since IS NULL)
);
COMMENT ON TABLE business_clock IS 'What time it is for orders: the system''s, or in a sandbox a time that stands or moves, set only forward.';
INSERT INTO business_clock (is_sandbox) VALUES (false);

CREATE FUNCTION business_now() RETURNS timestamptz
LANGUAGE sql VOLATILE AS $$
    SELECT CASE
        WHEN NOT c.is_sandbox THEN clock_timestamp()
        WHEN c.moving_since IS NULL THEN c.stands_at
        ELSE c.stands_at + (clock_timestamp() - c.moving_since)
    END
    FROM business_clock AS c
$$;

-- The log ---------------------------------------------------------------------------------------------------

CREATE FUNCTION lane_of(enterprise_id bigint, action_tracker_id bigint, order_id text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT get_byte(sha256(convert_to(
        enterprise_id::text || E'\x1f' || action_tracker_id::text || E'\x1f' || order_id, 'UTF8')), 0)
$$;

CREATE TABLE intake_head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint NOT NULL,
    submission_number bigint NOT NULL,
    received_at timestamptz
);
COMMENT ON TABLE intake_head IS 'The end of the log; changed only under the intake lock.';
INSERT INTO intake_head (position, submission_number) VALUES (0, 0);

CREATE TABLE intake_request (
    position bigint PRIMARY KEY,
    batch_id uuid NOT NULL UNIQUE,
    received_at timestamptz NOT NULL,
    mode text NOT NULL CHECK (mode IN ('live', 'test')),
    channel text NOT NULL CHECK (channel IN ('api', 'tag', 'postback', 'file', 'page', 'network', 'rates', 'clock', 'closing', 'bonus')),
    kind text CHECK (kind IN ('create', 'restate', 'cancel', 'extend')),
    sender text NOT NULL,
    submissions integer NOT NULL CHECK (submissions >= 0),
    first_number bigint NOT NULL,
    about text
);
COMMENT ON TABLE intake_request IS 'One place in the log: an accepted batch of orders, or an event (network, rates, clock, closing) that later orders are judged by.';
CALL make_append_only('intake_request');

CREATE TABLE intake_log (
    batch_id uuid NOT NULL,
    lane smallint NOT NULL CHECK (lane BETWEEN 0 AND 255),
    n integer NOT NULL CHECK (n >= 1),
    enterprise_id bigint NOT NULL,
    action_tracker_id bigint NOT NULL,
    order_id text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('create', 'restate', 'cancel', 'extend')),
    cleaned boolean NOT NULL,
    digest bytea NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (batch_id, lane, n)
);
COMMENT ON TABLE intake_log IS 'One submission as canonical JSON. Copied before its request has a position, hence no foreign key.';
CALL make_append_only('intake_log');

CREATE TABLE personal_data (
    submission_id uuid PRIMARY KEY,
    enterprise_id bigint NOT NULL,
    salt bytea NOT NULL,
    body bytea NOT NULL
);
COMMENT ON TABLE personal_data IS 'Shopper ids and the like of one submission; erasable. The log keeps a digest that only the salt kept here explains.';

CREATE TABLE intake_pending (
    lane smallint NOT NULL,
    position bigint NOT NULL REFERENCES intake_request (position),
    batch_id uuid NOT NULL,
    submissions integer NOT NULL CHECK (submissions > 0),
    PRIMARY KEY (lane, position)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_threshold = 20000);
COMMENT ON TABLE intake_pending IS 'Work: one lane of one request, deleted by the transaction that writes its outcomes.';

CREATE TABLE held_submission (
    batch_id uuid NOT NULL,
    n integer NOT NULL,
    submission_id uuid NOT NULL UNIQUE,
    position bigint NOT NULL REFERENCES intake_request (position),
    lane smallint NOT NULL,
    mode text NOT NULL CHECK (mode IN ('live', 'test')),
    enterprise_id bigint NOT NULL,
    action_tracker_id bigint NOT NULL,
    order_id text NOT NULL,
    code text NOT NULL,
    detail text NOT NULL,
    since timestamptz NOT NULL,
    tries integer NOT NULL,
    released_at timestamptz,
    rates_known bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (batch_id, n)
);
-- By hash: an order id that will be rejected for its length has none that a btree could hold.
CREATE INDEX held_submission_by_order ON held_submission USING hash (order_id);
CREATE INDEX held_submission_released ON held_submission (lane) WHERE released_at IS NOT NULL;
COMMENT ON TABLE held_submission IS 'Submissions that cannot be decided now, and those that wait behind them.';

-- Reference data --------------------------------------------------------------------------------------------

CREATE TABLE network_version (
    version integer PRIMARY KEY,
    position bigint NOT NULL UNIQUE REFERENCES intake_request (position),
    applied_by text NOT NULL,
    source text NOT NULL
);
COMMENT ON TABLE network_version IS 'Each applied network file, and the place in the log from which it is known.';
CALL make_append_only('network_version');

CREATE TABLE reference_version (
    kind text NOT NULL,
    id text NOT NULL,
    network_version integer NOT NULL REFERENCES network_version (version),
    body bytea NOT NULL,
    PRIMARY KEY (kind, id, network_version)
);
COMMENT ON TABLE reference_version IS 'Companies, contracts, terms and the rest: one row for each thing in each version that brought or changed it.';
CALL make_append_only('reference_version');

CREATE TABLE conversion_rate (
    currency text NOT NULL,
    day date NOT NULL,
    source text NOT NULL,
    position bigint NOT NULL REFERENCES intake_request (position),
    per_euro numeric NOT NULL CHECK (per_euro > 0),
    is_fixed boolean NOT NULL,
    PRIMARY KEY (currency, day, source, position)
);
CREATE INDEX conversion_rate_by_position ON conversion_rate (position);
COMMENT ON TABLE conversion_rate IS 'Units of a currency for one euro, by day; a fixed source holds until another follows.';
CALL make_append_only('conversion_rate');

CREATE TABLE click (
    click_id text PRIMARY KEY,
    clicked_at timestamptz NOT NULL,
    publisher_id bigint NOT NULL,
    property_id bigint NOT NULL,
    advertiser_id bigint NOT NULL,
    ad_id bigint NOT NULL,
    sid text,
    referring_url text,
    browser text,
    device_type text,
    device_name text,
    country text
);
COMMENT ON TABLE click IS 'Who sent a shopper, and when. Kept 400 days; what an order used of it stays with the order.';

-- The ledger ------------------------------------------------------------------------------------------------

CREATE TABLE action (
    enterprise_id bigint NOT NULL,
    original_action_id bigint NOT NULL,
    mode text NOT NULL CHECK (mode IN ('live', 'test')),
    action_tracker_id bigint NOT NULL,
    order_id text NOT NULL,
    generation integer NOT NULL CHECK (generation >= 1),
    position bigint NOT NULL REFERENCES intake_request (position),
    submission_id uuid NOT NULL,
    advertiser_id bigint NOT NULL,
    event_time timestamptz NOT NULL,
    code text,
    publisher_id bigint,
    property_id bigint,
    ad_id bigint,
    click_id text,
    credit bytea,
    contract_id bigint,
    terms_id bigint,
    terms_from timestamptz,
    network_version integer NOT NULL REFERENCES network_version (version),
    locking_method text CHECK (locking_method IN ('IMMEDIATE', 'FIXED_DATE', 'FIXED_DURATION', 'OPEN_ENDED')),
    referral_ordinal integer,
    opening text NOT NULL,
    PRIMARY KEY (enterprise_id, original_action_id),
    UNIQUE (enterprise_id, action_tracker_id, order_id, mode, generation),
    CHECK (code IS NOT NULL OR (publisher_id IS NOT NULL AND terms_id IS NOT NULL AND locking_method IS NOT NULL))
);
COMMENT ON TABLE action IS 'One generation of an order; code says why it is not commissionable.';
CALL make_append_only('action');

CREATE TABLE order_version (
    enterprise_id bigint NOT NULL,
    original_action_id bigint NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    state text NOT NULL CHECK (state IN ('standing', 'cancelled')),
    kind text NOT NULL CHECK (kind IN ('create', 'restate', 'cancel')),
    submission_id uuid NOT NULL,
    position bigint NOT NULL,
    received_at timestamptz NOT NULL,
    update_time timestamptz,
    correction_reason text,
    currency text NOT NULL,
    rate_adv numeric NOT NULL,
    rate_pub numeric NOT NULL,
    rate_usd numeric NOT NULL,
    rates bytea NOT NULL,
    sale_adv numeric NOT NULL,
    sale_pub numeric NOT NULL,
    sale_usd numeric NOT NULL,
    commission_adv numeric NOT NULL,
    commission_pub numeric NOT NULL,
    commission_usd numeric NOT NULL,
    fee_adv numeric NOT NULL,
    fee_pub numeric NOT NULL,
    fee_usd numeric NOT NULL,
    discount_adv numeric NOT NULL,
    discount_pub numeric NOT NULL,
    discount_usd numeric NOT NULL,
    discount_original numeric NOT NULL,
    stated bytea NOT NULL,
    priced bytea NOT NULL,
    PRIMARY KEY (enterprise_id, original_action_id, version),
    FOREIGN KEY (enterprise_id, original_action_id) REFERENCES action (enterprise_id, original_action_id)
);
COMMENT ON TABLE order_version IS 'What an order is after a create, restatement or cancellation. A reversal reads these figures with the other sign.';
CALL make_append_only('order_version');

CREATE TABLE action_status (
    status_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    enterprise_id bigint NOT NULL,
    original_action_id bigint NOT NULL,
    since timestamptz NOT NULL,
    cause text NOT NULL CHECK (cause IN ('submission', 'calendar', 'closing', 'person')),
    submission_id uuid,
    position bigint NOT NULL,
    validation text NOT NULL CHECK (validation IN ('PENDING', 'ACCEPTED', 'DECLINED', 'AUTOMATED')),
    locking_date timestamptz NOT NULL,
    locks_at timestamptz,
    extended boolean NOT NULL,
    closed_at timestamptz,
    closed_position bigint,
    UNIQUE NULLS NOT DISTINCT (enterprise_id, original_action_id, since, cause, submission_id),
    FOREIGN KEY (enterprise_id, original_action_id) REFERENCES action (enterprise_id, original_action_id)
);
COMMENT ON TABLE action_status IS 'Each change of validation, lock date, extension and closing of an action.';
CALL make_append_only('action_status');

CREATE TABLE action_current (
    enterprise_id bigint NOT NULL,
    original_action_id bigint NOT NULL,
    mode text NOT NULL,
    action_tracker_id bigint NOT NULL,
    order_id text NOT NULL,
    generation integer NOT NULL,
    advertiser_id bigint NOT NULL,
    publisher_id bigint,
    event_time timestamptz NOT NULL,
    version integer,
    state text CHECK (state IN ('standing', 'cancelled')),
    validation text,
    locking_method text,
    locking_date timestamptz,
    locks_at timestamptz,
    extended boolean NOT NULL,
    closed_at timestamptz,
    closed_position bigint,
    lock_noted boolean NOT NULL DEFAULT false,
    PRIMARY KEY (enterprise_id, original_action_id),
    FOREIGN KEY (enterprise_id, original_action_id) REFERENCES action (enterprise_id, original_action_id)
) WITH (fillfactor = 80);
CREATE INDEX action_current_locks_next ON action_current (locks_at) WHERE NOT lock_noted AND locks_at IS NOT NULL;
COMMENT ON TABLE action_current IS 'Projection: what each action is now. Rebuilt from action, order_version and action_status at any time.';

CREATE TABLE posting (
    mode text NOT NULL CHECK (mode IN ('live', 'test')),
    first_commission_id bigint NOT NULL,
    last_commission_id bigint NOT NULL,
    previous_commission_id bigint,
    posted_at timestamptz NOT NULL,
    PRIMARY KEY (mode, last_commission_id),
    UNIQUE NULLS NOT DISTINCT (mode, previous_commission_id),
    FOREIGN KEY (mode, previous_commission_id) REFERENCES posting (mode, last_commission_id),
    CHECK (last_commission_id >= first_commission_id),
    CHECK (first_commission_id = coalesce(previous_commission_id + 1,
        CASE mode WHEN 'live' THEN 2000000001 ELSE 10000000000000 END))
);
CREATE INDEX posting_by_time ON posting (mode, posted_at, last_commission_id);
COMMENT ON TABLE posting IS 'One posting transaction and its commission ids: a chain without gaps for each ledger.';
CALL make_append_only('posting');

CREATE TABLE commission_record (
    enterprise_id bigint NOT NULL,
    commission_id bigint NOT NULL,
    mode text NOT NULL CHECK (mode IN ('live', 'test')),
    kind text NOT NULL CHECK (kind IN ('original', 'reversal', 'correction', 'legacy', 'perf_inc', 'bonus')),
    original_action_id bigint,
    version integer,
    sign smallint NOT NULL CHECK (sign IN (-1, 1)),
    submission_id uuid,
    posted_at timestamptz NOT NULL,
    event_time timestamptz NOT NULL,
    advertiser_id bigint NOT NULL,
    publisher_id bigint NOT NULL,
    property_id bigint,
    ad_id bigint,
    action_tracker_id bigint,
    correction_reason text,
    job_id bigint,
    month date,
    PRIMARY KEY (enterprise_id, commission_id),
    UNIQUE (enterprise_id, original_action_id, version, sign),
    FOREIGN KEY (enterprise_id, original_action_id, version)
        REFERENCES order_version (enterprise_id, original_action_id, version),
    CHECK ((original_action_id IS NULL) = (kind IN ('perf_inc', 'bonus'))),
    CHECK ((original_action_id IS NULL) = (version IS NULL))
);
CREATE INDEX commission_record_by_id ON commission_record (commission_id);
CREATE INDEX commission_record_of_advertiser ON commission_record (advertiser_id, commission_id) WHERE mode = 'live';
CREATE INDEX commission_record_of_publisher ON commission_record (publisher_id, commission_id) WHERE mode = 'live';
CREATE UNIQUE INDEX commission_record_of_period ON commission_record
    (enterprise_id, job_id, publisher_id, action_tracker_id, month, kind) NULLS NOT DISTINCT
    WHERE original_action_id IS NULL;
COMMENT ON TABLE commission_record IS 'One line of Commission Detail: a version of an action with a sign, or a period record. Figures are the version''s.';
CALL make_append_only('commission_record');

CREATE TABLE daily_total (
    mode text NOT NULL,
    day date NOT NULL,
    advertiser_id bigint NOT NULL,
    publisher_id bigint NOT NULL,
    action_tracker_id bigint NOT NULL,
    currency text NOT NULL,
    records bigint NOT NULL,
    originals bigint NOT NULL,
    sale_adv numeric NOT NULL,
    sale_pub numeric NOT NULL,
    sale_usd numeric NOT NULL,
    commission_adv numeric NOT NULL,
    commission_pub numeric NOT NULL,
    commission_usd numeric NOT NULL,
    fee_adv numeric NOT NULL,
    fee_usd numeric NOT NULL,
    PRIMARY KEY (mode, day, advertiser_id, publisher_id, action_tracker_id, currency)
) WITH (fillfactor = 70);
COMMENT ON TABLE daily_total IS 'Roll-up by UTC day of posting and currency of the order; rebuildable from the records.';

CREATE TABLE referral_use (
    mode text NOT NULL,
    click_id text NOT NULL,
    action_tracker_id bigint NOT NULL,
    ordinal integer NOT NULL CHECK (ordinal >= 1),
    enterprise_id bigint NOT NULL,
    original_action_id bigint NOT NULL,
    PRIMARY KEY (mode, click_id, action_tracker_id, ordinal),
    FOREIGN KEY (enterprise_id, original_action_id) REFERENCES action (enterprise_id, original_action_id)
);
COMMENT ON TABLE referral_use IS 'Which use of a click an action is; a cancellation frees it.';

CREATE TABLE submission_outcome (
    enterprise_id bigint NOT NULL,
    submission_id uuid NOT NULL,
    position bigint NOT NULL REFERENCES intake_request (position),
    mode text NOT NULL,
    action_tracker_id bigint NOT NULL,
    order_id text NOT NULL,
    kind text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('posted', 'recorded', 'duplicate', 'rejected', 'applied')),
    code text,
    warnings text[] NOT NULL,
    skipped text[] NOT NULL,
    original_action_id bigint,
    version integer,
    winner uuid,
    network_version integer NOT NULL REFERENCES network_version (version),
    rates_position bigint,
    PRIMARY KEY (submission_id),
    CHECK (outcome NOT IN ('recorded', 'rejected') OR code IS NOT NULL),
    CHECK (outcome <> 'duplicate' OR winner IS NOT NULL),
    CHECK (outcome <> 'posted' OR (original_action_id IS NOT NULL AND version IS NOT NULL))
);
CREATE INDEX submission_outcome_by_order ON submission_outcome USING hash (order_id);
COMMENT ON TABLE submission_outcome IS 'The final word on a submission, with the versions of the facts it was decided by.';
CALL make_append_only('submission_outcome');

CREATE TABLE event (
    event_id bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    mode text NOT NULL,
    enterprise_id bigint NOT NULL,
    kind text NOT NULL,
    submission_id uuid,
    original_action_id bigint,
    version integer,
    code text
);
COMMENT ON TABLE event IS 'What others may want to hear, numbered in commit order without gaps.';
CALL make_append_only('event');

-- Tokens ----------------------------------------------------------------------------------------------------

CREATE TABLE token (
    token_id text PRIMARY KEY,
    token_hash bytea NOT NULL,
    last4 text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('live', 'test')),
    name text NOT NULL,
    scopes text[] NOT NULL,
    company_id bigint,
    enterprises bigint[],
    address_ranges text[],
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    last_used_from text
);
COMMENT ON TABLE token IS 'Who may call: hashes only. Without a company the token is the network operator''s.';
