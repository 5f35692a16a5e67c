-- node_gone: $1 for how many seconds nothing was heard of it, $2 as node_seen's $5; a row: a node that is gone, and how many
-- claims of it were given back. Gone: its lock (daemon/db.c) is, and it does not say either that it lives. The database may have
-- ended all sessions: so who judges has a session of that age, or somebody was heard of all that time, be it one short life of a
-- node after the other, and of it not even in the $2 seconds before. One at a time; while nobody is gone no claim is looked at.
WITH gone AS (
    UPDATE node SET watched = false
    WHERE name = (
        SELECT name FROM node
        WHERE watched AND seen_at < now() - make_interval(secs => $1)
          AND hashtextextended(name, 0) NOT IN (
              SELECT (l.classid::bigint << 32) | l.objid::bigint FROM pg_locks l
              WHERE l.locktype = 'advisory' AND l.objsubid = 1
                AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
          AND ((SELECT backend_start < now() - make_interval(secs => $1) FROM pg_stat_activity
                WHERE pid = pg_backend_pid())
               OR seen_at < now() - make_interval(secs => $1 + $2)
                  AND (SELECT range_agg(tstzrange(unbroken_since, seen_at + make_interval(secs => $2)))
                              @> tstzrange(now() - make_interval(secs => $1), now())
                       FROM node WHERE seen_at > now() - make_interval(secs => $1) AND unbroken_since <= seen_at))
        LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING name),
deliveries AS (
    UPDATE delivery SET claimed_until = NULL, claimed_by = NULL
    WHERE (SELECT true FROM gone) AND state = 'owed' AND claimed_by = (SELECT name FROM gone)
    RETURNING 1),
dues AS (
    UPDATE due SET claimed_until = NULL, claimed_by = NULL
    WHERE (SELECT true FROM gone) AND claimed_by = (SELECT name FROM gone)
    RETURNING 1),
looks AS (
    UPDATE incident_look SET claimed_until = NULL, claimed_by = NULL
    WHERE (SELECT true FROM gone) AND claimed_by = (SELECT name FROM gone)
    RETURNING 1),
attachments AS (
    UPDATE attachment SET fetch_due_at = NULL, claimed_by = NULL
    WHERE (SELECT true FROM gone) AND url IS NOT NULL AND fetched_at IS NULL AND fetch_error IS NULL
      AND claimed_by = (SELECT name FROM gone)
    RETURNING 1)
SELECT name, (SELECT count(*) FROM deliveries) + (SELECT count(*) FROM dues) + (SELECT count(*) FROM looks) + (SELECT count(*) FROM attachments)
FROM gone
