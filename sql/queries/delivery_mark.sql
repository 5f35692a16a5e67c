-- delivery_mark: $1 desks, $2 deliveries, $3 states, $4 next due (null: stays), $5 the peer's words, $6 its ids, $7 now.
-- A late mark of an earlier claimant does not undo an end.
UPDATE delivery d
SET state = m.state, due_at = coalesce(m.due_at, d.due_at), last_words = m.words,
    external_id = coalesce(m.external_id, d.external_id), claimed_until = NULL, claimed_by = NULL,
    ended_at = CASE WHEN m.state = 'owed' THEN NULL ELSE $7::timestamptz END
FROM unnest($1::integer[], $2::bigint[], $3::text[], $4::timestamptz[], $5::text[], $6::text[])
     AS m (desk_id, delivery_id, state, due_at, words, external_id)
WHERE d.desk_id = m.desk_id AND d.delivery_id = m.delivery_id AND d.state = 'owed'
