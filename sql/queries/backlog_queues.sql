-- backlog_queues: $1 desk, $2 teams: what waits for an owner, and since when
SELECT queue_team, count(*), coalesce(extract(epoch FROM min(queue_since))::bigint, 0) FROM due
WHERE desk_id = $1 AND queue_team = ANY ($2::text[]) GROUP BY queue_team
