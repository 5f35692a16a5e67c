-- report_tickets: $1 desk, $2 since, $3 until, $4 by what: of the tickets that were opened then; not those that programs opened
SELECT g.name, count(*) AS tickets, count(t.first_answer_s) AS answered, count(t.solved_at) AS solved,
       count(*) FILTER (WHERE t.first_contact) AS first_contact,
       round(100.0 * count(*) FILTER (WHERE t.first_contact) / nullif(count(t.solved_at), 0), 1) AS first_contact_share,
       count(*) FILTER (WHERE t.reopened > 0) AS reopened, count(*) FILTER (WHERE t.escalated > 0) AS escalated,
       count(*) FILTER (WHERE t.merged) AS merged, round(avg(t.first_answer_s))::bigint AS mean_first_answer_s,
       round(avg(t.solved_s))::bigint AS mean_solved_s
FROM report_tickets t
CROSS JOIN LATERAL (
    SELECT unnest(CASE WHEN t.tags = '{}' THEN ARRAY[NULL] ELSE t.tags END) AS name, NULL::bigint AS contact_id WHERE $4 = 'area'
    UNION ALL
    SELECT CASE $4
               WHEN 'agent' THEN coalesce(t.solved_by, t.agent)
               WHEN 'channel' THEN t.channel
               WHEN 'day' THEN to_char(t.opened_at, 'YYYY-MM-DD')
               WHEN 'level' THEN t.level::text
               WHEN 'priority' THEN t.priority
               WHEN 'team' THEN t.team
               WHEN 'topic' THEN t.topic
               WHEN 'customer' THEN concat_ws(', ', (
                   SELECT c.name FROM contact c WHERE c.desk_id = t.desk_id AND c.contact_id = t.contact_id), (
                   SELECT min(a.value) FROM address a WHERE a.desk_id = t.desk_id AND a.contact_id = t.contact_id))
           END, CASE $4 WHEN 'customer' THEN t.contact_id END
    WHERE $4 <> 'area' AND ($4 NOT IN ('channel', 'customer') OR t.contact_id IS NOT NULL)) g
WHERE t.desk_id = $1 AND t.opened_at >= $2 AND t.opened_at < $3 AND NOT t.automatic
GROUP BY g.name, g.contact_id
ORDER BY CASE WHEN $4 IN ('day', 'level') THEN g.name END, count(*) DESC, g.name, g.contact_id
