-- load_lock: $1 desks, $2 agents: what they carry, locked in name order
SELECT l.desk_id, l.agent, l.open, coalesce(extract(epoch FROM l.assigned_at)::bigint, 0)
FROM agent_load l
WHERE (l.desk_id, l.agent) IN (SELECT w.desk_id, w.agent COLLATE "C" FROM unnest($1::integer[], $2::text[]) AS w (desk_id, agent))
ORDER BY l.desk_id, l.agent FOR NO KEY UPDATE
