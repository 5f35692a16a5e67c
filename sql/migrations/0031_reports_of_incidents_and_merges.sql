-- sql/migrations/0031_reports_of_incidents_and_merges.sql
-- Why: an incident is nobody's, and came by no channel: it has the channel of the first of its cases, and a contact without an address
-- (D-15), and was counted as a ticket of these (C-23).
-- Who waits for an answer in a ticket that is merged waits for it in the survivor, since then (C-15).
-- Locks: the views, for a moment. Rewrites: none. Old daemon beside it: yes.

-- What events do not know, and nothing changes.
CREATE VIEW report_origin AS
SELECT t.desk_id, t.ticket_id,
       (SELECT name FROM channel x WHERE x.desk_id = t.desk_id AND x.channel_id = t.channel_id AND t.incident IS NULL) AS channel,
       CASE WHEN t.incident IS NULL THEN t.contact_id END AS contact_id
FROM ticket t;

CREATE OR REPLACE VIEW report_escalations AS
SELECT c.desk_id, c.ticket_id, c.seq, c.at, (c.detail ->> 'from')::integer AS from_level, c.level AS to_level, c.level_name,
       c.rule, c.why, by_hand.actor IS NOT NULL AS by_hand, coalesce(by_hand.actor, c.agent_before) AS agent,
       c.priority_before AS priority, c.tags_before AS tags, t.channel, t.contact_id,
       c.topic, c.team_before AS team
FROM report_changes c
JOIN report_origin t ON t.desk_id = c.desk_id AND t.ticket_id = c.ticket_id
LEFT JOIN LATERAL (SELECT coalesce(x.actor, x.actor_kind) AS actor FROM event x
                   WHERE x.desk_id = c.desk_id AND x.ticket_id = c.ticket_id AND x.seq = c.cause AND x.kind = 'escalated') by_hand ON true
WHERE c.kind = 'level_entered' AND (c.detail ->> 'from')::integer BETWEEN 1 AND c.level - 1;

CREATE OR REPLACE VIEW report_sla AS
SELECT k.desk_id, k.ticket_id, k.clock, k.instance, k.started_at, k.target_s, k.warnings, k.missed_at, k.ended_at,
       CASE WHEN k.missed_at IS NOT NULL THEN 'missed' ELSE coalesce(k.ended, 'running') END AS outcome,
       CASE WHEN k.missed_at IS NULL THEN coalesce(k.ended_by, c.agent) ELSE c.agent END AS agent,
       c.level, c.priority, t.channel, t.contact_id,
       c.topic, c.team, c.tags, c.priority_rule AS rule
FROM (SELECT desk_id, ticket_id, d ->> 'clock' AS clock, (d ->> 'instance')::integer AS instance,
             min(at) FILTER (WHERE kind = 'clock_started') AS started_at,
             (max(ARRAY[seq, (d ->> 'target_s')::bigint]) FILTER (WHERE kind IN ('clock_started', 'clock_retargeted')))[2] AS target_s,
             count(*) FILTER (WHERE kind = 'clock_warned') AS warnings,
             min(at) FILTER (WHERE kind = 'clock_breached') AS missed_at,
             min(at) FILTER (WHERE kind = 'clock_ended') AS ended_at,
             max(d ->> 'end') FILTER (WHERE kind = 'clock_ended') AS ended,
             max(actor) FILTER (WHERE kind = 'clock_ended' AND actor_kind = 'agent') AS ended_by,
             coalesce(min(seq) FILTER (WHERE kind = 'clock_breached'), min(seq) FILTER (WHERE kind = 'clock_ended'),
                      9223372036854775807) AS decided
      FROM event, LATERAL (SELECT detail::json AS d) AS detail
      WHERE kind IN ('clock_started', 'clock_retargeted', 'clock_warned', 'clock_breached', 'clock_ended')
      GROUP BY 1, 2, 3, 4) k
JOIN report_changes c ON c.desk_id = k.desk_id AND c.ticket_id = k.ticket_id AND c.seq <= k.decided
                         AND (c.next_seq IS NULL OR c.next_seq > k.decided)
JOIN report_origin t ON t.desk_id = k.desk_id AND t.ticket_id = k.ticket_id;

