-- due_put: $1 desks, $2 tickets, $3 when to wake them (null: when somebody gets free), $4 whether they wait for an owner,
-- $5 in which team's queue (null: none), $6 where in it, $7 since when; each once. $8 tickets of which that is decided by who is
-- free: any other that waits and was woken for that, as queue_wake does, stays so. $9 now.
INSERT INTO due (desk_id, ticket_id, wake_at, wants_queue, queue_team, queue_rank, queue_since)
SELECT desk_id, ticket_id, coalesce(wake_at, 'infinity'), wants_queue, queue_team, queue_rank, queue_since
FROM unnest($1::integer[], $2::bigint[], $3::timestamptz[], $4::boolean[], $5::text[], $6::bigint[],
    $7::timestamptz[])
    AS w (desk_id, ticket_id, wake_at, wants_queue, queue_team, queue_rank, queue_since)
ON CONFLICT (desk_id, ticket_id) DO UPDATE
SET wake_at = CASE WHEN due.wants_queue AND excluded.wants_queue AND due.ticket_id <> ALL ($8::bigint[])
                   THEN least(excluded.wake_at, CASE WHEN due.wake_at <= $9::timestamptz THEN due.wake_at END)
                   ELSE excluded.wake_at END,
    wants_queue = excluded.wants_queue, queue_team = excluded.queue_team,
    queue_rank = excluded.queue_rank, queue_since = excluded.queue_since, claimed_until = NULL, claimed_by = NULL
