-- sql/migrations/0028_corrections.sql
-- Why: what agents set right is kept as feedback on the rules (D-16), and is asked for by rule: which one is wrong, how often, and
-- what it ought to have said.
-- Locks: none. Rewrites: none. Old daemon beside it: yes.
CREATE VIEW report_corrections AS
SELECT c.desk_id, c.ticket_id, c.seq, c.at, 'priority' AS what, c.rule_before AS rule, c.priority_before AS was, c.priority AS became,
       CASE WHEN c.actor_kind = 'agent' THEN c.actor END AS agent,
       (SELECT name FROM channel x WHERE x.desk_id = t.desk_id AND x.channel_id = t.channel_id) AS channel, c.level, c.topic, c.team, c.tags
FROM (SELECT *, lag(priority_rule) OVER (PARTITION BY desk_id, ticket_id ORDER BY seq) AS rule_before FROM report_changes) c
JOIN ticket t ON t.desk_id = c.desk_id AND t.ticket_id = c.ticket_id
WHERE c.kind = 'priority_changed' AND c.rule = 'D-16';

COMMENT ON VIEW report_corrections IS 'One row for each time that somebody set right what a rule had said of a ticket.';
COMMENT ON COLUMN report_corrections.desk_id IS 'the desk';
COMMENT ON COLUMN report_corrections.ticket_id IS 'the ticket''s number';
COMMENT ON COLUMN report_corrections.seq IS 'the line of the history';
COMMENT ON COLUMN report_corrections.at IS 'when';
COMMENT ON COLUMN report_corrections.what IS 'what was set right: priority';
COMMENT ON COLUMN report_corrections.rule IS 'the rule that had said otherwise, as report_changes.priority_rule; D-16: somebody had set it before; null: the policy''s own';
COMMENT ON COLUMN report_corrections.was IS 'what it had said';
COMMENT ON COLUMN report_corrections.became IS 'what it is now';
COMMENT ON COLUMN report_corrections.agent IS 'who set it right; null: no agent';
COMMENT ON COLUMN report_corrections.channel IS 'the channel by which the ticket came';
COMMENT ON COLUMN report_corrections.level IS 'the ticket''s level then';
COMMENT ON COLUMN report_corrections.topic IS 'its topic then; null: it had none';
COMMENT ON COLUMN report_corrections.team IS 'whose team it was then';
COMMENT ON COLUMN report_corrections.tags IS 'its tags then: the product area';
