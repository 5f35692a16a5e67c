-- history_carried: $1 desk, $2 of the tickets opened since: how many tickets more or less an agent carries from when on, as report_load
-- counts it; of these tickets alone, so that no other history is read
SELECT side.agent, extract(epoch FROM c.at)::bigint AS at, sum(side.change) AS change
FROM (SELECT at, state, lag(state) OVER (PARTITION BY ticket_id ORDER BY seq) AS before
      FROM (SELECT e.ticket_id, e.seq, e.at, report_state(e.said) OVER (PARTITION BY e.ticket_id ORDER BY e.seq ROWS UNBOUNDED PRECEDING) AS state
            FROM ticket t
            JOIN report_event e ON e.desk_id = t.desk_id AND e.ticket_id = t.ticket_id
            WHERE t.desk_id = $1 AND e.desk_id = $1 AND t.created_at >= $2
              AND (e.kind NOT IN ('customer_wrote', 'agent_replied') OR e.seq = 1)) AS so_far) AS c,
     LATERAL (VALUES (CASE WHEN before ->> 'status' IN ('new', 'open') THEN before ->> 'agent' END, -1),
                     (CASE WHEN state ->> 'status' IN ('new', 'open') THEN state ->> 'agent' END, 1)) AS side (agent, change)
WHERE side.agent IS NOT NULL
GROUP BY 1, 2 HAVING sum(side.change) <> 0
ORDER BY 2, 1
