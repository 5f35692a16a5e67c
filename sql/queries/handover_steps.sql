-- handover_steps: $1 desks, $2 tickets: the levels they entered and to whom they were given, in their order; why, in the
-- words of who asked for it
SELECT w.desk_id, w.ticket_id, extract(epoch FROM e.at)::bigint AS at,
       CASE e.kind WHEN 'level_entered' THEN (e.detail::json ->> 'to')::integer ELSE 0 END AS level, e.actor AS who,
       CASE WHEN asked.kind = 'escalated' THEN asked.why ELSE e.why END AS why
FROM unnest($1::integer[], $2::bigint[]) AS w (desk_id, ticket_id)
JOIN event e ON e.desk_id = w.desk_id AND e.ticket_id = w.ticket_id AND e.kind IN ('level_entered', 'assigned')
JOIN event asked ON asked.desk_id = e.desk_id AND asked.ticket_id = e.ticket_id AND asked.seq = e.cause
ORDER BY w.desk_id, w.ticket_id, e.seq
