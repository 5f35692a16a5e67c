-- address_find: $1 desks, $2 kinds, $3 values: whose they are
SELECT a.desk_id, a.kind, a.value, a.contact_id
FROM unnest($1::integer[], $2::text[], $3::text[]) AS w (desk_id, kind, value)
JOIN address a ON a.desk_id = w.desk_id AND a.kind = w.kind COLLATE "C" AND a.value = w.value COLLATE "C"
