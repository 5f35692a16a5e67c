-- due_drop: $1 desks, $2 tickets that need not be woken
DELETE FROM due d USING unnest($1::integer[], $2::bigint[]) AS w (desk_id, ticket_id)
WHERE d.desk_id = w.desk_id AND d.ticket_id = w.ticket_id
