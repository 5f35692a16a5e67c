-- thread_insert: $1 desks, $2 kinds, $3 keys, $4 tickets: keys that nobody held as they were looked up
INSERT INTO thread_key (desk_id, kind, key, ticket_id)
SELECT * FROM unnest($1::integer[], $2::"char"[], $3::text[], $4::bigint[])
