-- attachment_fetched: $1 desk, $2 ticket, $3 message, $4 position, $5 digest, $6 type, $7 bytes, $8 now; the bytes once
-- each, by their content; a node that comes late changes nothing
WITH marked AS (
    UPDATE attachment
    SET sha256 = encode($5::bytea, 'hex'), size = octet_length($7::bytea), fetched_at = $8, fetch_due_at = NULL,
        claimed_by = NULL
    WHERE desk_id = $1 AND ticket_id = $2 AND message_id = $3 AND position = $4 AND fetched_at IS NULL
    RETURNING desk_id)
INSERT INTO raw (desk_id, sha256, type, bytes)
SELECT desk_id, $5::bytea, $6::text, $7::bytea FROM marked ON CONFLICT DO NOTHING
