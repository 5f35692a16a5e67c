-- handover_said: $1 desks, $2 tickets: who asks, and of what was said the first, the newest and how many; each text cut,
-- for of a long one the beginning is told
SELECT w.desk_id, w.ticket_id, o.name AS organization, t.last_address AS address,
       extract(epoch FROM first.received_at)::bigint AS first_at, left(first.text, 1200) AS first_text,
       extract(epoch FROM last.received_at)::bigint AS last_at,
       CASE WHEN last.message_id <> first.message_id THEN left(last.text, 1200) END AS last_text,
       n.answers, extract(epoch FROM answer.received_at)::bigint AS answer_at, answer.agent AS answer_who,
       left(answer.text, 1200) AS answer_text,
       n.notes, extract(epoch FROM note.received_at)::bigint AS note_at, note.agent AS note_who, left(note.text, 1200) AS note_text
FROM unnest($1::integer[], $2::bigint[]) AS w (desk_id, ticket_id)
JOIN ticket t ON t.desk_id = w.desk_id AND t.ticket_id = w.ticket_id
JOIN contact c ON c.desk_id = t.desk_id AND c.contact_id = t.contact_id
LEFT JOIN organization o ON o.desk_id = c.desk_id AND o.organization_id = c.organization_id
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE direction = 'out') AS answers, count(*) FILTER (WHERE direction = 'note') AS notes
                    FROM message m WHERE m.desk_id = w.desk_id AND m.ticket_id = w.ticket_id) n
LEFT JOIN LATERAL (SELECT message_id, received_at, coalesce(reply_text, text) AS text
                   FROM message m WHERE m.desk_id = w.desk_id AND m.ticket_id = w.ticket_id
                     AND direction = 'in' AND NOT 'automatic' = ANY (flags)
                   ORDER BY received_at, message_id LIMIT 1) first ON true
LEFT JOIN LATERAL (SELECT message_id, received_at, coalesce(reply_text, text) AS text
                   FROM message m WHERE m.desk_id = w.desk_id AND m.ticket_id = w.ticket_id
                     AND direction = 'in' AND NOT 'automatic' = ANY (flags)
                   ORDER BY received_at DESC, message_id DESC LIMIT 1) last ON true
LEFT JOIN LATERAL (SELECT received_at, agent, coalesce(reply_text, text) AS text
                   FROM message m WHERE m.desk_id = w.desk_id AND m.ticket_id = w.ticket_id AND direction = 'out'
                   ORDER BY received_at DESC, message_id DESC LIMIT 1) answer ON true
LEFT JOIN LATERAL (SELECT received_at, agent, coalesce(reply_text, text) AS text
                   FROM message m WHERE m.desk_id = w.desk_id AND m.ticket_id = w.ticket_id AND direction = 'note'
                   ORDER BY received_at DESC, message_id DESC LIMIT 1) note ON true
