-- attachment_claim: $1 now, $2 how many, $3 for how many seconds, $4 desks, $5 which node; no two
-- nodes get the same one
WITH mine AS (
    UPDATE attachment SET fetch_due_at = $1::timestamptz + make_interval(secs => $3), claimed_by = $5,
                          fetch_tries = fetch_tries + 1
    WHERE (desk_id, ticket_id, message_id, position) IN (
        SELECT desk_id, ticket_id, message_id, position FROM attachment
        WHERE url IS NOT NULL AND fetched_at IS NULL AND fetch_error IS NULL
          AND (fetch_due_at IS NULL OR fetch_due_at <= $1) AND desk_id = ANY ($4::integer[])
        ORDER BY fetch_due_at NULLS FIRST LIMIT $2 FOR UPDATE SKIP LOCKED)
    RETURNING desk_id, ticket_id, message_id, position, url, fetch_tries)
SELECT m.desk_id, m.ticket_id, m.message_id, m.position, m.url, m.fetch_tries, w.channel_id
FROM mine m JOIN message w USING (desk_id, ticket_id, message_id)
