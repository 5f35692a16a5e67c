-- incident_hold: $1 desks: in each of them one compares at a time, or two would make two incidents of one cause
SELECT pg_advisory_xact_lock(hashtext('relevo_incident'), desk_id)
FROM (SELECT DISTINCT desk_id FROM unnest($1::integer[]) AS w (desk_id) ORDER BY desk_id) w
