-- delivery_list: $1 ticket, $2 states, $3 channel's name (each null: any), $4 how many; newest first
SELECT v.delivery_id, v.ticket_id, d.name AS desk, v.notice, v.recipient, v.agent, ch.name AS channel, v.address, v.state,
       extract(epoch FROM v.due_at)::bigint AS due_at, extract(epoch FROM v.ended_at)::bigint AS ended_at, v.attempts,
       v.receipt, v.last_words, v.external_id, v.mail_id, v.step_key, v.rule, v.subject, v.text, v.message_id,
       extract(epoch FROM v.created_at)::bigint AS created_at
FROM desk d
CROSS JOIN LATERAL (
    SELECT * FROM delivery
    WHERE desk_id = d.desk_id AND ($1::bigint IS NULL OR ticket_id = $1) AND ($2::text[] IS NULL OR state = ANY ($2))
      AND ($3::text IS NULL OR channel_id IN (SELECT channel_id FROM channel WHERE desk_id = d.desk_id AND name = $3))
    ORDER BY delivery_id DESC LIMIT $4) v
LEFT JOIN channel ch ON ch.desk_id = v.desk_id AND ch.channel_id = v.channel_id
ORDER BY v.delivery_id DESC LIMIT $4
