-- message_raw: $1 number: whose message it is, and the digest of its original (null: none is kept)
SELECT desk_id, ticket_id, encode(raw_sha256, 'hex') AS raw_sha256 FROM message WHERE message_id = $1
