-- ticket_find: $1 desks, $2 tickets: whose they are, and what they were merged into
SELECT w.desk_id, w.ticket_id, t.contact_id, t.merged_into
FROM unnest($1::integer[], $2::bigint[]) AS w (desk_id, ticket_id)
CROSS JOIN LATERAL (SELECT t.contact_id, t.merged_into FROM ticket t
                    WHERE t.desk_id = w.desk_id AND t.ticket_id = w.ticket_id OFFSET 0) t
