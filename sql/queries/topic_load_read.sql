-- topic_load_read: $1 desks, $2 agents, whose loads are locked: what they carry of each topic
SELECT l.desk_id, l.agent, l.topic, l.open
FROM agent_topic_load l
WHERE (l.desk_id, l.agent) IN (SELECT w.desk_id, w.agent COLLATE "C" FROM unnest($1::integer[], $2::text[]) AS w (desk_id, agent))
