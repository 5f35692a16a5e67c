-- ticket_messages: $1 desk, $2 ticket: what was said, in its order, with what came with it
SELECT m.message_id, m.direction, m.author, coalesce(m.agent, c.name) AS name, m.address, ch.name AS channel, m.subject,
       coalesce(m.reply_text, m.text) AS text, extract(epoch FROM m.received_at)::bigint AS received_at,
       extract(epoch FROM m.sent_at)::bigint AS sent_at, m.mail_id, array_to_string(m.flags, E'\n') AS flags,
       (SELECT json_agg(json_build_object('filename', a.filename, 'content_type', a.content_type, 'size', a.size,
                                          'sha256', a.sha256) ORDER BY a.position)
        FROM attachment a
        WHERE a.desk_id = m.desk_id AND a.ticket_id = m.ticket_id AND a.message_id = m.message_id) AS attachments
FROM message m
LEFT JOIN contact c ON c.desk_id = m.desk_id AND c.contact_id = m.contact_id
LEFT JOIN channel ch ON ch.desk_id = m.desk_id AND ch.channel_id = m.channel_id
WHERE m.desk_id = $1 AND m.ticket_id = $2
ORDER BY m.received_at, m.message_id
