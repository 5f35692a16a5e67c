-- due_put: $1 desks, $2 tickets, $3 when to wake them, $4 whether they wait for an owner; each once
INSERT INTO due (desk_id, ticket_id, wake_at, wants_queue)
SELECT * FROM unnest($1::integer[], $2::bigint[], $3::timestamptz[], $4::boolean[])
ON CONFLICT (desk_id, ticket_id) DO UPDATE
SET wake_at = excluded.wake_at, wants_queue = excluded.wants_queue, claimed_until = NULL,
    claimed_by = NULL
