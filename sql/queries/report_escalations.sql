-- report_escalations: $1 desk, $2 since, $3 until, $4 by what, $5 how many tickets a row must have at least
SELECT g.name, count(*) AS escalations, count(DISTINCT e.ticket_id) AS tickets, count(*) FILTER (WHERE e.by_hand) AS by_hand,
       max(e.to_level) AS top_level, extract(epoch FROM max(e.at))::bigint AS last_at
FROM report_escalations e
CROSS JOIN LATERAL (
    SELECT unnest(CASE WHEN e.tags = '{}' THEN ARRAY[NULL] ELSE e.tags END) AS name, NULL::bigint AS contact_id WHERE $4 = 'area'
    UNION ALL
    SELECT CASE $4
               WHEN 'agent' THEN e.agent
               WHEN 'channel' THEN e.channel
               WHEN 'level' THEN e.from_level || ' to ' || e.to_level
               WHEN 'priority' THEN e.priority
               WHEN 'rule' THEN e.rule
               WHEN 'team' THEN e.team
               WHEN 'topic' THEN e.topic
               WHEN 'customer' THEN concat_ws(', ', (
                   SELECT c.name FROM contact c WHERE c.desk_id = e.desk_id AND c.contact_id = e.contact_id), (
                   SELECT min(a.value) FROM address a WHERE a.desk_id = e.desk_id AND a.contact_id = e.contact_id))
           END, CASE $4 WHEN 'customer' THEN e.contact_id END
    WHERE $4 <> 'area' AND ($4 NOT IN ('channel', 'customer') OR e.contact_id IS NOT NULL)) g
WHERE e.desk_id = $1 AND e.at >= $2 AND e.at < $3
GROUP BY g.name, g.contact_id
HAVING count(DISTINCT e.ticket_id) >= $5::bigint
ORDER BY count(*) DESC, g.name, g.contact_id
