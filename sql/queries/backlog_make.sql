-- backlog_make: $1 desk, $2 the teams that are watched: a row for each, so that it can be locked; others are not looked at any more
WITH others AS (DELETE FROM team_backlog WHERE desk_id = $1 AND NOT team = ANY ($2::text[]))
INSERT INTO team_backlog (desk_id, team) SELECT $1::integer, team FROM unnest($2::text[]) AS w (team) ORDER BY 2
ON CONFLICT DO NOTHING
