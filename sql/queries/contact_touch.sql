-- contact_touch: $1 desks, $2 contacts, $3 notices_at, $4 received_at, $5 opened_at, $6 missed_at, $7 hinted, $8 receipts_at; each contact once
UPDATE contact c
SET notices_at = w.notices_at::bigint[], received_at = w.received_at, opened_at = w.opened_at::bigint[],
    missed_at = w.missed_at, hinted = w.hinted::bigint[], receipts_at = w.receipts_at::bigint[]
FROM unnest($1::integer[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::text[])
     AS w (desk_id, contact_id, notices_at, received_at, opened_at, missed_at, hinted, receipts_at)
WHERE c.desk_id = w.desk_id AND c.contact_id = w.contact_id
