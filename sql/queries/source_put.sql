-- source_put: $1 desks, $2 channels, $3 locators, $4 external ids, $5 outcomes; seen again, the first word stands
INSERT INTO source (desk_id, channel_id, locator, external_id, outcome)
SELECT * FROM unnest($1::integer[], $2::bigint[], $3::text[], $4::text[], $5::text[])
ON CONFLICT ON CONSTRAINT source_accounted_once DO NOTHING
