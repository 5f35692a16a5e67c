-- policy_next: $1 desks: in how many milliseconds the next planned version is to come in force; null: none is planned
SELECT ceil(extract(epoch FROM min(from_at) - clock_timestamp()) * 1000)::bigint FROM policy_version
WHERE desk_id = ANY ($1::integer[]) AND in_force_at IS NULL AND cancelled_at IS NULL
