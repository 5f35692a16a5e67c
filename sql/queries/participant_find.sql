-- participant_find: $1 desks, $2 tickets, $3 addresses: which of the pairs wrote in that ticket, or were written to
SELECT w.desk_id, w.ticket_id, w.address
FROM unnest($1::integer[], $2::bigint[], $3::text[]) AS w (desk_id, ticket_id, address)
WHERE EXISTS (
    SELECT FROM message m WHERE m.desk_id = w.desk_id AND m.ticket_id = w.ticket_id AND m.direction <> 'note'
    AND (m.direction = 'in' AND m.author = 'customer' AND m.address = w.address
         OR m.recipients -> 'to' @> jsonb_build_array(jsonb_build_object('address', w.address))
         OR m.recipients -> 'cc' @> jsonb_build_array(jsonb_build_object('address', w.address))))
