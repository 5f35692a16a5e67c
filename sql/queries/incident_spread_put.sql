-- incident_spread_put: $1 desks, $2 incidents all of whose tickets are to hear how they stand
INSERT INTO incident_spread (desk_id, incident_id, after_id)
SELECT DISTINCT desk_id, incident_id, 0 FROM unnest($1::integer[], $2::bigint[]) AS w (desk_id, incident_id)
ORDER BY desk_id, incident_id
ON CONFLICT (desk_id, incident_id) DO UPDATE SET after_id = 0
