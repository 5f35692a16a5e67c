-- load_make: $1 desks, $2 agents: a row for each, so that it can be locked
INSERT INTO agent_load (desk_id, agent, open)
SELECT desk_id, agent, 0 FROM unnest($1::integer[], $2::text[]) AS w (desk_id, agent) ORDER BY 1, 2
ON CONFLICT DO NOTHING
