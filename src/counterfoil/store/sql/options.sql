Options: the settings that deciding asks for, by the place in the log from which they hold.

-- noted
-- Every state of the settings, in log order.
SELECT position, items_max, rate_age_days_max, rejects_stale_changes, ignores_declined, accepted_locks_at_once
FROM deciding_options ORDER BY position;

-- in_force
-- The settings noted last.
SELECT position, items_max, rate_age_days_max, rejects_stale_changes, ignores_declined, accepted_locks_at_once
FROM deciding_options ORDER BY position DESC LIMIT 1;

-- note
-- Settings that hold from a place in the log on.
INSERT INTO deciding_options (position, items_max, rate_age_days_max, rejects_stale_changes, ignores_declined,
    accepted_locks_at_once)
VALUES (%(position)s, %(items_max)s, %(rate_age_days_max)s, %(rejects_stale_changes)s, %(ignores_declined)s,
    %(accepted_locks_at_once)s);
