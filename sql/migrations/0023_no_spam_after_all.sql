-- sql/migrations/0023_no_spam_after_all.sql
-- Why: what somebody marked as spam counts as a person's case again once that is taken back; and a closed case that its customer
-- opens again (timing: reopen) was reopened, and not solved at first contact (C-10).
-- Locks: the view, for a moment. Rewrites: none. Old daemon beside it: yes.
CREATE OR REPLACE VIEW report_tickets AS
SELECT l.desk_id, l.ticket_id, l.opened_at, l.state ->> 'status' AS status, l.state ->> 'priority' AS priority,
       (l.state ->> 'level')::integer AS level, l.state ->> 'agent' AS agent,
       ARRAY(SELECT jsonb_array_elements_text(l.state -> 'tags')) AS tags, l.state ? 'merged' AS merged, l.automatic,
       l.messages, l.answers, extract(epoch FROM l.answered_at - l.opened_at)::bigint AS first_answer_s, l.solved_at,
       CASE WHEN l.solved_at IS NOT NULL THEN coalesce(l.state ->> 'solved_by', l.state ->> 'agent') END AS solved_by,
       extract(epoch FROM l.solved_at - l.opened_at)::bigint AS solved_s, l.reopened, l.escalated,
       l.solved_at IS NOT NULL AND l.answers = 1 AND l.reopened = 0 AND l.escalated = 0 AS first_contact,
       (SELECT name FROM channel x WHERE x.desk_id = t.desk_id AND x.channel_id = t.channel_id) AS channel, t.contact_id,
       l.state ->> 'topic' AS topic, l.state ->> 'team' AS team
FROM (SELECT *, CASE WHEN NOT state ? 'merged' THEN (state ->> 'solved_at')::timestamptz END AS solved_at
      FROM (SELECT desk_id, ticket_id, report_state(said ORDER BY seq) AS state,
                   to_timestamp(min((fact::json ->> 'at')::bigint) FILTER (WHERE seq = 1)) AS opened_at,
                   count(*) FILTER (WHERE kind IN ('customer_wrote', 'split_from') AND rule IS DISTINCT FROM 'B-13') AS messages,
                   count(*) FILTER (WHERE kind = 'agent_replied') AS answers,
                   to_timestamp(min((fact::json ->> 'at')::bigint) FILTER (WHERE kind = 'agent_replied')) AS answered_at,
                   count(*) FILTER (WHERE kind = 'status_changed' AND detail ->> 'to' <> 'closed'
                                          AND (detail ->> 'from' = 'solved'
                                               OR (detail ->> 'from' = 'closed' AND actor_kind = 'customer'))) AS reopened,
                   count(*) FILTER (WHERE kind = 'level_entered' AND (detail ->> 'from')::integer
                                          BETWEEN 1 AND (detail ->> 'to')::integer - 1) AS escalated,
                   coalesce(max(seq) FILTER (WHERE kind = 'clocks_void')
                            > coalesce(max(seq) FILTER (WHERE kind = 'status_changed' AND detail ->> 'from' = 'closed'), 0), false)
                       AS automatic
            FROM report_event GROUP BY 1, 2) g) l
JOIN ticket t ON t.desk_id = l.desk_id AND t.ticket_id = l.ticket_id;
COMMENT ON COLUMN report_tickets.reopened IS 'how many times it was solved or closed, and open again';
