-- report_agents: $1 desk, $2 since, $3 until: what each did on those days, and how much each carried
SELECT coalesce(d.agent, l.agent) AS name, coalesce(d.given, 0) AS given, coalesce(d.answers, 0) AS answers,
       d.waited_s / nullif(d.waits, 0) AS mean_waited_s, coalesce(d.solved, 0) AS solved, d.solved_s / nullif(d.solved, 0) AS mean_solved_s,
       coalesce(d.escalated, 0) AS escalated, coalesce(d.escalated_from, 0) AS escalated_from, coalesce(d.missed, 0) AS missed,
       coalesce(l.load, 0) AS load, coalesce(l.most, 0) AS most
FROM (SELECT agent, sum(given) AS given, sum(answers) AS answers, sum(waited_s)::bigint AS waited_s, sum(waits)::bigint AS waits,
             sum(solved)::bigint AS solved, sum(solved_s)::bigint AS solved_s, sum(escalated) AS escalated,
             sum(escalated_from) AS escalated_from, sum(missed) AS missed
      FROM report_agents
      WHERE desk_id = $1 AND day >= $2::timestamptz::date AND day < $3::timestamptz
      GROUP BY agent) d
FULL JOIN (SELECT agent, sum(change) AS load,
                  greatest(coalesce(sum(change) FILTER (WHERE at < $2), 0), coalesce(max(load) FILTER (WHERE at >= $2), 0)) AS most
           FROM report_load WHERE desk_id = $1 AND at < $3 GROUP BY agent) l ON l.agent = d.agent
WHERE d.agent IS NOT NULL OR l.most > 0
ORDER BY 1
