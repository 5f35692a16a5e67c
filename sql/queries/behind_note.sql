-- behind_note: $1 desk, $2 channel, $3 node, $4 how many mails are still to come (null: none), $5 how many become fewer a second
INSERT INTO channel_health AS h (desk_id, channel_id, node, behind, behind_per_s, behind_at)
VALUES ($1, $2, $3, $4, $5, now())
ON CONFLICT (desk_id, channel_id) DO UPDATE
SET behind = excluded.behind, behind_per_s = excluded.behind_per_s, behind_at = excluded.behind_at
