-- sql/migrations/0016_reports.sql
-- Why: operators ask what escalates, what was promised and kept, and who carries how much. Each answer is a view here, counted from
-- the history alone (C-23); relevoctl report and any BI tool ask these same views. docs/reports.md tells them column by column.
-- Of a ticket's row only what never changes is taken: whose it is and the channel by which it came, which events do not know (C-20).
-- A later migration may replace them.
-- Locks: event for a moment. Rewrites: none. Old daemon beside it: yes.

-- Lines are appended in the order of time, more or less: a look at one period reads that period.
CREATE INDEX event_at_idx ON event USING brin (at);

-- What a ticket is after all that was said of it: of each thing the last word stands.
CREATE AGGREGATE report_state (jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, INITCOND = '{}');

-- What each line of the history says of its ticket. The only place that knows what changes what.
CREATE VIEW report_event AS
SELECT e.desk_id, e.ticket_id, e.seq, e.at, e.kind, e.actor_kind, e.actor, e.cause, e.rule, e.why, d AS detail, e.fact,
       CASE e.kind
           WHEN 'classified' THEN jsonb_build_object('priority', d ->> 'priority', 'tags', d -> 'tags')
           WHEN 'clocks_void' THEN '{"void": true}'::jsonb
           WHEN 'priority_changed' THEN jsonb_build_object('priority', d ->> 'to')
           WHEN 'tagged' THEN CASE WHEN d -> 'tags' IS NOT NULL THEN jsonb_build_object('tags', d -> 'tags') END
           WHEN 'owner_set' THEN jsonb_build_object('agent', d ->> 'agent', 'void', false)
           WHEN 'level_entered' THEN
               jsonb_build_object('level', d -> 'to', 'visit', d -> 'visit', 'name', d ->> 'name')
               || CASE WHEN d ->> 'from' = '0' THEN '{}' ELSE '{"agent": null}' END::jsonb
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
WHERE e.kind IN ('customer_wrote', 'split_from', 'agent_replied', 'classified', 'clocks_void', 'priority_changed', 'tagged', 'owner_set',
                 'level_entered', 'step_taken', 'merged_into', 'status_changed');

CREATE VIEW report_changes AS
SELECT desk_id, ticket_id, seq, next_seq, at, until_at, kind, actor_kind, actor, cause, rule, why, detail,
       state ->> 'status' AS status, state ->> 'priority' AS priority, (state ->> 'level')::integer AS level,
       state ->> 'name' AS level_name, (state ->> 'visit')::integer AS visit, state ->> 'agent' AS agent,
       ARRAY(SELECT jsonb_array_elements_text(state -> 'tags')) AS tags,
       state ->> 'merged' IS NOT NULL AS merged,
       (state ->> 'solved_at')::timestamptz AS solved_at, state ->> 'solved_by' AS solved_by,
       state ->> 'status' NOT IN ('solved', 'closed') AND state ->> 'void' IS DISTINCT FROM 'true' AS open,
       before ->> 'status' AS status_before, before ->> 'priority' AS priority_before, before ->> 'agent' AS agent_before,
       ARRAY(SELECT jsonb_array_elements_text(before -> 'tags')) AS tags_before,
       coalesce(before ->> 'status' NOT IN ('solved', 'closed') AND before ->> 'void' IS DISTINCT FROM 'true', false) AS open_before
FROM (SELECT *, lead(seq) OVER life AS next_seq, lead(at) OVER life AS until_at, lag(state) OVER life AS before
      FROM (SELECT *, report_state(said) OVER (PARTITION BY desk_id, ticket_id ORDER BY seq ROWS UNBOUNDED PRECEDING) AS state
            FROM report_event WHERE kind NOT IN ('customer_wrote', 'agent_replied') OR seq = 1) AS so_far
      WINDOW life AS (PARTITION BY desk_id, ticket_id ORDER BY seq)) AS told;

