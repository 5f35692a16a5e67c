-- ticket_lock: $1 desks, $2 tickets (merges are followed), in id order
WITH RECURSIVE way (desk_id, ticket_id) AS (
    SELECT desk_id, ticket_id FROM unnest($1::integer[], $2::bigint[]) AS w (desk_id, ticket_id)
    UNION
    SELECT t.desk_id, t.merged_into FROM way JOIN ticket t USING (desk_id, ticket_id)
    WHERE t.merged_into IS NOT NULL)
SELECT t.desk_id, t.ticket_id FROM ticket t
WHERE (t.desk_id, t.ticket_id) IN (SELECT desk_id, ticket_id FROM way)
ORDER BY t.desk_id, t.ticket_id FOR NO KEY UPDATE OF t
