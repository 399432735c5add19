-- Closing a month: invoices, statements, bonuses and incentives.
-- What follows from the ledger once a month. A closing notes its place in the log first, so that it takes the
-- same actions whenever it is carried out; numbers are consecutive without gaps for each kind and year.

CREATE TABLE closing (
    month date PRIMARY KEY CHECK (extract(day FROM month) = 1),
    position bigint NOT NULL UNIQUE REFERENCES intake_request (position),
    received_at timestamptz NOT NULL,
    closed_by text NOT NULL,
    finished_at timestamptz
);
COMMENT ON TABLE closing IS 'A month that is being closed, or was: its place in the log, and when the statements were written.';

CREATE TABLE period_record (
    enterprise_id bigint NOT NULL,
    job_id bigint NOT NULL REFERENCES intake_request (position),
    kind text NOT NULL CHECK (kind IN ('perf_inc', 'bonus')),
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
    PRIMARY KEY (enterprise_id, job_id, publisher_id, action_tracker_id, month, kind)
);
COMMENT ON TABLE period_record IS 'The figures and the reason of a bonus or an incentive; its line in the ledger names job, publisher, tracker and month.';
CALL make_append_only('period_record');

CREATE TABLE statement (
    kind text NOT NULL CHECK (kind IN ('invoice', 'statement')),
    year integer NOT NULL,
    sequence integer NOT NULL CHECK (sequence >= 1),
    month date NOT NULL REFERENCES closing (month),
    company_id bigint NOT NULL,
    currency text NOT NULL,
    total numeric NOT NULL,
    brought_forward numeric NOT NULL,
    payable numeric NOT NULL,
    carried_forward numeric NOT NULL,
    PRIMARY KEY (kind, year, sequence),
    UNIQUE (kind, month, company_id),
    CHECK (brought_forward + total = payable + carried_forward)
);
COMMENT ON TABLE statement IS 'An advertiser''s invoice or a publisher''s statement of a closed month.';
CALL make_append_only('statement');

CREATE TABLE statement_line (
    kind text NOT NULL,
    year integer NOT NULL,
    sequence integer NOT NULL,
    enterprise_id bigint NOT NULL,
    commission_id bigint NOT NULL,
    commission numeric NOT NULL,
    fee numeric NOT NULL,
    PRIMARY KEY (kind, enterprise_id, commission_id),
    FOREIGN KEY (kind, year, sequence) REFERENCES statement (kind, year, sequence),
    FOREIGN KEY (enterprise_id, commission_id) REFERENCES commission_record (enterprise_id, commission_id)
);
CREATE INDEX statement_line_of ON statement_line (kind, year, sequence, commission_id);
COMMENT ON TABLE statement_line IS 'A commission record on an invoice or statement; on at most one of each kind.';
CALL make_append_only('statement_line');

CREATE TABLE statement_payment (
    kind text NOT NULL,
    year integer NOT NULL,
    sequence integer NOT NULL,
    paid_on date NOT NULL,
    reference text NOT NULL,
    marked_by text NOT NULL,
    PRIMARY KEY (kind, year, sequence),
    FOREIGN KEY (kind, year, sequence) REFERENCES statement (kind, year, sequence)
);
COMMENT ON TABLE statement_payment IS 'That an invoice or statement was paid: when, and by which reference.';
CALL make_append_only('statement_payment');
