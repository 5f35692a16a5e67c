-- incident_members: $1 desk, $2 incident, $3 how many: what belongs to it, as it came to
SELECT t.ticket_id, t.status, t.priority, c.name AS customer, t.last_address AS address, ch.name AS channel,
       j.at AS joined_at, j.percent, j.why, t.subject
FROM ticket t
JOIN contact c ON c.desk_id = t.desk_id AND c.contact_id = t.contact_id
JOIN channel ch ON ch.desk_id = t.desk_id AND ch.channel_id = t.last_channel_id
LEFT JOIN LATERAL (
    SELECT extract(epoch FROM e.at)::bigint AS at, nullif((e.detail::jsonb ->> 'percent')::integer, 0) AS percent, e.why
    FROM event e WHERE e.desk_id = t.desk_id AND e.ticket_id = t.ticket_id AND e.kind = 'incident_joined'
    ORDER BY e.seq DESC LIMIT 1) j ON true
WHERE t.desk_id = $1 AND t.incident_of = $2
ORDER BY t.ticket_id LIMIT $3
