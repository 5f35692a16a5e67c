-- history_facts: $1 desk, $2 of the tickets opened since, $3 ticket and $4 event after which to go on, $5 how many, $6 the words of all
-- messages, also of those that were split from the ticket since: what happened, as it was stored, with where the ticket came
-- from and the words that opened it
SELECT e.ticket_id, e.seq, e.fact, ch.name AS channel, ch.kind AS channel_kind, t.contact_id, c.language, c.zone, m.subject,
       coalesce(m.reply_text, m.text) AS text, coalesce(c.any_hour, false) AS any_hour
FROM ticket t
JOIN event e ON e.desk_id = t.desk_id AND e.ticket_id = t.ticket_id
LEFT JOIN channel ch ON ch.desk_id = t.desk_id AND ch.channel_id = t.channel_id
LEFT JOIN contact c ON c.desk_id = t.desk_id AND c.contact_id = t.contact_id
LEFT JOIN LATERAL (
    SELECT m.subject, m.reply_text, m.text FROM message m
    WHERE (e.seq = 1 OR $6) AND m.desk_id = t.desk_id AND m.ticket_id = t.ticket_id
      AND m.message_id = (e.fact::json ->> 'message_id')::bigint
    UNION ALL
    (WITH RECURSIVE went AS (
         SELECT t.ticket_id WHERE $6 AND e.fact::json ->> 'kind' = 'customer_wrote'
         UNION
         SELECT (s.detail::json ->> 'other')::bigint FROM went
         JOIN event s ON s.desk_id = t.desk_id AND s.ticket_id = went.ticket_id AND s.kind = 'split_into'
                         AND (s.detail::jsonb -> 'messages') @> (e.fact::jsonb -> 'message_id'))
     SELECT m.subject, m.reply_text, m.text FROM went
     JOIN message m ON m.desk_id = t.desk_id AND m.ticket_id = went.ticket_id
                       AND m.message_id = (e.fact::json ->> 'message_id')::bigint)
    LIMIT 1) m ON true
WHERE t.desk_id = $1 AND t.created_at >= $2 AND e.desk_id = $1 AND e.fact IS NOT NULL
  AND (e.ticket_id, e.seq) > ($3::bigint, $4::bigint)
ORDER BY e.ticket_id, e.seq LIMIT $5
