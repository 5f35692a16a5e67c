-- report_backlog: $1 desk, $2 since, $3 until: a row a day of the session's zone
SELECT to_char(day, 'YYYY-MM-DD') AS name, opened, reopened, solved, ended, backlog, nobody, waiting
FROM report_backlog
WHERE desk_id = $1 AND day >= $2::timestamptz::date AND day < $3::timestamptz
ORDER BY day
