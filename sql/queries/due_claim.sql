-- due_claim: $1 now, $2 how many, $3 for how many seconds, $4 desks, $5 which node; no two nodes get the same ticket. First,
-- with its mark, what is to hear of incidents: who joins one waits for no owner.
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
        ORDER BY wake_at LIMIT $2 FOR UPDATE SKIP LOCKED)
    RETURNING desk_id, ticket_id, wants_queue, wake_at)
SELECT desk_id, ticket_id, false, mark FROM looks
UNION ALL
SELECT desk_id, ticket_id, wants_queue, NULL FROM dues
