-- policy_list: $1 desk, $2 how many, the newest first; $3 one version alone (null: all), with what it says
SELECT v.version, CASE WHEN v.version = d.policy_version THEN 'in force' WHEN v.cancelled_at IS NOT NULL THEN 'cancelled'
                       WHEN v.in_force_at IS NULL THEN 'planned' ELSE 'past' END AS state,
       extract(epoch FROM v.from_at)::bigint AS from_at, v.open, extract(epoch FROM v.in_force_at)::bigint AS in_force_at,
       extract(epoch FROM v.applied_at)::bigint AS applied_at, v.applied_by,
       extract(epoch FROM v.cancelled_at)::bigint AS cancelled_at, v.cancelled_by, encode(v.sha256, 'hex') AS sha256,
       CASE WHEN $3::integer IS NOT NULL THEN v.source END AS source
FROM policy_version v JOIN desk d ON d.desk_id = v.desk_id
WHERE v.desk_id = $1 AND ($3::integer IS NULL OR v.version = $3::integer)
ORDER BY v.version DESC LIMIT $2
