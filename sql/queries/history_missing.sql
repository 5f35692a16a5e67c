-- history_missing: $1 desk: tickets that have no history at all
SELECT t.ticket_id FROM ticket t
WHERE t.desk_id = $1 AND NOT EXISTS (SELECT FROM event e WHERE e.desk_id = t.desk_id AND e.ticket_id = t.ticket_id)
ORDER BY t.ticket_id LIMIT 100
