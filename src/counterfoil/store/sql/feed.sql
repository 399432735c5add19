The feed: what happens, for someone who watches.

-- latest_event
-- The number of the newest event; 0 before the first.
SELECT coalesce(max(event_id), 0) FROM event;

-- events_after
-- Events in commit order, with the order each is about and what its publisher earns now, in USD.
SELECT event.event_id, event.mode, event.kind, outcome.code,
    coalesce(outcome.order_id, action.order_id) AS order_id, version.commission_usd
FROM event
    LEFT JOIN submission_outcome AS outcome ON outcome.submission_id = event.submission_id
    LEFT JOIN action
        ON action.enterprise_id = event.enterprise_id
        AND action.original_action_id = event.original_action_id
    LEFT JOIN order_version AS version
        ON version.enterprise_id = event.enterprise_id
        AND version.original_action_id = event.original_action_id
        AND version.version = event.version
WHERE event.event_id > %(after)s
ORDER BY event.event_id
LIMIT %(rows)s;
