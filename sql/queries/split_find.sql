-- split_find: $1 desks, $2 tickets, $3 messages: which of them these tickets have, as they came, and whether they opened
-- the ticket and were answered in it. What came with an earlier split is as old as the ticket.
SELECT w.desk_id, w.ticket_id, w.message_id, m.contact_id, m.direction = 'in' AND m.author = 'customer' AS of_customer, m.channel_id,
       m.external_id, m.address_kind, m.address, m.conversation, m.mail_id, m.subject, coalesce(m.reply_text, m.text) AS text,
       m.language, extract(epoch FROM m.received_at)::bigint AS received_at, array_to_string(m.flags, ' ') AS flags,
       wrote.seq IS NOT DISTINCT FROM 1 AS opened,
       EXISTS (SELECT FROM event e WHERE e.desk_id = w.desk_id AND e.ticket_id = w.ticket_id AND e.kind = 'agent_replied'
               AND e.seq > coalesce(wrote.seq, 1)) AS answered
FROM unnest($1::integer[], $2::bigint[], $3::bigint[]) AS w (desk_id, ticket_id, message_id)
JOIN message m ON m.desk_id = w.desk_id AND m.ticket_id = w.ticket_id AND m.message_id = w.message_id
LEFT JOIN LATERAL (SELECT max(e.seq) AS seq FROM event e
                   WHERE e.desk_id = w.desk_id AND e.ticket_id = w.ticket_id AND e.fact IS NOT NULL
                   AND e.fact::json ->> 'kind' IN ('customer_wrote', 'split_from')
                   AND (e.fact::json ->> 'message_id')::bigint = w.message_id) wrote ON true
