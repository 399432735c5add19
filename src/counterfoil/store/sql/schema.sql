-- The schema after all migrations, for reading: printed from the database by `make schema`, never
-- applied. A test holds it equal to sql/migrations/.

CREATE FUNCTION public.business_now() RETURNS timestamp with time zone
    LANGUAGE sql
    AS $$
    SELECT CASE
        WHEN NOT c.is_sandbox THEN clock_timestamp()
        WHEN c.moving_since IS NULL THEN c.stands_at
        ELSE c.stands_at + (clock_timestamp() - c.moving_since)
    END
    FROM business_clock AS c
$$;
CREATE FUNCTION public.lane_of(enterprise_id bigint, action_tracker_id bigint, order_id text) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
    SELECT get_byte(sha256(convert_to(
        enterprise_id::text || E'\x1f' || action_tracker_id::text || E'\x1f' || order_id, 'UTF8')), 0)
$$;
CREATE PROCEDURE public.make_append_only(IN name text)
    LANGUAGE plpgsql
    AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
        name || '_is_append_only', name
    );
END
$$;
CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE FUNCTION public.take_places(requests_taken integer, submissions_taken integer, batch_ids uuid[], modes text[], channels text[], kinds text[], senders text[], abouts text[], counts integer[], befores integer[], lanes smallint[], lane_ordinals integer[], lane_counts integer[], OUT first_position bigint, OUT first_running_number bigint, OUT stamped_at timestamp with time zone) RETURNS record
    LANGUAGE plpgsql
    AS $$
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
CREATE TABLE public.act (
    act_id bigint NOT NULL,
    acted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    actor text NOT NULL,
    deed text NOT NULL,
    subject text NOT NULL,
    before jsonb,
    after jsonb,
    request_id text
);
COMMENT ON TABLE public.act IS 'One act of a person or of an operator''s token, by machine time; written in the transaction that carries it out.';
ALTER TABLE public.act ALTER COLUMN act_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.act_act_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.action (
    enterprise_id bigint NOT NULL,
    original_action_id bigint NOT NULL,
    mode text NOT NULL,
    action_tracker_id bigint NOT NULL,
    order_id text NOT NULL,
    generation integer NOT NULL,
    "position" bigint NOT NULL,
    submission_id uuid NOT NULL,
    advertiser_id bigint NOT NULL,
    event_time timestamp with time zone NOT NULL,
    code text,
    publisher_id bigint,
    property_id bigint,
    ad_id bigint,
    click_id text,
    credit bytea,
    contract_id bigint,
    terms_id bigint,
    terms_from timestamp with time zone,
    network_version integer NOT NULL,
    locking_method text,
    referral_ordinal integer,
    opening text NOT NULL,
    CONSTRAINT action_check CHECK (((code IS NOT NULL) OR ((publisher_id IS NOT NULL) AND (terms_id IS NOT NULL) AND (locking_method IS NOT NULL)))),
    CONSTRAINT action_generation_check CHECK ((generation >= 1)),
    CONSTRAINT action_locking_method_check CHECK ((locking_method = ANY (ARRAY['IMMEDIATE'::text, 'FIXED_DATE'::text, 'FIXED_DURATION'::text, 'OPEN_ENDED'::text]))),
    CONSTRAINT action_mode_check CHECK ((mode = ANY (ARRAY['live'::text, 'test'::text])))
);
COMMENT ON TABLE public.action IS 'One generation of an order; code says why it is not commissionable.';
CREATE TABLE public.action_current (
    enterprise_id bigint NOT NULL,
    original_action_id bigint NOT NULL,
    mode text NOT NULL,
    action_tracker_id bigint NOT NULL,
    order_id text NOT NULL,
    generation integer NOT NULL,
    advertiser_id bigint NOT NULL,
    publisher_id bigint,
    event_time timestamp with time zone NOT NULL,
    version integer,
    state text,
    validation text,
    locking_method text,
    locking_date timestamp with time zone,
    locks_at timestamp with time zone,
    extended boolean NOT NULL,
    closed_at timestamp with time zone,
    closed_position bigint,
    lock_noted boolean DEFAULT false NOT NULL,
    CONSTRAINT action_current_state_check CHECK ((state = ANY (ARRAY['standing'::text, 'cancelled'::text])))
)
WITH (fillfactor='80');
COMMENT ON TABLE public.action_current IS 'Projection: what each action is now. Rebuilt from action, order_version and action_status at any time.';
CREATE TABLE public.action_status (
    status_id bigint NOT NULL,
    enterprise_id bigint NOT NULL,
    original_action_id bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    cause text NOT NULL,
    submission_id uuid,
    "position" bigint NOT NULL,
    validation text NOT NULL,
    locking_date timestamp with time zone NOT NULL,
    locks_at timestamp with time zone,
    extended boolean NOT NULL,
    closed_at timestamp with time zone,
    closed_position bigint,
    CONSTRAINT action_status_cause_check CHECK ((cause = ANY (ARRAY['submission'::text, 'calendar'::text, 'closing'::text, 'person'::text]))),
    CONSTRAINT action_status_validation_check CHECK ((validation = ANY (ARRAY['PENDING'::text, 'ACCEPTED'::text, 'DECLINED'::text, 'AUTOMATED'::text])))
);
COMMENT ON TABLE public.action_status IS 'Each change of validation, lock date, extension and closing of an action.';
ALTER TABLE public.action_status ALTER COLUMN status_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.action_status_status_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.business_clock (
    one boolean DEFAULT true NOT NULL,
    is_sandbox boolean NOT NULL,
    stands_at timestamp with time zone,
    moving_since timestamp with time zone,
    CONSTRAINT business_clock_check CHECK ((is_sandbox = (stands_at IS NOT NULL))),
    CONSTRAINT business_clock_check1 CHECK ((is_sandbox OR (moving_since IS NULL))),
    CONSTRAINT business_clock_one_check CHECK (one)
);
COMMENT ON TABLE public.business_clock IS 'What time it is for orders: the system''s, or in a sandbox a time that stands or moves, set only forward.';
CREATE TABLE public.click (
    click_id text NOT NULL,
    clicked_at timestamp with time zone NOT NULL,
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
COMMENT ON TABLE public.click IS 'Who sent a shopper, and when. Kept 400 days; what an order used of it stays with the order.';
CREATE TABLE public.closing (
    month date NOT NULL,
    "position" bigint NOT NULL,
    received_at timestamp with time zone NOT NULL,
    closed_by text NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT closing_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric))
);
COMMENT ON TABLE public.closing IS 'A month that is being closed, or was: its place in the log, and when the statements were written.';
CREATE TABLE public.commission_record (
    enterprise_id bigint NOT NULL,
    commission_id bigint NOT NULL,
    mode text NOT NULL,
    kind text NOT NULL,
    original_action_id bigint,
    version integer,
    sign smallint NOT NULL,
    submission_id uuid,
    posted_at timestamp with time zone NOT NULL,
    event_time timestamp with time zone NOT NULL,
    advertiser_id bigint NOT NULL,
    publisher_id bigint NOT NULL,
    property_id bigint,
    ad_id bigint,
    action_tracker_id bigint,
    correction_reason text,
    job_id bigint,
    month date,
    CONSTRAINT commission_record_check CHECK (((original_action_id IS NULL) = (kind = ANY (ARRAY['perf_inc'::text, 'bonus'::text])))),
    CONSTRAINT commission_record_check1 CHECK (((original_action_id IS NULL) = (version IS NULL))),
    CONSTRAINT commission_record_kind_check CHECK ((kind = ANY (ARRAY['original'::text, 'reversal'::text, 'correction'::text, 'legacy'::text, 'perf_inc'::text, 'bonus'::text]))),
    CONSTRAINT commission_record_mode_check CHECK ((mode = ANY (ARRAY['live'::text, 'test'::text]))),
    CONSTRAINT commission_record_sign_check CHECK ((sign = ANY (ARRAY['-1'::integer, 1])))
);
COMMENT ON TABLE public.commission_record IS 'One line of Commission Detail: a version of an action with a sign, or a period record. Figures are the version''s.';
CREATE TABLE public.conversion_rate (
    currency text NOT NULL,
    day date NOT NULL,
    source text NOT NULL,
    "position" bigint NOT NULL,
    per_euro numeric NOT NULL,
    is_fixed boolean NOT NULL,
    CONSTRAINT conversion_rate_per_euro_check CHECK ((per_euro > (0)::numeric))
);
COMMENT ON TABLE public.conversion_rate IS 'Units of a currency for one euro, by day; a fixed source holds until another follows.';
CREATE TABLE public.daily_total (
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
    fee_usd numeric NOT NULL
)
WITH (fillfactor='70');
COMMENT ON TABLE public.daily_total IS 'Roll-up by UTC day of posting and currency of the order; rebuildable from the records.';
CREATE TABLE public.deciding_options (
    "position" bigint NOT NULL,
    items_max integer NOT NULL,
    rate_age_days_max integer NOT NULL,
    rejects_stale_changes boolean NOT NULL,
    ignores_declined boolean NOT NULL,
    accepted_locks_at_once boolean NOT NULL
);
COMMENT ON TABLE public.deciding_options IS 'The settings that deciding asks for, and the place in the log from which they hold.';
CREATE TABLE public.event (
    event_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    mode text NOT NULL,
    enterprise_id bigint NOT NULL,
    kind text NOT NULL,
    submission_id uuid,
    original_action_id bigint,
    version integer,
    code text
);
COMMENT ON TABLE public.event IS 'What others may want to hear, numbered in commit order without gaps.';
CREATE TABLE public.held_submission (
    batch_id uuid NOT NULL,
    n integer NOT NULL,
    submission_id uuid NOT NULL,
    "position" bigint NOT NULL,
    lane smallint NOT NULL,
    mode text NOT NULL,
    enterprise_id bigint NOT NULL,
    action_tracker_id bigint NOT NULL,
    order_id text NOT NULL,
    code text NOT NULL,
    detail text NOT NULL,
    since timestamp with time zone NOT NULL,
    tries integer NOT NULL,
    released_at timestamp with time zone,
    rates_known bigint DEFAULT 0 NOT NULL,
    CONSTRAINT held_submission_mode_check CHECK ((mode = ANY (ARRAY['live'::text, 'test'::text])))
);
COMMENT ON TABLE public.held_submission IS 'Submissions that cannot be decided now, and those that wait behind them.';
CREATE TABLE public.intake_head (
    one boolean DEFAULT true NOT NULL,
    "position" bigint NOT NULL,
    submission_number bigint NOT NULL,
    received_at timestamp with time zone,
    CONSTRAINT intake_head_one_check CHECK (one)
);
COMMENT ON TABLE public.intake_head IS 'The end of the log; changed only under the intake lock.';
CREATE TABLE public.intake_log (
    batch_id uuid NOT NULL,
    lane smallint NOT NULL,
    n integer NOT NULL,
    enterprise_id bigint NOT NULL,
    action_tracker_id bigint NOT NULL,
    order_id text NOT NULL,
    kind text NOT NULL,
    cleaned boolean NOT NULL,
    digest bytea NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT intake_log_kind_check CHECK ((kind = ANY (ARRAY['create'::text, 'restate'::text, 'cancel'::text, 'extend'::text]))),
    CONSTRAINT intake_log_lane_check CHECK (((lane >= 0) AND (lane <= 255))),
    CONSTRAINT intake_log_n_check CHECK ((n >= 1))
);
COMMENT ON TABLE public.intake_log IS 'One submission as canonical JSON. Copied before its request has a position, hence no foreign key.';
CREATE TABLE public.intake_pending (
    lane smallint NOT NULL,
    "position" bigint NOT NULL,
    batch_id uuid NOT NULL,
    submissions integer NOT NULL,
    CONSTRAINT intake_pending_submissions_check CHECK ((submissions > 0))
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_insert_threshold='20000');
COMMENT ON TABLE public.intake_pending IS 'Work: one lane of one request, deleted by the transaction that writes its outcomes.';
CREATE TABLE public.intake_request (
    "position" bigint NOT NULL,
    batch_id uuid NOT NULL,
    received_at timestamp with time zone NOT NULL,
    mode text NOT NULL,
    channel text NOT NULL,
    kind text,
    sender text NOT NULL,
    submissions integer NOT NULL,
    first_number bigint NOT NULL,
    about text,
    CONSTRAINT intake_request_channel_check CHECK ((channel = ANY (ARRAY['api'::text, 'tag'::text, 'postback'::text, 'file'::text, 'page'::text, 'network'::text, 'rates'::text, 'clock'::text, 'closing'::text, 'bonus'::text, 'settings'::text]))),
    CONSTRAINT intake_request_kind_check CHECK ((kind = ANY (ARRAY['create'::text, 'restate'::text, 'cancel'::text, 'extend'::text]))),
    CONSTRAINT intake_request_mode_check CHECK ((mode = ANY (ARRAY['live'::text, 'test'::text]))),
    CONSTRAINT intake_request_submissions_check CHECK ((submissions >= 0))
);
COMMENT ON TABLE public.intake_request IS 'One place in the log: an accepted batch of orders, or an event (network, rates, clock, closing) that later orders are judged by.';
CREATE TABLE public.network_version (
    version integer NOT NULL,
    "position" bigint NOT NULL,
    applied_by text NOT NULL,
    source text NOT NULL
);
COMMENT ON TABLE public.network_version IS 'Each applied network file, and the place in the log from which it is known.';
CREATE TABLE public.order_version (
    enterprise_id bigint NOT NULL,
    original_action_id bigint NOT NULL,
    version integer NOT NULL,
    state text NOT NULL,
    kind text NOT NULL,
    submission_id uuid NOT NULL,
    "position" bigint NOT NULL,
    received_at timestamp with time zone NOT NULL,
    update_time timestamp with time zone,
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
    CONSTRAINT order_version_kind_check CHECK ((kind = ANY (ARRAY['create'::text, 'restate'::text, 'cancel'::text]))),
    CONSTRAINT order_version_state_check CHECK ((state = ANY (ARRAY['standing'::text, 'cancelled'::text]))),
    CONSTRAINT order_version_version_check CHECK ((version >= 1))
)
WITH (toast_tuple_target='4080');
COMMENT ON TABLE public.order_version IS 'What an order is after a create, restatement or cancellation. A reversal reads these figures with the other sign.';
CREATE TABLE public.period_record (
    enterprise_id bigint NOT NULL,
    job_id bigint NOT NULL,
    kind text NOT NULL,
    advertiser_id bigint NOT NULL,
    publisher_id bigint NOT NULL,
    action_tracker_id bigint NOT NULL,
    month date NOT NULL,
    currency text NOT NULL,
    rate_adv numeric NOT NULL,
    rate_pub numeric NOT NULL,
    rate_usd numeric NOT NULL,
    rates bytea NOT NULL,
    commission_adv numeric NOT NULL,
    commission_pub numeric NOT NULL,
    commission_usd numeric NOT NULL,
    reason text NOT NULL,
    CONSTRAINT period_record_kind_check CHECK ((kind = ANY (ARRAY['perf_inc'::text, 'bonus'::text])))
);
COMMENT ON TABLE public.period_record IS 'The figures and the reason of a bonus or an incentive; its line in the ledger names job, publisher, tracker and month.';
CREATE TABLE public.personal_data (
    submission_id uuid NOT NULL,
    enterprise_id bigint NOT NULL,
    salt bytea NOT NULL,
    body bytea NOT NULL
);
COMMENT ON TABLE public.personal_data IS 'Shopper ids and the like of one submission; erasable. The log keeps a digest that only the salt kept here explains.';
CREATE TABLE public.posting (
    mode text NOT NULL,
    first_commission_id bigint NOT NULL,
    last_commission_id bigint NOT NULL,
    previous_commission_id bigint,
    posted_at timestamp with time zone NOT NULL,
    CONSTRAINT posting_check CHECK ((last_commission_id >= first_commission_id)),
    CONSTRAINT posting_check1 CHECK ((first_commission_id = COALESCE((previous_commission_id + 1),
CASE mode
    WHEN 'live'::text THEN (2000000001)::bigint
    ELSE '10000000000000'::bigint
END))),
    CONSTRAINT posting_mode_check CHECK ((mode = ANY (ARRAY['live'::text, 'test'::text])))
);
COMMENT ON TABLE public.posting IS 'One posting transaction and its commission ids: a chain without gaps for each ledger.';
CREATE TABLE public.reference_version (
    kind text NOT NULL,
    id text NOT NULL,
    network_version integer NOT NULL,
    body bytea NOT NULL
);
COMMENT ON TABLE public.reference_version IS 'Companies, contracts, terms and the rest: one row for each thing in each version that brought or changed it.';
CREATE TABLE public.referral_use (
    mode text NOT NULL,
    click_id text NOT NULL,
    action_tracker_id bigint NOT NULL,
    ordinal integer NOT NULL,
    enterprise_id bigint NOT NULL,
    original_action_id bigint NOT NULL,
    CONSTRAINT referral_use_ordinal_check CHECK ((ordinal >= 1))
);
COMMENT ON TABLE public.referral_use IS 'Which use of a click an action is; a cancellation frees it.';
CREATE TABLE public.schema_migration (
    number integer NOT NULL,
    title text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
CREATE TABLE public.statement (
    kind text NOT NULL,
    year integer NOT NULL,
    sequence integer NOT NULL,
    month date NOT NULL,
    company_id bigint NOT NULL,
    currency text NOT NULL,
    total numeric NOT NULL,
    brought_forward numeric NOT NULL,
    payable numeric NOT NULL,
    carried_forward numeric NOT NULL,
    CONSTRAINT statement_check CHECK (((brought_forward + total) = (payable + carried_forward))),
    CONSTRAINT statement_kind_check CHECK ((kind = ANY (ARRAY['invoice'::text, 'statement'::text]))),
    CONSTRAINT statement_sequence_check CHECK ((sequence >= 1))
);
COMMENT ON TABLE public.statement IS 'An advertiser''s invoice or a publisher''s statement of a closed month.';
CREATE TABLE public.statement_line (
    kind text NOT NULL,
    year integer NOT NULL,
    sequence integer NOT NULL,
    enterprise_id bigint NOT NULL,
    commission_id bigint NOT NULL,
    commission numeric NOT NULL,
    fee numeric NOT NULL
);
COMMENT ON TABLE public.statement_line IS 'A commission record on an invoice or statement; on at most one of each kind.';
CREATE TABLE public.statement_payment (
    kind text NOT NULL,
    year integer NOT NULL,
    sequence integer NOT NULL,
    paid_on date NOT NULL,
    reference text NOT NULL,
    marked_by text NOT NULL
);
COMMENT ON TABLE public.statement_payment IS 'That an invoice or statement was paid: when, and by which reference.';
CREATE TABLE public.submission_outcome (
    enterprise_id bigint NOT NULL,
    submission_id uuid NOT NULL,
    "position" bigint NOT NULL,
    mode text NOT NULL,
    action_tracker_id bigint NOT NULL,
    order_id text NOT NULL,
    kind text NOT NULL,
    outcome text NOT NULL,
    code text,
    warnings text[] NOT NULL,
    skipped text[] NOT NULL,
    original_action_id bigint,
    version integer,
    winner uuid,
    network_version integer NOT NULL,
    rates_position bigint,
    removed text[],
    CONSTRAINT submission_outcome_check CHECK (((outcome <> ALL (ARRAY['recorded'::text, 'rejected'::text])) OR (code IS NOT NULL))),
    CONSTRAINT submission_outcome_check1 CHECK (((outcome <> 'duplicate'::text) OR (winner IS NOT NULL))),
    CONSTRAINT submission_outcome_check2 CHECK (((outcome <> 'posted'::text) OR ((original_action_id IS NOT NULL) AND (version IS NOT NULL)))),
    CONSTRAINT submission_outcome_outcome_check CHECK ((outcome = ANY (ARRAY['posted'::text, 'recorded'::text, 'duplicate'::text, 'rejected'::text, 'applied'::text])))
);
COMMENT ON TABLE public.submission_outcome IS 'The final word on a submission, with the versions of the facts it was decided by.';
CREATE TABLE public.token (
    token_id text NOT NULL,
    token_hash bytea NOT NULL,
    last4 text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    scopes text[] NOT NULL,
    company_id bigint,
    enterprises bigint[],
    address_ranges text[],
    created_at timestamp with time zone NOT NULL,
    created_by text NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    last_used_at timestamp with time zone,
    last_used_from text,
    CONSTRAINT token_kind_check CHECK ((kind = ANY (ARRAY['live'::text, 'test'::text])))
);
COMMENT ON TABLE public.token IS 'Who may call: hashes only. Without a company the token is the network operator''s.';
CREATE TABLE public.verification_run (
    run_id bigint NOT NULL,
    verified_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    is_full boolean NOT NULL,
    from_event bigint NOT NULL,
    to_event bigint NOT NULL,
    violated text[] NOT NULL,
    violating_rows bigint NOT NULL,
    milliseconds bigint NOT NULL,
    CONSTRAINT verification_run_check CHECK ((from_event <= to_event))
);
COMMENT ON TABLE public.verification_run IS 'One run of the invariants: over the orders that events between two numbers tell of, or over everything.';
ALTER TABLE public.verification_run ALTER COLUMN run_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.verification_run_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE ONLY public.act
    ADD CONSTRAINT act_pkey PRIMARY KEY (act_id);
ALTER TABLE ONLY public.action_current
    ADD CONSTRAINT action_current_pkey PRIMARY KEY (enterprise_id, original_action_id);
ALTER TABLE ONLY public.action
    ADD CONSTRAINT action_enterprise_id_action_tracker_id_order_id_mode_genera_key UNIQUE (enterprise_id, action_tracker_id, order_id, mode, generation);
ALTER TABLE ONLY public.action
    ADD CONSTRAINT action_pkey PRIMARY KEY (enterprise_id, original_action_id);
ALTER TABLE ONLY public.action_status
    ADD CONSTRAINT action_status_enterprise_id_original_action_id_since_cause__key UNIQUE NULLS NOT DISTINCT (enterprise_id, original_action_id, since, cause, submission_id);
ALTER TABLE ONLY public.action_status
    ADD CONSTRAINT action_status_pkey PRIMARY KEY (status_id);
ALTER TABLE ONLY public.business_clock
    ADD CONSTRAINT business_clock_pkey PRIMARY KEY (one);
ALTER TABLE ONLY public.click
    ADD CONSTRAINT click_pkey PRIMARY KEY (click_id);
ALTER TABLE ONLY public.closing
    ADD CONSTRAINT closing_pkey PRIMARY KEY (month);
ALTER TABLE ONLY public.closing
    ADD CONSTRAINT closing_position_key UNIQUE ("position");
ALTER TABLE ONLY public.commission_record
    ADD CONSTRAINT commission_record_enterprise_id_original_action_id_version__key UNIQUE (enterprise_id, original_action_id, version, sign);
ALTER TABLE ONLY public.commission_record
    ADD CONSTRAINT commission_record_pkey PRIMARY KEY (enterprise_id, commission_id);
ALTER TABLE ONLY public.conversion_rate
    ADD CONSTRAINT conversion_rate_pkey PRIMARY KEY (currency, day, source, "position");
ALTER TABLE ONLY public.daily_total
    ADD CONSTRAINT daily_total_pkey PRIMARY KEY (mode, day, advertiser_id, publisher_id, action_tracker_id, currency);
ALTER TABLE ONLY public.deciding_options
    ADD CONSTRAINT deciding_options_pkey PRIMARY KEY ("position");
ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (event_id);
ALTER TABLE ONLY public.held_submission
    ADD CONSTRAINT held_submission_pkey PRIMARY KEY (batch_id, n);
ALTER TABLE ONLY public.held_submission
    ADD CONSTRAINT held_submission_submission_id_key UNIQUE (submission_id);
ALTER TABLE ONLY public.intake_head
    ADD CONSTRAINT intake_head_pkey PRIMARY KEY (one);
ALTER TABLE ONLY public.intake_log
    ADD CONSTRAINT intake_log_pkey PRIMARY KEY (batch_id, lane, n);
ALTER TABLE ONLY public.intake_pending
    ADD CONSTRAINT intake_pending_pkey PRIMARY KEY (lane, "position");
ALTER TABLE ONLY public.intake_request
    ADD CONSTRAINT intake_request_batch_id_key UNIQUE (batch_id);
ALTER TABLE ONLY public.intake_request
    ADD CONSTRAINT intake_request_pkey PRIMARY KEY ("position");
ALTER TABLE ONLY public.network_version
    ADD CONSTRAINT network_version_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.network_version
    ADD CONSTRAINT network_version_position_key UNIQUE ("position");
ALTER TABLE ONLY public.order_version
    ADD CONSTRAINT order_version_pkey PRIMARY KEY (enterprise_id, original_action_id, version);
ALTER TABLE ONLY public.period_record
    ADD CONSTRAINT period_record_pkey PRIMARY KEY (enterprise_id, job_id, publisher_id, action_tracker_id, month, kind);
ALTER TABLE ONLY public.personal_data
    ADD CONSTRAINT personal_data_pkey PRIMARY KEY (submission_id);
ALTER TABLE ONLY public.posting
    ADD CONSTRAINT posting_mode_previous_commission_id_key UNIQUE NULLS NOT DISTINCT (mode, previous_commission_id);
ALTER TABLE ONLY public.posting
    ADD CONSTRAINT posting_pkey PRIMARY KEY (mode, last_commission_id);
ALTER TABLE ONLY public.reference_version
    ADD CONSTRAINT reference_version_pkey PRIMARY KEY (kind, id, network_version);
ALTER TABLE ONLY public.referral_use
    ADD CONSTRAINT referral_use_pkey PRIMARY KEY (mode, click_id, action_tracker_id, ordinal);
ALTER TABLE ONLY public.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.statement
    ADD CONSTRAINT statement_kind_month_company_id_key UNIQUE (kind, month, company_id);
ALTER TABLE ONLY public.statement_line
    ADD CONSTRAINT statement_line_pkey PRIMARY KEY (kind, enterprise_id, commission_id);
ALTER TABLE ONLY public.statement_payment
    ADD CONSTRAINT statement_payment_pkey PRIMARY KEY (kind, year, sequence);
ALTER TABLE ONLY public.statement
    ADD CONSTRAINT statement_pkey PRIMARY KEY (kind, year, sequence);
ALTER TABLE ONLY public.submission_outcome
    ADD CONSTRAINT submission_outcome_pkey PRIMARY KEY (submission_id);
ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (token_id);
ALTER TABLE ONLY public.verification_run
    ADD CONSTRAINT verification_run_pkey PRIMARY KEY (run_id);
CREATE INDEX action_current_by_order_id ON public.action_current USING btree (order_id);
CREATE INDEX action_current_event_of_advertiser ON public.action_current USING btree (advertiser_id, event_time) WHERE (mode = 'live'::text);
CREATE INDEX action_current_event_of_publisher ON public.action_current USING btree (publisher_id, event_time) WHERE (mode = 'live'::text);
CREATE INDEX action_current_locking_of_advertiser ON public.action_current USING btree (advertiser_id, locking_date) WHERE (mode = 'live'::text);
CREATE INDEX action_current_locking_of_publisher ON public.action_current USING btree (publisher_id, locking_date) WHERE (mode = 'live'::text);
CREATE INDEX action_current_locks_next ON public.action_current USING btree (locks_at) WHERE ((NOT lock_noted) AND (locks_at IS NOT NULL));
CREATE INDEX action_current_unclosed_of_advertiser ON public.action_current USING btree (advertiser_id) WHERE ((mode = 'live'::text) AND (closed_at IS NULL));
CREATE INDEX action_current_unclosed_of_publisher ON public.action_current USING btree (publisher_id) WHERE ((mode = 'live'::text) AND (closed_at IS NULL));
CREATE INDEX action_current_validated_of_advertiser ON public.action_current USING btree (advertiser_id, validation) WHERE ((mode = 'live'::text) AND (validation <> 'AUTOMATED'::text));
CREATE INDEX action_current_validated_of_publisher ON public.action_current USING btree (publisher_id, validation) WHERE ((mode = 'live'::text) AND (validation <> 'AUTOMATED'::text));
CREATE INDEX commission_record_by_id ON public.commission_record USING btree (commission_id);
CREATE INDEX commission_record_of_advertiser ON public.commission_record USING btree (advertiser_id, commission_id) WHERE (mode = 'live'::text);
CREATE UNIQUE INDEX commission_record_of_period ON public.commission_record USING btree (enterprise_id, job_id, publisher_id, action_tracker_id, month, kind) NULLS NOT DISTINCT WHERE (original_action_id IS NULL);
CREATE INDEX commission_record_of_publisher ON public.commission_record USING btree (publisher_id, commission_id) WHERE (mode = 'live'::text);
CREATE INDEX commission_record_period_of_advertiser ON public.commission_record USING btree (advertiser_id, commission_id) WHERE ((mode = 'live'::text) AND (original_action_id IS NULL));
CREATE INDEX commission_record_period_of_publisher ON public.commission_record USING btree (publisher_id, commission_id) WHERE ((mode = 'live'::text) AND (original_action_id IS NULL));
CREATE INDEX conversion_rate_by_position ON public.conversion_rate USING btree ("position");
CREATE INDEX event_of_changes ON public.event USING btree (at) WHERE ((mode = 'live'::text) AND (kind = ANY (ARRAY['restated'::text, 'cancelled'::text, 'extended'::text, 'closed'::text])));
CREATE INDEX held_submission_by_order ON public.held_submission USING hash (order_id);
CREATE INDEX held_submission_released ON public.held_submission USING btree (lane) WHERE (released_at IS NOT NULL);
CREATE INDEX posting_by_time ON public.posting USING btree (mode, posted_at, last_commission_id);
CREATE INDEX statement_line_of ON public.statement_line USING btree (kind, year, sequence, commission_id);
CREATE INDEX submission_outcome_by_order ON public.submission_outcome USING hash (order_id);
CREATE TRIGGER act_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.act FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER action_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.action FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER action_status_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.action_status FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER commission_record_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.commission_record FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER conversion_rate_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.conversion_rate FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER deciding_options_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.deciding_options FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER event_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.event FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER intake_log_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.intake_log FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER intake_request_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.intake_request FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER network_version_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.network_version FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER order_version_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.order_version FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER period_record_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.period_record FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER posting_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.posting FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER reference_version_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.reference_version FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER statement_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.statement FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER statement_line_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.statement_line FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER statement_payment_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.statement_payment FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER submission_outcome_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.submission_outcome FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER verification_run_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.verification_run FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
ALTER TABLE ONLY public.closing
    ADD CONSTRAINT closing_position_fkey FOREIGN KEY ("position") REFERENCES public.intake_request("position");
ALTER TABLE ONLY public.conversion_rate
    ADD CONSTRAINT conversion_rate_position_fkey FOREIGN KEY ("position") REFERENCES public.intake_request("position");
ALTER TABLE ONLY public.deciding_options
    ADD CONSTRAINT deciding_options_position_fkey FOREIGN KEY ("position") REFERENCES public.intake_request("position");
ALTER TABLE ONLY public.held_submission
    ADD CONSTRAINT held_submission_position_fkey FOREIGN KEY ("position") REFERENCES public.intake_request("position");
ALTER TABLE ONLY public.intake_pending
    ADD CONSTRAINT intake_pending_position_fkey FOREIGN KEY ("position") REFERENCES public.intake_request("position");
ALTER TABLE ONLY public.network_version
    ADD CONSTRAINT network_version_position_fkey FOREIGN KEY ("position") REFERENCES public.intake_request("position");
ALTER TABLE ONLY public.period_record
    ADD CONSTRAINT period_record_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.intake_request("position");
ALTER TABLE ONLY public.posting
    ADD CONSTRAINT posting_mode_previous_commission_id_fkey FOREIGN KEY (mode, previous_commission_id) REFERENCES public.posting(mode, last_commission_id);
ALTER TABLE ONLY public.reference_version
    ADD CONSTRAINT reference_version_network_version_fkey FOREIGN KEY (network_version) REFERENCES public.network_version(version);
ALTER TABLE ONLY public.referral_use
    ADD CONSTRAINT referral_use_enterprise_id_original_action_id_fkey FOREIGN KEY (enterprise_id, original_action_id) REFERENCES public.action(enterprise_id, original_action_id);
ALTER TABLE ONLY public.statement_line
    ADD CONSTRAINT statement_line_enterprise_id_commission_id_fkey FOREIGN KEY (enterprise_id, commission_id) REFERENCES public.commission_record(enterprise_id, commission_id);
ALTER TABLE ONLY public.statement_line
    ADD CONSTRAINT statement_line_kind_year_sequence_fkey FOREIGN KEY (kind, year, sequence) REFERENCES public.statement(kind, year, sequence);
ALTER TABLE ONLY public.statement
    ADD CONSTRAINT statement_month_fkey FOREIGN KEY (month) REFERENCES public.closing(month);
ALTER TABLE ONLY public.statement_payment
    ADD CONSTRAINT statement_payment_kind_year_sequence_fkey FOREIGN KEY (kind, year, sequence) REFERENCES public.statement(kind, year, sequence);
