-- contact_insert: $1 desks, $2 contacts, $3 names, $4 languages, $5 notices_at, $6 received_at
INSERT INTO contact (desk_id, contact_id, name, language, notices_at, received_at)
SELECT desk_id, contact_id, name, language, notices_at::bigint[], received_at
FROM unnest($1::integer[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[])
     AS w (desk_id, contact_id, name, language, notices_at, received_at)
