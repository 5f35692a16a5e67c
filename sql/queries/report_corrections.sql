-- report_corrections: $1 desk, $2 since, $3 until, $4 by what: of what was set right then, from what to what
SELECT g.name, c.what, c.was, c.became, c.was || ' to ' || c.became AS change, count(*) AS corrections, count(DISTINCT c.ticket_id) AS tickets,
       extract(epoch FROM max(c.at))::bigint AS last_at
FROM report_corrections c
CROSS JOIN LATERAL (
    SELECT unnest(CASE WHEN c.tags = '{}' THEN ARRAY[NULL] ELSE c.tags END) AS name WHERE $4 = 'area'
    UNION ALL
    SELECT CASE $4
               WHEN 'agent' THEN c.agent
               WHEN 'channel' THEN c.channel
               WHEN 'rule' THEN c.rule
               WHEN 'team' THEN c.team
               WHEN 'topic' THEN c.topic
           END
    WHERE $4 <> 'area') g
WHERE c.desk_id = $1 AND c.at >= $2 AND c.at < $3 AND ($4 <> 'channel' OR c.channel IS NOT NULL)
GROUP BY g.name, c.what, c.was, c.became
ORDER BY count(*) DESC, g.name, c.what, c.was, c.became
