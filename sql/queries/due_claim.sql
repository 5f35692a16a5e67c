-- due_claim: $1 now, $2 how many, $3 for how many seconds, $4 desks, $5 which node; no two nodes get the same ticket. First,
-- with its mark, what is to hear of incidents: who joins one waits for no owner; last, what waits for one, in queue order.
WITH looks AS (
    UPDATE incident_look SET claimed_until = $1::timestamptz + make_interval(secs => $3), claimed_by = $5
    WHERE (desk_id, ticket_id) IN (
        SELECT desk_id, ticket_id FROM incident_look
        WHERE (claimed_until IS NULL OR claimed_until < $1) AND desk_id = ANY ($4::integer[])
        LIMIT $2 FOR UPDATE SKIP LOCKED)
    RETURNING desk_id, ticket_id, mark),
dues AS (
    UPDATE due SET claimed_until = $1::timestamptz + make_interval(secs => $3), claimed_by = $5
    WHERE (desk_id, ticket_id) IN (
        SELECT desk_id, ticket_id FROM due
        WHERE wake_at <= $1 AND (claimed_until IS NULL OR claimed_until < $1)
          AND desk_id = ANY ($4::integer[])
        ORDER BY wake_at, queue_rank NULLS FIRST, ticket_id LIMIT $2 FOR UPDATE SKIP LOCKED)
    RETURNING desk_id, ticket_id, wants_queue, queue_rank)
SELECT desk_id, ticket_id, wants_queue, mark
FROM (SELECT desk_id, ticket_id, false AS wants_queue, mark, NULL::bigint AS queue_rank, false AS later FROM looks
      UNION ALL
      SELECT desk_id, ticket_id, wants_queue, NULL, CASE WHEN wants_queue THEN queue_rank END, true FROM dues) AS claimed
ORDER BY later, queue_rank NULLS FIRST, ticket_id
