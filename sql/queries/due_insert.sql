-- due_insert: as due_put, of tickets that are new
INSERT INTO due (desk_id, ticket_id, wake_at, wants_queue, queue_team, queue_rank, queue_since)
SELECT desk_id, ticket_id, coalesce(wake_at, 'infinity'), wants_queue, queue_team, queue_rank, queue_since
FROM unnest($1::integer[], $2::bigint[], $3::timestamptz[], $4::boolean[], $5::text[], $6::bigint[],
    $7::timestamptz[])
    AS w (desk_id, ticket_id, wake_at, wants_queue, queue_team, queue_rank, queue_since)
