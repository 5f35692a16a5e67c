-- delivery_end: $1 desks, $2 deliveries, $3 states, $4 why, $5 now; of what is owed and will not be sent any more
UPDATE delivery d
SET state = w.state, last_words = w.words, claimed_until = NULL, claimed_by = NULL, ended_at = $5::timestamptz
FROM unnest($1::integer[], $2::bigint[], $3::text[], $4::text[]) AS w (desk_id, delivery_id, state, words)
WHERE d.desk_id = w.desk_id AND d.delivery_id = w.delivery_id AND d.state = 'owed'
