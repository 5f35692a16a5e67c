-- cursor_put: $1 desks, $2 channels, $3 parts, $4 cursors, $5 now; each part once
INSERT INTO channel_cursor (desk_id, channel_id, part, cursor, stored_at)
SELECT desk_id, channel_id, part, cursor, $5::timestamptz
FROM unnest($1::integer[], $2::bigint[], $3::text[], $4::text[]) AS w (desk_id, channel_id, part, cursor)
ON CONFLICT (desk_id, channel_id, part) DO UPDATE SET cursor = excluded.cursor, stored_at = excluded.stored_at