CREATE VIEW report_escalations AS
SELECT c.desk_id, c.ticket_id, c.seq, c.at, (c.detail ->> 'from')::integer AS from_level, c.level AS to_level, c.level_name,
       c.rule, c.why, by_hand.actor IS NOT NULL AS by_hand, coalesce(by_hand.actor, c.agent_before) AS agent,
       c.priority_before AS priority, c.tags_before AS tags, (SELECT name FROM channel x WHERE x.desk_id = t.desk_id AND x.channel_id = t.channel_id) AS channel, t.contact_id
FROM report_changes c
JOIN ticket t ON t.desk_id = c.desk_id AND t.ticket_id = c.ticket_id
LEFT JOIN LATERAL (SELECT coalesce(x.actor, x.actor_kind) AS actor FROM event x
                   WHERE x.desk_id = c.desk_id AND x.ticket_id = c.ticket_id AND x.seq = c.cause AND x.kind = 'escalated') by_hand ON true
WHERE c.kind = 'level_entered' AND (c.detail ->> 'from')::integer BETWEEN 1 AND c.level - 1;

CREATE VIEW report_sla AS
SELECT k.desk_id, k.ticket_id, k.clock, k.instance, k.started_at, k.target_s, k.warnings, k.missed_at, k.ended_at,
       CASE WHEN k.missed_at IS NOT NULL THEN 'missed' ELSE coalesce(k.ended, 'running') END AS outcome,
       CASE WHEN k.missed_at IS NULL THEN coalesce(k.ended_by, c.agent) ELSE c.agent END AS agent,
       c.level, c.priority, (SELECT name FROM channel x WHERE x.desk_id = t.desk_id AND x.channel_id = t.channel_id) AS channel, t.contact_id
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

CREATE VIEW report_levels AS
SELECT s.desk_id, s.ticket_id, s.visit, s.level, s.level_name, s.entered_at, s.left_at,
       lead(s.level) OVER (PARTITION BY s.desk_id, s.ticket_id ORDER BY s.visit) AS left_to, s.seconds, s.waited_s, s.solved,
       (SELECT name FROM channel x WHERE x.desk_id = t.desk_id AND x.channel_id = t.channel_id) AS channel, t.contact_id
FROM (SELECT desk_id, ticket_id, visit, min(level) AS level, min(level_name) AS level_name, min(at) AS entered_at,
             CASE WHEN bool_or(until_at IS NULL) THEN NULL ELSE max(until_at) END AS left_at,
             coalesce(sum(extract(epoch FROM coalesce(until_at, now()) - at)) FILTER (WHERE open), 0)::bigint AS seconds,
             coalesce(sum(extract(epoch FROM coalesce(until_at, now()) - at))
                          FILTER (WHERE status IN ('pending', 'on_hold')), 0)::bigint AS waited_s,
             bool_or(until_at IS NULL AND solved_at IS NOT NULL AND NOT merged) AS solved
      FROM report_changes WHERE visit IS NOT NULL GROUP BY 1, 2, 3) s
JOIN ticket t ON t.desk_id = s.desk_id AND t.ticket_id = s.ticket_id;

CREATE VIEW report_answers AS
SELECT w.desk_id, w.ticket_id, w.seq, w.at, w.agent, w.answers_before = 0 AS first,
       extract(epoch FROM w.happened_at - w.asked_at)::bigint AS waited_s, (SELECT name FROM channel x WHERE x.desk_id = t.desk_id AND x.channel_id = t.channel_id) AS channel
