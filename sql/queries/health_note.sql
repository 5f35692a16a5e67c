-- health_note: $1 desk, $2 channel, $3 node, $4 words of the trouble (null: all is well)
INSERT INTO channel_health AS h (desk_id, channel_id, node, last_ok_at, last_error_at, last_error, failing_since)
VALUES ($1, $2, $3, CASE WHEN $4::text IS NULL THEN now() END, CASE WHEN $4 IS NOT NULL THEN now() END, $4,
        CASE WHEN $4 IS NOT NULL THEN now() END)
ON CONFLICT (desk_id, channel_id) DO UPDATE
SET node = excluded.node,
    last_ok_at = coalesce(excluded.last_ok_at, h.last_ok_at),
    last_error_at = coalesce(excluded.last_error_at, h.last_error_at),
    last_error = coalesce(excluded.last_error, h.last_error),
    failing_since = CASE WHEN $4 IS NULL THEN NULL ELSE coalesce(h.failing_since, excluded.failing_since) END
