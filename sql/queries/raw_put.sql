-- raw_put: $1 desk, $2 digest, $3 type, $4 bytes; once each, by its content
INSERT INTO raw (desk_id, sha256, type, bytes) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
