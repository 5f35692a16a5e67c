-- attachment_show: $1 number of the message, $2 position: one file that came with it
SELECT a.desk_id, a.sha256, a.url, a.fetch_error, encode(m.raw_sha256, 'hex') AS raw_sha256
FROM message m
JOIN attachment a USING (desk_id, ticket_id, message_id)
WHERE m.message_id = $1 AND a.position = $2
