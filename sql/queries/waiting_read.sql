-- waiting_read: $1 desks, $2 tickets (merges are followed): notices to customers that nobody is sending yet
WITH RECURSIVE way (desk_id, ticket_id) AS (
    SELECT desk_id, ticket_id FROM unnest($1::integer[], $2::bigint[]) AS w (desk_id, ticket_id)
    UNION
    SELECT t.desk_id, t.merged_into FROM way JOIN ticket t USING (desk_id, ticket_id)
    WHERE t.merged_into IS NOT NULL)
SELECT d.desk_id, d.ticket_id, d.delivery_id, d.notice, extract(epoch FROM d.due_at)::bigint
FROM way JOIN delivery d USING (desk_id, ticket_id)
WHERE d.state = 'owed' AND d.recipient = 'customer' AND d.automatic AND d.claimed_until IS NULL
ORDER BY d.delivery_id
