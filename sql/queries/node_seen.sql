-- node_seen: $1 name, for which a lock stands (daemon/db.c), $2 version, $3 started at, $4 its channels (null: not known yet),
-- $5 by how many seconds after the one before a sign of life is not late
INSERT INTO node (name, version, started_at, seen_at, watched, channels, unbroken_since) VALUES ($1, $2, $3, now(), true, $4, now())
ON CONFLICT (name) DO UPDATE
SET version = excluded.version, started_at = excluded.started_at, seen_at = now(), watched = true,
    channels = excluded.channels,
    unbroken_since = CASE WHEN node.seen_at BETWEEN now() - make_interval(secs => $5) AND now() THEN node.unbroken_since
                          ELSE now() END
