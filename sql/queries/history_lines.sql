-- history_lines: $1 desk, $2 ticket and $3 event after which to go on, $4 how many: the lines of all histories, and where each one
-- should end
SELECT e.ticket_id, e.seq, extract(epoch FROM e.at)::bigint AS at, e.cause, e.policy_version, e.kind, e.actor_kind, e.actor, e.rule,
       e.why, e.detail, e.fact, encode(e.hash, 'hex') AS hash, t.event_seq AS last_seq, encode(t.event_hash, 'hex') AS last_hash
FROM event e LEFT JOIN ticket t ON t.desk_id = e.desk_id AND t.ticket_id = e.ticket_id
WHERE e.desk_id = $1 AND (e.ticket_id, e.seq) > ($2::bigint, $3::bigint)
ORDER BY e.ticket_id, e.seq LIMIT $4
