-- rate_held: $1 desks, $2 their senders, $3 how many letters each node may hand over by one of them in $4 seconds, $5 in the
-- words of its section: of which of them letters wait for that, how many, and when the last will be gone at the latest, if no
-- more come. What is due since a moment ago is on its way, and a sender in trouble has nothing to do with its rate
SELECT s.desk, s.channel, s.rate, w.letters, extract(epoch FROM w.due_at)::bigint AS due_at,
       extract(epoch FROM now())::bigint + ceil(w.letters::numeric / (s.most * n.nodes))::bigint * (s.period_s + 1) AS last_at
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[]) AS s (desk, channel, most, period_s, rate)
JOIN desk d ON d.name = s.desk
JOIN channel c ON c.desk_id = d.desk_id AND c.name = s.channel
JOIN channel_configured k ON k.desk_id = c.desk_id AND k.channel_id = c.channel_id
LEFT JOIN channel_health h ON h.desk_id = c.desk_id AND h.channel_id = c.channel_id
CROSS JOIN LATERAL (SELECT greatest(count(*), 1) AS nodes FROM node_alive a
                    WHERE a.channels IS NULL OR c.channel_id = ANY (a.channels)) n
CROSS JOIN LATERAL (SELECT count(*) AS letters, min(o.due_at) AS due_at FROM delivery o
                    WHERE o.state = 'owed' AND o.channel_id = c.channel_id AND o.desk_id = c.desk_id
                      AND o.due_at < now() - interval '5 seconds'
                      AND (o.claimed_until IS NULL OR o.claimed_until < now())) w
WHERE w.letters > 0 AND h.failing_since IS NULL
ORDER BY s.desk, s.channel
