-- delivery_find: $1 desks, $2 channels, $3 the provider's ids: what was sent under them, and what is known of it
SELECT d.desk_id, d.channel_id, d.external_id, d.delivery_id, d.ticket_id, d.notice, d.receipt
FROM unnest($1::integer[], $2::bigint[], $3::text[]) AS w (desk_id, channel_id, external_id)
JOIN delivery d ON d.desk_id = w.desk_id AND d.channel_id = w.channel_id AND d.external_id = w.external_id
