-- quarantine_settle: $1 numbers, $2 who says so, $3 why (null: he does not say); those that were not settled yet
UPDATE quarantine q SET settled_at = now(), settled_by = $2, settled_because = $3
FROM desk d
WHERE q.desk_id = d.desk_id AND q.quarantine_id = ANY ($1::bigint[]) AND q.settled_at IS NULL
RETURNING q.quarantine_id
