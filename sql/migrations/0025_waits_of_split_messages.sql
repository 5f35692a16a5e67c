-- sql/migrations/0025_waits_of_split_messages.sql
-- Why: nobody waited for an answer to a message that went on in a ticket of its own before there was one (C-15): that wait is the
-- other ticket's.
-- Locks: the view, for a moment. Rewrites: none. Old daemon beside it: yes.
CREATE OR REPLACE VIEW report_answers AS
SELECT w.desk_id, w.ticket_id, w.seq, w.at, w.agent, w.answers_before = 0 AS first,
       extract(epoch FROM w.happened_at - w.asked_at)::bigint AS waited_s, (SELECT name FROM channel x WHERE x.desk_id = t.desk_id AND x.channel_id = t.channel_id) AS channel
FROM (SELECT *, min(happened_at) FILTER (WHERE kind IN ('customer_wrote', 'split_from')
                                           AND NOT coalesce(gone @> jsonb_build_array(jsonb_build_array(message_id)), false))
                    OVER (PARTITION BY desk_id, ticket_id, part) AS asked_at
      FROM (SELECT *, jsonb_agg(moved) FILTER (WHERE kind = 'split_into') OVER (PARTITION BY desk_id, ticket_id, part) AS gone
            FROM (SELECT desk_id, ticket_id, seq, at, kind, CASE WHEN actor_kind = 'agent' THEN actor END AS agent,
                         to_timestamp((fact::json ->> 'at')::bigint) AS happened_at,
                         (fact::json ->> 'message_id')::bigint AS message_id, fact::jsonb -> 'moved' AS moved,
                         count(*) FILTER (WHERE kind IN ('agent_replied', 'status_changed')) OVER earlier AS part,
                         count(*) FILTER (WHERE kind = 'agent_replied') OVER earlier AS answers_before
                  FROM event
                  WHERE kind IN ('agent_replied', 'split_from', 'split_into')
                     OR (kind = 'customer_wrote' AND rule IS DISTINCT FROM 'B-13')
                     OR (kind = 'status_changed' AND detail::json ->> 'to' = 'solved')
                  WINDOW earlier AS (PARTITION BY desk_id, ticket_id ORDER BY seq
                                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS lines) AS parts) w
JOIN ticket t ON t.desk_id = w.desk_id AND t.ticket_id = w.ticket_id
WHERE w.kind = 'agent_replied';
COMMENT ON COLUMN report_answers.waited_s IS 'for how long the customer had waited since the first message without an answer, by the wall; what went on in another ticket is waited for there; null: nobody waited';
COMMENT ON COLUMN report_tickets.messages IS 'how many messages the customer wrote as they came, without automatic ones; what went on in another ticket is counted where it came';
