-- ticket_events: $1 desk, $2 ticket, $3 kinds (null: all): its history
SELECT seq, extract(epoch FROM at)::bigint AS at, kind, actor_kind, actor, cause, rule, why, policy_version, detail, fact,
       encode(hash, 'hex') AS hash
FROM event WHERE desk_id = $1 AND ticket_id = $2 AND ($3::text[] IS NULL OR kind = ANY ($3))
ORDER BY seq
