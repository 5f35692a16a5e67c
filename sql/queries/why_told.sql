-- why_told: $1 desk, $2 ticket: where it was joined to another, opened again, or passed on by hand; by whom, and with what reason
SELECT e.kind, extract(epoch FROM e.at)::bigint AS at, c.rule, e.why, e.actor_kind, e.actor, c.kind AS asked,
       c.fact::json ->> 'reason' AS reason, e.detail::json ->> 'other' AS other, e.detail::json ->> 'from' AS from_level,
       e.detail::json ->> 'to' AS to_level
FROM event e
JOIN event c ON c.desk_id = e.desk_id AND c.ticket_id = e.ticket_id AND c.seq = e.cause
WHERE e.desk_id = $1 AND e.ticket_id = $2
  AND (e.kind = 'merged_into'
       OR (e.kind = 'status_changed' AND e.detail::json ->> 'to' <> 'closed'
           AND (e.detail::json ->> 'from' = 'solved' OR (e.detail::json ->> 'from' = 'closed' AND c.kind = 'customer_wrote')))
       OR (e.kind = 'level_entered' AND c.kind IN ('escalated', 'handed_back')))
ORDER BY e.seq
