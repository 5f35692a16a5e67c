-- policy_put: $1 desk, $2 the whole policy, $3 its SHA-256, $4 who applied it, $5 from when on (null: now), $6 whether clocks that run
-- follow it. Gives its version, and false where it is the one in force already; no row: another one came at the same moment.
WITH in_force AS (
    SELECT v.version, v.sha256 FROM desk d JOIN policy_version v ON v.desk_id = d.desk_id AND v.version = d.policy_version
    WHERE d.desk_id = $1
), made AS (
    INSERT INTO policy_version (desk_id, version, source, sha256, applied_by, from_at, open)
    SELECT $1, (SELECT coalesce(max(version), 0) + 1 FROM policy_version WHERE desk_id = $1), $2, $3, $4,
           coalesce($5::timestamptz, now()), $6
    WHERE $5::timestamptz IS NOT NULL OR NOT EXISTS (SELECT FROM in_force WHERE sha256 = $3)
    ON CONFLICT DO NOTHING
    RETURNING version
)
SELECT version, true, (SELECT version FROM in_force) FROM made
UNION ALL
SELECT version, false, version FROM in_force WHERE $5::timestamptz IS NULL AND sha256 = $3
