-- report_backlog: $1 desk, $2 since, $3 until, $4 by what: a row a day of the session's zone; or a row a topic or team: what
-- happened in that time, and what is open at its end. What a case is as it is opened, the lines of its first fact say together
SELECT to_char(day, 'YYYY-MM-DD') AS name, opened, reopened, solved, ended, backlog, nobody, waiting
FROM report_backlog
WHERE $4 = 'day' AND desk_id = $1 AND day >= $2::timestamptz::date AND day < $3::timestamptz
UNION ALL
SELECT CASE $4 WHEN 'topic' THEN topic ELSE team END AS name,
       count(*) FILTER (WHERE at >= $2 AND open AND cause = 1 AND next_cause IS DISTINCT FROM 1),
       count(*) FILTER (WHERE at >= $2 AND open AND NOT open_before AND seq > 1),
       count(*) FILTER (WHERE at >= $2 AND open_before AND status = 'solved'),
       count(*) FILTER (WHERE at >= $2 AND open_before AND status = 'closed'),
       count(*) FILTER (WHERE open AND (until_at IS NULL OR until_at >= $3)),
       count(*) FILTER (WHERE open AND agent IS NULL AND (until_at IS NULL OR until_at >= $3)),
       count(*) FILTER (WHERE open AND status IN ('pending', 'on_hold') AND (until_at IS NULL OR until_at >= $3))
FROM (SELECT *, lead(cause) OVER (PARTITION BY ticket_id ORDER BY seq) AS next_cause FROM report_changes
      WHERE $4 <> 'day' AND desk_id = $1 AND at < $3) c
GROUP BY 1
ORDER BY 1
