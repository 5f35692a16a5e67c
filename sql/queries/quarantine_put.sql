-- quarantine_put: $1 desk, $2 channel, $3 external id, $4 locator, $5 reason, $6 type, $7 digest of its original
INSERT INTO quarantine (desk_id, channel_id, external_id, locator, reason, raw_type, raw_sha256)
VALUES ($1, $2, $3, $4, $5, $6, $7)
