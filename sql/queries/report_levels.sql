-- report_levels: $1 desk, $2 since, $3 until: of the stays in a level that began then
SELECT level, max(level_name) AS level_name, count(DISTINCT ticket_id) AS tickets, count(*) AS stays,
       count(*) FILTER (WHERE solved) AS solved, round(100.0 * count(*) FILTER (WHERE solved) / count(*), 1) AS solved_here,
       count(*) FILTER (WHERE left_to > level) AS up, count(*) FILTER (WHERE left_to < level) AS back,
       round(avg(seconds))::bigint AS mean_s, sum(seconds)::bigint AS whole_s, round(avg(waited_s))::bigint AS mean_waited_s
FROM report_levels
WHERE desk_id = $1 AND entered_at >= $2 AND entered_at < $3
GROUP BY level ORDER BY level
