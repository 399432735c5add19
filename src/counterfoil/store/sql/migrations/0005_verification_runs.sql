-- What the hourly check of the ledger found, and up to where.
-- Metrics and alarms are asked of any process on any machine: what a run found is kept where all of them look.

CREATE TABLE verification_run (
    run_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    verified_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    is_full boolean NOT NULL,
    from_event bigint NOT NULL,
    to_event bigint NOT NULL,
    violated text[] NOT NULL,
    violating_rows bigint NOT NULL,
    milliseconds bigint NOT NULL,
    CHECK (from_event <= to_event)
);
COMMENT ON TABLE verification_run IS 'One run of the invariants: over the orders that events between two numbers tell of, or over everything.';
CALL make_append_only('verification_run');
