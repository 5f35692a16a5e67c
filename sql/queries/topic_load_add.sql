-- topic_load_add: $1 desks, $2 agents, $3 topics, $4 tickets more or less; each agent and topic once, after the agent's load
INSERT INTO agent_topic_load AS l (desk_id, agent, topic, open)
SELECT desk_id, agent, topic, open
FROM unnest($1::integer[], $2::text[], $3::text[], $4::integer[]) AS w (desk_id, agent, topic, open)
ORDER BY desk_id, agent COLLATE "C", topic COLLATE "C"
ON CONFLICT (desk_id, agent, topic) DO UPDATE SET open = l.open + excluded.open
