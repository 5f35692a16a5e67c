-- policy_latest: $1 desk, $2 the version that is known (0: none); a row only if there is a newer one
SELECT version, source FROM policy_version WHERE desk_id = $1 AND version > $2 ORDER BY version DESC LIMIT 1
