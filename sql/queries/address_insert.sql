-- address_insert: $1 desks, $2 kinds, $3 values, $4 contacts, $5 sources, $6 verified at
INSERT INTO address (desk_id, kind, value, contact_id, source, verified_at)
SELECT * FROM unnest($1::integer[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::timestamptz[])
