-- backlog_loads: $1 desk: what each agent carries
SELECT agent, open FROM agent_load WHERE desk_id = $1 AND open > 0
