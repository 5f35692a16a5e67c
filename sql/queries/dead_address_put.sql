-- dead_address_put: $1 desks, $2 addresses, $3 why, $4 now: nobody is there; the last word stands
INSERT INTO dead_address (desk_id, address, why, dead_at)
SELECT DISTINCT ON (desk_id, address) desk_id, address, why, $4::timestamptz
FROM unnest($1::integer[], $2::text[], $3::text[]) AS w (desk_id, address, why)
ON CONFLICT ON CONSTRAINT dead_address_told_once DO UPDATE SET dead_at = excluded.dead_at, why = excluded.why
