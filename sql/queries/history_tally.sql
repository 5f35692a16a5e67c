-- history_tally: $1 desk, $2 of the tickets opened since, $3 and $4 what happened from when and before when (null: all): what
-- followed, how often; who was given a ticket by quarters of an hour; and of what agents were told
SELECT e.kind, d ->> 'clock' AS clock, CASE WHEN e.kind = 'level_entered' THEN (d ->> 'to')::integer ELSE 0 END AS level,
       d ->> 'notice' AS notice,
       CASE e.kind WHEN 'clock_ended' THEN d ->> 'end' WHEN 'status_changed' THEN d ->> 'to' WHEN 'owner_set' THEN d ->> 'agent'
            WHEN 'classified' THEN d ->> 'priority' WHEN 'priority_changed' THEN d ->> 'to' END
           AS value,
       CASE WHEN e.kind = 'owner_set' THEN floor(extract(epoch FROM e.at) / 900)::bigint * 900 ELSE 0 END AS at, count(*) AS times
FROM ticket t
JOIN event e ON e.desk_id = t.desk_id AND e.ticket_id = t.ticket_id,
     LATERAL (SELECT e.detail::json AS d) AS detail
WHERE t.desk_id = $1 AND e.desk_id = $1 AND t.created_at >= $2
  AND ($3::timestamptz IS NULL OR e.at >= $3::timestamptz) AND ($4::timestamptz IS NULL OR e.at < $4::timestamptz)
GROUP BY 1, 2, 3, 4, 5, 6
UNION ALL
SELECT 'staff_told', NULL, 0, l.notice, NULL, 0, count(*)
FROM ticket t
JOIN delivery l ON l.desk_id = t.desk_id AND l.ticket_id = t.ticket_id
WHERE t.desk_id = $1 AND l.desk_id = $1 AND t.created_at >= $2 AND l.recipient = 'agent'
  AND ($3::timestamptz IS NULL OR l.created_at >= $3::timestamptz) AND ($4::timestamptz IS NULL OR l.created_at < $4::timestamptz)
GROUP BY l.notice
