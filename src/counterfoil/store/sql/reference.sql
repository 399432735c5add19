Reference data, tokens and the clock: what people set, beside the orders.

-- latest_version
-- The network version in force; 0 before the first.
SELECT coalesce(max(version), 0) FROM network_version;

-- insert_version
-- A new version of the network, known from its place in the log on.
INSERT INTO network_version (version, position, applied_by, source)
VALUES (%(version)s, %(position)s, %(applied_by)s, %(source)s);

-- insert_entries
-- What the version brings or changes.
INSERT INTO reference_version (kind, id, network_version, body)
SELECT kind, id, %(version)s, body
FROM unnest(%(kinds)s::text[], %(ids)s::text[], %(bodies)s::bytea[]) AS entry (kind, id, body);

-- insert_rates
-- Conversion rates, known from their place in the log on; a rate that is there already is not written again.
INSERT INTO conversion_rate (currency, day, source, position, per_euro, is_fixed)
SELECT quote.currency, quote.day, quote.source, %(position)s, quote.per_euro, quote.is_fixed
FROM unnest(%(currencies)s::text[], %(days)s::date[], %(sources)s::text[], %(per_euros)s::numeric[],
        %(fixed)s::boolean[])
        AS quote (currency, day, source, per_euro, is_fixed)
WHERE NOT EXISTS (
    SELECT FROM conversion_rate AS known
    WHERE known.currency = quote.currency AND known.day = quote.day AND known.source = quote.source
        AND known.per_euro = quote.per_euro AND known.is_fixed = quote.is_fixed
);

-- count_rates_at
-- How many rates came in at a place in the log.
SELECT count(*) FROM conversion_rate WHERE position = %(position)s;

-- insert_token
-- A token's hash, rights and life; the token itself is never stored.
INSERT INTO token (token_id, token_hash, last4, kind, name, scopes, company_id, enterprises, address_ranges,
    created_at, created_by, expires_at)
VALUES (%(token_id)s, %(token_hash)s, %(last4)s, %(kind)s, %(name)s, %(scopes)s, %(company_id)s, %(enterprises)s,
    %(address_ranges)s, %(created_at)s, %(created_by)s, %(expires_at)s);

-- find_token
-- A token by its id, dead or alive.
SELECT token_id, token_hash, kind, scopes, company_id, enterprises, address_ranges, expires_at, revoked_at,
    last_used_at
FROM token WHERE token_id = %(token_id)s;

-- list_tokens
-- All tokens, newest first.
SELECT token_id, last4, kind, name, scopes, company_id, enterprises, address_ranges, created_at, created_by,
    expires_at, revoked_at, last_used_at, last_used_from
FROM token ORDER BY created_at DESC, token_id;

-- revoke_token
-- Ends a token; a token that ended before keeps its time.
UPDATE token SET revoked_at = coalesce(revoked_at, %(now)s) WHERE token_id = %(token_id)s RETURNING token_id;

-- touch_token
-- Notes the last use and from where, at most once a minute, whichever way the clock jumps.
UPDATE token SET last_used_at = %(now)s, last_used_from = %(address)s
WHERE token_id = %(token_id)s
    AND (last_used_at IS NULL
        OR last_used_at NOT BETWEEN %(now)s - interval '1 minute' AND %(now)s + interval '1 minute');

-- read_clock
-- The business time, and whether it is a sandbox's.
SELECT business_now(), is_sandbox FROM business_clock;

-- make_sandbox
-- Only before the first entry of the log: a data directory is a sandbox from its creation or never.
UPDATE business_clock SET is_sandbox = true, stands_at = %(at)s
WHERE NOT is_sandbox AND (SELECT position FROM intake_head) = 0
RETURNING stands_at;

-- move_clock
-- Forward only.
UPDATE business_clock SET stands_at = %(at)s, moving_since = NULL
WHERE is_sandbox AND %(at)s >= business_now()
RETURNING stands_at;