CREATE OR REPLACE VIEW report_levels AS
SELECT s.desk_id, s.ticket_id, s.visit, s.level, s.level_name, s.entered_at, s.left_at,
       lead(s.level) OVER (PARTITION BY s.desk_id, s.ticket_id ORDER BY s.visit) AS left_to, s.seconds, s.waited_s, s.solved,
       t.channel, t.contact_id
FROM (SELECT desk_id, ticket_id, visit, min(level) AS level, min(level_name) AS level_name, min(at) AS entered_at,
             CASE WHEN bool_or(until_at IS NULL) THEN NULL ELSE max(until_at) END AS left_at,
             coalesce(sum(extract(epoch FROM coalesce(until_at, now()) - at)) FILTER (WHERE open), 0)::bigint AS seconds,
             coalesce(sum(extract(epoch FROM coalesce(until_at, now()) - at))
                          FILTER (WHERE status IN ('pending', 'on_hold')), 0)::bigint AS waited_s,
             bool_or(until_at IS NULL AND solved_at IS NOT NULL AND NOT merged) AS solved
      FROM report_changes WHERE visit IS NOT NULL GROUP BY 1, 2, 3) s
JOIN report_origin t ON t.desk_id = s.desk_id AND t.ticket_id = s.ticket_id;

CREATE OR REPLACE VIEW report_answers AS
SELECT w.desk_id, w.ticket_id, w.seq, w.at, w.agent, w.answers_before = 0 AS first,
       extract(epoch FROM w.happened_at - w.asked_at)::bigint AS waited_s, t.channel
