-- policy_ensure: $1 desk, $2 the shipped policy, $3 its SHA-256; only where the desk has none
WITH made AS (
    INSERT INTO policy_version (desk_id, version, source, sha256, applied_by, in_force_at)
    SELECT $1, 1, $2, $3, 'relevod', now() WHERE NOT EXISTS (SELECT FROM policy_version WHERE desk_id = $1)
    ON CONFLICT DO NOTHING
    RETURNING version
)
UPDATE desk SET policy_version = made.version FROM made WHERE desk_id = $1 AND policy_version IS NULL
