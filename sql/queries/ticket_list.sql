-- ticket_list: $1 desk's name, $2 statuses, $3 priority, $4 team, $5 agent, $6 a customer's address, $7 words to be found in the
-- subject and one of its messages, of which the first 100,000 characters are looked at (each null: any), $8 how many; newest
-- first. An incident has a subject alone.
SELECT t.ticket_id, d.name AS desk, t.status, t.priority, t.level, t.team, t.agent, c.name AS customer,
       t.last_address AS address, ch.name AS channel, k.kind AS due, extract(epoch FROM k.due_at)::bigint AS due_at,
       extract(epoch FROM t.created_at)::bigint AS created_at,
       extract(epoch FROM t.last_customer_at)::bigint AS last_customer_at, t.subject,
       coalesce(nullif(t.subject, ''), (
           SELECT left(m.text, 200) FROM message m
           WHERE m.desk_id = t.desk_id AND m.ticket_id = t.ticket_id ORDER BY m.message_id LIMIT 1)) AS about
FROM desk d
CROSS JOIN LATERAL (
    SELECT * FROM ticket
    WHERE desk_id = d.desk_id AND ($2::text[] IS NULL OR status = ANY ($2)) AND ($3::text IS NULL OR priority = $3)
      AND ($4::text IS NULL OR team = $4) AND ($5::text IS NULL OR agent = $5)
      AND ($6::text IS NULL OR contact_id = ANY (ARRAY(SELECT contact_id FROM address a WHERE a.desk_id = d.desk_id AND a.value = $6)))
      AND ($7::text IS NULL OR EXISTS (
          SELECT FROM message m
          WHERE m.desk_id = ticket.desk_id AND m.ticket_id = ticket.ticket_id
            AND to_tsvector('simple', ticket.subject || ' ' || left(m.text, 100000)) @@ websearch_to_tsquery('simple', $7))
           OR (incident IS NOT NULL AND to_tsvector('simple', subject) @@ websearch_to_tsquery('simple', $7)))
    ORDER BY ticket_id DESC LIMIT $8) t
JOIN contact c ON c.desk_id = t.desk_id AND c.contact_id = t.contact_id
JOIN channel ch ON ch.desk_id = t.desk_id AND ch.channel_id = t.last_channel_id
LEFT JOIN LATERAL (
    SELECT kind, due_at FROM target_clock
    WHERE desk_id = t.desk_id AND ticket_id = t.ticket_id AND ended_at IS NULL AND due_at IS NOT NULL
    ORDER BY due_at LIMIT 1) k ON true
WHERE $1::text IS NULL OR d.name = $1
ORDER BY t.ticket_id DESC LIMIT $8
