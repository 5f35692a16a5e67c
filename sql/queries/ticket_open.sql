-- ticket_open: $1 desk, $2 after which ticket, $3 how many, $4 the version of the policy that its clocks may follow already: tickets that
-- are not closed and follow another one
SELECT ticket_id FROM ticket
WHERE desk_id = $1 AND ticket_id > $2 AND status <> 'closed' AND merged_into IS NULL AND policy_version <> $4
ORDER BY ticket_id LIMIT $3
