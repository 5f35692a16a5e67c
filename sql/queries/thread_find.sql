-- thread_find: $1 desks, $2 kinds, $3 keys: the tickets they lead to, the follow-ups of those, whose they are and what
-- they were merged into. Here and wherever OFFSET 0 stands: row by row through the primary key, whatever the planner
-- believes of an empty table.
SELECT w.desk_id, w.kind, w.key, k.ticket_id, f.ticket_id, t.contact_id, t.merged_into
FROM unnest($1::integer[], $2::"char"[], $3::text[]) AS w (desk_id, kind, key)
CROSS JOIN LATERAL (SELECT k.ticket_id FROM thread_key k
                    WHERE k.desk_id = w.desk_id AND k.kind = w.kind AND k.key = w.key COLLATE "C" OFFSET 0) k
CROSS JOIN LATERAL (SELECT t.contact_id, t.merged_into FROM ticket t
                    WHERE t.desk_id = w.desk_id AND t.ticket_id = k.ticket_id OFFSET 0) t
LEFT JOIN LATERAL (SELECT f.ticket_id FROM thread_key f WHERE f.desk_id = w.desk_id AND f.kind = 'f'
                   AND f.key = k.ticket_id::text COLLATE "C" OFFSET 0) f ON true
