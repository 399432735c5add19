-- What people and operators' tokens did: who, when, what, before and after.
-- Some acts have a place in the log as well, since later orders are judged by them; this is the one list of all.

CREATE TABLE act (
    act_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    acted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL,
    deed text NOT NULL,
    subject text NOT NULL,
    before jsonb,
    after jsonb,
    request_id text
);
COMMENT ON TABLE act IS 'One act of a person or of an operator''s token, by machine time; written in the transaction that carries it out.';
CALL make_append_only('act');
