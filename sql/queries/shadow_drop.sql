-- shadow_drop: $1 desk; a row if there was one
DELETE FROM policy_shadow WHERE desk_id = $1 RETURNING desk_id
