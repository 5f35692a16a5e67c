-- incident_look_drop: $1 desks, $2 tickets that have heard it, $3 marks: unless there is more to hear by now
DELETE FROM incident_look l USING unnest($1::integer[], $2::bigint[], $3::bigint[]) AS w (desk_id, ticket_id, mark)
WHERE l.desk_id = w.desk_id AND l.ticket_id = w.ticket_id AND l.mark = w.mark
