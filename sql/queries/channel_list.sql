-- channel_list: $1 name (null: all): what is known of each channel, who pulls it, and whether a node that is alive has it;
-- while none is, all count
SELECT d.desk_id, c.channel_id, d.name AS desk, c.name AS channel, c.kind, l.holder,
       extract(epoch FROM h.last_ok_at)::bigint AS last_ok_at, extract(epoch FROM h.last_error_at)::bigint AS last_error_at,
       extract(epoch FROM h.failing_since)::bigint AS failing_since, h.last_error, h.node, h.warning, h.behind,
       h.behind_per_s, CASE WHEN h.behind_per_s > 0 THEN h.behind / h.behind_per_s END AS behind_s,
       (c.desk_id, c.channel_id) IN (SELECT desk_id, channel_id FROM channel_configured) AS configured
FROM desk d
JOIN channel c ON c.desk_id = d.desk_id
LEFT JOIN channel_health h ON h.desk_id = c.desk_id AND h.channel_id = c.channel_id
LEFT JOIN channel_lease l ON l.desk_id = c.desk_id AND l.channel_id = c.channel_id AND l.held_until > now()
WHERE $1::text IS NULL OR c.name = $1
ORDER BY d.name, c.name
