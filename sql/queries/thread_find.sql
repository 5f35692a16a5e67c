-- thread_find: $1 desks, $2 kinds, $3 keys: the tickets they lead to
SELECT k.desk_id, k.kind, k.key, k.ticket_id
FROM unnest($1::integer[], $2::"char"[], $3::text[]) AS w (desk_id, kind, key)
JOIN thread_key k ON k.desk_id = w.desk_id AND k.kind = w.kind AND k.key = w.key COLLATE "C"
