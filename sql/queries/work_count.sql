-- work_count: what waits, and since when; each by an index of its own
SELECT owed, owed_late, extract(epoch FROM owed_oldest)::bigint AS owed_oldest_at, dead, due_late,
       extract(epoch FROM due_oldest)::bigint AS due_oldest_at, quarantined,
       extract(epoch FROM quarantined_newest)::bigint AS quarantined_newest_at
FROM (SELECT count(*) AS owed, count(*) FILTER (WHERE due_at <= now()) AS owed_late, min(due_at) AS owed_oldest
      FROM delivery WHERE state = 'owed') v,
     (SELECT count(*) AS dead FROM delivery WHERE state = 'dead') x,
     (SELECT count(*) AS due_late, min(wake_at) AS due_oldest FROM due WHERE wake_at < now() - interval '5 seconds') w,
     (SELECT count(*) AS quarantined, max(stored_at) AS quarantined_newest FROM quarantine
      WHERE settled_at IS NULL) q
