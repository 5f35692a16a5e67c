-- intake_insert: $1 desks, $2 channels, $3 external ids, $4 outcomes, $5 tickets, $6 messages, $7 reasons.
-- No ON CONFLICT: what another node took at the same time makes the batch look again.
INSERT INTO intake (desk_id, channel_id, external_id, outcome, ticket_id, message_id, reason)
SELECT desk_id, channel_id, external_id, outcome, nullif(ticket_id, 0), nullif(message_id, 0), reason
FROM unnest($1::integer[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[])
     AS w (desk_id, channel_id, external_id, outcome, ticket_id, message_id, reason)
