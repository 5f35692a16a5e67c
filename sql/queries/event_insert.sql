-- event_insert: one array a column, in the order of the columns here
INSERT INTO event (desk_id, ticket_id, seq, at, kind, actor_kind, actor, cause, rule, why, policy_version, detail,
    fact, hash)
SELECT * FROM unnest($1::integer[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::text[], $6::text[],
    $7::text[], $8::bigint[], $9::text[], $10::text[], $11::integer[], $12::text[], $13::text[], $14::bytea[])
