Copies: one moment of the database for a dump, what it holds, and the mark of a copy nobody has verified.

-- hold_moment
-- Every later statement of the transaction, and the dump that is told its name, see the same moment.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;

-- be_patient
-- A dump takes as long as it takes, and this session is silent meanwhile.
SET LOCAL idle_in_transaction_session_timeout = 0;

-- name_moment
-- The name by which another session sees this moment.
SELECT pg_export_snapshot();

-- extent
-- What the database holds: schema, end of the log, submissions, records, last ids, and the live sums.
SELECT
    (SELECT max(number) FROM schema_migration),
    (SELECT position FROM intake_head),
    (SELECT submission_number FROM intake_head),
    (SELECT count(*) FROM commission_record),
    (SELECT coalesce(max(last_commission_id), 0) FROM posting WHERE mode = 'live'),
    (SELECT coalesce(max(last_commission_id), 0) FROM posting WHERE mode = 'test'),
    (SELECT coalesce(sum(sale_usd), 0)::text FROM daily_total WHERE mode = 'live'),
    (SELECT coalesce(sum(commission_usd), 0)::text FROM daily_total WHERE mode = 'live');

-- tables
-- How many tables somebody has made in the schema public.
SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p');

-- mark_unverified
-- Says that the database came out of a copy and is not to be served before it is verified.
CREATE TABLE public.copy_unverified AS SELECT clock_timestamp() AS loaded_at;

-- find_mark
-- The mark, or null.
SELECT to_regclass('public.copy_unverified');

-- read_mark
-- When the copy was loaded.
SELECT loaded_at FROM public.copy_unverified;

-- unmark
-- Takes the mark away.
DROP TABLE IF EXISTS public.copy_unverified;
