-- address_find: $1 desks, $2 kinds, $3 values: whose they are (null: nobody's yet), and is it a mail address that is dead
SELECT w.desk_id, w.kind, w.value, a.contact_id, x.address IS NOT NULL
FROM unnest($1::integer[], $2::text[], $3::text[]) AS w (desk_id, kind, value)
LEFT JOIN LATERAL (SELECT a.contact_id FROM address a WHERE a.desk_id = w.desk_id
                   AND a.kind = w.kind COLLATE "C" AND a.value = w.value COLLATE "C" OFFSET 0) a ON true
LEFT JOIN LATERAL (SELECT x.address FROM dead_address x WHERE x.desk_id = w.desk_id
                   AND x.address = w.value COLLATE "C" OFFSET 0) x ON w.kind = 'email'
