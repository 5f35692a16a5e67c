-- policy_put: $1 desk, $2 the whole policy, $3 its SHA-256, $4 who applied it; every node hears of it, and the first
-- of each queue is looked at, for there may be new people. Gives its version,
-- and false where it is the newest already; no row: another one came at the same moment.
WITH newest AS (
    SELECT version, sha256 FROM policy_version WHERE desk_id = $1 ORDER BY version DESC LIMIT 1
), made AS (
    INSERT INTO policy_version (desk_id, version, source, sha256, applied_by)
    SELECT $1, coalesce((SELECT version FROM newest), 0) + 1, $2, $3, $4
    WHERE NOT EXISTS (SELECT FROM newest WHERE sha256 = $3)
    ON CONFLICT DO NOTHING
    RETURNING version
), offered AS (
    UPDATE due SET wake_at = now()
    WHERE EXISTS (SELECT FROM made) AND (desk_id, ticket_id) IN (
        SELECT DISTINCT ON (queue_team) desk_id, ticket_id FROM due
        WHERE desk_id = $1 AND queue_team IS NOT NULL ORDER BY queue_team, queue_rank, ticket_id)
)
SELECT version, true, pg_notify('relevo_policy', '')::text FROM made
UNION ALL
SELECT version, false, '' FROM newest WHERE sha256 = $3
