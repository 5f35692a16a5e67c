-- quarantine_show: $1 number: one message that could not be taken, with its bytes
SELECT q.quarantine_id, d.name AS desk, c.name AS channel, q.external_id, q.locator, q.reason, q.raw_type,
       octet_length(q.raw) AS size, extract(epoch FROM q.stored_at)::bigint AS stored_at, encode(q.raw, 'base64') AS raw
FROM desk d
JOIN quarantine q ON q.desk_id = d.desk_id AND q.quarantine_id = $1
JOIN channel c ON c.desk_id = q.desk_id AND c.channel_id = q.channel_id