FROM (SELECT *, min(happened_at) FILTER (WHERE kind IN ('customer_wrote', 'split_from', 'merged_from')
                                           AND NOT coalesce(gone @> jsonb_build_array(jsonb_build_array(message_id)), false))
                    OVER (PARTITION BY desk_id, ticket_id, part) AS asked_at
      FROM (SELECT *, jsonb_agg(moved) FILTER (WHERE kind = 'split_into') OVER (PARTITION BY desk_id, ticket_id, part) AS gone
            FROM (SELECT desk_id, ticket_id, seq, at, kind, CASE WHEN actor_kind = 'agent' THEN actor END AS agent,
                         to_timestamp((fact::json ->> CASE kind WHEN 'merged_from' THEN 'unanswered_since' ELSE 'at' END)::bigint) AS happened_at,
                         (fact::json ->> 'message_id')::bigint AS message_id, fact::jsonb -> 'moved' AS moved,
                         count(*) FILTER (WHERE kind IN ('agent_replied', 'status_changed')) OVER earlier AS part,
                         count(*) FILTER (WHERE kind = 'agent_replied') OVER earlier AS answers_before
                  FROM event
                  WHERE kind IN ('agent_replied', 'split_from', 'split_into', 'merged_from')
                     OR (kind = 'customer_wrote' AND rule IS DISTINCT FROM 'B-13')
                     OR (kind = 'status_changed' AND detail::json ->> 'to' = 'solved')
                  WINDOW earlier AS (PARTITION BY desk_id, ticket_id ORDER BY seq
                                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS lines) AS parts) w
JOIN report_origin t ON t.desk_id = w.desk_id AND t.ticket_id = w.ticket_id
WHERE w.kind = 'agent_replied';

CREATE OR REPLACE VIEW report_tickets AS
SELECT l.desk_id, l.ticket_id, l.opened_at, l.state ->> 'status' AS status, l.state ->> 'priority' AS priority,
       (l.state ->> 'level')::integer AS level, l.state ->> 'agent' AS agent,
       ARRAY(SELECT jsonb_array_elements_text(l.state -> 'tags')) AS tags, l.state ? 'merged' AS merged, l.automatic,
       l.messages, l.answers, extract(epoch FROM l.answered_at - l.opened_at)::bigint AS first_answer_s, l.solved_at,
       CASE WHEN l.solved_at IS NOT NULL THEN coalesce(l.state ->> 'solved_by', l.state ->> 'agent') END AS solved_by,
       extract(epoch FROM l.solved_at - l.opened_at)::bigint AS solved_s, l.reopened, l.escalated,
       l.solved_at IS NOT NULL AND l.answers = 1 AND l.reopened = 0 AND l.escalated = 0 AS first_contact,
       t.channel, t.contact_id,
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
JOIN report_origin t ON t.desk_id = l.desk_id AND t.ticket_id = l.ticket_id;

CREATE OR REPLACE VIEW report_channels AS
SELECT t.desk_id, t.opened_at::date AS day, t.channel, count(*) AS tickets, sum(t.messages) AS messages, sum(t.answers) AS answers,
       count(t.first_answer_s) AS answered, sum(t.first_answer_s) AS first_answer_s,
       count(t.solved_at) AS solved, sum(t.solved_s) AS solved_s, count(*) FILTER (WHERE t.first_contact) AS first_contact,
       count(*) FILTER (WHERE t.reopened > 0) AS reopened, count(*) FILTER (WHERE t.escalated > 0) AS escalated,
       sum(k.met) AS met, sum(k.missed) AS missed
FROM report_tickets t
LEFT JOIN (SELECT desk_id, ticket_id, count(*) FILTER (WHERE outcome = 'met') AS met,
                  count(*) FILTER (WHERE outcome = 'missed') AS missed FROM report_sla GROUP BY 1, 2) k
  ON k.desk_id = t.desk_id AND k.ticket_id = t.ticket_id
WHERE t.channel IS NOT NULL
GROUP BY 1, 2, 3;

CREATE OR REPLACE VIEW report_corrections AS
SELECT c.desk_id, c.ticket_id, c.seq, c.at, s.what, s.rule, s.was, s.became,
       CASE WHEN c.actor_kind = 'agent' THEN c.actor END AS agent,
       t.channel, c.level, c.topic, c.team, c.tags
FROM (SELECT *, lag(priority_rule) OVER life AS priority_rule_before, lag(topic_rule) OVER life AS topic_rule_before
      FROM report_changes WINDOW life AS (PARTITION BY desk_id, ticket_id ORDER BY seq)) c
CROSS JOIN LATERAL (
    SELECT 'priority' AS what, c.priority_rule_before AS rule, c.priority_before AS was, c.priority AS became
    WHERE c.kind = 'priority_changed' AND c.rule = 'D-16'
    UNION ALL
    SELECT 'topic', c.topic_rule_before, c.detail ->> 'was', c.detail ->> 'to'
    WHERE c.kind = 'topic_set' AND c.detail ->> 'was' <> c.detail ->> 'to') s
JOIN report_origin t ON t.desk_id = c.desk_id AND t.ticket_id = c.ticket_id;

COMMENT ON VIEW report_origin IS 'One row for each ticket: how it came, which never changes. An incident came by no channel and is nobody''s.';
COMMENT ON COLUMN report_origin.desk_id IS 'the desk';
COMMENT ON COLUMN report_origin.ticket_id IS 'the ticket''s number';
COMMENT ON COLUMN report_origin.channel IS 'the channel by which it came; null: an incident';
COMMENT ON COLUMN report_origin.contact_id IS 'whose it is; null: an incident';
COMMENT ON COLUMN report_escalations.channel IS 'the channel by which the ticket came; null: an incident';
COMMENT ON COLUMN report_escalations.contact_id IS 'whose ticket it is; null: an incident';
COMMENT ON COLUMN report_sla.channel IS 'the channel by which the ticket came; null: an incident';
COMMENT ON COLUMN report_sla.contact_id IS 'whose ticket it is; null: an incident';
COMMENT ON COLUMN report_levels.channel IS 'the channel by which the ticket came; null: an incident';
COMMENT ON COLUMN report_levels.contact_id IS 'whose ticket it is; null: an incident';
COMMENT ON COLUMN report_answers.waited_s IS 'for how long the customer had waited since the first message without an answer, by the wall, in a ticket that was merged into this one, too; what went on in another ticket is waited for there; null: nobody waited';
COMMENT ON COLUMN report_tickets.channel IS 'the channel by which it came; null: an incident';
COMMENT ON COLUMN report_tickets.contact_id IS 'whose it is; null: an incident';
