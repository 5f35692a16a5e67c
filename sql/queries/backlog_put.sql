-- backlog_put: $1 desk, $2 team, $3 now, $4 waiting, $5 the longest wait, $6 carried, $7 there, $8 overloaded since (null: it is not),
-- $9 how often told, $10 what happened ('same': nothing), $11 why, $12 the policy's version
WITH seen AS (
    UPDATE team_backlog SET looked_at = $3, waiting = $4, oldest_s = $5, carried = $6, there = $7, over_since = $8, told = $9
    WHERE desk_id = $1 AND team = $2
)
INSERT INTO backlog_event (desk_id, team, at, kind, why, waiting, oldest_s, carried, there, policy_version)
SELECT $1, $2, $3, $10, $11, $4, $5, $6, $7, $12 WHERE $10 <> 'same'
