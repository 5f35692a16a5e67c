-- load_add: $1 desks, $2 agents, $3 tickets more or less, $4 when one was given (null: none was); each agent once
INSERT INTO agent_load AS l (desk_id, agent, open, assigned_at)
SELECT desk_id, agent, open, given_at
FROM unnest($1::integer[], $2::text[], $3::integer[], $4::timestamptz[]) AS w (desk_id, agent, open, given_at)
ORDER BY desk_id, agent COLLATE "C"
ON CONFLICT (desk_id, agent) DO UPDATE
SET open = l.open + excluded.open, assigned_at = coalesce(excluded.assigned_at, l.assigned_at)
