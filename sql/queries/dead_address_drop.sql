-- dead_address_drop: $1 desks, $2 addresses: somebody wrote from there
DELETE FROM dead_address x USING unnest($1::integer[], $2::text[]) AS w (desk_id, address)
WHERE x.desk_id = w.desk_id AND x.address = w.address COLLATE "C"
