-- chat_history: $1 desk, $2 channel, $3 its conversation's key in thread_key, $4 the conversation, $5 since (UTC
-- microseconds), $6 how many lines at most: the newest. All of the person's tickets are looked at: a conversation
-- outlives the ticket it began with. Of one instant a question comes before its answer.
WITH person AS MATERIALIZED (
    SELECT o.ticket_id
    FROM thread_key k
    JOIN ticket t ON t.desk_id = k.desk_id AND t.ticket_id = k.ticket_id
    JOIN ticket o ON o.desk_id = t.desk_id AND o.contact_id = t.contact_id
    WHERE k.desk_id = $1 AND k.kind = 'c' AND k.key = $3
), lines AS (
    SELECT 'm' || m.message_id AS id, false AS from_us, false AS automatic, NULL::text AS name, m.text, m.external_id,
           (extract(epoch FROM m.received_at) * 1000000)::bigint AS at_us, m.message_id AS nr
    FROM person p JOIN message m ON m.desk_id = $1 AND m.ticket_id = p.ticket_id
    WHERE m.direction = 'in' AND m.channel_id = $2 AND m.conversation = $4
    UNION ALL
    SELECT 'd' || d.delivery_id, true, d.automatic, w.agent, d.text, NULL,
           (extract(epoch FROM d.ended_at) * 1000000)::bigint, d.delivery_id
    FROM person p JOIN delivery d ON d.desk_id = $1 AND d.ticket_id = p.ticket_id
    LEFT JOIN message w ON w.desk_id = d.desk_id AND w.ticket_id = d.ticket_id AND w.message_id = d.message_id
    WHERE d.recipient = 'customer' AND d.channel_id = $2 AND d.conversation = $4 AND d.state = 'sent'
)
SELECT id, from_us, automatic, name, text, external_id, at_us
FROM (SELECT * FROM lines WHERE at_us >= $5 ORDER BY at_us DESC, from_us DESC, nr DESC LIMIT $6) newest
ORDER BY at_us, from_us, nr
