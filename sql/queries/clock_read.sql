-- clock_read: $1 desks, $2 tickets: what runs, the resolution that may be resumed, and what an incident or being closed as
-- spam ended and may be restored
SELECT w.desk_id, w.ticket_id, c.kind, c.instance, c.level, c.target_s, c.calendar,
       array_to_string(c.warn_percent, ' '), extract(epoch FROM c.started_at)::bigint,
       extract(epoch FROM c.ended_at)::bigint, c.ended, extract(epoch FROM c.due_at)::bigint,
       extract(epoch FROM c.breached_at)::bigint, c.warned, c.policy_version, c.edges,
       c.kept_s, extract(epoch FROM c.kept_at)::bigint
FROM unnest($1::integer[], $2::bigint[]) AS w (desk_id, ticket_id)
CROSS JOIN LATERAL (SELECT * FROM target_clock c WHERE c.desk_id = w.desk_id AND c.ticket_id = w.ticket_id
                    AND (c.ended_at IS NULL OR c.kind = 'resolution'
                         OR (c.ended = 'void' AND EXISTS (
                                SELECT FROM ticket t
                                WHERE t.desk_id = w.desk_id AND t.ticket_id = w.ticket_id
                                      AND (t.incident_of IS NOT NULL OR t.status = 'closed'))))
                    ORDER BY c.started_at, c.kind, c.instance OFFSET 0) c
