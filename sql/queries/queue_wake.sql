-- queue_wake: $1 desks, $2 teams in whose queue the first is looked at, $3 now. A ticket to which something happens just now
-- is passed over: it looks for itself.
UPDATE due SET wake_at = $3::timestamptz
WHERE wake_at > $3::timestamptz AND (desk_id, ticket_id) IN (
    SELECT first.desk_id, first.ticket_id
    FROM (SELECT DISTINCT desk_id, team COLLATE "C" AS team FROM unnest($1::integer[], $2::text[]) AS w (desk_id, team)) AS of,
         LATERAL (SELECT desk_id, ticket_id FROM due
                  WHERE due.desk_id = of.desk_id AND queue_team = of.team
                  ORDER BY queue_rank, ticket_id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED) AS first)
