-- ticket_clocks: $1 desk, $2 ticket: all it ever had, in the order they began
SELECT kind, instance, nullif(level, 0) AS level, target_s, calendar, extract(epoch FROM started_at)::bigint AS started_at,
       extract(epoch FROM due_at)::bigint AS due_at, extract(epoch FROM ended_at)::bigint AS ended_at, ended,
       extract(epoch FROM breached_at)::bigint AS breached_at, warned, policy_version, array_to_json(edges) AS edges,
       kept_s, extract(epoch FROM kept_at)::bigint AS kept_at
FROM target_clock WHERE desk_id = $1 AND ticket_id = $2
ORDER BY started_at, kind, instance
