-- node_seen: $1 name, for which a lock stands (daemon/db.c), $2 version, $3 started at
INSERT INTO node (name, version, started_at, seen_at, watched) VALUES ($1, $2, $3, now(), true)
ON CONFLICT (name) DO UPDATE
SET version = excluded.version, started_at = excluded.started_at, seen_at = now(), watched = true
