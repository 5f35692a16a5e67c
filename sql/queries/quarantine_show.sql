-- quarantine_show: $1 number: one message that could not be taken; its bytes are here, or an original
SELECT q.quarantine_id, q.desk_id, d.name AS desk, c.name AS channel, q.external_id, q.locator, q.reason, q.raw_type,
       coalesce(octet_length(q.raw), r.size, octet_length(r.bytes)) AS size,
       extract(epoch FROM q.stored_at)::bigint AS stored_at,
       extract(epoch FROM q.settled_at)::bigint AS settled_at, q.settled_by, q.settled_because, q.raw, encode(q.raw_sha256, 'hex') AS raw_sha256
FROM desk d
JOIN quarantine q ON q.desk_id = d.desk_id AND q.quarantine_id = $1
JOIN channel c ON c.desk_id = q.desk_id AND c.channel_id = q.channel_id
LEFT JOIN raw r ON r.desk_id = q.desk_id AND r.sha256 = q.raw_sha256
