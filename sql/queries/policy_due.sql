-- policy_due: $1 desks: a planned version whose time has come, the first of its desk; nobody else gets it until this transaction ends
SELECT v.desk_id, v.version, v.source, v.open FROM policy_version v
WHERE (v.desk_id, v.version) IN (
    SELECT DISTINCT ON (desk_id) desk_id, version FROM policy_version
    WHERE desk_id = ANY ($1::integer[]) AND in_force_at IS NULL AND cancelled_at IS NULL AND from_at <= clock_timestamp()
    ORDER BY desk_id, from_at, version)
  AND v.in_force_at IS NULL AND v.cancelled_at IS NULL
LIMIT 1 FOR UPDATE OF v SKIP LOCKED
