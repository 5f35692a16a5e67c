-- sql/migrations/0030_topics_set_right.sql
-- Why: a topic that somebody set right is feedback on the rules as a priority is (D-16), and reports by topic and team follow it.
-- Locks: the views, for a moment. Rewrites: none. Old daemon beside it: yes.
CREATE OR REPLACE VIEW report_event AS
SELECT e.desk_id, e.ticket_id, e.seq, e.at, e.kind, e.actor_kind, e.actor, e.cause, e.rule, e.why, d AS detail, e.fact,
       CASE e.kind
           WHEN 'classified' THEN
               jsonb_build_object('priority', d ->> 'priority', 'rule', e.rule, 'tags', d -> 'tags', 'topic', d ->> 'topic',
                                  'topic_rule', d ->> 'topic_rule')
           WHEN 'clocks_void' THEN '{"void": true}'::jsonb
           WHEN 'priority_changed' THEN jsonb_build_object('priority', d ->> 'to', 'rule', e.rule)
           WHEN 'topic_set' THEN
               CASE WHEN d ->> 'to' <> d ->> 'was' THEN
                   jsonb_build_object('topic', nullif(d ->> 'to', 'none'), 'topic_rule', e.rule)
                   || CASE WHEN d ->> 'team' IS NOT NULL THEN jsonb_build_object('team', d ->> 'team') ELSE '{}' END
               END
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
WHERE e.kind IN ('customer_wrote', 'split_from', 'incident_opened', 'agent_replied', 'classified', 'clocks_void', 'priority_changed', 'topic_set', 'tagged',
                 'owner_set', 'level_entered', 'assigned', 'step_taken', 'merged_into', 'status_changed');

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
       state ->> 'topic' AS topic, state ->> 'team' AS team, before ->> 'team' AS team_before, state ->> 'rule' AS priority_rule,
       state ->> 'topic_rule' AS topic_rule
FROM (SELECT *, lead(seq) OVER life AS next_seq, lead(at) OVER life AS until_at, lag(state) OVER life AS before
      FROM (SELECT *, report_state(said) OVER (PARTITION BY desk_id, ticket_id ORDER BY seq ROWS UNBOUNDED PRECEDING) AS state
            FROM report_event WHERE kind NOT IN ('customer_wrote', 'agent_replied') OR seq = 1) AS so_far
      WINDOW life AS (PARTITION BY desk_id, ticket_id ORDER BY seq)) AS told;

CREATE OR REPLACE VIEW report_corrections AS
SELECT c.desk_id, c.ticket_id, c.seq, c.at, s.what, s.rule, s.was, s.became,
       CASE WHEN c.actor_kind = 'agent' THEN c.actor END AS agent,
       (SELECT name FROM channel x WHERE x.desk_id = t.desk_id AND x.channel_id = t.channel_id) AS channel, c.level, c.topic, c.team, c.tags
FROM (SELECT *, lag(priority_rule) OVER life AS priority_rule_before, lag(topic_rule) OVER life AS topic_rule_before
      FROM report_changes WINDOW life AS (PARTITION BY desk_id, ticket_id ORDER BY seq)) c
CROSS JOIN LATERAL (
    SELECT 'priority' AS what, c.priority_rule_before AS rule, c.priority_before AS was, c.priority AS became
    WHERE c.kind = 'priority_changed' AND c.rule = 'D-16'
    UNION ALL
    SELECT 'topic', c.topic_rule_before, c.detail ->> 'was', c.detail ->> 'to'
    WHERE c.kind = 'topic_set' AND c.detail ->> 'was' <> c.detail ->> 'to') s
JOIN ticket t ON t.desk_id = c.desk_id AND t.ticket_id = c.ticket_id;

COMMENT ON COLUMN report_changes.topic_rule IS 'the rule that gave it its topic: one of the classification, D-16 where somebody set it; null: none has, or it is not known';
COMMENT ON COLUMN report_corrections.what IS 'what was set right: priority or topic';
COMMENT ON COLUMN report_corrections.rule IS 'the rule that had said otherwise, as report_changes.priority_rule or topic_rule; D-16: somebody had set it before; null: the policy''s own priority, or no rule had said a topic';
COMMENT ON COLUMN report_corrections.was IS 'what it had said; none: no topic';
COMMENT ON COLUMN report_corrections.became IS 'what it is now; none: it has no topic';
COMMENT ON COLUMN report_corrections.topic IS 'its topic from then on; null: it has none';
COMMENT ON COLUMN report_corrections.team IS 'whose team it was then; where a topic was set, whose it is from then on';
