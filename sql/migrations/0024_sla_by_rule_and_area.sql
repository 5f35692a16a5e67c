-- sql/migrations/0024_sla_by_rule_and_area.sql
-- Why: what was promised and missed is asked by product area and by rule as well, as escalations are (C-23): by the rule that gave
-- the case the priority it had then, for the priority sets the target.
-- Locks: the views, for a moment. Rewrites: none. Old daemon beside it: yes.
CREATE OR REPLACE VIEW report_event AS
SELECT e.desk_id, e.ticket_id, e.seq, e.at, e.kind, e.actor_kind, e.actor, e.cause, e.rule, e.why, d AS detail, e.fact,
       CASE e.kind
           WHEN 'classified' THEN
               jsonb_build_object('priority', d ->> 'priority', 'rule', e.rule, 'tags', d -> 'tags', 'topic', d ->> 'topic')
           WHEN 'clocks_void' THEN '{"void": true}'::jsonb
           WHEN 'priority_changed' THEN jsonb_build_object('priority', d ->> 'to', 'rule', e.rule)
           WHEN 'tagged' THEN CASE WHEN d -> 'tags' IS NOT NULL THEN jsonb_build_object('tags', d -> 'tags') END
           WHEN 'owner_set' THEN jsonb_build_object('agent', d ->> 'agent', 'void', false)
           WHEN 'level_entered' THEN
               jsonb_build_object('level', d -> 'to', 'visit', d -> 'visit', 'name', d ->> 'name', 'team', d ->> 'team')
               || CASE WHEN d ->> 'from' = '0' THEN '{}' ELSE '{"agent": null}' END::jsonb
           WHEN 'assigned' THEN CASE WHEN d ->> 'team' IS NOT NULL THEN jsonb_build_object('team', d ->> 'team') END
           WHEN 'step_taken' THEN CASE WHEN d ->> 'do' ~ '"reassign"' THEN '{"agent": null}'::jsonb END
           WHEN 'merged_into' THEN '{"status": "closed", "merged": true}'::jsonb
           WHEN 'status_changed' THEN
               jsonb_build_object('status', d ->> 'to', 'void', false)
               || CASE d ->> 'to'
                      WHEN 'closed' THEN '{}'::jsonb
                      WHEN 'solved' THEN jsonb_build_object(
                          'solved_at', e.at, 'solved_by', CASE WHEN e.actor_kind = 'agent' THEN e.actor END)
                      ELSE '{"solved_at": null, "solved_by": null}'
                  END
           ELSE CASE WHEN e.seq = 1 THEN '{"status": "new", "level": 1}'::jsonb END -- the line that opened it
       END AS said
FROM event e, LATERAL (SELECT e.detail::json AS d) AS detail
WHERE e.kind IN ('customer_wrote', 'split_from', 'incident_opened', 'agent_replied', 'classified', 'clocks_void', 'priority_changed', 'tagged', 'owner_set',
                 'level_entered', 'assigned', 'step_taken', 'merged_into', 'status_changed');

CREATE OR REPLACE VIEW report_changes AS
SELECT desk_id, ticket_id, seq, next_seq, at, until_at, kind, actor_kind, actor, cause, rule, why, detail,
       state ->> 'status' AS status, state ->> 'priority' AS priority, (state ->> 'level')::integer AS level,
       state ->> 'name' AS level_name, (state ->> 'visit')::integer AS visit, state ->> 'agent' AS agent,
       ARRAY(SELECT jsonb_array_elements_text(state -> 'tags')) AS tags,
       state ->> 'merged' IS NOT NULL AS merged,
       (state ->> 'solved_at')::timestamptz AS solved_at, state ->> 'solved_by' AS solved_by,
       state ->> 'status' NOT IN ('solved', 'closed') AND state ->> 'void' IS DISTINCT FROM 'true' AS open,
       before ->> 'status' AS status_before, before ->> 'priority' AS priority_before, before ->> 'agent' AS agent_before,
       ARRAY(SELECT jsonb_array_elements_text(before -> 'tags')) AS tags_before,
       coalesce(before ->> 'status' NOT IN ('solved', 'closed') AND before ->> 'void' IS DISTINCT FROM 'true', false) AS open_before,
       state ->> 'topic' AS topic, state ->> 'team' AS team, before ->> 'team' AS team_before, state ->> 'rule' AS priority_rule
FROM (SELECT *, lead(seq) OVER life AS next_seq, lead(at) OVER life AS until_at, lag(state) OVER life AS before
      FROM (SELECT *, report_state(said) OVER (PARTITION BY desk_id, ticket_id ORDER BY seq ROWS UNBOUNDED PRECEDING) AS state
            FROM report_event WHERE kind NOT IN ('customer_wrote', 'agent_replied') OR seq = 1) AS so_far
      WINDOW life AS (PARTITION BY desk_id, ticket_id ORDER BY seq)) AS told;

CREATE OR REPLACE VIEW report_sla AS
SELECT k.desk_id, k.ticket_id, k.clock, k.instance, k.started_at, k.target_s, k.warnings, k.missed_at, k.ended_at,
       CASE WHEN k.missed_at IS NOT NULL THEN 'missed' ELSE coalesce(k.ended, 'running') END AS outcome,
       CASE WHEN k.missed_at IS NULL THEN coalesce(k.ended_by, c.agent) ELSE c.agent END AS agent,
       c.level, c.priority, (SELECT name FROM channel x WHERE x.desk_id = t.desk_id AND x.channel_id = t.channel_id) AS channel, t.contact_id,
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
JOIN ticket t ON t.desk_id = k.desk_id AND t.ticket_id = k.ticket_id;

COMMENT ON COLUMN report_changes.priority_rule IS 'the rule that gave it its priority: one of the classification, a step of the policy, D-16 where somebody set it, D-15 of an incident, D-44 of a customer about to leave; null: the policy''s own';
COMMENT ON COLUMN report_sla.tags IS 'its tags then: the product area';
COMMENT ON COLUMN report_sla.rule IS 'the rule that gave it that priority, and with it the target: as report_changes.priority_rule';