FROM (SELECT *, min(happened_at) FILTER (WHERE kind <> 'agent_replied') OVER (PARTITION BY desk_id, ticket_id, part) AS asked_at
      FROM (SELECT desk_id, ticket_id, seq, at, kind, CASE WHEN actor_kind = 'agent' THEN actor END AS agent,
                   to_timestamp((fact::json ->> 'at')::bigint) AS happened_at,
                   count(*) FILTER (WHERE kind IN ('agent_replied', 'status_changed')) OVER earlier AS part,
                   count(*) FILTER (WHERE kind = 'agent_replied') OVER earlier AS answers_before
            FROM event
            WHERE kind IN ('agent_replied', 'split_from') OR (kind = 'customer_wrote' AND rule IS DISTINCT FROM 'B-13')
               OR (kind = 'status_changed' AND detail::json ->> 'to' = 'solved')
            WINDOW earlier AS (PARTITION BY desk_id, ticket_id ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) p) w
JOIN ticket t ON t.desk_id = w.desk_id AND t.ticket_id = w.ticket_id
WHERE w.kind = 'agent_replied';

CREATE VIEW report_tickets AS
SELECT l.desk_id, l.ticket_id, l.opened_at, l.state ->> 'status' AS status, l.state ->> 'priority' AS priority,
       (l.state ->> 'level')::integer AS level, l.state ->> 'agent' AS agent,
       ARRAY(SELECT jsonb_array_elements_text(l.state -> 'tags')) AS tags, l.state ? 'merged' AS merged, l.automatic,
       l.messages, l.answers, extract(epoch FROM l.answered_at - l.opened_at)::bigint AS first_answer_s, l.solved_at,
       CASE WHEN l.solved_at IS NOT NULL THEN coalesce(l.state ->> 'solved_by', l.state ->> 'agent') END AS solved_by,
       extract(epoch FROM l.solved_at - l.opened_at)::bigint AS solved_s, l.reopened, l.escalated,
       l.solved_at IS NOT NULL AND l.answers = 1 AND l.reopened = 0 AND l.escalated = 0 AS first_contact,
       (SELECT name FROM channel x WHERE x.desk_id = t.desk_id AND x.channel_id = t.channel_id) AS channel, t.contact_id
FROM (SELECT *, CASE WHEN NOT state ? 'merged' THEN (state ->> 'solved_at')::timestamptz END AS solved_at
      FROM (SELECT desk_id, ticket_id, report_state(said ORDER BY seq) AS state,
                   to_timestamp(min((fact::json ->> 'at')::bigint) FILTER (WHERE seq = 1)) AS opened_at,
                   count(*) FILTER (WHERE kind IN ('customer_wrote', 'split_from') AND rule IS DISTINCT FROM 'B-13') AS messages,
                   count(*) FILTER (WHERE kind = 'agent_replied') AS answers,
                   to_timestamp(min((fact::json ->> 'at')::bigint) FILTER (WHERE kind = 'agent_replied')) AS answered_at,
                   count(*) FILTER (WHERE kind = 'status_changed' AND detail ->> 'from' = 'solved' AND detail ->> 'to' <> 'closed')
                       AS reopened,
                   count(*) FILTER (WHERE kind = 'level_entered' AND (detail ->> 'from')::integer
                                          BETWEEN 1 AND (detail ->> 'to')::integer - 1) AS escalated,
                   bool_or(kind = 'clocks_void') AS automatic
            FROM report_event GROUP BY 1, 2) g) l
JOIN ticket t ON t.desk_id = l.desk_id AND t.ticket_id = l.ticket_id;

CREATE VIEW report_load AS
SELECT desk_id, agent, at, ticket_id, change, sum(change) OVER (PARTITION BY desk_id, agent ORDER BY at, ticket_id, seq, change)::integer AS load
FROM (SELECT desk_id, ticket_id, seq, at, side.agent, side.change
      FROM report_changes c,
           LATERAL (VALUES (CASE WHEN status_before IN ('new', 'open') THEN agent_before END, -1),
                           (CASE WHEN status IN ('new', 'open') THEN c.agent END, 1)) AS side (agent, change)
      WHERE side.agent IS NOT NULL
        AND (agent_before, status_before IN ('new', 'open')) IS DISTINCT FROM (c.agent, status IN ('new', 'open'))) AS moves;

CREATE VIEW report_backlog AS
SELECT desk_id, day, opened, reopened, solved, ended, sum(net) OVER life AS backlog, sum(nobody) OVER life AS nobody,
       sum(waiting) OVER life AS waiting
FROM (SELECT d.desk_id, g::date AS day, coalesce(n.opened, 0) AS opened, coalesce(n.reopened, 0) AS reopened,
             coalesce(n.solved, 0) AS solved, coalesce(n.ended, 0) AS ended, coalesce(n.net, 0) AS net, coalesce(n.nobody, 0) AS nobody,
             coalesce(n.waiting, 0) AS waiting
      FROM (SELECT desk_id, min(at) AS first_at FROM event WHERE seq = 1 GROUP BY 1) d
      CROSS JOIN LATERAL generate_series(date_trunc('day', d.first_at), date_trunc('day', now()), '1 day') AS g
      LEFT JOIN (SELECT desk_id, at::date AS day,
                        count(*) FILTER (WHERE open AND seq = 1) AS opened,
                        count(*) FILTER (WHERE open AND NOT open_before AND seq > 1) AS reopened,
                        count(*) FILTER (WHERE open_before AND status = 'solved') AS solved,
                        count(*) FILTER (WHERE open_before AND status = 'closed') AS ended,
                        sum(open::integer - open_before::integer) AS net,
                        sum((open AND agent IS NULL)::integer - (open_before AND agent_before IS NULL)::integer) AS nobody,
                        sum((open AND status IN ('pending', 'on_hold'))::integer
                            - (open_before AND status_before IN ('pending', 'on_hold'))::integer) AS waiting
                 FROM report_changes GROUP BY 1, 2) n ON n.desk_id = d.desk_id AND n.day = g::date) AS days
WINDOW life AS (PARTITION BY desk_id ORDER BY day);

CREATE VIEW report_agents AS
SELECT desk_id, day, agent, sum(given) AS given, sum(answers) AS answers, sum(waited_s) AS waited_s, sum(waits) AS waits,
       sum(solved) AS solved, sum(solved_s) AS solved_s, sum(escalated) AS escalated, sum(escalated_from) AS escalated_from,
       sum(missed) AS missed
FROM (SELECT desk_id, at::date AS day, agent, 1 AS given, 0 AS answers, 0 AS waited_s, 0 AS waits, 0 AS solved, 0 AS solved_s,
             0 AS escalated, 0 AS escalated_from, 0 AS missed
      FROM report_changes WHERE kind = 'owner_set'
      UNION ALL
      SELECT desk_id, at::date, agent, 0, 1, coalesce(waited_s, 0), (waited_s IS NOT NULL)::integer, 0, 0, 0, 0, 0 FROM report_answers
      UNION ALL
      SELECT desk_id, solved_at::date, solved_by, 0, 0, 0, 0, 1, solved_s, 0, 0, 0 FROM report_tickets
      WHERE solved_at IS NOT NULL
      UNION ALL
      SELECT desk_id, at::date, agent, 0, 0, 0, 0, 0, 0, by_hand::integer, (NOT by_hand)::integer, 0 FROM report_escalations
      UNION ALL
      SELECT desk_id, missed_at::date, agent, 0, 0, 0, 0, 0, 0, 0, 0, 1 FROM report_sla WHERE missed_at IS NOT NULL) AS deeds
WHERE agent IS NOT NULL
GROUP BY 1, 2, 3;

CREATE VIEW report_channels AS
SELECT t.desk_id, t.opened_at::date AS day, t.channel, count(*) AS tickets, sum(t.messages) AS messages, sum(t.answers) AS answers,
       count(t.first_answer_s) AS answered, sum(t.first_answer_s) AS first_answer_s,
       count(t.solved_at) AS solved, sum(t.solved_s) AS solved_s, count(*) FILTER (WHERE t.first_contact) AS first_contact,
       count(*) FILTER (WHERE t.reopened > 0) AS reopened, count(*) FILTER (WHERE t.escalated > 0) AS escalated,
       sum(k.met) AS met, sum(k.missed) AS missed
FROM report_tickets t
LEFT JOIN (SELECT desk_id, ticket_id, count(*) FILTER (WHERE outcome = 'met') AS met,
                  count(*) FILTER (WHERE outcome = 'missed') AS missed FROM report_sla GROUP BY 1, 2) k
  ON k.desk_id = t.desk_id AND k.ticket_id = t.ticket_id
GROUP BY 1, 2, 3;

-- What each view and each column is; docs/reports.md says it in the same words.
COMMENT ON VIEW report_event IS 'Every line of the history that changes what a ticket is, or is a word of its conversation. The other views are made of it.';
COMMENT ON COLUMN report_event.desk_id IS 'the desk';
COMMENT ON COLUMN report_event.ticket_id IS 'the ticket''s number';
COMMENT ON COLUMN report_event.seq IS 'the line''s number in its ticket';
COMMENT ON COLUMN report_event.at IS 'when it was decided';
COMMENT ON COLUMN report_event.kind IS 'what happened, as event.kind';
COMMENT ON COLUMN report_event.actor_kind IS 'who did it: customer, agent, time, policy or operator';
COMMENT ON COLUMN report_event.actor IS 'the agent''s or operator''s name';
COMMENT ON COLUMN report_event.cause IS 'the line of the fact that led to it';
COMMENT ON COLUMN report_event.rule IS 'the rule by which it was decided';
COMMENT ON COLUMN report_event.why IS 'the sentence that says why';
COMMENT ON COLUMN report_event.detail IS 'its figures';
COMMENT ON COLUMN report_event.fact IS 'what happened, verbatim; null on lines that follow from another';
COMMENT ON COLUMN report_event.said IS 'what it says of its ticket; null: nothing that reports look at';
COMMENT ON VIEW report_changes IS 'One row for each change of a ticket: what it was from then until the next one.';
COMMENT ON COLUMN report_changes.desk_id IS 'the desk';
COMMENT ON COLUMN report_changes.ticket_id IS 'the ticket''s number';
COMMENT ON COLUMN report_changes.seq IS 'the line of the history that changed it';
COMMENT ON COLUMN report_changes.next_seq IS 'the line that changes it next; null: it is so now';
COMMENT ON COLUMN report_changes.at IS 'since when';
COMMENT ON COLUMN report_changes.until_at IS 'until when; null: it is so now';
COMMENT ON COLUMN report_changes.kind IS 'what changed it, as event.kind';
COMMENT ON COLUMN report_changes.actor_kind IS 'who did it: customer, agent, time, policy or operator';
COMMENT ON COLUMN report_changes.actor IS 'the agent''s or operator''s name';
COMMENT ON COLUMN report_changes.cause IS 'the line of the fact that led to it';
COMMENT ON COLUMN report_changes.rule IS 'the rule by which it was decided';
COMMENT ON COLUMN report_changes.why IS 'the sentence that says why';
COMMENT ON COLUMN report_changes.detail IS 'the line''s figures';
COMMENT ON COLUMN report_changes.status IS 'its status';
COMMENT ON COLUMN report_changes.priority IS 'its priority';
COMMENT ON COLUMN report_changes.level IS 'its level';
COMMENT ON COLUMN report_changes.level_name IS 'what the policy called that level';
COMMENT ON COLUMN report_changes.visit IS 'which stay in a level this is, from 1; null: it entered none';
COMMENT ON COLUMN report_changes.agent IS 'whose it is; null: nobody''s';
COMMENT ON COLUMN report_changes.tags IS 'its tags';
COMMENT ON COLUMN report_changes.merged IS 'it was merged into another';
COMMENT ON COLUMN report_changes.solved_at IS 'when it was solved; null: it is not';
COMMENT ON COLUMN report_changes.solved_by IS 'the agent who solved it; null: somebody or something else';
COMMENT ON COLUMN report_changes.open IS 'it is neither solved nor closed, and somebody waits: programs'' answers and spam are never open before somebody acts on them';
COMMENT ON COLUMN report_changes.status_before IS 'its status until then; null: it was opened by this';
COMMENT ON COLUMN report_changes.priority_before IS 'its priority until then';
COMMENT ON COLUMN report_changes.agent_before IS 'whose it was until then';
COMMENT ON COLUMN report_changes.tags_before IS 'its tags until then';
COMMENT ON COLUMN report_changes.open_before IS 'it was open until then';
COMMENT ON VIEW report_escalations IS 'One row for each time that a ticket rose to a higher level. The first level is where it begins, and no escalation.';
COMMENT ON COLUMN report_escalations.desk_id IS 'the desk';
COMMENT ON COLUMN report_escalations.ticket_id IS 'the ticket''s number';
COMMENT ON COLUMN report_escalations.seq IS 'the line of the history';
COMMENT ON COLUMN report_escalations.at IS 'when';
COMMENT ON COLUMN report_escalations.from_level IS 'the level it left';
COMMENT ON COLUMN report_escalations.to_level IS 'the level it came to';
COMMENT ON COLUMN report_escalations.level_name IS 'what the policy called that level';
COMMENT ON COLUMN report_escalations.rule IS 'which rule: a step of the policy by level and name, or C-20 where it was asked for by hand';
COMMENT ON COLUMN report_escalations.why IS 'the sentence that says why: of one asked for by hand, the reason given';
COMMENT ON COLUMN report_escalations.by_hand IS 'somebody asked for it; false: the policy''s own step';
COMMENT ON COLUMN report_escalations.agent IS 'who asked for it; else whose it was; null: nobody''s';
COMMENT ON COLUMN report_escalations.priority IS 'the ticket''s priority until then';
COMMENT ON COLUMN report_escalations.tags IS 'its tags until then: the product area';
COMMENT ON COLUMN report_escalations.channel IS 'the channel by which the ticket came';
COMMENT ON COLUMN report_escalations.contact_id IS 'whose ticket it is';
COMMENT ON VIEW report_sla IS 'One row for each clock: what was promised, and what became of it.';
COMMENT ON COLUMN report_sla.desk_id IS 'the desk';
COMMENT ON COLUMN report_sla.ticket_id IS 'the ticket''s number';
COMMENT ON COLUMN report_sla.clock IS 'its kind: ack, first_response, next_response, update, resolution, level_ack or level_resolve';
COMMENT ON COLUMN report_sla.instance IS 'which one of its kind, from 1';
COMMENT ON COLUMN report_sla.started_at IS 'when it began to be counted';
COMMENT ON COLUMN report_sla.target_s IS 'its target in seconds of its calendar, as it was last';
COMMENT ON COLUMN report_sla.warnings IS 'how many warnings it gave';
COMMENT ON COLUMN report_sla.missed_at IS 'when its target was missed; null: it was not';
COMMENT ON COLUMN report_sla.ended_at IS 'when it ended; null: it has not';
COMMENT ON COLUMN report_sla.outcome IS 'missed where its target was missed, whatever came later; else how it ended: met, waived (solved without an answer), void (nobody waited, or the policy has no such target any more), merged or left (the level was left); running: it has not';
COMMENT ON COLUMN report_sla.agent IS 'of one missed: whose the ticket was then; else who ended it, or whose it was; null: nobody''s';
COMMENT ON COLUMN report_sla.level IS 'the ticket''s level as it was missed or ended, or now';
COMMENT ON COLUMN report_sla.priority IS 'the ticket''s priority then';
COMMENT ON COLUMN report_sla.channel IS 'the channel by which the ticket came';
COMMENT ON COLUMN report_sla.contact_id IS 'whose ticket it is';
COMMENT ON VIEW report_levels IS 'One row for each stay of a ticket in a level: what the levels carry, and what that costs.';
COMMENT ON COLUMN report_levels.desk_id IS 'the desk';
COMMENT ON COLUMN report_levels.ticket_id IS 'the ticket''s number';
COMMENT ON COLUMN report_levels.visit IS 'which stay of its ticket, from 1';
COMMENT ON COLUMN report_levels.level IS 'the level';
COMMENT ON COLUMN report_levels.level_name IS 'what the policy called it';
COMMENT ON COLUMN report_levels.entered_at IS 'when it came there';
COMMENT ON COLUMN report_levels.left_at IS 'when it left; null: it has not';
COMMENT ON COLUMN report_levels.left_to IS 'the level it went to; null: it has not left';
COMMENT ON COLUMN report_levels.seconds IS 'how long it was there and open, by the wall';
COMMENT ON COLUMN report_levels.waited_s IS 'how much of that it waited on the customer or on others';
COMMENT ON COLUMN report_levels.solved IS 'it is solved, and it was there that it was';
COMMENT ON COLUMN report_levels.channel IS 'the channel by which the ticket came';
COMMENT ON COLUMN report_levels.contact_id IS 'whose ticket it is';
COMMENT ON VIEW report_answers IS 'One row for each answer of a person to a customer.';
COMMENT ON COLUMN report_answers.desk_id IS 'the desk';
COMMENT ON COLUMN report_answers.ticket_id IS 'the ticket''s number';
COMMENT ON COLUMN report_answers.seq IS 'the line of the history';
COMMENT ON COLUMN report_answers.at IS 'when it was stored';
COMMENT ON COLUMN report_answers.agent IS 'who answered; null: no agent';
COMMENT ON COLUMN report_answers.first IS 'it was the ticket''s first';
COMMENT ON COLUMN report_answers.waited_s IS 'for how long the customer had waited since the first message without an answer, by the wall; null: nobody waited';
COMMENT ON COLUMN report_answers.channel IS 'the channel by which the ticket came';
COMMENT ON VIEW report_tickets IS 'One row for each ticket: what came of it.';
COMMENT ON COLUMN report_tickets.desk_id IS 'the desk';
COMMENT ON COLUMN report_tickets.ticket_id IS 'the ticket''s number';
COMMENT ON COLUMN report_tickets.opened_at IS 'when the message that opened it was received';
COMMENT ON COLUMN report_tickets.status IS 'its status now';
COMMENT ON COLUMN report_tickets.priority IS 'its priority now';
COMMENT ON COLUMN report_tickets.level IS 'its level now';
COMMENT ON COLUMN report_tickets.agent IS 'whose it is now; null: nobody''s';
COMMENT ON COLUMN report_tickets.tags IS 'its tags now';
COMMENT ON COLUMN report_tickets.merged IS 'it was merged into another';
COMMENT ON COLUMN report_tickets.automatic IS 'a program opened it, or it is spam: nobody waits';
COMMENT ON COLUMN report_tickets.messages IS 'how many messages the customer wrote, without automatic ones';
COMMENT ON COLUMN report_tickets.answers IS 'how many answers went to the customer';
COMMENT ON COLUMN report_tickets.first_answer_s IS 'from the opening to the first answer, by the wall; null: there is none';
COMMENT ON COLUMN report_tickets.solved_at IS 'when it was solved; null: it is not, or was merged';
COMMENT ON COLUMN report_tickets.solved_by IS 'the agent who solved it, else whose it was then';
COMMENT ON COLUMN report_tickets.solved_s IS 'from the opening to the solution, by the wall';
COMMENT ON COLUMN report_tickets.reopened IS 'how many times it was solved and open again';
COMMENT ON COLUMN report_tickets.escalated IS 'how many times it rose to a higher level';
COMMENT ON COLUMN report_tickets.first_contact IS 'it was solved at first contact: with one answer, never reopened, never escalated';
COMMENT ON COLUMN report_tickets.channel IS 'the channel by which it came';
COMMENT ON COLUMN report_tickets.contact_id IS 'whose it is';
COMMENT ON VIEW report_load IS 'One row for each change of what an agent carries: tickets that are new or open count, as they do for an agent''s limit.';
COMMENT ON COLUMN report_load.desk_id IS 'the desk';
COMMENT ON COLUMN report_load.agent IS 'the agent';
COMMENT ON COLUMN report_load.at IS 'when';
COMMENT ON COLUMN report_load.ticket_id IS 'the ticket that came or went';
COMMENT ON COLUMN report_load.change IS '1: it came, -1: it went';
COMMENT ON COLUMN report_load.load IS 'how many tickets the agent carries from then on';
COMMENT ON VIEW report_backlog IS 'One row for each day since the first ticket, until today. Days are those of the session''s time zone.';
COMMENT ON COLUMN report_backlog.desk_id IS 'the desk';
COMMENT ON COLUMN report_backlog.day IS 'the day';
COMMENT ON COLUMN report_backlog.opened IS 'tickets opened';
COMMENT ON COLUMN report_backlog.reopened IS 'tickets open again that were solved';
COMMENT ON COLUMN report_backlog.solved IS 'tickets solved';
COMMENT ON COLUMN report_backlog.ended IS 'open tickets that were closed unsolved or merged';
COMMENT ON COLUMN report_backlog.backlog IS 'tickets open at the end of the day';
COMMENT ON COLUMN report_backlog.nobody IS 'of these, nobody''s';
COMMENT ON COLUMN report_backlog.waiting IS 'of these, waiting on the customer or on others';
COMMENT ON VIEW report_agents IS 'One row for each agent and day on which the agent did something. Days are those of the session''s time zone.';
COMMENT ON COLUMN report_agents.desk_id IS 'the desk';
COMMENT ON COLUMN report_agents.day IS 'the day';
COMMENT ON COLUMN report_agents.agent IS 'the agent';
COMMENT ON COLUMN report_agents.given IS 'times that a ticket became the agent''s';
COMMENT ON COLUMN report_agents.answers IS 'answers to customers';
COMMENT ON COLUMN report_agents.waited_s IS 'how long the customers of these answers had waited, in sum, by the wall';
COMMENT ON COLUMN report_agents.waits IS 'how many of these answers somebody had waited for';
COMMENT ON COLUMN report_agents.solved IS 'tickets solved that are so still';
COMMENT ON COLUMN report_agents.solved_s IS 'how long these took from their opening, in sum, by the wall';
COMMENT ON COLUMN report_agents.escalated IS 'escalations that the agent asked for';
COMMENT ON COLUMN report_agents.escalated_from IS 'escalations by the policy of tickets that were the agent''s';
COMMENT ON COLUMN report_agents.missed IS 'clocks missed while the ticket was the agent''s';
COMMENT ON VIEW report_channels IS 'One row for each channel and day on which a ticket came by it: what came of these tickets. Days are those of the session''s time zone.';
COMMENT ON COLUMN report_channels.desk_id IS 'the desk';
COMMENT ON COLUMN report_channels.day IS 'the day on which the tickets were opened';
COMMENT ON COLUMN report_channels.channel IS 'the channel';
COMMENT ON COLUMN report_channels.tickets IS 'tickets opened, those of programs among them';
COMMENT ON COLUMN report_channels.messages IS 'messages of their customers';
COMMENT ON COLUMN report_channels.answers IS 'answers to them';
COMMENT ON COLUMN report_channels.answered IS 'tickets with an answer';
COMMENT ON COLUMN report_channels.first_answer_s IS 'from the opening to the first answer of these, in sum, by the wall';
COMMENT ON COLUMN report_channels.solved IS 'tickets that are solved';
COMMENT ON COLUMN report_channels.solved_s IS 'from the opening to the solution of these, in sum, by the wall';
COMMENT ON COLUMN report_channels.first_contact IS 'tickets solved at first contact';
COMMENT ON COLUMN report_channels.reopened IS 'tickets that were reopened';
COMMENT ON COLUMN report_channels.escalated IS 'tickets that rose to a higher level';
COMMENT ON COLUMN report_channels.met IS 'clocks of these tickets that were met';
COMMENT ON COLUMN report_channels.missed IS 'clocks of these tickets that were missed';
