-- node_seen: $1 name, for which a lock stands (daemon/db.c), $2 version, $3 started at, $4 its channels (null: not known yet)
INSERT INTO node (name, version, started_at, seen_at, watched, channels) VALUES ($1, $2, $3, now(), true, $4)
ON CONFLICT (name) DO UPDATE
SET version = excluded.version, started_at = excluded.started_at, seen_at = now(), watched = true,
    channels = excluded.channels
