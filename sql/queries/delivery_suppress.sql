-- delivery_suppress: $1 desks, $2 deliveries, $3 rules, $4 now; what is being sent just now is past that
UPDATE delivery d SET state = 'suppressed', last_words = w.rule, ended_at = $4::timestamptz
FROM unnest($1::integer[], $2::bigint[], $3::text[]) AS w (desk_id, delivery_id, rule)
WHERE d.desk_id = w.desk_id AND d.delivery_id = w.delivery_id AND d.state = 'owed' AND d.claimed_until IS NULL
