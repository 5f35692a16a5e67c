-- policy_ensure: $1 desk, $2 the shipped policy, $3 its SHA-256; only where the desk has none
INSERT INTO policy_version (desk_id, version, source, sha256, applied_by)
SELECT $1, 1, $2, $3, 'relevod' WHERE NOT EXISTS (SELECT FROM policy_version WHERE desk_id = $1)
ON CONFLICT DO NOTHING
