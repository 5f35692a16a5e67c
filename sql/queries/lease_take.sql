-- lease_take: $1 desk, $2 channel, $3 holder, $4 for how many seconds; a row: it is the holder's until held_until.
-- The database's clock alone counts here.
INSERT INTO channel_lease AS l (desk_id, channel_id, holder, fence, held_until)
VALUES ($1, $2, $3, 1, now() + make_interval(secs => $4))
ON CONFLICT (desk_id, channel_id) DO UPDATE
SET holder = excluded.holder, held_until = excluded.held_until,
    fence = l.fence + CASE WHEN l.holder = excluded.holder THEN 0 ELSE 1 END
WHERE l.holder = excluded.holder OR l.held_until < now()
RETURNING fence
