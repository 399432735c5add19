Acts: what people and operators' tokens did.

-- note
-- One act, in the transaction that carries it out.
INSERT INTO act (actor, deed, subject, before, after, request_id)
VALUES (%(actor)s, %(deed)s, %(subject)s, %(before)s::jsonb, %(after)s::jsonb, %(request_id)s);

-- list
-- Acts in order, of one actor or all, of one deed or all, from a moment on.
SELECT act_id, acted_at, actor, deed, subject, before, after, request_id
FROM act
WHERE (%(since)s::timestamptz IS NULL OR acted_at >= %(since)s)
    AND (%(actor)s::text IS NULL OR actor = %(actor)s)
    AND (%(deed)s::text IS NULL OR deed = %(deed)s)
ORDER BY act_id;
