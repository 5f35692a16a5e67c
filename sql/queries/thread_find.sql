-- thread_find: $1 desks, $2 kinds, $3 keys: the tickets they lead to, and the follow-ups of those
SELECT k.desk_id, k.kind, k.key, k.ticket_id, f.ticket_id
FROM unnest($1::integer[], $2::"char"[], $3::text[]) AS w (desk_id, kind, key)
JOIN thread_key k ON k.desk_id = w.desk_id AND k.kind = w.kind AND k.key = w.key COLLATE "C"
LEFT JOIN thread_key f ON f.desk_id = k.desk_id AND f.kind = 'f' AND f.key = k.ticket_id::text COLLATE "C"
