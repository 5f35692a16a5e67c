-- quarantine_list: $1 channel's name (null: any), $2 how many, $3 those that are settled as well; newest first
SELECT q.quarantine_id, d.name AS desk, c.name AS channel, q.external_id, q.locator, q.reason, q.raw_type,
       coalesce(octet_length(q.raw), r.size, octet_length(r.bytes)) AS size,
       extract(epoch FROM q.stored_at)::bigint AS stored_at,
       extract(epoch FROM q.settled_at)::bigint AS settled_at, q.settled_by, q.settled_because
FROM desk d
CROSS JOIN LATERAL (
    SELECT * FROM quarantine
    WHERE desk_id = d.desk_id AND ($3 OR settled_at IS NULL)
      AND ($1::text IS NULL OR channel_id IN (SELECT channel_id FROM channel WHERE desk_id = d.desk_id AND name = $1))
    ORDER BY quarantine_id DESC LIMIT $2) q
JOIN channel c ON c.desk_id = q.desk_id AND c.channel_id = q.channel_id
LEFT JOIN raw r ON r.desk_id = q.desk_id AND r.sha256 = q.raw_sha256
ORDER BY q.quarantine_id DESC LIMIT $2
