-- node_seen: $1 name, $2 version, $3 started at
INSERT INTO node (name, version, started_at, seen_at) VALUES ($1, $2, $3, now())
ON CONFLICT (name) DO UPDATE SET version = excluded.version, started_at = excluded.started_at, seen_at = now()
