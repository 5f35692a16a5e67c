-- clock_read: $1 desks, $2 tickets (merges are followed): what runs, and the resolution that may be resumed
WITH RECURSIVE way (desk_id, ticket_id) AS (
    SELECT desk_id, ticket_id FROM unnest($1::integer[], $2::bigint[]) AS w (desk_id, ticket_id)
    UNION
    SELECT t.desk_id, t.merged_into FROM way JOIN ticket t USING (desk_id, ticket_id)
    WHERE t.merged_into IS NOT NULL)
SELECT c.desk_id, c.ticket_id, c.kind, c.instance, c.level, c.target_s, c.calendar,
       array_to_string(c.warn_percent, ' '), extract(epoch FROM c.started_at)::bigint,
       extract(epoch FROM c.ended_at)::bigint, c.ended, extract(epoch FROM c.due_at)::bigint,
       extract(epoch FROM c.breached_at)::bigint, c.warned, c.policy_version, c.edges
FROM way JOIN target_clock c USING (desk_id, ticket_id)
WHERE c.ended_at IS NULL OR c.kind = 'resolution'
ORDER BY c.desk_id, c.ticket_id, c.started_at, c.kind, c.instance
