-- warning_note: $1 desk, $2 channel, $3 what will fail one day (null: nothing)
INSERT INTO channel_health AS h (desk_id, channel_id, warning)
VALUES ($1, $2, $3)
ON CONFLICT (desk_id, channel_id) DO UPDATE SET warning = excluded.warning
