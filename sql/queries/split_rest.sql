-- split_rest: $1 desks, $2 tickets, $3 messages: of each ticket the newest message that came in and is none of these, one of a
-- person before those of machines, and those of who only stood in Cc of a mail last
SELECT w.desk_id, w.ticket_id, m.channel_id, m.external_id, m.address_kind, m.address, m.conversation, m.mail_id,
       extract(epoch FROM m.received_at)::bigint AS received_at, m.flags && '{automatic,spam}' AS of_machine
FROM (SELECT desk_id, ticket_id, array_agg(message_id) AS moved
      FROM unnest($1::integer[], $2::bigint[], $3::bigint[]) AS w (desk_id, ticket_id, message_id) GROUP BY 1, 2) w
JOIN ticket t ON t.desk_id = w.desk_id AND t.ticket_id = w.ticket_id
CROSS JOIN LATERAL (SELECT * FROM message m
                    WHERE m.desk_id = w.desk_id AND m.ticket_id = w.ticket_id AND m.message_id <> ALL (w.moved)
                      AND m.direction = 'in' AND m.author = 'customer'
                    ORDER BY m.flags && '{automatic,spam}', m.mail_id IS NOT NULL AND m.contact_id IS DISTINCT FROM t.contact_id,
                         m.received_at DESC, m.message_id DESC LIMIT 1) m
