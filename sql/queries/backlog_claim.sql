-- backlog_claim: $1 desk, $2 teams, $3 now, $4 seconds: those that nobody has looked at for so long, and nobody does now; what was
-- looked at by a clock that was set back is looked at, too
SELECT team, coalesce(extract(epoch FROM over_since)::bigint, 0), told FROM team_backlog
WHERE desk_id = $1 AND team = ANY ($2::text[])
  AND (looked_at IS NULL OR looked_at <= $3::timestamptz - make_interval(secs => $4)
       OR looked_at >= $3::timestamptz + make_interval(secs => $4))
ORDER BY team FOR UPDATE SKIP LOCKED
