-- intake_known: $1 desks, $2 channels, $3 external ids: which of them were taken before
SELECT w.desk_id, w.channel_id, w.external_id, coalesce(i.ticket_id, 0), coalesce(i.message_id, 0)
FROM unnest($1::integer[], $2::bigint[], $3::text[]) AS w (desk_id, channel_id, external_id)
CROSS JOIN LATERAL (SELECT i.ticket_id, i.message_id FROM intake i WHERE i.desk_id = w.desk_id
                    AND i.channel_id = w.channel_id AND i.external_id = w.external_id COLLATE "C" OFFSET 0) i
