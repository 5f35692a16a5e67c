-- backlog_list: $1 desk (null: all): the teams that are watched, as they were seen last
SELECT d.name AS desk, b.team, b.waiting, b.oldest_s, b.carried, b.there, extract(epoch FROM b.over_since)::bigint AS over_since
FROM team_backlog b JOIN desk d USING (desk_id)
WHERE ($1::integer IS NULL OR b.desk_id = $1) AND b.looked_at IS NOT NULL
ORDER BY d.name, b.team
