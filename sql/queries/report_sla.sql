-- report_sla: $1 desk, $2 since, $3 until, $4 by what: of the clocks that began then, what became of them
SELECT s.clock, g.name, count(*) AS clocks, count(*) FILTER (WHERE s.outcome = 'met') AS met,
       count(*) FILTER (WHERE s.outcome = 'missed') AS missed, count(*) FILTER (WHERE s.outcome = 'running') AS running,
       count(*) FILTER (WHERE s.outcome = 'waived') AS waived, count(*) FILTER (WHERE s.outcome = 'void') AS void,
       count(*) FILTER (WHERE s.outcome = 'merged') AS merged, count(*) FILTER (WHERE s.outcome = 'left') AS left,
       round(100.0 * count(*) FILTER (WHERE s.outcome = 'met')
             / nullif(count(*) FILTER (WHERE s.outcome IN ('met', 'missed')), 0), 1) AS kept
FROM report_sla s
CROSS JOIN LATERAL (
    SELECT unnest(CASE WHEN s.tags = '{}' THEN ARRAY[NULL] ELSE s.tags END) AS name, NULL::bigint AS contact_id WHERE $4 = 'area'
    UNION ALL
    SELECT CASE $4
               WHEN 'agent' THEN s.agent
               WHEN 'channel' THEN s.channel
               WHEN 'level' THEN s.level::text
               WHEN 'priority' THEN s.priority
               WHEN 'rule' THEN s.rule
               WHEN 'team' THEN s.team
               WHEN 'topic' THEN s.topic
               WHEN 'customer' THEN concat_ws(', ', (
                   SELECT c.name FROM contact c WHERE c.desk_id = s.desk_id AND c.contact_id = s.contact_id), (
                   SELECT min(a.value) FROM address a WHERE a.desk_id = s.desk_id AND a.contact_id = s.contact_id))
           END, CASE $4 WHEN 'customer' THEN s.contact_id END
    WHERE $4 <> 'area' AND ($4 NOT IN ('channel', 'customer') OR s.contact_id IS NOT NULL)) g
WHERE s.desk_id = $1 AND s.started_at >= $2 AND s.started_at < $3
GROUP BY s.clock, g.name, g.contact_id
ORDER BY s.clock, CASE WHEN $4 = 'priority' THEN array_position(ARRAY['urgent', 'high', 'normal', 'low'], g.name) END, g.name, g.contact_id
