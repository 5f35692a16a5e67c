-- contact_insert: $1 desks, $2 contacts, $3 names, $4 languages, $5 organizations (0: none), $6 notices_at, $7 received_at, $8 opened_at, $9 missed_at, $10 hinted,
-- $11 receipts_at
INSERT INTO contact (desk_id, contact_id, name, language, organization_id, notices_at, received_at, opened_at,
    missed_at, hinted, receipts_at)
SELECT desk_id, contact_id, name, language, nullif(organization_id, 0), notices_at::bigint[], received_at,
    opened_at::bigint[], missed_at, hinted::bigint[], receipts_at::bigint[]
FROM unnest($1::integer[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::bigint[], $8::text[],
     $9::bigint[], $10::text[], $11::text[])
     AS w (desk_id, contact_id, name, language, organization_id, notices_at, received_at, opened_at, missed_at,
         hinted, receipts_at)
