-- report_overload: $1 desk, $2 since, $3 until: of the times that began then, a row a team
SELECT team AS name, count(*) AS times, count(*) FILTER (WHERE ended_at IS NULL) AS lasting,
       sum(extract(epoch FROM coalesce(ended_at, now()) - began_at))::bigint AS whole_s,
       max(extract(epoch FROM coalesce(ended_at, now()) - began_at))::bigint AS longest_s, max(waiting) AS most_waiting,
       extract(epoch FROM max(began_at))::bigint AS last_at
FROM report_overload
WHERE desk_id = $1 AND began_at >= $2 AND began_at < $3
GROUP BY team ORDER BY count(*) DESC, team
