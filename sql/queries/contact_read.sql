-- contact_read: $1 desks, $2 tickets (merges are followed), $3 desks, $4 contacts; after contact_lock
WITH RECURSIVE way (desk_id, ticket_id) AS (
    SELECT desk_id, ticket_id FROM unnest($1::integer[], $2::bigint[]) AS w (desk_id, ticket_id)
    UNION
    SELECT t.desk_id, t.merged_into FROM way JOIN ticket t USING (desk_id, ticket_id)
    WHERE t.merged_into IS NOT NULL)
SELECT c.desk_id, c.contact_id, c.name, c.language, c.zone, array_to_string(c.notices_at, ' '), c.received_at
FROM contact c
WHERE (c.desk_id, c.contact_id) IN (
    SELECT t.desk_id, t.contact_id FROM way JOIN ticket t USING (desk_id, ticket_id)
    UNION SELECT * FROM unnest($3::integer[], $4::bigint[]))
