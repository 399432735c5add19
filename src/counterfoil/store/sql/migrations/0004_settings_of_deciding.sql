-- The settings of deciding have places in the log; outcomes name the fields that a restatement removed.
-- A replay decides each submission by the settings that were in force when it was received, so that a change of
-- a setting is an event between two orders, as a new version of the network is.

ALTER TABLE intake_request DROP CONSTRAINT intake_request_channel_check;
ALTER TABLE intake_request ADD CONSTRAINT intake_request_channel_check
    CHECK (channel IN ('api', 'tag', 'postback', 'file', 'page', 'network', 'rates', 'clock', 'closing', 'bonus', 'settings'));

CREATE TABLE deciding_options (
    position bigint PRIMARY KEY REFERENCES intake_request (position),
    items_max integer NOT NULL,
    rate_age_days_max integer NOT NULL,
    rejects_stale_changes boolean NOT NULL,
    ignores_declined boolean NOT NULL,
    accepted_locks_at_once boolean NOT NULL
);
COMMENT ON TABLE deciding_options IS 'The settings that deciding asks for, and the place in the log from which they hold.';
CALL make_append_only('deciding_options');

-- Null in outcomes written before: nobody noted then what was removed.
ALTER TABLE submission_outcome ADD COLUMN removed text[];
