-- attachment_unfetched: $1 desk, $2 ticket, $3 message, $4 position, $5 when again, $6 why never again (null: again)
UPDATE attachment SET fetch_due_at = $5, fetch_error = $6, claimed_by = NULL
WHERE desk_id = $1 AND ticket_id = $2 AND message_id = $3 AND position = $4 AND fetched_at IS NULL
