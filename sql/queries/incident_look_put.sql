-- incident_look_put: $1 desks, $2 tickets that are to hear what there is of incidents
INSERT INTO incident_look (desk_id, ticket_id)
SELECT DISTINCT desk_id, ticket_id FROM unnest($1::integer[], $2::bigint[]) AS w (desk_id, ticket_id)
ORDER BY desk_id, ticket_id
ON CONFLICT (desk_id, ticket_id) DO UPDATE
SET mark = nextval('incident_look_mark'), claimed_until = NULL, claimed_by = NULL
