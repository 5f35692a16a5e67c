-- due_insert: as due_put, of tickets that are new
INSERT INTO due (desk_id, ticket_id, wake_at, wants_queue)
SELECT * FROM unnest($1::integer[], $2::bigint[], $3::timestamptz[], $4::boolean[])
