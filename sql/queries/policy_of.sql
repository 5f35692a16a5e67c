-- policy_of: $1 desk, $2 a version: the policy as it was applied then
SELECT source FROM policy_version WHERE desk_id = $1 AND version = $2
