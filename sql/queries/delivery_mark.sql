-- delivery_mark: $1 desks, $2 deliveries, $3 states, $4 next due (null: stays), $5 the peer's words, $6 its ids, $7 now,
-- $8 whether every node wants to hear that it was handed out. A late mark of an earlier claimant does not undo an end.
WITH marked AS (
    UPDATE delivery d
    SET state = m.state, due_at = coalesce(m.due_at, d.due_at), last_words = m.words,
        external_id = coalesce(m.external_id, d.external_id), claimed_until = NULL, claimed_by = NULL,
        ended_at = CASE WHEN m.state = 'owed' THEN NULL ELSE $7::timestamptz END
    FROM unnest($1::integer[], $2::bigint[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $8::boolean[])
         AS m (desk_id, delivery_id, state, due_at, words, external_id, heard)
    WHERE d.desk_id = m.desk_id AND d.delivery_id = m.delivery_id AND d.state = 'owed'
    RETURNING d.channel_id, d.conversation, m.state, m.heard
)
SELECT pg_notify('relevo_heard', channel_id || ' ' || conversation)
FROM marked WHERE heard AND state = 'sent' AND conversation IS NOT NULL
