-- policy_in_force: $1 desks, $2 the version of each that is known (0: none); a row, by its place among these, where another one is in
-- force
SELECT w.place, v.version, v.source
FROM unnest($1::integer[], $2::integer[]) WITH ORDINALITY AS w (desk_id, version, place)
CROSS JOIN LATERAL (SELECT policy_version FROM desk d WHERE d.desk_id = w.desk_id AND d.policy_version <> w.version) d
CROSS JOIN LATERAL (SELECT version, source FROM policy_version v
                    WHERE v.desk_id = w.desk_id AND v.version = d.policy_version) v
