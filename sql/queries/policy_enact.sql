-- policy_enact: $1 desk, $2 the version that is in force from this COMMIT on; every node hears of it, and the first of each queue is
-- looked at, for there may be new people
WITH enacted AS (
    UPDATE desk SET policy_version = $2 WHERE desk_id = $1
), dated AS (
    UPDATE policy_version SET in_force_at = clock_timestamp() WHERE desk_id = $1 AND version = $2 AND in_force_at IS NULL
), offered AS (
    UPDATE due SET wake_at = now()
    WHERE (desk_id, ticket_id) IN (
        SELECT DISTINCT ON (queue_team) desk_id, ticket_id FROM due
        WHERE desk_id = $1 AND queue_team IS NOT NULL ORDER BY queue_team, queue_rank, ticket_id)
)
SELECT pg_notify('relevo_policy', '')
