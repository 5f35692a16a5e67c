-- incident_list: $1 desk's name (null: any), $2 also what is over, $3 how many; the newest first
SELECT t.ticket_id, d.name AS desk, t.status, t.incident, t.priority, t.level, t.team, t.agent, of.people, of.tickets,
       extract(epoch FROM t.created_at)::bigint AS created_at, t.subject
FROM ticket t
JOIN desk d ON d.desk_id = t.desk_id
CROSS JOIN LATERAL (SELECT count(DISTINCT contact_id) AS people, count(*) AS tickets FROM ticket k
                    WHERE k.desk_id = t.desk_id AND k.incident_of = t.ticket_id) of
WHERE t.incident IS NOT NULL AND ($1::text IS NULL OR d.name = $1) AND ($2::boolean OR t.status NOT IN ('solved', 'closed'))
ORDER BY t.ticket_id DESC LIMIT $3
